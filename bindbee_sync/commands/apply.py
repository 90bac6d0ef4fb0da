"""`bindbee-sync apply`: create what the plan creates, each job once."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bindbee_sync.applying.apply import Apply, ApplyOptions
from bindbee_sync.applying.checkout import check_newest
from bindbee_sync.applying.interrupts import Interrupts
from bindbee_sync.applying.provenance import provenance
from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.bindbee.models import Connector
from bindbee_sync.clock import SystemClock
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose, of_connector
from bindbee_sync.commands.connection import Recorded, connect, describe, open_store
from bindbee_sync.commands.fleet import Load, Part, attempted, drawn, fleet_text, loads, run_each, show_fleet
from bindbee_sync.commands.loading import Loaded, Strays, load, own_rules, read_config
from bindbee_sync.commands.output import WIDE, Output, answering, stdin_is_terminal
from bindbee_sync.commands.pipeline import fetch_needed, plan_options
from bindbee_sync.commands.tokens import Tokens
from bindbee_sync.config import Settings
from bindbee_sync.create_result import Result
from bindbee_sync.diagnostics import with_connector
from bindbee_sync.errors import ConfigError, LedgerError, ToolError
from bindbee_sync.exit_codes import FAILED, ExitCode, worst
from bindbee_sync.ledger.events import connector_names
from bindbee_sync.ledger.records import Ledger
from bindbee_sync.planning.model import Entry, Plan
from bindbee_sync.reports.applied import REFUSED, Applied, known_by, summary_lines
from bindbee_sync.reports.document import Document, applied_document, error_data
from bindbee_sync.reports.fleet import (
    FleetPart,
    fleet_diagnostics,
    fleet_document,
    fleet_markdown,
    summed,
)
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.markdown import applied_markdown
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport
from bindbee_sync.reports.vocabulary import ats_name
from bindbee_sync.reviewing.plan_file import PlanFile, plan_files, read_plan_file
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

    def options(self, settings: Settings, parallel: int) -> ApplyOptions:
        """Return the options of the apply, with what the settings add."""
        return ApplyOptions(
            max_creates=settings.max_creates if self.max_creates is None else self.max_creates,
            allow_stale_list=self.allow_stale_list,
            refresh=self.refresh,
            settle=self.settle,
            passthrough_base=settings.passthrough_base,
            wait=self.wait,
            wait_timeout=self.wait_timeout,
            parallel=parallel,
        )


@answering
def apply(output: Output, config: Path | None, choice: Choice, request: ApplyRequest) -> ExitCode:
    """Plan, ask, create, and show what became of each create."""
    found = read_config(config)
    chosen = choose(found, choice, targets=request.targets)
    if len(found.connectors) > 1 and not (choice.names or choice.everything):
        raise ConfigError(
            f"The config names {len(found.connectors)} connectors, and an apply creates jobs at each",
            where="--connector",
            hint=f"Name those that are meant, e.g. `--connector {found.connectors[0].name}`, or use `--all`.",
        )
    output.about(chosen)
    exact = read_plan_file(request.plan_file) if request.plan_file else None
    seen = [plan for path in request.reviewed for file in plan_files(path) for plan in read_plan_file(file)]
    run = _Run(
        output=output,
        request=request,
        exact=exact,
        seen=seen,
        strays=Strays.of(found, choice, chosen),
        tokens=Tokens(os.environ, alone=len(chosen) == 1),
        interrupts=Interrupts(_say_stopping),
        parallel=choice.parallel if len(chosen) == 1 else 1,
    )
    if len(chosen) != 1:
        return _apply_many(run, found.root, chosen, choice.parallel)
    targets = of_connector(request.targets, chosen[0].name)
    loaded = load(chosen[0], targets=targets, policies=own_rules(chosen))
    return _answer_one(output, chosen[0], run.one(loaded, TextReport(output.out(), chosen[0].prefix)))


@dataclass(frozen=True, kw_only=True)
class _Run:
    """What the applies of one run share: the request, the reviewed plans, stray files, tokens, interrupts.

    Each has `parallel` creates under way at a time.
    """

    output: Output
    request: ApplyRequest
    exact: list[PlanFile] | None
    seen: list[PlanFile]
    strays: Strays
    tokens: Tokens
    interrupts: Interrupts
    parallel: int

    def one(self, loaded: Loaded, out: TextReport) -> ApplyReport:
        """Return the report of one connector's apply; raises ToolError where it could not even plan."""
        loaded = self.strays.beside(loaded)
        request, settings = self.request, loaded.settings
        _check_ledger(settings, local_ledger=request.local_ledger)
        check_newest(os.environ, settings.root)
        store = open_store(settings)
        narrator = _Narrator(
            self.output,
            TextReport(self.output.err(), settings.prefix)
            if self.output.is_json and self.tokens.alone
            else out,
            asks=not (request.yes or self.exact),
        )

        # Once, as reading a git ledger is a fetch: what others push later stops the first append.
        @cache
        def recorded() -> Recorded:
            return connector_names(store.read())

        with connect(settings, self.output.progress.show, self.tokens, recorded=recorded) as api:
            # Asked for before the ledger is locked and anything is sent: it may be the wrong customer's.
            exact = None if self.exact is None else of_this_connector(self.exact, api.connector())
            if exact is not None:
                loaded = replace(loaded, selects=exact.selection)

            def confirm(made: Plan) -> str | None:
                # Again: the wait for a running sync can be long, and the branch can have moved on.
                check_newest(os.environ, settings.root)
                return narrator.confirm(made)

            def review(made: Plan, ledger: Ledger) -> Plan:
                made = require_reviewed(self.seen, made) if request.reviewed else made
                return pin_to_plan_file(exact, made, ledger) if exact else made

            applied = Apply(
                api=api,
                store=store,
                clock=SystemClock(),
                interrupts=self.interrupts,
                desired=loaded.desired,
                plan_options=plan_options(
                    loaded, retry_absent=request.retry_absent, retry_rejected=request.retry_rejected
                ),
                options=request.options(settings, self.parallel),
                provenance=provenance(os.environ, settings.root, plan_file=exact.id if exact else None),
                fetch_snapshot=lambda: fetch_needed(api, loaded),
                confirm=confirm,
                review=review,
                on_result=narrator.result,
                on_wait=narrator.wait,
            ).run()
            if applied.error is not None:
                applied.error.name_connector(settings.prefix)
            return applied


