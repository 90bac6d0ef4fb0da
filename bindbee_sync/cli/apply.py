"""`bindbee-sync apply`: create what the plan creates, each job once."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.selection import selection
from bindbee_sync.cli.session import (
    ConfigOption,
    Format,
    FormatOption,
    Session,
    TargetOption,
    load,
    look,
    open_store,
    options,
    stdin_is_terminal,
)

if TYPE_CHECKING:
    from bindbee_sync.applying.results import ApplyReport
    from bindbee_sync.config import Settings
    from bindbee_sync.create_result import Result
    from bindbee_sync.ledger.records import Ledger
    from bindbee_sync.planning.model import Entry, Plan
    from bindbee_sync.reports.text import TextReport


def _number(value: float) -> float:
    if value != value:  # noqa: PLR0124 - NaN compares with nothing, so that no bound holds for it
        raise typer.BadParameter("not a number")
    return value


def apply(
    plan_file: Annotated[
        Path | None,
        typer.Argument(metavar="PLANFILE", help="What `plan --out` wrote: send exactly that, unasked."),
    ] = None,
    target: TargetOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    max_creates: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Refuse a plan that creates more; else as configured."),
    ] = None,
    reviewed: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PLANFILE", help="Create only what stands in such a file or folder; repeatable."
        ),
    ] = None,
    local_ledger: Annotated[
        bool, typer.Option("--local-ledger", help="In CI: the ledger's file outlives this run.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask Bindbee for a sync first.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="At the end, wait until every created job is listed.")
    ] = False,
    wait_timeout: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0, max=86_400, help="Bound of all waiting.", callback=_number),
    ] = 900,
    allow_stale_list: Annotated[
        bool, typer.Option("--allow-stale-list", help="Go on although the list can't be trusted.")
    ] = False,
    settle: Annotated[
        bool,
        typer.Option("--settle", help="First settle what is uncertain: by a sync, and by asking the ATS."),
    ] = False,
    retry_absent: Annotated[
        bool,
        typer.Option("--retry-absent", help="Create again what a later sync shows was not created."),
    ] = False,
    retry_rejected: Annotated[
        bool, typer.Option("--retry-rejected", help="Send again what the ATS refused, unchanged.")
    ] = False,
) -> None:
    """Create the jobs that the plan creates, and nothing else. Plans first, shows it, and asks.

    Example: bindbee-sync apply --yes --wait
    """
    if plan_file and (reviewed or target):
        raise typer.BadParameter("A PLANFILE says what is created: leave out --reviewed and --target.")
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.applying.apply import Apply, ApplyOptions
        from bindbee_sync.applying.interrupts import Interrupts
        from bindbee_sync.applying.provenance import provenance
        from bindbee_sync.clock import SystemClock
        from bindbee_sync.reports.github import publish
        from bindbee_sync.reports.markdown import applied_markdown
        from bindbee_sync.reports.text import TextReport
        from bindbee_sync.reports.view import plan_view
        from bindbee_sync.reviewing.plan_file import plan_files, read_plan_file
        from bindbee_sync.reviewing.review import pin_to_plan_file, require_reviewed

        settings = session.settings()
        _check_ledger(settings, local_ledger=local_ledger)
        desired = load(settings)
        exact = read_plan_file(plan_file) if plan_file else None
        seen = [read_plan_file(file) for path in reviewed or () for file in plan_files(path)]
        selects = exact.selection if exact else selection(desired, settings, (), target or ())
        out = TextReport(session.out())
        err = TextReport(session.err())
        teller = _Teller(session, err if session.is_json else out, asks=not (yes or exact))

        def review(made: Plan, ledger: Ledger) -> Plan:
            made = require_reviewed(seen, made) if reviewed else made
            return pin_to_plan_file(exact, made, ledger) if exact else made

        with session.bindbee(settings) as api:
            applied = Apply(
                api=api,
                store=open_store(settings),
                clock=SystemClock(),
                interrupts=Interrupts(_say_stopping),
                desired=desired,
                plan_options=options(
                    settings, selects, retry_absent=retry_absent, retry_rejected=retry_rejected
                ),
                options=ApplyOptions(
                    max_creates=settings.max_creates if max_creates is None else max_creates,
                    allow_stale_list=allow_stale_list,
                    refresh=refresh,
                    settle=settle,
                    passthrough_base=settings.passthrough_base,
                    wait=wait,
                    wait_timeout=wait_timeout,
                ),
                provenance=provenance(os.environ, settings.root, plan_file=exact.id if exact else None),
                fetch_snapshot=lambda: look(api, desired, settings),
                confirm=teller.confirm,
                review=review,
                on_result=teller.result,
                on_wait=teller.wait,
            ).run()
        session.quiet()
        _report(session, applied, out)
        publish(
            settings.root,
            applied.diagnostics,
            lambda locate: applied_markdown(plan_view(applied.plan), applied, locate),
            applied.plan.summary | {"exitcode": applied.exit_code},
        )
        raise typer.Exit(applied.exit_code)


class _Teller:
    """Shows the plan, asks, and tells what becomes of each create and what is waited for."""

    def __init__(self, session: Session, report: TextReport, *, asks: bool) -> None:
        self._session, self._report, self._asks = session, report, asks
        self._done = self._total = 0

    def confirm(self, plan: Plan) -> str | None:
        """Return None where the plan is to be applied, else why not."""
        self._session.quiet()
        self._report.plan(plan)
        self._report.space()
        self._total = len(plan.creates)
        objection = _ask(self._session, self._total) if self._asks else None
        if objection is None:
            self._progress()
        return objection

    def result(self, entry: Entry, result: Result) -> None:
        """Tell what became of one create."""
        self._done += 1
        self._session.quiet()
        self._report.result(entry, result)
        if self._done < self._total:
            self._progress()

    def wait(self, what: str) -> None:
        """Tell what is waited for."""
        self._session.quiet()
        self._session.say(f"Waiting for {what} ...")

    def _progress(self) -> None:
        self._session.progress.show(f"{self._done} of {self._total}", self._done, self._total)


def _check_ledger(settings: Settings, *, local_ledger: bool) -> None:
    from bindbee_sync.errors import LedgerError

    if settings.in_ci and isinstance(settings.ledger, Path) and not local_ledger:
        raise LedgerError(
            "The ledger is a file, and a CI runner's disk is thrown away with what was recorded on it",
            where=settings.ledger_shown,
            hint="Use a git ledger (`ledger: git+origin#bindbee-sync-ledger`), or say with "
            "--local-ledger that the file outlives this run.",
        )


def _say_stopping() -> None:
    """Write straight to the terminal: a signal may come in the middle of a write to a buffered stream."""
    words = b"\nStopping: the request under way is given a moment. Again: abandon it.\n"
    with contextlib.suppress(OSError):
        os.write(2, words)


def _ask(session: Session, creates: int) -> str | None:
    """Return None where somebody says yes, else why it goes no further."""
    from rich.text import Text

    from bindbee_sync.text import counted

    if not stdin_is_terminal():
        return "nobody can be asked here; --yes applies without asking"
    question = f"Create {counted(creates, 'job')}? Bindbee can neither change nor delete a job. [y/N] "
    session.err().print(Text(question, style="bold"), end="", soft_wrap=True)
    return None if sys.stdin.readline().strip().lower() in {"y", "yes"} else "declined"


def _report(session: Session, applied: ApplyReport, out: TextReport) -> None:
    from bindbee_sync.errors import ToolError
    from bindbee_sync.reports.applied import summary_lines
    from bindbee_sync.reports.document import applied_document, error_data
    from bindbee_sync.reports.text import TextReport

    if session.is_json:
        stopped: ToolError | None = applied.error
        if stopped is None and applied.refusal:
            stopped = ToolError(f"Not applied: {applied.refusal}", hint="Nothing was sent.")
        error = error_data(stopped) if stopped else None
        session.write(
            applied_document(
                applied.plan, applied.results, applied.diagnostics, error=error, notes=applied.notes
            )
        )
        return
    if not applied.shown:
        out.plan(applied.plan)
    if applied.results:
        out.diagnostics(tuple(f for f in applied.diagnostics if f not in applied.plan.diagnostics))
    out.space()
    for number, line in enumerate(summary_lines(applied)):
        out.line(line, "" if number else "bold")
    if applied.error:
        TextReport(session.err()).error(applied.error)
