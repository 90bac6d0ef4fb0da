"""`bindbee-sync plan`: the plan of the job files, in every format. Sends GETs only, changes nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import typer

from bindbee_sync.commands import pipeline
from bindbee_sync.commands.changes import before
from bindbee_sync.commands.choices import Choice, PlanFormat
from bindbee_sync.commands.choosing import choose, of_connector, without_prefix
from bindbee_sync.commands.connection import OnProgress
from bindbee_sync.commands.fleet import Part, drawn, fleet_text, loads, run_each, show_fleet
from bindbee_sync.commands.loading import Loaded, Strays, load, own_rules, read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.pipeline import Planned
from bindbee_sync.commands.policy_changes import with_policies
from bindbee_sync.commands.selection import meant, one_named, some
from bindbee_sync.commands.tokens import Tokens
from bindbee_sync.config import POLICIES
from bindbee_sync.desired.revision import Base, compare_with
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, Ending, ExitCode, worst
from bindbee_sync.planning.explain import Explanation
from bindbee_sync.planning.explain import explain as explain_entry
from bindbee_sync.planning.model import Outcome, Plan
from bindbee_sync.reports.document import Document, error_document, plan_document
from bindbee_sync.reports.explanation import explanation_data, write_explanation
from bindbee_sync.reports.fleet import (
    FleetPart,
    fleet_diagnostics,
    fleet_document,
    fleet_markdown,
    summed,
)
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.markdown import plan_markdown
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport
from bindbee_sync.reports.view import View
from bindbee_sync.reviewing.plan_file import sealed, write_plan_file
from bindbee_sync.text import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The parts of a plan to show, the files to write, and the outcomes that count as a failure."""

    unmanaged: bool = False
    out: Path | None = None
    html: Path | None = None
    detailed: bool = False
    failing: frozenset[str] = frozenset()


@answering
def plan(
    output: Output,
    config: Path | None,
    choice: Choice,
    *,
    paths: Collection[Path],
    targets: Collection[str],
    base: str | None,
    explain: str | None,
    shown: Shown,
) -> ExitCode:
    """Plan, show it, and return the exit code that the plan deserves."""
    found = read_config(config)
    chosen = choose(found, choice, paths, targets)
    if explain is not None and len(chosen) > 1:
        chosen = (one_named(found, choice, explain)[0],)
    output.about(chosen)
    tokens = Tokens(os.environ, alone=len(chosen) == 1)
    earlier = {} if base is None else before(found, base)
    strays = Strays.of(found, choice, chosen)

    def work(loaded: Loaded, on_progress: OnProgress) -> Made:
        loaded, since = strays.beside(loaded), None
        if base is not None:
            was = earlier[loaded.settings.name]
            loaded = _with_findings(loaded, was.findings)
            since = compare_with(base, loaded.desired, was.jobs, loaded.settings.root)
            if not was.is_same:  # what another customer's ATS has, the change has brought
                since = replace(since, changed=frozenset(file.address for file in loaded.desired.files))
            since = with_policies(since, loaded.policies, loaded.settings, found.path.with_name(POLICIES))
        fetched = pipeline.fetch(loaded, on_progress, tokens)
        return Made(planned=pipeline.plan(loaded, fetched, since), since=since)

    if len(chosen) != 1:
        parts = run_each(
            output,
            loads(chosen, paths, targets),
            lambda load: _answered(work(load(), lambda _: None), shown),
            parallel=choice.parallel,
        )
        return _answer_many(output, found.root, parts, shown)
    try:
        loaded = load(chosen[0], paths, of_connector(targets, chosen[0].name), own_rules(chosen))
        if explain is not None:
            files = [file for file in loaded.desired.files if loaded.selects(file.address)]
            explain = min(some(meant(files, without_prefix(explain)), explain))
        made = work(loaded, output.progress.show)
    except ToolError as error:
        if shown.out is not None and output.connector:  # as a run over several does: its report names it
            write_plan_file(shown.out, error_document(error, output.connector))
        raise
    output.quiet()
    return _answer_one(output, made, explain, shown)


