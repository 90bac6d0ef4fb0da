"""An apply from end to end: plan under the ledger's lock, record, refuse or ask, create, wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from bindbee_sync.applying.crew import Crew, threads
from bindbee_sync.applying.executor import CreateApi, Executor
from bindbee_sync.applying.interrupts import Interrupts
from bindbee_sync.applying.ledger_updates import ledger_updates
from bindbee_sync.applying.probing import probe, resolution
from bindbee_sync.applying.provenance import Provenance
from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.applying.syncing import SyncApi, Syncs
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.clock import Clock
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.errors import ApiError, ToolError
from bindbee_sync.job_file import Desired
from bindbee_sync.ledger.events import Event
from bindbee_sync.ledger.records import Ledger, State, replay
from bindbee_sync.ledger.store import LostRaceError, Store, Writer
from bindbee_sync.planning.model import Entry, Outcome, Plan
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.plan import make_plan
from bindbee_sync.planning.settling import possibly_newer_jobs
from bindbee_sync.rules.connector import LIST_PROBLEMS
from bindbee_sync.rules.plan import TOO_MANY
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.text import counted
from bindbee_sync.waits import report_wait

PAUSE_BETWEEN_SYNCS = 60.0
SYNC_OPEN = "Bindbee's sync did not end within the time that an apply waits (--wait-timeout)."


class Api(CreateApi, SyncApi, Protocol):
    """The part of Bindbee's API that an apply uses."""

    def passthrough(self, path: str, params: Mapping[str, str]) -> object:
        """Return what the ATS itself answers to a GET."""
        ...


@dataclass(frozen=True, kw_only=True)
class ApplyOptions:
    """The options of an apply.

    `wait_timeout` is in seconds, for all waits together; `parallel` creates are under way at a time.
    """

    max_creates: int
    allow_stale_list: bool = False
    settle: bool = False
    passthrough_base: str = "/v1"
    refresh: bool = False
    wait: bool = False
    wait_timeout: float = 900.0
    parallel: int = 1


