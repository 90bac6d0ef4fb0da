"""The Markdown report: what it says, and that it fits whatever the plan."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_plans import (
    ANNA,
    SALES,
    create,
    drifted,
    finding,
    in_sync,
    job_file,
    large_plan,
    orphaned,
    plan,
    uncertain,
)
from rich.console import Console

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.revision import Base
from bindbee_sync.planning.model import Outcome, Step, StepKind
from bindbee_sync.reports.html import plan_html
from bindbee_sync.reports.markdown import Locate, findings_markdown, plan_markdown
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport
from bindbee_sync.reports.truncation import BUDGET


def markdown(made, base=None):
    return plan_markdown(plan_view(made, base))


def cells(text, first):
    """Return the row of a table that begins with `first`."""
    row = next(line for line in text.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def section(text, title):
    return re.split(r"^#+ ", text.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_it_begins_with_the_connectors_mark_and_a_sentence_for_a_manager():
    text = markdown(plan(create(), create("eng/a", name="Engineer"), drifted()))
    mark, sentence = text.splitlines()[:2]
    assert mark == "<!-- bindbee-sync:plan:c1 -->"
    assert (
        sentence
        == "**Greenhouse of Halden Robotics: 2 jobs, 4 openings, will be created in Sales; 1 drifted**"
    )


def test_connectors_have_different_marks_and_no_id_can_end_one():
    marks = {
        markdown(plan(connector_id=each)).splitlines()[0] for each in ("a", "b", "a/b", "x --><b>", "x-->\n")
    }
    assert len(marks) == 5
    assert all(re.fullmatch(r"<!-- bindbee-sync:plan:[A-Za-z0-9._~%-]+ -->", mark) for mark in marks)
    assert all(mark.count("-->") == 1 for mark in marks)


def test_counts_and_verdict():
    text = markdown(plan(create(), create("b"), drifted(), in_sync(), uncertain(), diagnostics=[finding()]))
    assert cells(text, "to create")[1] == "2"
    assert cells(text, "drifted")[1] == "1"
    assert cells(text, "in sync")[1] == "1"
    assert cells(text, "uncertain")[1] == "1"
    assert cells(text, "errors")[1] == "1"
    assert "may or may not have been created" in cells(text, "uncertain")[2]
    assert "**Verdict:** Nothing can be applied" in text
    assert "2 jobs, 4 openings, would be created" in text


def test_a_blocked_job_says_what_blocks_it_and_what_is_left_to_people_is_counted():
    findings = [replace(finding(), address="b", message=f"Error {number}") for number in range(5)]
    blocked = replace(create("b"), outcome=Outcome.BLOCKED)
    close = Step(kind=StepKind.CLOSE, address="c", name="Closer", code=None, reason="Its file was removed")
    made = replace(plan(blocked, in_sync(), diagnostics=findings), steps=(close, close))
    text = markdown(made)
    told = section(text, "Blocked")
    assert re.findall("  - (.*)", told) == ["Error 0", "Error 1", "Error 2", "2 more errors"]
    assert cells(text, "by hand")[1] == "2"
    assert "as far as Bindbee lists it" in cells(text, "in sync")[2]


def test_as_many_warnings_are_counted_as_are_listed():
    repeated = replace(finding(error=False), rule="drift/no-update")
    shown = finding(2, error=False)
    text = markdown(plan(drifted(), diagnostics=[repeated, shown]))
    assert cells(text, "warnings")[1] == "1"
    assert section(text, "Warnings").count("\n- ") == 1


def test_a_new_job_unfolds_to_what_it_will_say():
    text = markdown(plan(create(description="We sell.\n\n- robots\n- arms", code="S 1")))
    new = section(text, "To create")
    summary = "<summary><b>Sales Lead</b> <code>S 1</code> · Sales · Berlin · 2 openings · Hiring manager"
    assert f"{summary}&#58; Anna Schmidt</summary>" in new
    assert cells(new, "Hiring manager (not taken by Greenhouse)")[1] == "Anna Schmidt"
    assert ANNA not in new
    assert "<pre>\nWe sell.\n\n- robots\n- arms\n</pre>" in new


def test_drift_is_a_table_of_fields():
    drift = section(markdown(plan(drifted(desired="OPEN", actual=None))), "Drifted")
    assert cells(drift, "Status") == ["Status", "not set", "OPEN"]
    assert "[`jobs/sales/old.yaml:1`](<jobs/sales/old.yaml#L1>)" in drift


def test_holds_say_how_long_what_for_and_the_way_out():
    waiting = section(markdown(plan(uncertain(), orphaned=[orphaned()])), "Unresolved")
    assert "<b>Maybe</b>: uncertain for 3 days" in waiting
    assert "waits for a sync that begins later" in waiting
    assert "To settle it: `bindbee-sync apply --refresh`" in waiting
    assert "<b>Gone</b>: pending for 3 days (its job file is gone; the job stays open)" in waiting


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.PENDING, "its job file is gone; the job stays open"),
        (Outcome.UNCERTAIN, "its job file is gone; the job stays open, if it was created"),
        (Outcome.VANISHED, "its job file is gone"),
    ],
)
def test_a_removed_file_closes_no_job_that_the_list_does_not_have(outcome, said, capsys):
    made = plan(orphaned=[orphaned(outcome=outcome)])
    assert f"({said})" in markdown(made)
    assert f"Its{said[3:]}." in plan_html(plan_view(made))
    TextReport(Console()).plan(plan_view(made))
    assert f"Gone  ({said})" in capsys.readouterr().out


def test_the_headline_counts_the_records_of_removed_files_too():
    headline = plan_view(plan(uncertain(), orphaned=[orphaned(), orphaned("gone/too")])).others
    assert headline == "1 uncertain; 2 pending without a job file"
    assert plan_view(plan(in_sync(), orphaned=[orphaned()])).others == "1 pending without a job file"


def test_findings_link_to_their_line_and_say_what_to_do():
    made = plan(diagnostics=[finding(7), finding(8, error=False)])
    url = "https://forge.example/o/r/blob/abc/"
    text = plan_markdown(plan_view(made), lambda place: f"{url}{place.path}#L{place.line}")
    assert f"[`jobs/broken/7.yaml:7`](<{url}jobs/broken/7.yaml#L7>)" in section(text, "Errors")
    assert "Mend it." in section(text, "Errors")
    assert "`jobs/broken/8.yaml:8`" in section(text, "Warnings")


def test_unmanaged_jobs_are_counted_and_never_named():
    jobs = [Job(id="1", name="Secret role", status="OPEN"), Job(id="2", name="Past role", status="CLOSED")]
    text = markdown(plan(unmanaged=jobs))
    assert "No job file manages 1 open job and 1 closed in the ATS. They stay as they are." in text
    assert "Secret" not in text


def test_jobs_without_a_file_are_listed_on_request():
    jobs = [
        Job(id="u1", name="Buyer", code="B-1", status="OPEN"),
        Job(id="u2", name="Secret role", code="S-1", status="DRAFT", confidential=True),
        Job(id="u3"),
    ]
    title = "Unmanaged"
    text = plan_markdown(plan_view(plan(unmanaged=jobs), unmanaged=True))
    assert section(text, title).strip().splitlines()[:4] == [
        "- Buyer `B-1` · OPEN · `u1`",
        "- (confidential) · DRAFT · `u2`",
        "- (no name) · no status · `u3`",
        "",
    ]
    assert "Secret" not in text
    assert "S-1" not in text
    assert section(plan_markdown(plan_view(plan(), unmanaged=True)), title).strip().startswith("None.")


def test_of_many_jobs_without_a_file_the_rest_is_counted_and_crowds_nothing_out():
    jobs = [Job(id=f"{n:036}", name=f"Job {n}", code=f"C-{n}", status="OPEN") for n in range(5000)]
    made = plan(create(), diagnostics=[finding(n) for n in range(100)], unmanaged=jobs)
    text = plan_markdown(plan_view(made, unmanaged=True))
    assert len(text) <= BUDGET
    listed = section(text, "Unmanaged")
    shown = listed.count("\n- Job ")
    assert 100 < shown < 5000
    assert f"and {5000 - shown:,} more" in listed
    assert section(text, "Errors").count("schema/type") == 100
    assert "<b>Sales Lead</b>" in text


def test_what_this_change_does_stands_apart():
    made = plan(create("sales/mine", name="Mine"), create("sales/theirs", name="Theirs"), drifted())
    base = Base(
        revision="main", commit="0123456789abcdef", changed=frozenset({"sales/mine"}), removed=("a/b",)
    )
    text = markdown(made, base)
    mine, before = text.split("### Already there before this change")
    assert "Mine" in mine
    assert "Theirs" not in mine
    assert "Theirs" in before
    assert "Account Executive" in before
    assert "This change, compared with main" in mine
    assert "1 to create" in mine
    assert "removes 1 job file" in mine


def test_a_change_that_does_nothing_says_so():
    base = Base(revision="main", commit="0123456", changed=frozenset(), removed=())
    text = markdown(plan(create()), base)
    assert section(text, "In this change").strip() == "Nothing."


def is_closed(text):
    """Every fold and block that is opened is closed, in order."""
    open_tags = []
    for slash, tag in re.findall(r"<(/?)(details|summary|pre|b|code|span|sub)>", text):
        if not slash:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            return False
    return not open_tags and "```" not in text


def test_a_plan_of_5000_creates_500_drifts_and_200_errors_fits_with_exact_counts():
    text = markdown(large_plan())
    assert len(text) <= BUDGET < 65_536
    assert cells(text, "to create")[1] == "5,000"
    assert cells(text, "drifted")[1] == "500"
    assert cells(text, "errors")[1] == "200"
    assert section(text, "Errors").count("schema/type") == 200
    shown = section(text, "To create").count("- <b>Role")
    assert shown > 100
    assert f"and {5000 - shown:,} more" in section(text, "To create")
    assert "without details" in text
    assert is_closed(text)


@pytest.mark.parametrize(
    ("creates", "drifts", "errors"),
    [(3, 2, 1), (60, 5, 3), (300, 5, 3), (900, 100, 20), (2000, 0, 0), (0, 2000, 0), (100, 50, 3000)],
)
def test_previews_go_first_then_lines_and_never_the_counts(creates, drifts, errors):
    text = markdown(large_plan(creates, drifts, errors))
    assert len(text) <= BUDGET
    assert is_closed(text)
    previews, lines = text.count("<details>"), text.count("- <b>Role")
    hidden = creates - previews - lines
    assert cells(text, "to create")[1] == f"{creates:,}"
    if hidden:
        assert previews == 0
        assert f"and {hidden:,} more" in section(text, "To create")
    if previews + lines and lines:
        assert "without details" in text
    if errors:
        assert cells(text, "errors")[1] == f"{errors:,}"
        told = section(text, "Errors").count("schema/type")
        assert told == errors or f"and {errors - told:,} more" in section(text, "Errors")
        assert told == errors or previews == 0
    assert "**Verdict:**" in text


def test_one_endless_description_is_cut_and_that_is_said():
    text = markdown(plan(create(description="word " * 100_000)))
    assert len(text) <= BUDGET
    assert "6000 of 500000 characters shown" in text
    assert is_closed(text)


def test_monstrous_texts_everywhere_still_fit():
    huge = "@x#1 " * 50_000
    made = plan(
        *(create(f"a/{n}", name=huge, code=huge, departments=[huge], path=f"jobs/{huge}") for n in range(3)),
        drifted(name=huge, desired=huge, actual=[huge]),
        uncertain(name=huge, waits_for=huge),
        diagnostics=[finding(1, message=huge, path=huge, hint=huge)],
        connector_id=huge,
    )
    text = markdown(made, Base(revision=huge, commit="0" * 40, changed=frozenset(), removed=()))
    assert len(text) <= BUDGET
    assert is_closed(text)


def test_findings_alone_fit_too():
    text = findings_markdown("9,000 job files checked.", [finding(n) for n in range(9000)])
    assert text.startswith("**9,000 job files checked.**")
    assert len(text) <= BUDGET
    told = section(text, "Errors").count("schema/type")
    assert f"and {9000 - told:,} more" in text


def test_every_outcome_has_words():
    view = plan_view(plan(create(), drifted(), in_sync(), uncertain()))
    assert sum(view.counts.values()) == 4
    assert view.of(Outcome.CREATE)[0].departments == ("Sales",)


EARLIER = "from before this change"


@pytest.mark.parametrize(
    ("changed", "headline"),
    [
        (
            {"sales/lead"},
            (
                "1 job, 2 openings, will be created in Sales; "
                f"{EARLIER}, 1 job, 2 openings, will be created; 1 drifted"
            ),
        ),
        (
            {"sales/old"},
            f"This change creates no job; {EARLIER}, 2 jobs, 4 openings, will be created; 1 drifted",
        ),
        ({"sales/lead", "sales/chief"}, "2 jobs, 4 openings, will be created in Sales; 1 drifted"),
    ],
)
def test_the_headline_is_about_this_change_first(changed, headline):
    made = plan(create(), create("sales/chief", name="Chief"), drifted())
    base = Base(revision="main", commit="0123456", changed=frozenset(changed), removed=())
    assert plan_view(made, base).summary == headline


@pytest.mark.parametrize(
    "outcome", [Outcome.BLOCKED, Outcome.PENDING, Outcome.UNCERTAIN, Outcome.VANISHED, Outcome.DRIFTED]
)
def test_every_entry_says_where_and_how_many(outcome):
    spec = {"name": "Lead", "departments": [SALES], "offices": ["Berlin", "Paris"], "openings": 3}
    made = plan(replace(uncertain(), file=job_file("sales/lead", **spec), outcome=outcome))
    assert "<b>Lead</b> · Sales · Berlin, Paris · 3 openings" in markdown(made)


def test_an_uncertain_create_is_settled_by_the_workflow_where_there_is_one():
    page = "https://github.example/a/b/actions/workflows/settle.yml"
    view = plan_view(plan(uncertain()))
    told = plan_markdown(view, Locate(settle=page))
    assert f"To settle it: [run the workflow](<{page}>), or in a terminal" in told
    assert "workflow" not in plan_markdown(view)
