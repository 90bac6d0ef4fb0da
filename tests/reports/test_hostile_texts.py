"""No text from a job file or from the ATS becomes more than text: in no format."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hostile import CORPUS, GITHUB_REFERENCES, Skeleton, runner_commands, unseen
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_plans import BERLIN, SALES, create, drifted, finding, orphaned, plan, uncertain
from rich.console import Console

from bindbee_sync.bindbee.models import Job
from bindbee_sync.errors import ToolError
from bindbee_sync.github_actions import WorkflowStep, error_annotation
from bindbee_sync.reports.document import as_text, error_document, plan_document
from bindbee_sync.reports.markdown import error_markdown, findings_markdown, plan_markdown
from bindbee_sync.reports.markup import Md, code, details, pre
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport
from bindbee_sync.text import visible

each_hostile = pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))


def full_of(text):
    """Return a plan with `text` wherever a text of others can be."""
    return plan(
        create(f"a/{text}", name=text, code=text, description=text, path=f"jobs/a/{text}.yaml"),
        create("a/b", name=f"x {text} y", description=f"first\n{text}\nlast", departments=["D"]),
        drifted(f"d/{text}", name=text, desired=text, actual=[text, None]),
        uncertain(f"u/{text}", name=text, waits_for=text),
        diagnostics=[
            finding(1, message=text, hint=text, path=text, address=text),
            finding(2, error=False, message=f"'{text}' is odd", hint=f"Run `{text}` at once."),
        ],
        orphaned=[orphaned(text, name=text)],
        unmanaged=[Job(id="9", name=text, code=text, status=text)],
        names={SALES: text, BERLIN: f"{text} and more", "D": text},
    )


def on_a_terminal(text):
    stream = io.StringIO()
    report = TextReport(Console(file=stream, highlight=False, markup=False, emoji=False, width=10_000))
    report.plan(plan_view(full_of(text), unmanaged=True))
    report.error(ToolError(text, where=text, hint=text))
    report.line(text)
    return stream.getvalue()


def rendered(markdown):
    page = Skeleton()
    page.feed(MarkdownIt("gfm-like", {"html": True}).render(markdown))
    page.close()
    return page


HARMLESS = "Sales Manager"
PLAIN = rendered(plan_markdown(plan_view(full_of(HARMLESS), unmanaged=True)))
VARYING = {"span", "code", "/span", "/code"}


@each_hostile
def test_text_is_inert(text):
    shown = on_a_terminal(text)
    assert runner_commands(shown) == []
    assert unseen(shown, but="\n") == set()
    assert shown.count("\n") == on_a_terminal(HARMLESS).count("\n")


@each_hostile
def test_json_is_inert_and_loses_nothing(text):
    document = as_text(plan_document(full_of(text), unmanaged=True))
    assert runner_commands(document) == []
    assert unseen(document, but="\n") == set()
    assert json.loads(document)["unmanaged"][0]["name"] == text
    assert runner_commands(as_text(error_document(ToolError(text, hint=text)))) == []


@each_hostile
def test_markdown_is_inert(text):
    markdown = plan_markdown(plan_view(full_of(text), unmanaged=True))
    assert runner_commands(markdown) == []
    assert unseen(markdown, but="\n") == set()
    assert markdown.count("<!--") == 1
    assert "$" not in markdown
    assert "[^" not in markdown
    page = rendered(markdown)
    skeleton, plain = ([tag for tag in tags if tag[0] not in VARYING] for tags in (page.tags, PLAIN.tags))
    assert skeleton == plain
    assert page.comments == PLAIN.comments
    assert {link.partition("#")[0].rpartition("/")[0] for link in page.links} <= {
        "jobs/a",
        "jobs/d",
        *own(text),
    }
    prose = "\n".join(page.prose)
    assert unseen(prose, but="\n\u200b") == set()
    for reference in GITHUB_REFERENCES:
        assert reference.findall(re.sub(r"\d\d:\d\d UTC", "", prose)) == []


def own(text):
    """Return the folders that links may lead to: those of the plan's own files."""
    from urllib.parse import quote

    path = quote(text)
    return {
        "jobs/a/" + path.rpartition("/")[0],
        "jobs/d/" + path.rpartition("/")[0],
        path.rpartition("/")[0],
        "jobs/broken",
    }


@each_hostile
def test_markdown_shows_what_is_there(text):
    entry = create(name=text)
    told = "".join(rendered(plan_markdown(plan_view(plan(entry)))).prose).replace("\u200b", "")
    assert " ".join(visible(entry.file.spec.name or entry.address).split()) in told


@each_hostile
def test_short_reports_are_inert(text):
    for markdown in (
        findings_markdown("1 file.", [finding(1, message=text, hint=text, path=text)]),
        error_markdown(ToolError(text, where=text, hint=text)),
    ):
        page = rendered(markdown)
        assert runner_commands(markdown) == []
        assert {tag[0] for tag in page.tags} <= {
            *("p", "/p", "strong", "/strong", "h3", "/h3", "ul", "/ul", "li", "/li", "br", "/br"),
            *("a", "/a", "code", "/code", "span", "/span"),
        }
        assert page.comments == []


@each_hostile
def test_annotations_say_it_and_nothing_else(text):
    made = full_of(text)
    lines = list(
        WorkflowStep(environment={"GITHUB_WORKSPACE": "/w"}).annotations(made.diagnostics, Path("/w/sub"))
    )
    found = runner_commands("\n".join(lines))
    assert [name for name, _, _ in found] == ["error", "warning"]
    name, properties, message = found[0]
    assert properties == {"file": f"sub/{visible(text)}", "line": "1", "col": "3", "title": "schema/type"}
    assert message == f"{visible(text)}\n{visible(text)}"
    [(name, properties, message)] = runner_commands(error_annotation(ToolError(text)))
    assert (name, properties, message) == ("error", {"title": "bindbee-sync"}, visible(text))


@each_hostile
def test_outputs_and_summary_files_hold_no_commands(text, tmp_path):
    actions = WorkflowStep(
        environment={
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
        }
    )
    made = full_of(text)
    actions.output(made.summary | {"exitcode": 1})
    actions.summarize(plan_markdown(plan_view(made)))
    outputs = (tmp_path / "output").read_text().splitlines()
    assert len(outputs) == len(made.summary) + 1
    assert all(re.fullmatch(r"[a-z_]+=\d+", line) for line in outputs)
    assert runner_commands((tmp_path / "summary").read_text()) == []


def test_the_port_of_the_runner_sees_commands():
    told = "x\n  ::error file=a%2Cb,line=2::hello%0Athere\nlog ##[warning]old\n::nothing\n##[no"
    assert runner_commands(told) == [
        ("error", {"file": "a,b", "line": "2"}, "hello\nthere"),
        ("warning", {}, "old"),
    ]


@given(st.text())
def test_any_text_is_one_line_of_text(text):
    page = rendered(
        Md("{}\n\n- {}\n\n| a |\n| --- |\n| {} |\n\n{}{}").format(
            text, text, text, pre(text), details(Md.escape(text), code(text))
        )
    )
    tags = [tag[0] for tag in page.tags if tag[0] not in VARYING and not tag[0].startswith("/")]
    table = ["table", "thead", "tr", "th", "tbody", "tr", "td"]
    said = bool(" ".join(visible(text).split()))
    assert tags == [*["p"] * said, "ul", "li", *table, "pre", "details", "summary", "p"]
    assert page.comments == page.links == []