def _answer_one(output: Output, settings: Settings, applied: ApplyReport) -> ExitCode:
    output.quiet()
    output.write(lambda: _document(applied))
    if not output.is_json:
        _report(output, applied, TextReport(output.out(), settings.prefix))
    publish(
        settings.root,
        applied.diagnostics,
        lambda locate: applied_markdown(plan_view(applied.outcome), Applied.of(applied), locate),
        applied.plan.summary | {"exitcode": applied.exit_code},
    )
    return applied.exit_code


def _apply_many(run: _Run, root: Path, chosen: Sequence[Settings], parallel: int) -> ExitCode:
    """Apply to each connector: side by side without questions, else one after the other."""
    output, request = run.output, run.request
    asks = not (request.yes or run.exact)
    pages: dict[str, StringIO] = {}
    stopped: list[str] = []

    def work(load: Load) -> tuple[ExitCode, Part[FleetPart]]:
        if stopped or run.interrupts.requested:
            raise ToolError("Not begun: the run was interrupted", hint="Run it again.")
        loaded = load()
        name = loaded.settings.name
        page = pages[name] = StringIO()
        if asks and not output.is_json:
            output.say(f"{name}:", "bold")
        console = output.out() if asks else Console(file=page, width=WIDE, highlight=False)
        out = TextReport(console, loaded.settings.prefix)
        applied = run.one(loaded, out)
        stopped.extend([name] * applied.interrupted)
        # Apart: a fault in the report must not hide that a create is uncertain.
        return applied.exit_code, attempted(loaded.settings, lambda _: _reported(output, name, applied, out))

    with nullcontext() if asks else run.interrupts.watching():
        # A ledger has one lock: connectors that share one take turns.
        parts = run_each(
            output,
            loads(chosen, (), request.targets),
            work,
            parallel=1 if asks else parallel,
            apart=lambda settings: str(settings.ledger_shown),
        )
    reported: Sequence[FleetPart] = [_part(part) for part in parts]
    text = ""
    if not output.is_json:
        reported, text = drawn(reported, partial(fleet_text, output.out(), pages))
    output.write(lambda: fleet_document(reported))
    if not output.is_json:
        show_fleet(output, reported, text)
    codes = [part.result[0] if part.result else FAILED for part in parts]
    code = worst([*codes, *(FAILED for part in reported if part.error)])
    publish(
        root,
        fleet_diagnostics(reported),
        lambda locate: drawn(reported, partial(fleet_markdown, locate=locate))[1],
        summed(reported) | {"exitcode": code},
    )
    return code


