"""The team's own rules in a plan and offline: whose names they see, and which files they judge."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make import ANNA, SALES, file, listed, plan

from bindbee_sync.bindbee.models import Department, User
from bindbee_sync.planning.own_rules import own_rules_offline
from bindbee_sync.planning.selection import EVERYTHING, Selection
from bindbee_sync.policies.load import read_policies

NEVER = read_policies(
    {"policies/one.yaml": b"id: policy/one\nrequire: 'false'\nmessage: Of {departments} and {recruiters}\n"},
    {},
)


@pytest.mark.parametrize(
    ("department", "user", "names"),
    [
        (
            Department(id=SALES, name="Sales"),
            User(id=ANNA, email="anna@corp.example"),
            "Sales and anna@corp.example",
        ),
        (
            Department(id=SALES, name="Sales"),
            User(id=ANNA, first_name="Anna", last_name="Lund"),
            "Sales and Anna Lund",
        ),
        (Department(id=SALES), User(id=ANNA), f"{SALES} and {ANNA}"),
    ],
)
def test_a_reference_has_the_email_else_the_name_else_what_is_written(department, user, names):
    company = replace(listed(), departments=(department,), users=(user,))
    made = plan(
        [file(name="Seller", departments=[SALES], recruiters=[ANNA])],
        on=company,
        policies=NEVER,
        connector_name="acme",
    )
    (found,) = [each for each in made.diagnostics if each.rule == "policy/one"]
    assert found.message == f"Of {names}"


def offline(*files, selects=EVERYTHING):
    return own_rules_offline(
        files, NEVER, connector="acme", provider="greenhouse", severities={}, selects=selects
    ).findings


def test_offline_only_files_that_could_be_read_and_are_selected_are_judged():
    sound, other = file("a", name="Seller"), file("b", name="Baker")
    broken = file("c", text="name: [\n")
    assert [each.address for each in offline(sound, other, broken)] == ["a", "b"]
    assert [each.address for each in offline(sound, broken, selects=Selection(frozenset({"a", "c"})))] == [
        "a"
    ]
