"""What each ATS requires of a new job, by its pack; and what is said where no one documents it."""

from __future__ import annotations

from functools import partial

import pytest

from bindbee_sync.desired.load import load_text
from bindbee_sync.job_file import CREATE_FIELDS, Desired
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.rules.pack import Documented
from bindbee_sync.rules.registry import PACKS, RULES, pack_of

FULL = """\
name: Driver
status: DRAFT
description: You drive.
departments: [Sales]
offices: [Berlin]
hiring_managers: [anna@corp.example]
remote_user_id: anna@corp.example
"""


def found(text, provider):
    findings = validate_files(Desired(files=(load_text(text, address="a"),), diagnostics=()), provider, {})
    return [(each.rule, str(each.severity), each.place.line, each.place.column) for each in findings]


ashby, bamboohr, lever, teamtailor, workable = (
    partial(found, provider=name) for name in ("ashby", "bamboohr", "lever", "teamtailor", "workable")
)


def without(field):
    return "".join(line for line in FULL.splitlines(keepends=True) if not line.startswith(field))


@pytest.mark.parametrize("provider", [each for each in PACKS if each != "greenhouse"])
def test_a_full_job_keeps_every_pack(provider):
    assert found(FULL, provider) == []


@pytest.mark.parametrize(
    ("provider", "field", "rule"),
    [
        ("ashby", "name", "provider/ashby-name"),
        ("ashby", "departments", "provider/ashby-department"),
        ("ashby", "offices", "provider/ashby-office"),
        ("bamboohr", "name", "provider/bamboohr-name"),
        ("bamboohr", "status", "provider/bamboohr-status"),
        ("bamboohr", "description", "provider/bamboohr-description"),
        ("bamboohr", "hiring_managers", "provider/bamboohr-hiring-manager"),
        ("bamboohr", "offices", "provider/bamboohr-office"),
        ("lever", "name", "provider/lever-name"),
        ("lever", "remote_user_id", "provider/lever-user"),
        ("teamtailor", "name", "provider/teamtailor-name"),
        ("teamtailor", "description", "provider/teamtailor-description"),
        ("teamtailor", "remote_user_id", "provider/teamtailor-user"),
    ],
)
def test_what_an_ats_requires_is_a_warning(provider, field, rule):
    assert found(without(field), provider) == [(rule, "warning", 1, 1)]


def test_of_two_the_second_is_pointed_at():
    assert ashby(FULL.replace("[Sales]", "[Sales, People]")) == [
        ("provider/ashby-department", "warning", 4, 22)
    ]
    assert ashby(FULL.replace("[Berlin]", "[Berlin, London]")) == [
        ("provider/ashby-office", "warning", 5, 19)
    ]
    two = FULL.replace("[anna@corp.example]", "[anna@corp.example, b@corp.example]")
    assert bamboohr(two) == [("provider/bamboohr-hiring-manager", "warning", 6, 38)]


def test_an_empty_list_is_none():
    assert ashby(FULL.replace("[Sales]", "[]")) == [("provider/ashby-department", "warning", 4, 14)]


def test_ashby_makes_drafts():
    assert ashby(FULL.replace("DRAFT", "OPEN")) == [("provider/ashby-draft", "warning", 2, 9)]


def test_a_field_in_error_is_reported_once():
    assert [rule for rule, *_ in ashby(FULL.replace("[Berlin]", "Berlin"))] == ["schema/type"]


def test_a_job_that_exists_is_left_alone():
    assert lever("name: Driver\nsync: {id: 019a1041-57f8-752d-bd75-6f5136196765}\n") == []


def test_a_pack_is_whole():
    for provider, pack in PACKS.items():
        assert pack.provider == provider
        assert all(
            rule.provider == provider and RULES[rule.id] is rule and rule.source for rule in pack.rules
        )
        assert set(pack.not_taken) | set(pack.takes_one) <= set(CREATE_FIELDS)
        assert pack.about.endswith(".")
        assert (pack.documented is Documented.NO_ONE) == (not pack.rules)
    assert pack_of("workday").documented is Documented.NO_ONE
    assert pack_of("workday").name == "Workday"


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ("Opened", "schema/status-value"),
        ("[OPEN]", "schema/type"),
        ("DRAFT", "greenhouse/field-not-forwarded"),
        ("OPEN", "greenhouse/field-not-forwarded"),
    ],
)
def test_a_status_has_one_finding(status, rule):
    findings = found(f"name: Driver\nstatus: {status}\n", "greenhouse")
    assert [name for name, _, line, _ in findings if line == 2] == [rule]
