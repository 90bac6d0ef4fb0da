"""`bindbee-sync apply`: create what the plan creates, each job once."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from rich.text import Text

from bindbee_sync.applying.apply import Apply, ApplyOptions
from bindbee_sync.applying.interrupts import Interrupts
from bindbee_sync.applying.provenance import provenance
from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.clock import SystemClock
from bindbee_sync.commands.connection import connect, open_store
from bindbee_sync.commands.loading import load, read_settings
from bindbee_sync.commands.output import Output, answering, stdin_is_terminal
from bindbee_sync.commands.pipeline import fetch_needed, plan_options
from bindbee_sync.commands.selection import selection
from bindbee_sync.config import Settings
from bindbee_sync.create_result import Result
from bindbee_sync.errors import LedgerError, ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.ledger.records import Ledger
from bindbee_sync.planning.model import Entry, Plan
from bindbee_sync.reports.applied import summary_lines
from bindbee_sync.reports.document import applied_document, error_data
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.markdown import applied_markdown
from bindbee_sync.reports.text import TextReport
from bindbee_sync.reports.view import plan_view
from bindbee_sync.reviewing.plan_file import plan_files, read_plan_file
from bindbee_sync.reviewing.review import pin_to_plan_file, require_reviewed
from bindbee_sync.text import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """An apply as the command line asks for it; `max_creates` is None where the config decides."""

    plan_file: Path | None
    reviewed: Collection[Path]
    targets: Collection[str]
    yes: bool
    local_ledger: bool
    max_creates: int | None
    retry_absent: bool
    retry_rejected: bool
    allow_stale_list: bool
    refresh: bool
    settle: bool
    wait: bool
    wait_timeout: float

    def options(self, settings: Settings) -> ApplyOptions:
        """Return the options of the apply, with what the settings add."""
        return ApplyOptions(
            max_creates=settings.max_creates if self.max_creates is None else self.max_creates,
            allow_stale_list=self.allow_stale_list,
            refresh=self.refresh,
            settle=self.settle,
            passthrough_base=settings.passthrough_base,
            wait=self.wait,
            wait_timeout=self.wait_timeout,
        )


@answering
def apply(output: Output, config: Path | None, request: ApplyRequest) -> ExitCode:
    """Plan, ask, create, and show what became of each create."""
    settings = read_settings(config)
    _check_ledger(settings, local_ledger=request.local_ledger)
    loaded = load(settings)
    exact = read_plan_file(request.plan_file) if request.plan_file else None
    seen = [read_plan_file(file) for path in request.reviewed for file in plan_files(path)]
    chosen = exact.selection if exact else selection(loaded.desired, settings, (), request.targets)
    loaded = replace(loaded, selects=chosen)
    out = TextReport(output.out())
    narrator = _Narrator(
        output, TextReport(output.err()) if output.is_json else out, asks=not (request.yes or exact)
    )

    def review(made: Plan, ledger: Ledger) -> Plan:
        made = require_reviewed(seen, made) if request.reviewed else made
        return pin_to_plan_file(exact, made, ledger) if exact else made

    with connect(settings, output.progress.show) as api:
        applied = Apply(
            api=api,
            store=open_store(settings),
            clock=SystemClock(),
            interrupts=Interrupts(_say_stopping),
            desired=loaded.desired,
            plan_options=plan_options(
                loaded, retry_absent=request.retry_absent, retry_rejected=request.retry_rejected
            ),
            options=request.options(settings),
            provenance=provenance(os.environ, settings.root, plan_file=exact.id if exact else None),
            fetch_snapshot=lambda: fetch_needed(api, loaded),
            confirm=narrator.confirm,
            review=review,
            on_result=narrator.result,
            on_wait=narrator.wait,
        ).run()
    output.quiet()
    _report(output, applied, out)
    publish(
        settings.root,
        applied.diagnostics,
        lambda locate: applied_markdown(plan_view(applied.plan), applied, locate),
        applied.plan.summary | {"exitcode": applied.exit_code},
    )
    return applied.exit_code


class _Narrator:
    """Shows the plan, asks, and reports each create's result and each wait."""

    def __init__(self, output: Output, report: TextReport, *, asks: bool) -> None:
        self._output, self._report, self._asks = output, report, asks
        self._done = self._total = 0

    def confirm(self, plan: Plan) -> str | None:
        """Return None where the plan is to be applied, else why not."""
        self._output.quiet()
        self._report.plan(plan_view(plan))
        self._report.space()
        self._total = len(plan.creates)
        objection = _ask(self._output, self._total) if self._asks else None
        if objection is None:
            self._progress()
        return objection

    def result(self, entry: Entry, result: Result) -> None:
        """Report the result of one create."""
        self._done += 1
        self._output.quiet()
        self._report.result(entry, result)
        if self._done < self._total:
            self._progress()

    def wait(self, what: str) -> None:
        """Report a wait."""
        self._output.quiet()
        self._output.say(f"Waiting for {what} ...")

    def _progress(self) -> None:
        self._output.progress.show(f"{self._done} of {self._total}", self._done, self._total)


def _check_ledger(settings: Settings, *, local_ledger: bool) -> None:
    if settings.in_ci and isinstance(settings.ledger, Path) and not local_ledger:
        raise LedgerError(
            "The ledger is a file, and a CI runner's disk is thrown away with what was recorded on it",
            where=settings.ledger_shown,
            hint="Use a git ledger (`ledger: git+origin#bindbee-sync-ledger`), or say with "
            "--local-ledger that the file outlives this run.",
        )


def _say_stopping() -> None:
    """Write straight to the terminal: a signal may come in the middle of a write to a buffered stream."""
    words = b"\nStopping after the request under way. Press Ctrl-C again to abandon it.\n"
    with contextlib.suppress(OSError):
        os.write(2, words)


def _ask(output: Output, creates: int) -> str | None:
    """Return None for a yes, else why nothing is created."""
    if not stdin_is_terminal():
        return "there is no terminal to ask on; --yes applies without asking"
    question = f"Create {counted(creates, 'job')}? Bindbee can neither change nor delete a job. [y/N] "
    output.err().print(Text(question, style="bold"), end="", soft_wrap=True)
    return None if sys.stdin.readline().strip().lower() in {"y", "yes"} else "declined"


def _report(output: Output, applied: ApplyReport, out: TextReport) -> None:
    if output.is_json:
        stopped: ToolError | None = applied.error
        if stopped is None and applied.refusal:
            stopped = ToolError(f"Not applied: {applied.refusal}", hint="Nothing was sent.")
        error = error_data(stopped) if stopped else None
        output.write(
            applied_document(
                applied.plan, applied.results, applied.diagnostics, error=error, notes=applied.notes
            )
        )
        return
    if not applied.shown:
        out.plan(plan_view(applied.plan))
    if applied.results:
        out.diagnostics(tuple(f for f in applied.diagnostics if f not in applied.plan.diagnostics))
    out.space()
    for number, line in enumerate(summary_lines(applied)):
        out.line(line, "" if number else "bold")
    if applied.error:
        output.error(applied.error)
