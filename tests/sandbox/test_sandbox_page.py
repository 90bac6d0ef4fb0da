"""The page about the sandbox says what the sandbox does."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.admin import ROUTES
from bindbee_sync.sandbox.settings import Behaviour, Script, ScriptedFault

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
JOBS = "/api/ats/v1/jobs"
OFFICES = "/api/ats/v1/offices"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def section(title):
    return re.split(r"^#+ .+$", PAGE.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text):
    """The keys and what stands beside them, of a table whose first column may name several."""
    for keys, beside in re.findall(r"^\| (`.+?`) \| (.+?) \|", text, re.MULTILINE):
        yield re.findall(r"`(.+?)`", keys), re.findall(r"`(.+?)`", beside) or [beside]


def test_the_script_that_is_shown_does_what_the_page_says(ask, fleet):
    (script,) = blocks("json")
    fleet.follow(json.loads(script))
    before = len(fleet.source_jobs())
    with pytest.raises(httpx.RemoteProtocolError):
        ask(1, "POST", JOBS, json=ask.order(1))
    assert len(fleet.source_jobs()) == before + 1
    assert [ask(1, "GET", OFFICES).status_code for _ in range(3)] == [503, 503, 200]
    assert ask(2, "GET", JOBS).status_code == 401
    listed = ask(None, "GET", "/api/ats/v1/connectors", params={"origin_id": "cust-0003"}).json()["items"]
    assert [item["status"] for item in listed] == ["RELINK_NEEDED"]


def test_the_calls_that_are_shown_do_what_the_page_says(ask, fleet):
    lines = [line for block in blocks("console") for line in block.splitlines() if line.startswith("curl -X")]
    for line in lines:
        _, _, method, *rest = shlex.split(line)
        body = rest[rest.index("-d") + 1] if "-d" in rest else None
        (url,) = [word for word in rest if word.startswith("http")]
        url = url.replace("http://127.0.0.1:8480", fleet.url)
        assert httpx.request(method, url, content=body).is_success, line
    listed = ask(None, "GET", "/api/ats/v1/connectors").json()["items"]
    assert [item["is_active"] for item in listed][:3] == [True, False, True]
    assert [item["origin_id"] for item in listed][:3] == [None, "cust-0002", "cust-0002"]
    assert listed[0]["last_sync_start_time"] == "2026-01-01T00:00:00Z"
    assert fleet.connector(2).source_jobs()[3]["status"] == "closed"
    assert len(lines) == 5


def test_every_setting_has_its_default_on_the_page():
    shown = {
        key: default
        for keys, defaults in rows(section("Settings"))
        for key, default in zip(keys, defaults, strict=True)
    }
    assert shown.keys() == Behaviour.model_fields.keys()
    for key, value in Behaviour().model_dump().items():
        expected = value if isinstance(value, str) else json.dumps(value)
        assert float(shown[key]) == value if isinstance(value, float) else shown[key] == expected, key


def test_every_key_of_a_script_and_a_step_is_on_the_page():
    assert {key for keys, _ in rows(section("Faults")) for key in keys} == Script.model_fields.keys()
    assert {key for keys, _ in rows(section("Steps")) for key in keys} == ScriptedFault.model_fields.keys()
    for keys, defaults in rows(section("Steps")):
        default = ScriptedFault.model_fields[keys[0]].default
        if default is not None:
            assert defaults[0] == (default if isinstance(default, str) else json.dumps(default)), keys
    for field in (*ScriptedFault.model_fields.values(), *Behaviour.model_fields.values()):
        for value in getattr(field.annotation, "__args__", ()):
            if isinstance(value, str):
                assert f"`{value}`" in PAGE, value


def test_every_call_is_on_the_page_and_in_the_sandboxs_own_help(fleet):
    told = httpx.get(f"{fleet.url}/_sandbox/").text
    for route in ROUTES:
        (method,) = route.methods - {"HEAD"}
        assert f"`{method} {route.path.replace('{remote_id:int}', '4010101')}`" in PAGE
        assert re.search(rf"^{method} +{re.escape(route.path)} +[A-Z].+\.$", told, re.MULTILINE), route.path
    for key in (*Behaviour.model_fields, *ScriptedFault.model_fields, *Script.model_fields):
        assert re.search(rf"\b{key}\b", told), key


def test_the_customers_are_those_on_the_page():
    table = re.findall(r"^\| (\d) \| (.+?) \| (.+?) \| `(.+?)` \|", PAGE, re.MULTILINE)
    assert [int(row[0]) for row in table] == [1, 2, 3, 4, 5]
    for number, end_user, origin_id, name in table:
        company = seed.company(int(number))
        assert (company.end_user, company.name) == (end_user, name)
        assert str(company.origin_id or "null") == origin_id.strip("`")
    two = seed.company(2)
    assert two.greenhouse_id("departments", "Engineering") == 5001001
    assert two.greenhouse_id("jobs", "Template: People Manager") == 5010002


def test_a_script_that_is_wrong_is_refused_with_its_faults_and_the_keys_there_are(tmp_path):
    (tmp_path / "faults.json").write_text('{"stepps": [], "steps": [{"do": "vanish"}]}')
    command = [sys.executable, "-m", "bindbee_sync", "sandbox", "--port", "0", "--faults", "faults.json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    said = " ".join(ran.stderr.split())
    assert "steps.0.do: Input should be 'answer', 'lose', 'half' or 'pass'" in said
    assert "stepps: Extra inputs are not permitted" in said
    assert "Keys of the script: steps, settings, synced, connectors." in said
    assert "errors.pydantic.dev" not in said
