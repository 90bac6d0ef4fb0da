"""Addresses of several customers are printed with their connector, and remedies name it."""

from __future__ import annotations

import re
import shlex

import pytest

from bindbee_sync.sandbox import seed


@pytest.fixture
def names(customers):
    customers.pinned(1, 2)
    return [seed.company(number).name for number in (1, 2)]


def test_an_address_is_printed_with_its_connector(customers, names):
    repo = customers.repo
    plan = repo.run("plan").out
    alone = repo.run("plan", "--connector", names[0]).out
    applied = repo.run("apply", "--all", "--yes").out
    for name in names:
        assert f"+ to create {name}:a" in plan
        assert f"+ created   {name}:a" in applied
    assert f"+ to create {names[0]}:a" in alone
    assert names[1] not in alone


@pytest.mark.parametrize("alone", [True, False])
def test_what_settles_an_uncertain_create_works_as_printed(customers, names, alone):
    repo, first = customers.repo, names[0]
    customers.sandbox.connector(1).fault("lose")
    assert repo.run("apply", "--connector", first, "--yes").code == 3
    chosen = ("--connector", first) if alone else ()
    told = repo.run("plan", *chosen).out
    line = next(each for each in told.splitlines() if "to settle it:" in each)
    settle, created, not_created = re.findall("`([^`]+)`", line)
    assert settle == f"bindbee-sync apply --connector {first} --settle"
    assert not_created == created.replace("--created ID", "--not-created")
    command = shlex.split(created.replace("ID", "4050001"))
    assert repo.run(*command[1:]).code == 0
    assert "uncertain" not in repo.run("plan", "--connector", first).out


@pytest.mark.parametrize("ledger", ["one", "one-{connector}"])
def test_the_ledger_of_several_lists_the_records_of_each_once(customers, ledger):
    customers.pinned(1, 2, top=f"ledger: .bindbee-sync/{ledger}\n")
    repo = customers.repo
    assert repo.run("apply", "--all", "--yes").code == 0
    records = repo.run("ledger", "list", "--format", "json").json["records"]
    ids = {seed.company(number).id for number in (1, 2)}
    assert [(each["address"], each["state"]) for each in records] == [("a", "pending")] * 2
    assert {each["connector_id"] for each in records} == ids


def test_a_file_that_describes_another_job_is_released_as_printed(customers, names):
    repo, first = customers.repo, names[0]
    assert repo.run("apply", "--connector", first, "--yes").code == 0
    customers.sandbox.connector(1).sync()
    assert repo.run("apply", "--connector", first, "--yes").code == 0
    (path,) = (repo.path / "jobs").rglob(f"{first}/a.yaml")
    path.write_text(path.read_text().replace("Job J-1", "Something else").replace("code: J-1", "code: NEW-1"))
    found = repo.run("plan", "--connector", first, "--format", "json").json["diagnostics"]
    (finding,) = [each for each in found if each["rule"] == "identity/repurposed"]
    assert f"`bindbee-sync ledger release {first}:a`" in finding["hint"]
    assert repo.run("ledger", "release", f"{first}:a").code == 0
