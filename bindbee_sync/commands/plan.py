"""`bindbee-sync plan`: the plan of the job files, in every format. Sends GETs only, changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import typer

from bindbee_sync.commands import pipeline
from bindbee_sync.commands.choices import PlanFormat
from bindbee_sync.commands.loading import load, read_settings
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.pipeline import Planned
from bindbee_sync.commands.selection import some
from bindbee_sync.desired.revision import compare_with
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.planning.explain import Explanation
from bindbee_sync.planning.explain import explain as explain_entry
from bindbee_sync.planning.model import Outcome, Plan
from bindbee_sync.reports.document import plan_document
from bindbee_sync.reports.explanation import explanation_data, write_explanation
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.html import write_page
from bindbee_sync.reports.markdown import plan_markdown
from bindbee_sync.reports.text import TextReport
from bindbee_sync.reports.view import View, plan_view
from bindbee_sync.reviewing.plan_file import write_plan_file
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
    *,
    paths: Collection[Path],
    targets: Collection[str],
    base: str | None,
    explain: str | None,
    shown: Shown,
) -> ExitCode:
    """Plan, show it, and return the exit code that the plan deserves."""
    settings = read_settings(config)
    loaded = load(settings, paths, targets)
    since = None if base is None else compare_with(base, loaded.desired, settings.jobs, settings.root)
    if explain is not None:
        some(
            {file.address for file in loaded.desired.files if loaded.selects(file.address)} & {explain},
            explain,
        )
    planned = pipeline.plan(loaded, pipeline.fetch(loaded, output.progress.show))
    output.quiet()
    made = planned.plan
    view = plan_view(made, since, unmanaged=shown.unmanaged)
    _write_files(planned, view, shown)
    grounds = None if explain is None else explain_entry(explain, made, settings.ignore_changes)
    _answer(output, planned, view, shown, grounds)
    code = _exit_code(made, shown)
    publish(
        settings.root,
        made.diagnostics,
        lambda locate: plan_markdown(view, locate),
        made.summary | {"exitcode": code},
    )
    return code


def parse_outcomes(text: str) -> frozenset[str]:
    """Return the outcomes in a list with commas between; raises BadParameter."""
    known = [str(outcome) for outcome in Outcome]
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    for word in wanted:
        if word not in known:
            raise typer.BadParameter(f"'{word}' is not an outcome; these are: {', '.join(known)}")
    return frozenset(wanted)


def _write_files(planned: Planned, view: View, shown: Shown) -> None:
    made, selects = planned.plan, planned.loaded.selects
    if shown.out is not None:
        scope = None if selects.addresses is None else [entry.address for entry in made.entries]
        write_plan_file(shown.out, plan_document(made, unmanaged=shown.unmanaged, base=view.base), scope)
    if shown.html is not None:
        write_page(shown.html, view)


def _answer(output: Output, planned: Planned, view: View, shown: Shown, grounds: Explanation | None) -> None:
    made = planned.plan
    if output.is_json:
        more = {} if grounds is None else {"explain": explanation_data(grounds)}
        output.write(plan_document(made, unmanaged=shown.unmanaged, base=view.base) | more)
    elif grounds is not None:
        write_explanation(TextReport(output.out()), grounds, made.names)
        if made.errors:
            errors = counted(len(made.to_fix), "error")
            output.say(f"{errors} in the whole plan: run `bindbee-sync plan` to see it.", "red")
    elif output.format is PlanFormat.MARKDOWN:
        print(plan_markdown(view), end="")  # noqa: T201 - the answer
    else:
        TextReport(output.out()).plan(view)


def _exit_code(made: Plan, shown: Shown) -> ExitCode:
    found = {str(entry.outcome) for entry in made.entries} | {str(orphan.outcome) for orphan in made.orphaned}
    failed = bool(made.errors or found & shown.failing)
    return Ending(failed=failed, creates=shown.detailed and bool(made.creates)).exit_code