def _with_findings(loaded: Loaded, findings: Collection[Diagnostic]) -> Loaded:
    """Return the job files with findings on the config, which count whatever jobs were selected."""
    desired, selects = loaded.desired, loaded.selects
    places = {finding.place.path for finding in findings if finding.place}
    return replace(
        loaded,
        desired=replace(desired, diagnostics=(*desired.diagnostics, *findings)),
        selects=replace(selects, paths=selects.paths | places),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A plan, and what its job files change since the base revision, if one was named."""

    planned: Planned
    since: Base | None

    def document(self, shown: Shown) -> Document:
        """Return the JSON document."""
        return plan_document(self.planned.plan, unmanaged=shown.unmanaged, base=self.since)

    def view(self, shown: Shown) -> View:
        """Return the plan in words."""
        return plan_view(self.planned.plan, self.since, unmanaged=shown.unmanaged)


def _answer_one(output: Output, made: Made, explain: str | None, shown: Shown) -> ExitCode:
    plan, settings = made.planned.plan, made.planned.loaded.settings
    _write_files(made, shown)
    grounds = None if explain is None else explain_entry(explain, plan, settings.ignore_changes)
    _answer(output, made, shown, grounds)
    code = _exit_code(plan, shown)
    publish(
        settings.root,
        plan.diagnostics,
        lambda locate: plan_markdown(made.view(shown), locate),
        plan.summary | {"exitcode": code},
    )
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """One connector's part of a run over many; `sealed` is its plan for the plan file, if one is written."""

    code: ExitCode
    part: FleetPart
    sealed: Document | None


def _answer_many(output: Output, root: Path, parts: Sequence[Part[_Answered]], shown: Shown) -> ExitCode:
    reported: Sequence[FleetPart] = [
        part.result.part if part.result else FleetPart(name=part.settings.name, failed=True, error=part.error)
        for part in parts
    ]
    text = page = ""
    if not output.is_json:
        markdown = output.answer.format is PlanFormat.MARKDOWN
        reported, text = drawn(
            reported, fleet_markdown if markdown else partial(fleet_text, output.out(), {})
        )
    if shown.html is not None:
        # Imported where a page is asked for: its template engine and sanitizer take longer than a small plan.
        from bindbee_sync.reports.html import fleet_html, write_page  # noqa: PLC0415 - see above

        reported, page = drawn(reported, fleet_html)
        write_page(shown.html, page)
    if shown.out is not None:
        plans = [
            each if each.error or not part.result else replace(each, document=part.result.sealed)
            for each, part in zip(reported, parts, strict=True)
        ]
        write_plan_file(shown.out, fleet_document(plans))
    output.write(lambda: fleet_document(reported))
    if not output.is_json:
        show_fleet(output, reported, text)
    codes = [part.result.code if part.result else FAILED for part in parts]
    code = worst([*codes, *(FAILED for part in reported if part.error)])
    publish(
        root,
        fleet_diagnostics(reported),
        lambda locate: drawn(reported, partial(fleet_markdown, locate=locate))[1],
        summed(reported) | {"exitcode": code},
    )
    return code


def _answered(made: Made, shown: Shown) -> _Answered:
    document, code = made.document(shown), _exit_code(made.planned.plan, shown)
    return _Answered(
        code=code,
        part=FleetPart(
            name=made.planned.loaded.settings.name,
            failed=code is FAILED,
            document=document,
            view=made.view(shown),
        ),
        sealed=None if shown.out is None else _sealed(made, document),
    )


def parse_outcomes(text: str | None) -> frozenset[str]:
    """Return the outcomes in a list with commas between, none without a list; raises BadParameter."""
    if text is None:
        return frozenset()
    known = [str(outcome) for outcome in Outcome]
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    for word in wanted:
        if word not in known:
            raise typer.BadParameter(f"'{word}' is not an outcome; these are: {', '.join(known)}")
    if not wanted:  # of a variable that CI did not set: the plan would never fail
        raise typer.BadParameter(f"it names no outcome; these are: {', '.join(known)}")
    return frozenset(wanted)


def _write_files(made: Made, shown: Shown) -> None:
    if shown.out is not None:
        write_plan_file(shown.out, _sealed(made, made.document(shown)))
    if shown.html is not None:
        from bindbee_sync.reports.html import plan_html, write_page  # noqa: PLC0415 - as above

        write_page(shown.html, plan_html(made.view(shown)))


def _sealed(made: Made, document: Document) -> Document:
    selects = made.planned.loaded.selects
    scope = [entry.address for entry in made.planned.plan.entries]
    return sealed(document, None if selects.addresses is None else scope)


def _answer(output: Output, of: Made, shown: Shown, grounds: Explanation | None) -> None:
    made = of.planned.plan
    more = {} if grounds is None else {"explain": explanation_data(grounds)}
    output.write(lambda: of.document(shown) | more)
    if output.is_json:
        return
    if grounds is not None:
        write_explanation(TextReport(output.out()), grounds, made.names)
        if made.errors:
            errors = counted(len(made.to_fix), "error")
            output.say(f"{errors} in the whole plan: run `bindbee-sync plan` to see it.", "red")
    elif output.answer.format is PlanFormat.MARKDOWN:
        print(plan_markdown(of.view(shown)), end="")  # noqa: T201 - the answer
    else:
        TextReport(output.out(), of.planned.loaded.settings.prefix).plan(of.view(shown))


def _exit_code(made: Plan, shown: Shown) -> ExitCode:
    found = {str(entry.outcome) for entry in made.entries} | {str(orphan.outcome) for orphan in made.orphaned}
    failed = bool(made.errors or found & shown.failing)
    return Ending(failed=failed, creates=shown.detailed and bool(made.creates)).exit_code
