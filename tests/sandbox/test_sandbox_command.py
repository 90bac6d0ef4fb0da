from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import httpx
import pytest
import typer
from ruamel.yaml import YAML

from bindbee_sync.cli.sandbox import sandbox as command
from bindbee_sync.errors import ToolError
from bindbee_sync.sandbox import seed

PROGRAM = """
import sys, typer
from bindbee_sync.cli.sandbox import sandbox
app = typer.Typer()
app.command()(sandbox)
app()
"""


@contextmanager
def started(*arguments):
    """Run the command, and give its address, what it says at its start, and what it says until its end."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        yield re.search(r"http://127\.0\.0\.1:\d+", said[0])[0], said
        process.send_signal(signal.SIGINT)
        said.append(process.stdout.read())
        assert process.wait(5) == 0


def test_it_says_how_to_use_it_serves_and_ends_well(tmp_path):
    (tmp_path / "faults.json").write_text('{"settings": {"create_body": "null"}}')
    script = str(tmp_path / "faults.json")
    with started("--seed", "empty", "--faults", script, "--rate-limit", "9") as (url, said):
        state = httpx.get(f"{url}/_sandbox/state").json()
    assert len(state["jobs"]) == 3
    assert (state["settings"]["create_body"], state["settings"]["rate_limit"]) == ("null", 9)
    assert re.findall(r"export (\w+)=", said[1]) == [
        "BINDBEE_API_KEY",
        "BINDBEE_CONNECTOR_TOKEN",
        "BINDBEE_BASE_URL",
    ]
    assert f"curl -X POST {url}/_sandbox/sync" in said[1]
    assert "?connector=" not in said[1]


def test_the_options_reach_every_company():
    with started(
        *("--connectors", "2", "--jobs", "5", "--latency", "0.01", "--raw-data", "v3", "--list-at-once")
    ) as (url, _):
        states = [httpx.get(f"{url}/_sandbox/state?connector={number}").json() for number in (1, 2)]
    for state in states:
        assert len(state["jobs"]) == 8
        shown = {key: state["settings"][key] for key in ("latency", "raw_data", "list_at_once")}
        assert shown == {"latency": 0.01, "raw_data": "v3", "list_at_once": True}


def test_a_few_companies_are_told_with_tokens_and_a_config():
    with started("--connectors", "3") as (url, said):
        exported, config = (httpx.get(f"{url}/_sandbox/{name}").text for name in ("env", "config"))
    text = re.sub("^  ", "", said[1], flags=re.MULTILINE)
    assert exported in text
    assert config in text
    two = seed.company(2)
    assert f"export {two.variable}={two.token}\n" in exported
    assert f"export BINDBEE_BASE_URL={url}\n" in exported
    assert YAML(typ="safe").load(config) == {
        "version": 1,
        "connectors": {
            "halden-robotics": {"id": seed.CONNECTOR_ID},
            "brightwater-foods": {"origin_id": "cust-0002"},
            "castellan-logistics": {"origin_id": "cust-0003"},
        },
    }
    assert "Brightwater Foods" in config


def test_of_many_companies_it_says_how_to_get_at_them():
    with started("--connectors", "11") as (url, said):
        exports = subprocess.run(
            ["sh", "-c", f"{httpx.get(f'{url}/_sandbox/env').text}env"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        config = YAML(typ="safe").load(httpx.get(f"{url}/_sandbox/config").text)
    assert "BINDBEE_CONNECTOR_TOKEN_" not in said[1]
    assert f'eval "$(curl -s {url}/_sandbox/env)"' in said[1]
    assert f"curl -s {url}/_sandbox/config > bindbee-sync.yaml" in said[1]
    assert len(said[1].splitlines()) < 12
    assert f"{seed.company(11).variable}={seed.company(11).token}" in exports.splitlines()
    assert config["connectors"][seed.company(11).name] == {"origin_id": "cust-0011"}


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ToolError, match="can't be used"):
            command(port=taken.getsockname()[1])


@pytest.mark.parametrize("text", ["", "{", json.dumps({"step": []})])
def test_a_fault_script_that_is_none(tmp_path, text):
    script = tmp_path / "faults.json"
    script.write_text(text)
    with pytest.raises(ToolError, match="fault script"):
        command(port=0, faults=script)


def test_a_database_that_is_none(tmp_path):
    (tmp_path / "x.db").write_text("not a database, whatever its name says")
    with pytest.raises(ToolError, match="database"):
        command(port=0, database=tmp_path / "x.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as database:
        database.execute("CREATE TABLE sync (something_else)")
    with pytest.raises(ToolError, match="database"):
        command(port=0, database=tmp_path / "other.db")


def test_without_the_extra_it_says_what_to_install():
    program = "import sys; sys.modules['uvicorn'] = None; from bindbee_sync.cli.app import main; main()"
    command = [sys.executable, "-c", program, "sandbox", "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert "The sandbox needs uvicorn, which is not installed" in ran.stderr
    assert "Install it: `" in ran.stderr
    assert "[sandbox]'`." in ran.stderr
    assert "Traceback" not in ran.stderr


def test_its_help_has_an_example():
    app = typer.Typer()
    app.command()(command)
    assert "Example: bindbee-sync sandbox" in (command.__doc__ or "")
