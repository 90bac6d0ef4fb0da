"""`bindbee-sync plan`: what an apply would do, and why. Sends GETs only, writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.completion import addresses, outcomes
from bindbee_sync.cli.selection import selection, some
from bindbee_sync.cli.session import (
    ConfigOption,
    PlanFormat,
    Session,
    TargetOption,
    load,
    look,
    open_store,
    options,
)
from bindbee_sync.exit_codes import Ending, ExitCode

if TYPE_CHECKING:
    from bindbee_sync.planning.model import Plan


def plan(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH", help="Job files or folders; else all of them.")
    ] = None,
    target: TargetOption = None,
    config: ConfigOption = None,
    output: Annotated[
        PlanFormat, typer.Option("--format", help="Text for people, JSON for programs, Markdown for GitHub.")
    ] = PlanFormat.TEXT,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit 2 where the plan is sound and creates something."),
    ] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="OUTCOMES",
            help="Exit 1 on any of these, e.g. drifted,vanished,uncertain.",
            autocompletion=outcomes,
        ),
    ] = "",
    unmanaged: Annotated[
        bool, typer.Option("--unmanaged", help="List the jobs in the ATS that no file stands for.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a plan file, to be reviewed, and for `apply FILE`."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page for people who do not read YAML."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Say where each field of this job comes from, and why it is so.",
            autocompletion=addresses,
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Tell what differs from that git revision's job files apart."),
    ] = None,
) -> None:
    """Show what would be created, what differs, and what stands in the way. Changes nothing.

    Example: bindbee-sync plan --target 'sales/*' --detailed-exitcode
    """
    failing = _outcomes(fail_on)
    if explain is not None and output is PlanFormat.MARKDOWN:
        raise typer.BadParameter("--explain answers as text or JSON")
    session = Session(output, config)
    with session.answering():
        from datetime import UTC, datetime

        from bindbee_sync.desired.revision import compare_with
        from bindbee_sync.ledger.records import replay
        from bindbee_sync.planning.explain import explain as explained
        from bindbee_sync.planning.plan import make_plan
        from bindbee_sync.reports.document import plan_document
        from bindbee_sync.reports.explanation import explanation_data, write_explanation
        from bindbee_sync.reports.github import publish
        from bindbee_sync.reports.html import write_page
        from bindbee_sync.reports.markdown import plan_markdown
        from bindbee_sync.reports.text import TextReport
        from bindbee_sync.reports.view import plan_view
        from bindbee_sync.reviewing.plan_file import write_plan_file

        settings = session.settings()
        desired = load(settings)
        since = compare_with(base, desired, settings.jobs, settings.root) if base is not None else None
        selects = selection(desired, settings, paths or (), target or ())
        if explain is not None:
            some({file.address for file in desired.files if selects(file.address)} & {explain}, explain)
        events = open_store(settings).read()
        with session.bindbee(settings) as api:
            snapshot = look(api, desired, settings)
        made = make_plan(
            desired,
            snapshot,
            replay(events, snapshot.connector.id),
            now=datetime.now(UTC),
            options=options(settings, selects),
        )
        session.quiet()
        view = plan_view(made, since, unmanaged=unmanaged)
        if out is not None:
            scope = [entry.address for entry in made.entries] if paths or target else None
            write_plan_file(out, plan_document(made, unmanaged=unmanaged, base=since), scope)
        if html is not None:
            write_page(html, view)
        grounds = None if explain is None else explained(explain, made, settings.ignore_changes)
        if session.is_json:
            more = {} if grounds is None else {"explain": explanation_data(grounds)}
            session.write(plan_document(made, unmanaged=unmanaged, base=since) | more)
        elif grounds is not None:
            write_explanation(TextReport(session.out()), grounds, made.names)
            _say_errors(session, made)
        elif output is PlanFormat.MARKDOWN:
            print(plan_markdown(view), end="")  # noqa: T201 - this is the answer
        else:
            TextReport(session.out()).plan(made, unmanaged=unmanaged, base=since)
        code = _exit_code(made, failing, detailed=detailed_exitcode)
        publish(
            settings.root,
            made.diagnostics,
            lambda locate: plan_markdown(view, locate),
            made.summary | {"exitcode": code},
        )
        raise typer.Exit(code)


def _say_errors(session: Session, made: Plan) -> None:
    from bindbee_sync.text import counted

    if made.errors:
        errors = counted(len(made.to_mend), "error")
        session.say(f"{errors} in the plan as a whole: `bindbee-sync plan` shows all of it.", "red")


def _exit_code(made: Plan, failing: frozenset[str], *, detailed: bool) -> ExitCode:
    found = {str(entry.outcome) for entry in made.entries} | {str(orphan.outcome) for orphan in made.orphaned}
    failed = bool(made.errors or found & failing)
    return Ending(failed=failed, creates=detailed and bool(made.creates)).exit_code


def _outcomes(text: str) -> frozenset[str]:
    from bindbee_sync.planning.model import Outcome

    known = [str(outcome) for outcome in Outcome]
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    for word in wanted:
        if word not in known:
            raise typer.BadParameter(f"'{word}' is no outcome; these are: {', '.join(known)}")
    return frozenset(wanted)
