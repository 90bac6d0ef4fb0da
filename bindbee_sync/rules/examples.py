"""For each rule that files alone can break: files that break it, and files that keep it.

The names are those of the sandbox's company. Only `bindbee-sync rules RULE` and the pages of the
documentation read this.
"""

from __future__ import annotations

from dataclasses import dataclass

Files = dict[str, str]
"""Contents by path."""

COACH = """\
name: Sales Coach
code: SAL-301
departments: [Sales]
offices: [London]
template_id: "Template: People Manager"
remote_user_id: jonas.weber@halden-robotics.example
openings: 1
"""
PATH = "jobs/sales/sales-coach.yaml"
RULE = """\
id: policy/one-office
require: offices.size() == 1
message: "A job has one office"
field: offices
"""
SECOND = "jobs/sales/sales-trainer.yaml"


@dataclass(frozen=True, kw_only=True)
class Example:
    """Files that break a rule and nothing else, and files that break none."""

    breaks: Files
    keeps: Files


def _one(breaks: str, keeps: str = COACH) -> Example:
    return Example(breaks={PATH: breaks}, keeps={PATH: keeps})


def _policy(breaks: str, keeps: str) -> Example:
    path = "policies/one-office.yaml"
    return Example(breaks={path: breaks, PATH: COACH}, keeps={path: keeps, PATH: COACH})


def _put(before: str, after: str) -> str:
    """Return the coach's file with a piece of it replaced."""
    if before not in COACH:
        raise ValueError(before)
    return COACH.replace(before, after)


def _without(field: str) -> Example:
    return _one("".join(line for line in COACH.splitlines(keepends=True) if not line.startswith(field)))


TRAINER = _put("Sales Coach", "Sales Trainer").replace("SAL-301", "SAL-302")
NO_CODE = _put("code: SAL-301\n", "")
STAFF = _put("Sales Coach", "Staff Engineer").replace("SAL-301", "ENG-202")
TECHNICIAN = 'name: Hardware Test Technician\nsync:\n  remote_id: "4010110"\n'
BACKEND = "name: Backend Engineer\ncode: ENG-101\noffices: [Berlin]\n"
SECURITY = _put("Sales Coach", "Security Engineer").replace("SAL-301", "ENG-207")

NO_NAME = COACH.replace("name: Sales Coach\n", "")
BAMBOOHR = f"""\
{COACH}status: DRAFT
description: You teach our sales teams.
hiring_managers: [jonas.weber@halden-robotics.example]
"""


def _left_out(field: str) -> str:
    return "".join(line for line in BAMBOOHR.splitlines(keepends=True) if not line.startswith(field))


