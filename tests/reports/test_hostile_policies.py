"""No text of a job or of a policy becomes more than text: at a terminal, in a comment, on a page."""

from __future__ import annotations

import io
import json
from pathlib import Path

from hostile import CORPUS, Skeleton, runner_commands, unseen
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_plans import create, plan
from rich.console import Console

from bindbee_sync.desired.load import load_text
from bindbee_sync.github_actions import WorkflowStep
from bindbee_sync.policies.load import read_policies
from bindbee_sync.policies.policy import Case, judge
from bindbee_sync.policies.variables import VARIABLES, as_written, values_of
from bindbee_sync.reports.html import plan_html
from bindbee_sync.reports.markdown import findings_markdown, plan_markdown
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport

HARMLESS = "Sales Manager"
STEP = WorkflowStep(environment={"GITHUB_ACTIONS": "true"})
VARYING = {"span", "code", "/span", "/code"}
corpus = st.sampled_from(CORPUS)
hostile = corpus | st.text(max_size=40) | st.tuples(corpus, corpus).map("".join)


def found_on(name, message, hint):
    """Return what a rule with this message finds on a job of this name, and what is wrong with the rule."""
    braced = message.replace("{", "{{").replace("}", "}}")
    rule = {"id": "policy/a", "require": "false", "message": f"{braced} {{name}}", "hint": hint}
    read = read_policies({"policies/a.yaml": json.dumps(rule).encode()}, {})
    job = load_text(json.dumps({"name": name}), address="a")
    context = {"connector": name, "customer": name, "provider": name}
    values = values_of(job, VARIABLES, context=context, names=as_written(job, VARIABLES), is_new=True)
    return (*read.findings, *judge(read, [Case(file=job, is_new=True, values=values)]).findings)


def broken_by(text):
    """Return what is wrong with a policy that has this text wherever a text can be."""
    rule = {"id": text, "require": f"{text} ==", "message": f"{{{text}}}", text: text, "field": text}
    return read_policies({"policies/a.yaml": json.dumps(rule).encode()}, {}).findings


def tags(page):
    skeleton = Skeleton()
    skeleton.feed(page)
    skeleton.close()
    return {tag for tag in skeleton.tags if tag[0] not in VARYING}


def pages(findings):
    """Return the tags of each page that shows the findings."""
    rendered = MarkdownIt("gfm-like", {"html": True}).render
    view = plan_view(plan(create("a", name="A"), diagnostics=findings))
    shown = (rendered(findings_markdown("1 file.", findings)), rendered(plan_markdown(view)), plan_html(view))
    return [tags(page) for page in shown]


def check(findings, plain):
    """Show the findings in every format, and compare the pages with `plain`, those of harmless ones."""
    stream = io.StringIO()
    console = Console(file=stream, highlight=False, markup=False, emoji=False, width=10_000)
    TextReport(console).diagnostics(findings)
    log = "\n".join(STEP.annotations(findings, Path("/")))
    for text in (stream.getvalue(), log):
        assert unseen(text, but="\n") == set()
    assert runner_commands(stream.getvalue()) == []
    assert all(line.startswith(("::error ", "::warning ")) for line in log.splitlines())
    assert len(log.splitlines()) == len(findings)
    assert runner_commands(findings_markdown("1 file.", findings)) == []
    for shown, harmless in zip(pages(findings), plain, strict=True):
        assert shown <= harmless


PLAIN, BROKEN = pages(found_on(HARMLESS, HARMLESS, HARMLESS)), pages(broken_by("x"))


@settings(max_examples=15, deadline=None)
@given(name=hostile, message=hostile, hint=hostile)
def test_a_rules_message_and_a_jobs_name_are_text(name, message, hint):
    # A name that is no name is a fault of the job, about which the rule then says nothing.
    check(found_on(name, message, hint), PLAIN)


@settings(max_examples=5, deadline=None)
@given(text=hostile)
def test_what_is_wrong_with_a_rule_is_text(text):
    for each in broken_by(text):
        check((each,), BROKEN)
