"""The tool's own code, run in virtual time over simulated disks and remotes, and what must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import TypeVar
from uuid import UUID

import ats
from ats import Api, World
from branches import RemoteBranch
from company import Company, File
from customers import HOME, NAMES, Target
from disks import DiskOs, DiskPath, fake_os
from virtual import Killed, Process, VirtualClock

from bindbee_sync.applying.apply import Apply, ApplyOptions
from bindbee_sync.applying.interrupts import Interrupts
from bindbee_sync.applying.provenance import Provenance
from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.bindbee import pacing
from bindbee_sync.bindbee.fetch import fetch_snapshot
from bindbee_sync.commands import connection
from bindbee_sync.commands.choices import Choice
from bindbee_sync.create_result import CreateResult
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.ledger import events as ledger_events
from bindbee_sync.ledger import file_store, git_store
from bindbee_sync.ledger.events import Event, Released, Resolved, connector_names
from bindbee_sync.ledger.records import Record, State, replay
from bindbee_sync.planning.model import Plan
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.plan import make_plan

T = TypeVar("T")


class Unwatched(Interrupts):
    """Interrupts that come from the schedule, not from signals."""

    def watching(self):
        return nullcontext()


@dataclass
class Store:
    """The real writers over a simulated disk or remote; `read_at` is when the ledger was last read."""

    history: Tool
    name: str = HOME
    read_at: float = 0.0
    events: tuple[Event, ...] = ()

    def read(self) -> tuple[Event, ...]:
        with self._writing(lock=False) as events:
            return events

    @contextmanager
    def writing(self):
        with self._writing(lock=True) as writer:
            yield writer

    @contextmanager
    def _writing(self, *, lock: bool):
        history = self.history
        remote = history.remotes.get(history.ledger_of(self.name))
        if remote is not None:
            branch = RemoteBranch(remote)
            tip = branch.fetch()
            self.read_at = history.scheduler.now
            if not lock:
                yield tip.events
                return
            writer = git_store.GitWriter(branch, tip)
            writer.batch = history.random.choice((1, 2, git_store.BATCH))
            yield writer
            return
        assert history.disk is not None
        store = file_store.FileStore(DiskPath(history.disk, history.ledger_of(self.name)))
        if not lock:
            events = store.read()
            self.read_at = history.scheduler.now
            yield events
            return
        with store.writing() as writer:
            self.read_at = history.scheduler.now
            yield writer


class Tool(Company):
    """Runs of the tool by a company."""

    @contextmanager
    def patched(self):
        """Put the simulated disk and the virtual time under the stores and the pacing."""
        scheduler = self.scheduler

        def of_current(name: str) -> Callable[..., object]:
            # looked up at each call: by then another process may have its turn
            return lambda *given: getattr(self._os, name)(*given)  # noqa: PLW0108 - as above

        locks = SimpleNamespace(LOCK_EX=2, LOCK_NB=4, flock=of_current("flock"))
        sleeping = SimpleNamespace(sleep=lambda s: (scheduler.step("sleep"), scheduler.wait(s)))
        fakes = (
            (file_store, "os", fake_os(of_current)),
            (file_store, "fcntl", locks),
            (git_store, "time", sleeping),
            (git_store, "random", self.random),
            (pacing, "wall", lambda: scheduler.now),
            (pacing, "ticks", lambda: scheduler.now - (scheduler.current.slept if scheduler.current else 0)),
            (connection, "name_with_records", self._name_with_records),
            (connection, "_check_previous", lambda *_: None),
            (ledger_events, "uuid4", lambda: UUID(int=self.random.getrandbits(128), version=4)),
        )
        before = [(module, name, getattr(module, name)) for module, name, _ in fakes]
        self._oses: dict[str, DiskOs] = {}
        try:
            for module, name, fake in fakes:
                setattr(module, name, fake)
            yield
        finally:
            for module, name, real in before:
                setattr(module, name, real)

    @property
    def _os(self) -> DiskOs:
        name = self.scheduler.current.name if self.scheduler.current else "end"
        assert self.disk is not None
        return self._oses.setdefault(name, DiskOs(self.disk))

    def outlive(self, process: Process, doing: Callable[[], object]) -> None:
        """Run the tool once, which may be killed or end with an error."""
        try:
            doing()
        except Killed:
            self.counts["killed"] += 1
            self._bury(process)
            if self.scheduler.failure is not None:
                raise
        except ToolError as error:
            self.scheduler.note(f"ends: {error.message}")

    def _bury(self, process: Process) -> None:
        """Let the kernel clean up after a killed process; or cut the power, which kills all of them."""
        if self.disk is None:
            return
        if process.name in self._oses:
            self._oses[process.name].die()
        if self.random.random() < 0.4:
            self.disk.power_cut(self.random)
            self._oses = {}
            for other in self.processes:
                other.dead = other.dead or (other is not process and not other.done)
        process.dead = False

    def apply(
        self,
        process: Process,
        *,
        stale: bool = False,
        final: bool = False,
        retry: bool | None = None,
        name: str = HOME,
        target: Target | None = None,
    ) -> ApplyReport:
        rng = self.random
        interrupts = Unwatched()
        api = self._api(process, interrupts, name, target)
        desired, files = self.desired(stale=stale, name=name, world=api.world)
        at_home = name == HOME and api.world is self.world
        if not final and rng.random() < 0.05:
            self.scheduler.at(
                self.scheduler.now + rng.uniform(0, 60), lambda: setattr(interrupts, "requested", True)
            )
        store = Store(self, name)
        retry_absent = rng.random() < 0.5 if retry is None else retry
        apply_options = ApplyOptions(
            max_creates=50,
            settle=rng.random() < (0.05 if self.calm else 0.3),
            refresh=final or rng.random() < (0.05 if self.calm else 0.2),
            wait=not self.calm and rng.random() < 0.1,
            wait_timeout=rng.choice((60.0, 900.0)) if not final else 7200.0,
            parallel=rng.choice((1, 2, 4, 8)),
        )
        self.counts["applies"] += 1
        self.scheduler.note(
            f"apply{' --retry-absent' * retry_absent} ({len(files)} files{', old checkout' * stale})"
        )

        def confirm(plan: Plan) -> str | None:
            self._check_plan(plan, files, store, api.world)
            return None

        self.at_work.append(files if at_home else {})
        try:
            applied = Apply(
                api=api,
                store=store,
                clock=VirtualClock(self.scheduler, process),
                interrupts=interrupts,
                desired=desired,
                plan_options=PlanOptions(
                    connector_name=name + (self.customers.suffix if self.customers else ""),
                    retry_absent=retry_absent,
                    retry_rejected=final or rng.random() < 0.3,
                ),
                options=apply_options,
                provenance=Provenance(actor=process.name),
                fetch_snapshot=lambda: fetch_snapshot(
                    api, departments=False, offices=False, users=self.habits.greenhouse
                ),
                confirm=confirm,
                crew=self.side_by_side,
            ).run()
        finally:
            self.at_work.remove(files if at_home else {})
            if at_home:
                self._ended(files)
        self._check_results(applied, files, api)
        told = {a: str(r.became) for a, r in applied.results.items()} or applied.plan.summary
        self.scheduler.note(f"ends: exit {int(applied.exit_code)}, {told} {applied.refusal or ''}")
        if applied.refusal:
            for error in applied.plan.errors:
                self.scheduler.note(f"  {error.rule} {error.address or ''}: {error.message}")
        self.check_records()
        if at_home:
            self._recorded(applied.plan, files, store.read_at)
        return applied

    def apply_all(self, process: Process, shard: tuple[int, int] | None) -> None:
        """Apply to all customers or to a shard of them, in any order; a failure of one stops no other."""
        assert self.customers is not None
        left = self.customers.targets(Choice(everything=True, shard=shard))
        self.random.shuffle(left)
        self.shards += 1
        self.counts["shards"] += 1
        self.counts["two shards at once"] += self.shards == 2
        try:
            while left:
                target = left.pop()
                try:
                    self.apply(process, name=target.name, target=target)
                except ToolError as error:
                    self.scheduler.note(f"{target.name} ends: {error.message}")
        except Killed:
            self.counts["shards killed on the way"] += bool(left)
            raise
        finally:
            self.shards -= 1

    def _api(
        self, process: Process, interrupts: Interrupts, name: str = HOME, target: Target | None = None
    ) -> Api:
        """Return the client of the customer that the tool reaches; raises ToolError where it reaches none."""
        if self.customers is None:
            return Api(self.world, process, interrupts)
        ledger = Store(self, name)
        world, verify, allowed = (target or self.customers.target(name)).connect(
            cache(lambda: connector_names(ledger.read())),
            {event.connector_id for event in self.events(name)},
        )
        self.counts["runs among customers"] += 1
        return Api(world, process, interrupts, verify, allowed)

    def make_known(self) -> None:
        """Do what refusals ask for after pins were wrong: other names, or the ledger that has the records."""
        assert self.customers is not None
        found = None if self.customers.shares_ledger else self._name_with_records(None, ats.SPACE, None)
        if found is None or found == self.customers.ledger_names[HOME]:
            self.customers.rename()
        else:
            self.customers.ledger_names[HOME] = found

    def _name_with_records(self, _location: object, connector_id: str, _root: object) -> str | None:
        for name in NAMES:
            if any(event.connector_id == connector_id for event in Store(self, name).read()):
                return name
        return None

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T]]:
        """Do the tasks in any order; several may have ended before the result of the first is seen."""
        rng = self.random
        left = rng.sample(range(len(tasks)), len(tasks))
        ended: list[tuple[int, T]] = []
        while left or ended:
            for number in left[: rng.randint(0, len(left))] if ended else left[: rng.randint(1, len(left))]:
                left.remove(number)
                ended.append((number, tasks[number]()))
            rng.shuffle(ended)
            yield ended.pop()

    def plan(self, process: Process) -> Plan:
        """As the command does: the ledger first, then the list."""
        self.counts["plans"] += 1
        api = self._api(process, Interrupts())
        desired, files = self.desired(world=api.world)
        store = Store(self)
        events = store.read()
        snapshot = fetch_snapshot(api, departments=False, offices=False, users=self.habits.greenhouse)
        now = self.scheduler.when(process.skew)
        records = replay(events, snapshot.connector.id)
        plan = make_plan(desired, snapshot, records, now=now, options=PlanOptions())
        self._check_plan(plan, files, store, api.world)
        return plan

    def settle_by_hand(self) -> None:
        """Look in the ATS and say what is there; no sooner than a quarter of an hour after an attempt."""
        with Store(self).writing() as writer:
            for record in replay(writer.events, ats.SPACE).live:
                uid = self._uid_of(record)
                made = [n for n in self.world.ever.get(uid or 0, []) if n in self.world.source]
                old = record.intent is not None and self._age(record) > 1020 + 60
                common = {
                    "connector_id": record.connector_id,
                    "record": record.id,
                    "original_address": record.original_address,
                    "at": self.scheduler.when(),
                }
                if record.is_uncertain and made:
                    self.counts["resolved"] += 1
                    self.scheduler.note(f"resolve {record.label} --created {made[0]}")
                    writer.append(Resolved(**common, result="created", remote_id=str(made[0]), by="person"))
                elif record.is_uncertain and old and uid not in self.gone:
                    self.counts["resolved"] += 1
                    self.scheduler.note(f"resolve {record.label} --not-created")
                    writer.append(Resolved(**common, result="not_created", by="person"))
                elif record.state is State.CREATED and made and record.job_remote_id is None and old:
                    self.scheduler.note(f"resolve {record.label} --created {made[0]}")
                    writer.append(Resolved(**common, result="created", remote_id=str(made[0]), by="person"))
                elif record.state is State.LISTED and int(record.job_remote_id or 0) not in self.world.source:
                    self.scheduler.note(f"release {record.label}")
                    writer.append(Released(**common, by="person"))
                    if uid is not None:  # whoever releases asks for another job
                        self.gone.discard(uid)
                        self.world.ever[uid], self.world.sent[uid] = [], []

    def _age(self, record: Record) -> float:
        assert record.intent is not None
        return (self.scheduler.when(self.habits.bindbee_skew) - record.intent.server_at).total_seconds()

    def _uid_of(self, record: Record) -> int | None:
        return None if record.intent is None else self.uids.get(record.intent.digest)

    def _check_plan(self, plan: Plan, files: dict[str, File], store: Store, world: World) -> None:
        """A plan never says `create` for what may exist by an attempt that the ledger held when read."""
        for entry in plan.creates:
            uid = files[entry.address].uid
            assert entry.payload is not None
            self.uids[entry.payload.digest] = uid
            known = [sent for sent in world.sent.get(uid, []) if sent.at <= store.read_at]
            may_exist = [sent.number for sent in known if sent.number is None or sent.number in world.source]
            assert not may_exist or not world.follows(uid), (
                f"a plan says create for {entry.address} (#{uid}), and its job {may_exist} may exist"
            )

    def _check_results(self, applied: ApplyReport, files: dict[str, File], api: Api) -> None:
        for address, result in applied.results.items():
            uid = files[address].uid
            self.counts["created"] += result.became is CreateResult.CREATED
            self.counts["uncertain"] += result.became is CreateResult.UNCERTAIN
            assert (
                result.became not in (CreateResult.REJECTED, CreateResult.NOT_TRIED)
                or uid not in api.may_exist
            ), f"{address} (#{uid}) was called {result.became}, and its job may exist"
        became = {result.became for result in applied.results.values()}
        assert CreateResult.UNCERTAIN not in became or applied.exit_code is ExitCode.UNCERTAIN, "exit code"

    def events(self, name: str = HOME) -> tuple[Event, ...]:
        ledger = self.ledger_of(name)
        if self.git:
            return self.remotes[ledger].events
        assert self.disk is not None
        inode = self.disk.files.get(ledger)
        return file_store._parse(bytes(inode.cached), None) if inode else ()  # noqa: SLF001 - past all locks

    def check_records(self) -> None:
        """No record is settled to another file's job."""
        for record in replay(self.events(), ats.SPACE).live:
            uid = self._uid_of(record)
            number = next(
                (
                    n
                    for n in self.world.source
                    if str(n) == record.job_remote_id or ats.bindbee_id(n) == record.job_id
                ),
                None,
            )
            job = self.world.source.get(number or 0)
            assert job is None or uid is None or job.uid in ((uid, None) if self.hard else (uid,)), (
                f"the record of {record.label} (#{uid}) was settled to {job}"
            )
