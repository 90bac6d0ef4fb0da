"""The Python interface: its example is run, and it keeps what the command promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import bindbee_sync.api as api  # noqa: PLR0402 - as callers write it in the example
from bindbee_sync.exit_codes import ExitCode

PAGE = (Path(__file__).parents[1] / "docs/programs.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("```python\n")[2].partition("```")[0]


@pytest.fixture
def secrets(sandbox):
    return api.Secrets(
        api_key=sandbox.env["BINDBEE_API_KEY"], connector_token=sandbox.env["BINDBEE_CONNECTOR_TOKEN"]
    )


@pytest.fixture
def load(repo, sandbox, monkeypatch):
    """Load the repository, with an environment that has none of our variables."""
    for name in [name for name in os.environ if name.startswith("BINDBEE_")]:
        monkeypatch.delenv(name)
    repo.config("provider: greenhouse\n")
    return lambda **more: api.load(repo.path, base_url=sandbox.env["BINDBEE_BASE_URL"], **more)


def test_the_example_creates_what_it_allows(repo, sandbox):
    repo.job("sales/lead", "Sales Lead")
    script = repo.path / "example.py"
    script.write_text(EXAMPLE)
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("create sales/lead\ncreated sales/lead 4")
    repo.job("people/analyst", "People Analyst")
    again = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    assert again.stdout.endswith("Nothing was sent: declined\n")
    assert len(sandbox.creates()) == 1


def test_a_plan_is_the_one_that_the_command_prints(repo, load, secrets, sandbox, monkeypatch):
    repo.job("sales/lead", "Sales Lead")
    made = json.loads(json.dumps(api.document(api.plan(load(), secrets))))
    for name, value in sandbox.env.items():
        monkeypatch.setenv(name, value)
    printed = repo.plan().json
    assert made | {"created_at": ""} == printed | {"created_at": ""}
    assert all(request.startswith("GET ") for request in sandbox.state["requests"])


@pytest.mark.usefixtures("sandbox")
def test_what_is_confirmed_is_what_is_sent_and_once(repo, load, secrets, sandbox):
    repo.job("sales/lead", "Sales Lead")
    asked = []

    def confirm(plan):
        asked.append([json.loads(entry.payload.body) for entry in plan.creates])
        return True

    report = api.apply(load(), secrets, confirm)
    assert {address: str(each.became) for address, each in report.results.items()} == {
        "sales/lead": "created"
    }
    assert asked == [sandbox.creates()]
    again = api.apply(load(), secrets, confirm)
    assert (len(asked), again.results, again.exit_code) == (1, {}, ExitCode.OK)
    assert len(sandbox.creates()) == 1


def test_nothing_is_sent_where_the_plan_has_an_error_or_is_declined(repo, load, secrets, sandbox):
    repo.job("sales/lead", "Sales Lead")
    assert api.apply(load(), secrets, lambda _: False).refusal == "declined"
    repo.write("sales/bad", "nmae: Bad\n")
    report = api.apply(load(), secrets, lambda _: pytest.fail("asked about a plan with an error"))
    assert report.refusal.startswith("fix 4 errors")
    assert sandbox.creates() == []


def test_a_teams_own_rules_hold_here_too(repo, load, secrets, sandbox):
    repo.job("sales/lead", "Sales Lead")
    (repo.path / "policies").mkdir()
    (repo.path / "policies/code.yaml").write_text(
        "id: policy/code\nrequire: has_code\nmessage: A job has a code\nfield: name\n"
    )
    report = api.apply(load(), secrets, lambda _: True)
    assert "policy/code" in {finding.rule for finding in report.diagnostics}
    assert report.refusal == "fix 1 error first"
    assert sandbox.creates() == []


def test_errors_are_of_one_type_and_hold_no_secret(load, secrets):
    wrong = api.Secrets(api_key=secrets.api_key, connector_token="not-a-token-of-theirs")  # noqa: S106 - it opens nothing
    with pytest.raises(api.ToolError) as caught:
        api.plan(load(), wrong)
    assert caught.value.hint
    assert "not-a-token" not in f"{caught.value} {caught.value.hint} {wrong!r}"
    with pytest.raises(api.ToolError, match="BINDBEE_CONNECTOR_TOKEN"):
        api.plan(load(), api.Secrets(api_key=secrets.api_key))


def test_customers_side_by_side_share_nothing(repo, fleet, monkeypatch):
    for name in [name for name in os.environ if name.startswith("BINDBEE_")]:
        monkeypatch.delenv(name)
    customers = {}
    for number in (1, 2):
        env = fleet.connector(number).env
        folder = repo.path.parent / f"customer-{number}"
        (folder / "jobs").mkdir(parents=True)
        secrets = api.Secrets(api_key=env["BINDBEE_API_KEY"], connector_token=env["BINDBEE_CONNECTOR_TOKEN"])
        loaded = api.load(folder, base_url=env["BINDBEE_BASE_URL"])
        customers[number] = (loaded, secrets)
    plans = {}

    def work(number):
        plans[number] = api.plan(*customers[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in customers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert plans[1].connector.id != plans[2].connector.id