def _reported(output: Output, name: str, applied: ApplyReport, out: TextReport) -> FleetPart:
    if not output.is_json:
        _report(output, applied, out)
    return FleetPart(
        name=name,
        failed=applied.exit_code is not ExitCode.OK,
        document=_document(applied),
        view=plan_view(applied.outcome),
        applied=Applied.of(applied),
    )


def _part(part: Part[tuple[ExitCode, Part[FleetPart]]]) -> FleetPart:
    shown = part.result[1] if part.result else None
    if shown is not None and shown.result is not None:
        return shown.result
    return FleetPart(name=part.settings.name, failed=True, error=shown.error if shown else part.error)


class _Narrator:
    """Shows the plan, asks, and reports each create's result and each wait."""

    def __init__(self, output: Output, report: TextReport, *, asks: bool) -> None:
        self._output, self._report, self._asks = output, report, asks
        self._done = self._total = 0
        self._plan: Plan | None = None

    def confirm(self, plan: Plan) -> str | None:
        """Return None where the plan is to be applied, else why not."""
        self._output.quiet()
        self._report.plan(plan_view(plan))
        self._report.space()
        self._plan, self._total = plan, len(plan.creates)
        objection = _ask(self._output, plan) if self._asks else None
        if objection is None:
            self._progress()
        return objection

    def result(self, entry: Entry, result: Result) -> None:
        """Report the result of one create."""
        self._done += 1
        self._output.quiet()
        known = ""
        if self._plan is not None:
            known = known_by(self._plan.provider, result, self._plan.url(result.remote_id))
        self._report.result(entry.address, result, known)
        if self._done < self._total:
            self._progress()

    def wait(self, what: str) -> None:
        """Report a wait."""
        self._output.wait(f"Waiting for {what}")

    def _progress(self) -> None:
        self._output.progress.show(f"{self._done} of {self._total}", self._done, self._total)


def of_this_connector(plans: Sequence[PlanFile], connector: Connector) -> PlanFile:
    """Return the plan of `connector`; a file with one plan gives that one, to be refused with its reason.

    Raises ToolError where a file of many has none for it.
    """
    mine = [each for each in plans if each.connector_id == connector.id]
    if not mine and len(plans) != 1:
        raise ToolError(
            f"The plan file has no plan for {describe(connector)}",
            where=plans[0].path if plans else None,
            hint="Make a new one with `bindbee-sync plan --out FILE`.",
        )
    return mine[0] if mine else plans[0]


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


def _ask(output: Output, plan: Plan) -> str | None:
    """Return None for a yes, else why nothing is created."""
    if not stdin_is_terminal():
        return "there is no terminal to ask on; --yes applies without asking"
    jobs = counted(len(plan.creates), "job")
    whose = ats_name(plan.provider, plan.connector.end_user)
    question = f"Create {jobs} in the {whose}? Bindbee can neither change nor delete a job. [y/N] "
    output.err().print(Text(question, style="bold"), end="", soft_wrap=True)
    return None if sys.stdin.readline().strip().lower() in {"y", "yes"} else "declined"


def _document(applied: ApplyReport) -> Document:
    stopped: ToolError | None = applied.error
    if stopped is None and applied.refusal:
        stopped = ToolError(REFUSED + applied.refusal, hint="Nothing was sent.")
    error = error_data(stopped) if stopped else None
    return applied_document(
        applied.outcome, applied.results, applied.diagnostics, error=error, notes=applied.notes
    )


def _report(output: Output, applied: ApplyReport, out: TextReport) -> None:
    if not applied.shown:
        out.plan(plan_view(applied.plan))
    if applied.results:
        out.diagnostics(tuple(f for f in applied.diagnostics if f not in applied.plan.diagnostics))
    if applied.shown:
        out.steps(plan_view(applied.outcome))
    out.space()
    for number, line in enumerate(summary_lines(Applied.of(applied))):
        out.line(with_connector(line, applied.plan.prefix), "" if number else "bold")
    if applied.error:
        output.error(applied.error)