EXAMPLES: dict[str, Example] = {
    "yaml/syntax": _one(_put("[Sales]", "[Sales")),
    "yaml/duplicate-key": _one(_put("openings: 1\n", "openings: 1\nopenings: 2\n")),
    "yaml/comment-in-value": _one(
        _put("Sales Coach", "Sales Coach #2"), _put("Sales Coach", '"Sales Coach #2"')
    ),
    "schema/odd-text": _one(_put("Sales Coach", "\u201cSales Coach\u201d")),
    "schema/repeated-item": _one(_put("[London]", "[London, london]")),
    "schema/unknown-field": _one(_put("openings: 1", "headcount: 1")),
    "schema/type": _one(_put("openings: 1", "openings: one")),
    "schema/empty-name": _one(_put("Sales Coach", '" "')),
    "schema/empty-code": _one(_put("SAL-301", '""')),
    "schema/openings-positive": _one(_put("openings: 1", "openings: 0")),
    "schema/status-value": _one("name: Sales Coach\nstatus: Opened\n", "name: Sales Coach\nstatus: OPEN\n"),
    "files/reserved-name": Example(breaks={"jobs/sales/_sales-coach.yaml": COACH}, keeps={PATH: COACH}),
    "files/ignored": Example(breaks={"jobs/sales/.sales-coach.yaml": COACH}, keeps={PATH: COACH}),
    "identity/duplicate-address": Example(
        breaks={PATH: COACH, "jobs/sales/sales-coach.yml": TRAINER}, keeps={PATH: COACH, SECOND: TRAINER}
    ),
    "identity/duplicate-code": Example(
        breaks={PATH: COACH, SECOND: TRAINER.replace("SAL-302", "sal-301")},
        keeps={PATH: COACH, SECOND: TRAINER},
    ),
    "identity/duplicate-name": Example(
        breaks={PATH: NO_CODE, SECOND: NO_CODE.replace("London", "Berlin")},
        keeps={PATH: COACH, SECOND: TRAINER.replace("Trainer", "Coach")},
    ),
    "identity/duplicate-target": Example(
        breaks={"jobs/technician.yaml": TECHNICIAN, "jobs/tester.yaml": TECHNICIAN},
        keeps={"jobs/technician.yaml": TECHNICIAN},
    ),
    "identity/ambiguous-remote": Example(
        breaks={"jobs/product-manager.yaml": "name: Product Manager\n"},
        keeps={"jobs/product-manager.yaml": 'name: Product Manager\nsync:\n  remote_id: "4010112"\n'},
    ),
    "identity/name-collision": _one(STAFF, STAFF + 'sync:\n  distinct_from: ["4010109"]\n'),
    "identity/id-not-found": Example(
        breaks={"jobs/technician.yaml": TECHNICIAN.replace("4010110", "4010999")},
        keeps={"jobs/technician.yaml": TECHNICIAN},
    ),
    "identity/closed-target": _one(
        "name: Security Engineer\ncode: ENG-107\n", SECURITY.replace("Security", "IT Security")
    ),
    "identity/closed-namesake": _one(SECURITY, SECURITY.replace("Security", "IT Security")),
    "reference/not-found": _one(_put("[London]", "[Londn]")),
    "reference/ambiguous": _one(
        _put("[Sales]", "[Enablement]"), _put("[Sales]", "[500c6008-1ac9-5b4b-8eb7-ffb9e48e410d]")
    ),
    "reference/user-disabled": _one(_put("jonas.weber", "tom.becker")),
    "drift/no-update": _one(BACKEND, BACKEND.replace("[Berlin]", "[Berlin, Remote (Europe)]")),
    "policy/invalid": _policy(RULE.replace("offices.size", "ofices.size"), RULE),
    "policy/failed": _policy(RULE.replace("offices.size() == 1", "4 / (openings - 1) > 0"), RULE),
    "provider/ashby-name": _one(NO_NAME, COACH),
    "provider/ashby-department": _one(_put("[Sales]", "[Sales, Marketing]")),
    "provider/ashby-office": _one(_put("[London]", "[London, Berlin]")),
    "provider/ashby-draft": _one(COACH + "status: OPEN\n", COACH + "status: DRAFT\n"),
    "provider/bamboohr-name": _one(_left_out("name"), BAMBOOHR),
    "provider/bamboohr-status": _one(_left_out("status"), BAMBOOHR),
    "provider/bamboohr-description": _one(_left_out("description"), BAMBOOHR),
    "provider/bamboohr-hiring-manager": _one(_left_out("hiring_managers"), BAMBOOHR),
    "provider/bamboohr-office": _one(_left_out("offices"), BAMBOOHR),
    "provider/lever-name": _one(NO_NAME, COACH),
    "provider/lever-user": _without("remote_user_id"),
    "provider/teamtailor-name": _one(_left_out("name"), BAMBOOHR),
    "provider/teamtailor-description": _one(COACH, BAMBOOHR),
    "provider/teamtailor-user": _one(_left_out("remote_user_id"), BAMBOOHR),
    "greenhouse/template-required": _without("template_id"),
    "greenhouse/remote-user-required": _without("remote_user_id"),
    "greenhouse/openings-required": _without("openings"),
    "greenhouse/name-required": _without("name"),
    "greenhouse/single-department": _one(_put("[Sales]", "[Sales, Marketing]")),
    "greenhouse/unified-ids": _one(_put("[Sales]", "[4001005]")),
    "greenhouse/template-not-found": _one(_put("Template: People Manager", "Template: Team Lead")),
    "greenhouse/template-flag": _one(_put("Template: People Manager", "Sales Engineer")),
    "greenhouse/openings-high": _one(_put("openings: 1", "openings: 150")),
    "greenhouse/field-not-forwarded": _one(COACH + "confidential: true\n"),
}
OF_NO_ATS = ("schema/status-value",)
"""Shown as `validate` shows it without a provider: Greenhouse has a rule of its own about the same field."""
