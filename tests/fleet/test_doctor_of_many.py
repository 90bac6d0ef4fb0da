"""`doctor` where the config names several connectors: all are checked, and each by itself."""

from __future__ import annotations

import pytest

from bindbee_sync.sandbox import seed

NAMES = ONE, TWO, THREE = tuple(seed.company(number).name for number in (1, 2, 3))


@pytest.fixture
def doctor(customers):
    customers.pinned(1, 2, 3)
    return lambda *options: customers.repo.run("doctor", *options, "--format", "json")


def by_connector(ran):
    found = {}
    for check in ran.json["checks"]:
        found.setdefault(check["connector"], []).append((check["name"], check["status"]))
    return found


@pytest.mark.parametrize("options", [(), ("--connector", "*")], ids=["by default", "glob"])
def test_every_connector_is_checked_and_what_concerns_all_once(doctor, options):
    ran = doctor(*options)
    assert ran.code == 0, ran.out
    found = by_connector(ran)
    assert list(found) == [None, *NAMES]
    names = [[name for name, _ in found[each]] for each in found]
    assert ("base URL" in names[0], "config" in names[0]) == (True, True)
    for own in names[1:]:
        assert {"tokens", "job files", "connector", "jobs listed", "ledger"} <= set(own)
        assert "base URL" not in own


def test_those_that_are_named_are_checked(doctor):
    assert list(by_connector(doctor("--connector", TWO, "--connector", THREE))) == [None, TWO, THREE]
    assert list(by_connector(doctor("--connector", TWO))) == [None]


def test_a_problem_of_one_is_its_own_and_stops_no_other(doctor, customers):
    customers.token(TWO, 3)
    ran = doctor()
    assert ran.code == 1
    found = by_connector(ran)
    assert [each for each in found if ("connector", "problem") in found[each]] == [TWO]
    assert ("jobs listed", "ok") in found[THREE]


def test_in_words_each_has_its_heading(doctor, customers):
    shown = customers.repo.run("doctor").out.splitlines()
    assert [line for line in shown if line.removesuffix(":") in NAMES] == [f"{name}:" for name in NAMES]


def test_one_shared_token_is_not_asked_for_where_it_would_not_be_taken(customers):
    customers.config({ONE: {}, TWO: {"id": seed.company(2).id}})
    for number in (1, 2):
        customers.job(number, "a", f"J-{number}")
    for options in ((), ("--connector", ONE)):
        ran = customers.repo.run("doctor", *options)
        assert f"BINDBEE_CONNECTOR_TOKEN_{ONE.upper().replace('-', '_')} is not set" in ran.out
    customers.token(ONE, 1)
    assert customers.repo.run("doctor").code == 0


def test_a_name_that_the_config_lacks_is_the_problem_that_it_is(doctor):
    ran = doctor("--connector", "acme")
    assert ran.code == 1
    assert ran.json["checks"][0]["message"].endswith("The config names no connector 'acme'")


@pytest.mark.parametrize("ledger", ["ledger", "ledgers/{connector}"])
def test_of_a_git_ledger_the_branch_rules_are_told_once(customers, ledger):
    customers.pinned(1, 2, top=f"ledger: git+origin#{ledger}\n")
    found = by_connector(customers.repo.run("doctor", "--format", "json"))
    assert [name for own in found.values() for name, _ in own].count("branch rules") == 1
