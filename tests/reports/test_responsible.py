"""Whom to ask about a job: a report names a person at every entry that has one, whatever its outcome."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_plans import ANNA, SALES, drifted, hold, in_sync, job_file, plan
from rich.console import Console

from bindbee_sync.bindbee.models import Job
from bindbee_sync.planning.model import Entry, Outcome, Step, StepKind
from bindbee_sync.reports.document import as_text, plan_document
from bindbee_sync.reports.document_view import RunDocument
from bindbee_sync.reports.html import plan_html
from bindbee_sync.reports.markdown import plan_markdown
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport

UNNAMED = "90000000-0000-4000-8000-000000000000"
HELD = (Outcome.PENDING, Outcome.UNCERTAIN, Outcome.VANISHED)


def entry(outcome, job=None, **fields):
    return Entry(
        file=job_file("sales/lead", name="Sales Lead", **fields),
        outcome=outcome,
        job=job,
        hold=hold() if outcome in HELD else None,
    )


def shown(made):
    """Return what Markdown and page say, live and from the plan's document."""
    document = RunDocument.model_validate_json(as_text(plan_document(made)))
    views = plan_view(made), document.view()
    texts = [re.sub(r"&#\d+;", lambda code: chr(int(code[0][2:-1])), plan_markdown(view)) for view in views]
    return [*(text.replace("\u200b", "") for text in texts), *(plan_html(view) for view in views)]


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.IN_SYNC])
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hiring_managers": [ANNA], "recruiters": ["b@example.com"]}, "Hiring manager: Anna Schmidt"),
        ({"recruiters": ["b@example.com"], "remote_user_id": "c@example.com"}, "Recruiter: b@example.com"),
        ({"remote_user_id": "c@example.com"}, "Created by: c@example.com"),
        ({"hiring_managers": [UNNAMED], "recruiters": ["Ines Rau"]}, "Recruiter: Ines Rau"),
    ],
)
def test_each_entry_names_the_first_who_is_set(outcome, fields, words):
    for text in shown(plan(entry(outcome, **fields))):
        assert words in text


def test_a_listed_job_says_what_its_file_does_not():
    job = Job(id="j1", name="Sales Lead", status="OPEN", departments=(SALES,), hiring_managers=(ANNA,))
    for text in shown(plan(replace(drifted(), job=job))):
        assert "Sales · Hiring manager: Anna Schmidt" in text


def test_a_confidential_job_says_nothing_of_the_kind():
    job = Job(id="j1", name="x", status="OPEN", confidential=True, hiring_managers=(ANNA,))
    for text in shown(plan(replace(drifted(), job=job))):
        assert "Anna" not in text


def test_a_step_by_hand_names_whom_to_ask():
    step = Step(
        kind=StepKind.CHANGE,
        address="sales/same",
        name="Same",
        code=None,
        field="openings",
        old=1,
        new=2,
        reason="So",
    )
    entry = replace(in_sync(), file=job_file("sales/same", name="Same", hiring_managers=[ANNA]))
    for text in shown(replace(plan(entry), steps=(step,))):
        assert "Hiring manager: Anna Schmidt" in text.split("To do in Greenhouse")[1].split("So")[0]


def test_a_job_to_close_says_where_it_is_for_how_many_and_whose(capsys):
    values = {"departments": ["Sales"], "offices": ["Oslo"], "openings": 2, "hiring_managers": ["Ines Rau"]}
    step = Step(kind=StepKind.CLOSE, address="sales/new", name="Old", code=None, values=values, reason="So")
    other = replace(in_sync(), file=job_file("sales/new", name="New", hiring_managers=[ANNA]))
    made = replace(plan(other), steps=(step,))
    told = "Sales · Oslo · 2 openings · Hiring manager: Ines Rau"
    for text in shown(made):
        assert told in text.split("To do in Greenhouse")[1].split("So")[0]
    TextReport(Console(width=200)).plan(plan_view(made))
    assert told in capsys.readouterr().out


def test_a_field_that_was_never_set_is_not_changed_from_nothing():
    step = Step(
        kind=StepKind.CHANGE, address="a", name="A", code=None, field="status", new="CLOSED", reason="So"
    )
    for text in shown(replace(plan(), steps=(step,))):
        assert "set status to 'CLOSED'" in text.replace("&#39;", "'")
