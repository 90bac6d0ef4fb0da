"""Commands that a message prints are about one connector: of several, they name it, and can be pasted."""

from __future__ import annotations

import re
import shlex

import pytest

from bindbee_sync.diagnostics import with_connector
from bindbee_sync.sandbox import seed

ONE, TWO = (seed.company(number).name for number in (1, 2))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Run `bindbee-sync apply`.", "Run `bindbee-sync apply --connector acme`."),
        ("`bindbee-sync apply --refresh` or", "`bindbee-sync apply --connector acme --refresh` or"),
        ("`bindbee-sync import --update a/b`", "`bindbee-sync import --connector acme --update a/b`"),
        ("`bindbee-sync ledger release x`", "`bindbee-sync ledger release --connector acme x`"),
        ("`bindbee-sync lookup users`", "`bindbee-sync lookup --connector acme users`"),
        ("`bindbee-sync ledger release acme:x`", None),
        ("`bindbee-sync apply --connector acme --settle`", None),
        ("`bindbee-sync plan` and `bindbee-sync ledger list`", None),
        ("`bindbee-sync applying`, bindbee-sync apply", None),
    ],
)
def test_a_command_names_the_connector_where_it_needs_to(text, named):
    assert with_connector(text, "acme:") == (named or text)
    assert with_connector(with_connector(text, "acme:"), "acme:") == (named or text)
    assert with_connector(text, "") == text


def commands(ran):
    return re.findall(r"`(bindbee-sync (?:apply|import|lookup|ledger) [^`]*)`", ran.out + ran.err)


@pytest.fixture
def drifted(customers):
    """Two customers, the second with a job that drifted."""
    customers.pinned(1, 2)
    repo = customers.repo
    assert repo.run("apply", "--all", "--yes").code == 0
    for number in (1, 2):
        customers.sandbox.connector(number).sync()
    file = next((repo.path / "jobs").rglob(f"{TWO}/a.yaml"))
    file.write_text(file.read_text().replace("[Berlin]", "[Berlin, London]"), encoding="utf-8")
    return customers


@pytest.mark.parametrize("choice", [(), ("--connector", TWO)], ids=["all", "one"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_remedy_of_drift_works_as_printed(drifted, choice, form):
    repo = drifted.repo
    (command,) = set(commands(repo.run("plan", *choice, "--format", form)))
    assert repo.run(*shlex.split(command)[1:]).code == 0
    assert "drifted" not in repo.plan().outcomes.values()
    assert "London" not in next((repo.path / "jobs").rglob(f"{TWO}/a.yaml")).read_text()


def test_of_one_connector_no_command_names_it(customers):
    customers.config({ONE: {"id": seed.company(1).id}})
    customers.job(1, "a", "J-1")
    customers.sandbox.connector(1).settings(sync="fails")
    ran = customers.repo.run("plan", "--explain", "a")
    assert "--connector" not in ran.out + ran.err


STALE = ("--yes", "--max-creates", "0")


@pytest.mark.parametrize(
    "choice", [("--all",), ("--connector", TWO), ("--connector", ONE, "--connector", TWO)]
)
def test_what_refuses_an_apply_names_the_connector(customers, choice):
    customers.pinned(1, 2)
    ran = customers.repo.run("apply", *choice, *STALE)
    assert ran.code == 1
    found = commands(ran)
    assert f"bindbee-sync apply --connector {TWO} --max-creates 1" in found
    assert all("--connector" in each for each in found)


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("doctor",)], ids=" ".join)
def test_every_command_of_a_finding_names_the_connector(customers, command):
    customers.config(
        {seed.company(n).name: {"id": seed.company(n).id, "provider": "greenhouse"} for n in (1, 2)}
    )
    for number in (1, 2):
        customers.repo.write(f"{seed.company(number).name}/a", f"name: A {number}\ncode: A-{number}\n")
        customers.sandbox.connector(number).settings(sync="fails")
    for choice in ((), ("--connector", TWO)):
        found = commands(customers.repo.run(*command, *choice))
        assert bool(found) or command == ("doctor",), choice
        assert all("--connector" in each for each in found)