@dataclass(kw_only=True)
class Apply:
    """One apply. `confirm` shows the plan, asks, and returns an objection or None.

    `review` compares the plan with what was reviewed: the rest is an error in the plan that it returns.
    """

    api: Api
    store: Store
    clock: Clock
    interrupts: Interrupts
    desired: Desired
    plan_options: PlanOptions
    options: ApplyOptions
    provenance: Provenance
    fetch_snapshot: Callable[[], Snapshot]
    confirm: Callable[[Plan], str | None]
    review: Callable[[Plan, Ledger], Plan] = lambda plan, _ledger: plan
    on_result: Callable[[Entry, Result], None] = lambda _entry, _result: None
    on_wait: Callable[[str], None] = lambda _: None
    crew: Crew = threads

    def run(self) -> ApplyReport:
        """Return the report of the apply. Raises ToolError where it could not even plan."""
        syncs = Syncs(
            api=self.api,
            clock=self.clock,
            until=self.clock.ticks() + self.options.wait_timeout,
            on_wait=self.on_wait,
        )
        # The list is fetched and the plan made under the lock: with a plan from before it, a job that another
        # apply created in between would be created again.
        with self.store.writing() as writer:
            ended = syncs.refresh() if self._needs_sync(writer) else syncs.wait_for_running()
            snapshot = self.fetch_snapshot()
            plan = self._record(writer, snapshot)
            notes = [] if ended else [SYNC_OPEN]
            if self.options.settle and plan.trusted and pack_of(plan.provider).can_be_asked:
                plan = self._probe(writer, snapshot, plan, notes)
            # After everything that changes the plan, so that nothing unreviewed comes in behind it.
            plan = self.review(plan, replay(writer.events, snapshot.connector.id))
            applied = ApplyReport(plan=self._with_refusals(plan), notes=notes)
            if applied.plan.errors:
                applied.refusal = f"fix {counted(len(applied.plan.to_fix), 'error')} first"
            elif plan.creates:
                applied.shown = True
                try:
                    applied.refusal = self.confirm(applied.plan)
                except KeyboardInterrupt:
                    applied.interrupted, applied.refusal = True, "interrupted"
                if applied.refusal is None:
                    self._create(writer, snapshot, applied)
            applied.interrupted |= self.interrupts.requested
            if self.options.wait and applied.refusal is None and not applied.interrupted:
                self._wait_until_listed(writer, snapshot, syncs, applied)
            return applied

    def _needs_sync(self, writer: Writer) -> bool:
        """Return whether to ask for a sync first: `--settle` does, where any record is open."""
        if self.options.refresh or not self.options.settle:
            return self.options.refresh
        live = replay(writer.events, self.api.connector().id).live
        return any(record.state is not State.LISTED for record in live)

    def _probe(self, writer: Writer, snapshot: Snapshot, plan: Plan, notes: list[str]) -> Plan:
        """Ask the ATS itself for the jobs of uncertain creates; record those that it has, and plan again."""
        ledger = replay(writer.events, snapshot.connector.id)
        path = f"{self.options.passthrough_base}/jobs"
        try:
            found = list(probe(plan, snapshot, ledger, lambda query: self.api.passthrough(path, query)))
            writer.append(*(resolution(record, job, self.clock.now()) for record, job in found))
        except LostRaceError:  # the finds were judged by a ledger that is no longer the newest: drop them
            return replace(self._record(writer, snapshot), steps=plan.steps)
        except ApiError as error:
            notes.append(f"The ATS itself could not be asked for uncertain jobs: {error.message}")
            return plan
        notes += [f"Found in the ATS: {record.label} is its job {job.id}." for record, job in found]
        return replace(self._record(writer, snapshot), steps=plan.steps) if found else plan

    def _record(self, writer: Writer, snapshot: Snapshot) -> Plan:
        """Plan from the ledger as it is and record what the list shows; after a lost race, decide again."""
        while True:
            plan = self._plan(writer.events, snapshot)
            if not plan.trusted:  # a half list would record jobs as belonging to the wrong files, for good
                return plan
            try:
                writer.append(*ledger_updates(plan, self.clock.now()))
            except LostRaceError:  # never put an old decision on top of a newer state: plan again
                continue
            # What this apply has just recorded is no step in the next plan; in this one it is still shown.
            return replace(self._plan(writer.events, snapshot), steps=plan.steps)

    def _plan(self, events: tuple[Event, ...], snapshot: Snapshot) -> Plan:
        ledger = replay(events, snapshot.connector.id)
        return make_plan(self.desired, snapshot, ledger, now=self.clock.now(), options=self.plan_options)

    def _with_refusals(self, plan: Plan) -> Plan:
        """Return the plan, with everything that keeps it from being applied as an error."""
        diagnostics = [self._as_refusal(finding) for finding in plan.diagnostics]
        limit = self.options.max_creates
        if len(plan.creates) > limit:
            jobs = counted(len(plan.creates), "job")
            message = f"The plan creates {jobs}; the limit is {limit}"
            hint = TOO_MANY.hint.replace(" N`", f" {len(plan.creates)}`")
            diagnostics.append(TOO_MANY.at(None, message, hint=hint))
        named = (finding.of_connector(plan.prefix) for finding in diagnostics)
        return replace(plan, diagnostics=tuple(sorted(named, key=lambda finding: finding.sort_key)))

    def _as_refusal(self, finding: Diagnostic) -> Diagnostic:
        if finding.rule in LIST_PROBLEMS and not self.options.allow_stale_list:
            return replace(finding, severity=Severity.ERROR)
        return finding

    def _create(self, writer: Writer, snapshot: Snapshot, applied: ApplyReport) -> None:
        executor = Executor(
            api=self.api,
            writer=writer,
            clock=self.clock,
            interrupts=self.interrupts,
            connector_id=snapshot.connector.id,
            connector_name=self.plan_options.connector_name,
            possibly_newer=lambda moment: possibly_newer_jobs(snapshot.jobs, moment),
            listed={(each or "").casefold() for job in snapshot.jobs for each in (job.id, job.remote_id)},
            decide_again=lambda events: self._plan(events, snapshot),
            provenance=self.provenance,
            max_waiting=self.options.wait_timeout,
            on_result=self.on_result,
            parallel=self.options.parallel,
            crew=self.crew,
            results=applied.results,
        )
        try:
            with self.interrupts.watching():
                executor.create(applied.plan.creates)
        except ToolError as error:
            applied.error = error
        for entry in applied.plan.creates:
            stopped = applied.error.message if applied.error else None
            applied.results.setdefault(entry.address, Result(became=CreateResult.NOT_TRIED, detail=stopped))

    def _wait_until_listed(
        self, writer: Writer, snapshot: Snapshot, syncs: Syncs, applied: ApplyReport
    ) -> None:
        """Ask for syncs until every created job is listed or the time is up, and add a note of the result."""
        waiting = _still_pending(self._plan(writer.events, snapshot))
        try:
            while syncs.refresh():
                applied.latest = self._record(writer, self.fetch_snapshot())
                self._settle_listed(applied, applied.latest)
                waiting = _still_pending(applied.latest)
                if not waiting:
                    # Nothing is known of an uncertain create: to call all of them listed would hide it.
                    if not applied.is_open_before:
                        applied.notes.append("Every created job is listed.")
                    return
                report_wait(
                    PAUSE_BETWEEN_SYNCS, f"the next sync: {counted(len(waiting), 'job')} not listed yet"
                )
                if not syncs.pause(PAUSE_BETWEEN_SYNCS):
                    break
            else:
                applied.notes.append(SYNC_OPEN)
            if waiting:
                still = ", ".join(waiting)
                applied.notes.append(f"{counted(len(waiting), 'created job')} not listed yet: {still}.")
        except KeyboardInterrupt:
            applied.interrupted = True
            applied.notes.append("Interrupted while waiting for the sync. The ledger has every created job.")
        except ToolError as error:
            applied.notes.append(f"Waiting for the sync failed: {error.message}")

    def _settle_listed(self, applied: ApplyReport, plan: Plan) -> None:
        """Count as created what this run was uncertain about and the list now shows."""
        for entry in plan.entries:
            result = applied.results.get(entry.address)
            if result and result.became is CreateResult.UNCERTAIN and entry.job:
                made = Result(became=CreateResult.CREATED, id=entry.job.id, remote_id=entry.job.remote_id)
                applied.results[entry.address] = made
                self.on_result(entry, made)


def _still_pending(plan: Plan) -> list[str]:
    pending = [entry.address for entry in plan.entries if entry.outcome is Outcome.PENDING]
    return pending + [orphan.record.label for orphan in plan.orphaned if orphan.outcome is Outcome.PENDING]
