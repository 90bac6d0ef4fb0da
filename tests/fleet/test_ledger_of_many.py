"""`ledger` where the config names several connectors: whose record it is, and whose is meant."""

from __future__ import annotations

import pytest
from git_runs import git

from bindbee_sync.sandbox import seed

ONE, TWO, THREE = (seed.company(number).name for number in (1, 2, 3))


@pytest.fixture(params=["ledger", "ledgers/{connector}"])
def applied(customers, request):
    """Three customers with one job each of the address `a`, and one that is the first one's alone."""
    customers.pinned(1, 2, 3, top=f"ledger: .bindbee-sync/{request.param}\n")
    customers.job(1, "only", "K-1")
    assert customers.repo.run("apply", "--connector", ONE, "--connector", TWO, "--yes").code == 0
    return customers


def listed(ran):
    return sorted((each["connector"], each["address"]) for each in ran.json["records"])


@pytest.mark.parametrize("has_key", [True, False], ids=["asked", "offline"])
def test_a_record_is_listed_with_its_connector(applied, has_key):
    if not has_key:
        applied.unset("BINDBEE_API_KEY")
    repo = applied.repo
    every = [(TWO, "a"), (ONE, "a"), (ONE, "only")]
    assert listed(repo.run("ledger", "list", "--format", "json")) == sorted(every)
    shown = repo.run("ledger", "list").out
    assert all(f"{name}:{address}  " in shown for name, address in every)
    for name in (ONE, TWO, THREE):
        mine = [each for each in every if each[0] == name]
        assert listed(repo.run("ledger", "list", "--connector", name, "--format", "json")) == sorted(mine)
    two = repo.run("ledger", "list", "--connector", TWO, "--connector", THREE, "--format", "json")
    assert listed(two) == [(TWO, "a")]


def test_an_origin_id_names_the_connector_by_what_was_recorded(customers):
    customers.pinned(2, 3, key="origin_id")
    assert customers.repo.run("apply", "--all", "--yes").code == 0
    assert listed(customers.repo.run("ledger", "list", "--format", "json")) == [(TWO, "a"), (THREE, "a")]


def test_an_address_that_one_connector_has_is_shown_without_its_name(applied):
    ran = applied.repo.run("ledger", "show", "only")
    assert ran.code == 0, ran.err
    assert f"{ONE}:only: pending" in ran.out


@pytest.mark.parametrize("address", ["a", "?"])
def test_of_an_address_that_several_have_they_are_named(applied, address):
    ran = applied.repo.run("ledger", "show", address)
    assert ran.code == 1
    assert f"{ONE} and {TWO}" in ran.err
    assert THREE not in ran.err
    meant = f"{ONE}:{address}"
    assert f"`{meant}`" in ran.err
    assert listed(applied.repo.run("ledger", "show", meant, "--format", "json")) == [(ONE, "a")]
    both = ("--connector", TWO, "--connector", THREE)
    assert listed(applied.repo.run("ledger", "show", address, *both, "--format", "json")) == [(TWO, "a")]


@pytest.mark.parametrize("command", [("release",), ("resolve", "--not-created")], ids=" ".join)
def test_what_writes_needs_the_connector_and_says_who_has_the_address(applied, command):
    before = applied.files()
    ran = applied.repo.run("ledger", command[0], "only", *command[1:])
    assert ran.code == 1
    assert f"`{ONE}:only`" in ran.err
    assert applied.files() == before


def test_an_address_that_none_has_is_an_error(applied):
    ran = applied.repo.run("ledger", "show", "nothing")
    assert (ran.code, "no such record" in ran.err) == (1, True)


def test_each_connectors_own_branch_takes_over_its_own_records(customers, tmp_path, own_git_config):
    """From one file for two customers to a branch for each."""
    customers.pinned(2, 3)
    assert customers.repo.run("apply", "--all", "--yes").code == 0
    git(tmp_path, "init", "--quiet", "--bare", "hub.git")
    (customers.repo.path / ".git").rmdir()
    git(customers.repo.path, "init", "--quiet")
    git(customers.repo.path, "remote", "add", "origin", f"file://{tmp_path}/hub.git")
    customers.pinned(2, 3, top="ledger: git+origin#ledgers/{connector}\n")
    ledgers = customers.repo.run("ledger", "init", "--format", "json").json["ledgers"]
    assert [each["taken_over"] for each in ledgers] == [1, 1]
    applied = customers.repo.run("apply", "--all", "--yes", "--format", "json").json
    assert [each["summary"]["pending"] for each in applied["plans"]] == [1, 1]
    listed = customers.repo.run("ledger", "list", "--format", "json").json["records"]
    assert {(each["connector"], each["address"]) for each in listed} == {(TWO, "a"), (THREE, "a")}
    assert (customers.creates(2), customers.creates(3)) == (["J-2"], ["J-3"])
