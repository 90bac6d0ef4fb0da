"""What an apply reports of its creates: Bindbee's objections, the steps that are left, the exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make import FULL, created, file, plan, sent

from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.create_result import CreateResult, FieldFault, Result
from bindbee_sync.errors import LedgerError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.planning.model import Step, StepKind
from bindbee_sync.rules.apply import REJECTED

MADE, LOST, REFUSED, NOT_TRIED = (
    Result(became=became, status=status)
    for became, status in zip(
        (CreateResult.CREATED, CreateResult.UNCERTAIN, CreateResult.REJECTED, CreateResult.NOT_TRIED),
        (201, None, 422, None),
        strict=True,
    )
)
NEW = plan([file("a", text=FULL)])
OPEN = plan([file(name="Seller")], records=[sent()])
ELSEWHERE = replace(NEW, uncertain_elsewhere=("b",))
FAULT = LedgerError("no space left")


def objections(**said):
    """Return the findings about a job that was refused in these words."""
    refused = replace(REFUSED, detail="no", **said)
    return [
        each for each in ApplyReport(plan=NEW, results={"a": refused}).diagnostics if each.rule == REJECTED.id
    ]


def test_an_objection_stands_at_the_line_of_its_field():
    faults = [
        FieldFault(loc=("offices", 0), message="closed"),
        FieldFault(loc=("code",), message="taken"),
        FieldFault(loc=(), message="that is all"),
    ]
    code, office = objections(faults=tuple(faults))
    assert (code.place.line, code.message) == (2, "Bindbee refused 'code': taken")
    assert (office.place.line, office.message) == (4, "Bindbee refused 'offices.0': closed")
    assert code.hint == office.hint == REJECTED.hint


@pytest.mark.parametrize("loc", [None, ()])
def test_an_objection_to_no_field_stands_at_the_file(loc):
    (found,) = objections(faults=() if loc is None else (FieldFault(loc=loc, message="odd"),))
    assert (found.place.line, found.message, found.hint) == (1, "Refused: no", REJECTED.hint)


def test_an_objection_of_the_ats_says_how_the_job_is_sent_again():
    (found,) = objections(by_ats=True, faults=(FieldFault(loc=("code",), message="taken"),))
    assert found.message == "Refused: no"
    assert "`bindbee-sync apply --retry-rejected`" in found.hint


def test_where_nothing_reached_bindbee_it_is_the_network():
    (found,) = objections(status=None)
    assert "Check the network" in found.hint


def test_findings_of_the_plan_and_objections_are_in_the_order_of_the_files():
    faulty = {"template_id": None}
    files = [file(each, name=f"Role {each}", **(faulty if each in "ae" else {})) for each in "abcde"]
    results = {"b": MADE, "c": REFUSED}
    found = [(each.address, each.rule) for each in ApplyReport(plan=plan(files), results=results).diagnostics]
    missing = "greenhouse/template-required"
    assert found == [("a", missing), ("c", REJECTED.id), ("e", missing)]


def step(kind, address="a"):
    return Step(kind=kind, address=address, name="Seller", code=None, reason="no call does it")


@pytest.mark.parametrize(
    ("result", "is_left"), [(MADE, True), (LOST, True), (REFUSED, False), (NOT_TRIED, False)]
)
def test_what_is_to_be_set_by_hand_is_left_where_the_job_may_exist(result, is_left):
    steps = (step(StepKind.SET),)
    left = ApplyReport(plan=replace(NEW, steps=steps), results={"a": result}).outcome.steps
    assert left == (steps if is_left else ())


def test_what_is_to_be_set_leads_to_the_new_job():
    asked = replace(NEW, steps=(step(StepKind.SET),), job_url="https://ats.example/jobs/{remote_id}")
    (left,) = ApplyReport(plan=asked, results={"a": replace(MADE, id="j1", remote_id="41")}).outcome.steps
    assert (left.id, left.remote_id, left.url) == ("j1", "41", "https://ats.example/jobs/41")


def test_all_other_steps_are_left():
    """Also the one for the job that was at a new job's address before."""
    steps = (step(StepKind.CLOSE), step(StepKind.SET, "b"))
    report = ApplyReport(plan=replace(NEW, steps=steps), results={"a": NOT_TRIED})
    assert report.outcome.steps == steps


@pytest.mark.parametrize(
    ("result", "is_sent"), [(MADE, True), (LOST, True), (REFUSED, True), (NOT_TRIED, False)]
)
def test_until_a_create_is_sent_nothing_was(result, is_sent):
    assert (ApplyReport(plan=NEW).shown, ApplyReport(plan=NEW).sent) == (False, False)
    assert ApplyReport(plan=NEW, results={"a": NOT_TRIED, "b": result}).sent is is_sent


@pytest.mark.parametrize(
    ("last", "is_open"),
    [
        (NEW, False),
        (OPEN, True),
        (plan(records=[sent()]), True),
        (plan([file(name="Seller")], records=[created()]), False),
        (plan(records=[created()]), False),
        (ELSEWHERE, True),
    ],
)
def test_whether_an_earlier_create_is_open_is_read_from_the_newest_plan(last, is_open):
    assert ApplyReport(plan=last).is_open_before is is_open
    assert ApplyReport(plan=NEW, latest=last).is_open_before is is_open
    assert ApplyReport(plan=OPEN, latest=last).is_open_before is is_open


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({}, ExitCode.OK),
        ({"results": [MADE]}, ExitCode.OK),
        ({"results": [MADE, REFUSED]}, ExitCode.FAILED),
        ({"results": [MADE, NOT_TRIED]}, ExitCode.FAILED),
        ({"results": [MADE, LOST]}, ExitCode.UNCERTAIN),
        ({"plan": OPEN}, ExitCode.UNCERTAIN),
        ({"plan": ELSEWHERE, "results": [MADE]}, ExitCode.UNCERTAIN),
        ({"refusal": "declined"}, ExitCode.FAILED),
        ({"refusal": "declined", "plan": OPEN}, ExitCode.FAILED),
        ({"error": FAULT}, ExitCode.FAILED),
        ({"error": FAULT, "results": [NOT_TRIED]}, ExitCode.FAILED),
        ({"error": FAULT, "results": [MADE]}, ExitCode.UNCERTAIN),
        ({"error": FAULT, "results": [NOT_TRIED], "interrupted": True}, ExitCode.INTERRUPTED),
        ({"refusal": "interrupted", "interrupted": True}, ExitCode.INTERRUPTED),
        ({"results": [MADE], "interrupted": True}, ExitCode.INTERRUPTED),
        ({"results": [LOST], "interrupted": True}, ExitCode.UNCERTAIN),
    ],
)
def test_the_exit_code_says_whether_a_person_is_needed(report, code):
    results = {str(number): result for number, result in enumerate(report.get("results", ()))}
    assert ApplyReport(**({"plan": NEW} | report | {"results": results})).exit_code is code
