"""One schedule: people, files, two writers and a world, all by one seed; and what must hold at every moment.

The tool's own code runs in it, unchanged: Apply, Executor, make_plan, the settling, both stores' writers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from uuid import UUID

import ats
from ats import Api, Habits, World
from branches import Remote, RemoteBranch
from disks import Disk, DiskOs, DiskPath
from virtual import Fate, Killed, Process, Scheduler, VirtualClock

from bindbee_sync.applying.apply import Applied, Apply, Wishes
from bindbee_sync.applying.interrupts import Interrupts, InterruptedWorkError
from bindbee_sync.applying.provenance import Provenance
from bindbee_sync.applying.results import Became
from bindbee_sync.bindbee import pacing
from bindbee_sync.bindbee.snapshot import take_snapshot
from bindbee_sync.desired.load import Desired
from bindbee_sync.desired.model import JobFile, JobSpec, Sync
from bindbee_sync.errors import ExitCode, LedgerError, ToolError
from bindbee_sync.ledger import events as ledger_events
from bindbee_sync.ledger import file_store, git_store
from bindbee_sync.ledger.events import Event, Intent, Released, Resolved
from bindbee_sync.ledger.records import Record, State, fold_events
from bindbee_sync.planning.model import Outcome, Plan
from bindbee_sync.planning.plan import Options, make_plan, payload_digest

HOUR = 3600.0
BOUNDARIES = (
    1.0,
    29.0,
    31.0,
    100.0,
    118.0,
    119.9,
    120.1,
    125.0,
    880.0,
    899.0,
    901.0,
    1019.0,
    1021.0,
    2 * HOUR,
)


@dataclass(frozen=True)
class File:
    """A job file; its `uid` is what was approved, and stays with it through a move or an edit.

    In a hard schedule, where names and codes are shared, every edit approves it anew: `edited` says that no
    apply has recorded the last one, since a second one before would leave nothing to know the file by.
    """

    uid: int
    name: str
    code: str | None
    sync_id: str | None = None
    distinct_from: tuple[str, ...] = ()
    edited: bool = field(default=False, compare=False)


@lru_cache(4096)
def job_file(address: str, file: File, template: int | None) -> JobFile:
    """Return the file as the loader would: its `openings` carry the uid into the ATS."""
    spec = JobSpec(
        name=file.name,
        code=file.code,
        openings=file.uid,
        template_id=None if template is None else str(template),
        remote_user_id=None if template is None else ats.USER.id,
        sync=Sync(id=file.sync_id, distinct_from=file.distinct_from),
    )
    return JobFile(address=address, path=f"jobs/{address}.yaml", spec=spec, values={}, keys={})


class Unwatched(Interrupts):
    """Interrupts that come from the schedule, not from signals."""

    def watching(self):
        return nullcontext()


@dataclass
class Store:
    """The real writers over a simulated disk or remote; `read_at` is when the ledger was last read."""

    history: History
    process: Process
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
        if history.remote is not None:
            branch = RemoteBranch(history.remote)
            tip = branch.fetch()
            self.read_at = history.scheduler.now
            yield git_store.GitWriter(branch, tip) if lock else tip.events
            return
        assert history.disk is not None
        store = file_store.FileStore(DiskPath(history.disk, "/repo/.bindbee-sync/ledger"))
        if not lock:
            events = store.read()
            self.read_at = history.scheduler.now
            yield events
            return
        with store.writing() as writer:
            self.read_at = history.scheduler.now
            yield writer


class History:
    """A random schedule. `git`: the ledger is a branch, and each writer has a clone; else a file on one disk."""

    def __init__(self, seed: int, *, steps: int = 6) -> None:
        self.seed = seed
        self.scheduler = Scheduler(seed)
        self.random = self.scheduler.random
        rng = self.random
        self.git = rng.random() < 0.5
        self.hard = rng.random() < 0.25
        self.calm = rng.random() < 0.5  # the only syncs are those that decide something
        self.steps = steps
        budget = rng.choice((0.3, 1.0)) * 840.0
        shares = sorted(rng.random() * budget for _ in range(2))
        skew = rng.choice((-1, 1)) * (shares[1] - shares[0])
        bindbee_skew = rng.uniform(-300, 300)
        self.habits = Habits(
            greenhouse=rng.random() < 0.4,
            ids=rng.choice(("ids", "remote_id", "none")),
            code=rng.choice(("kept", "kept", "dropped", "altered")),
            dates=rng.random() < 0.8,
            touches_all=rng.random() < 0.7,
            bindbee_skew=bindbee_skew,
            ats_skew=bindbee_skew + skew,
            latest=shares[0],
            fault_rate=rng.choice((0.1, 0.4, 0.8)),
            slowness=rng.choice((0.2, 0.2, 5.0)),
        )
        self.scheduler.longest_pause = {"send": budget - shares[1]}
        self.world = World(self.scheduler, self.habits)
        self.disk = None if self.git else Disk(self.scheduler)
        self.remote = Remote(self.scheduler) if self.git else None
        if self.disk:
            self.disk.folders |= {"/repo"}
            self.disk.durable_folders |= {"/repo"}
        self.files: dict[str, File] = {}
        self.versions: list[dict[str, File]] = [{}]
        self.shelf: list[tuple[str, File]] = []
        self.next_uid = 0
        self.gone: set[int] = set()
        self.at_work: list[dict[str, File]] = []
        self.uids: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.processes: list[Process] = []

    # --- the whole

    def run(self) -> None:
        """Run the schedule; raises AssertionError where an invariant is broken."""
        with self.patched():
            self.begin()
            writers = [
                Process("A", self._skew(), lambda: self._writer(writers[0])),
                Process("B", self._skew(), lambda: self._writer(writers[1])),
            ]
            for writer in writers:
                writer.counts_sleep = self.random.random() < 0.8
            person = Process("person", 0.0, lambda: self._person(person))
            self.processes = [*writers, person]
            self.scheduler.run(*self.processes)
            self.processes = []
            self.end()
            self.counts["creates sent"] = self.world.creates
            self.counts["jobs made"] = sum(job.uid is not None for job in self.world.source.values())

    def _skew(self) -> float:
        return self.random.choice((0.0, 0.0, self.random.uniform(-20, 20), -5000.0, 90000.0))

    @contextmanager
    def patched(self):
        """Put the simulated disk and the virtual time under the stores and the pacing."""
        scheduler = self.scheduler

        def os_of_current() -> DiskOs:
            return self._os

        proxy = SimpleNamespace(
            O_RDWR=2, O_CREAT=64, O_APPEND=1024, O_CLOEXEC=0, O_RDONLY=0, O_DIRECTORY=65536, R_OK=4, W_OK=2
        )
        for name in (
            "open",
            "write",
            "fsync",
            "ftruncate",
            "fstat",
            "pread",
            "pwrite",
            "close",
            "getpid",
            "access",
        ):
            setattr(proxy, name, lambda *a, _name=name: getattr(os_of_current(), _name)(*a))
        locks = SimpleNamespace(LOCK_EX=2, LOCK_NB=4, flock=lambda *a: os_of_current().flock(*a))
        sleeping = SimpleNamespace(sleep=lambda s: (scheduler.step("sleep"), scheduler.wait(s)))
        fakes = (
            (file_store, "os", proxy),
            (file_store, "fcntl", locks),
            (git_store, "time", sleeping),
            (git_store, "random", self.random),
            (pacing, "wall", lambda: scheduler.now),
            (pacing, "ticks", lambda: scheduler.now - (scheduler.current.slept if scheduler.current else 0)),
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

    # --- the beginning

    def begin(self) -> None:
        rng = self.random
        for number in range(rng.randint(0, 3)):
            self.world.make(None, f"By hand {number}", f"H-{number}" if rng.random() < 0.5 else None)
        self.world.make(None, "Template", None, template=True)
        if rng.random() < 0.3:
            self.world.make(None, "Role 1", rng.choice((None, "C-1/1")), status="CLOSED")
        if rng.random() < 0.9:
            self.world.sync(duration=10.0)
            self.scheduler.advance(rng.choice((60.0, 1000.0, 20 * HOUR)))
        for _ in range(rng.randint(1, 3)):
            self._add_file()
        self._commit()
        self._schedule_sync(20 * HOUR if self.calm else rng.choice((600.0, HOUR, 6 * HOUR)))

    def _schedule_sync(self, every: float) -> None:
        def begin() -> None:
            if self.world.faults_on:
                kinds = ("works", "fails", "fails half-way", "hangs", "idles")
                self.world.sync(
                    self.random.choices(kinds, (10, 1, 1, 1, 1))[0], self.random.choice((2.0, 30.0, 600.0))
                )
                self._schedule_sync(every)

        self.scheduler.at(self.scheduler.now + every * self.random.uniform(0.2, 1.0), begin)

    def _add_file(self) -> None:
        rng = self.random
        self.next_uid += 1
        uid = self.next_uid
        name, code = f"Role {uid}", f"C-{uid}" if rng.random() < 0.5 else None
        if self.hard and rng.random() < 0.5:
            name = f"Role {rng.randint(1, uid)}" if rng.random() < 0.7 else f"By hand {rng.randint(0, 2)}"
            code = code if rng.random() < 0.9 else f"H-{rng.randint(0, 2)}"
        self.files[f"job-{uid}"] = File(uid, name, code)

    def _commit(self) -> None:
        self.versions.append(dict(self.files))

    def desired(self, *, stale: bool = False) -> tuple[Desired, dict[str, File]]:
        chosen = self.versions[-2] if stale and len(self.versions) > 1 else self.versions[-1]
        return Desired(
            files=tuple(self._job_file(a, f) for a, f in sorted(chosen.items())), diagnostics=()
        ), chosen

    def _job_file(self, address: str, file: File) -> JobFile:
        template = next((job.number for job in self.world.source.values() if job.template), 0)
        return job_file(address, file, template if self.habits.greenhouse else None)

    # --- what a writer does

    def _writer(self, process: Process) -> None:
        rng = self.random
        for _ in range(self.steps):
            self._idle(process, self._until_something_happens())
            process.fates = self._fates()
            if rng.random() < 0.05 and process.skew < 1000:
                process.skew += rng.uniform(-300, 300)
            if self.disk and rng.random() < 0.1:
                self.disk.fails = [rng.choice(("write", "fsync", "ftruncate"))]
            if self.remote and rng.random() < 0.3:
                self.remote.faults = rng.choices(("before", "after"), k=rng.randint(1, 4))
            self.world.get_faults = int(rng.random() < 0.05)
            if rng.random() < 0.15:
                self.outlive(process, lambda: self.plan(process))
            else:
                self.outlive(process, lambda: self.apply(process, stale=rng.random() < 0.15))

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

    def _until_something_happens(self) -> float:
        """Return how long a writer idles: often, until a sync begins whose list decides something."""
        rng = self.random
        coming = [moment for moment in self.world.decisive if moment > self.scheduler.now]
        if coming and rng.random() < 0.6:
            return max(0.0, min(coming) - self.scheduler.now + rng.uniform(-3, 25))
        return rng.choice((0.0, rng.uniform(0, 5), rng.choice(BOUNDARIES), rng.uniform(0, 6 * HOUR)))

    def _idle(self, process: Process, seconds: float) -> None:
        """Let time go by; a power cut in it kills nothing."""
        try:
            self.scheduler.wait(seconds)
        except Killed:
            if self.scheduler.failure is not None:
                raise
            process.dead = False

    def _bury(self, process: Process) -> None:
        """Let the kernel clean up after a killed process; or cut the power, which kills all on the machine."""
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

    def _fates(self) -> list[Fate]:
        rng = self.random
        kinds = (
            "",
            "",
            "git push done",
            "send",
            "answer",
            "disk",
            "disk fsync",
            "git",
            "git push",
            "clock",
            "GET",
        )
        fates = []
        if rng.random() < 0.3:
            fates.append(Fate(rng.choice(kinds), rng.choice((1, 2, 3, rng.randint(1, 60)))))
        if rng.random() < 0.4:
            pause = rng.choice((*BOUNDARIES, rng.uniform(0, 200)))
            fates.append(Fate(rng.choice(kinds), rng.choice((1, 2, 3, rng.randint(1, 60))), pause))
        if self.git and rng.random() < 0.1:
            fates.append(Fate("git push done", 1, rng.choice((125.0, 1021.0, 1500.0, 2 * HOUR))))
        return fates

    def apply(
        self, process: Process, *, stale: bool = False, final: bool = False, retry: bool | None = None
    ) -> Applied:
        rng = self.random
        desired, files = self.desired(stale=stale)
        interrupts = Unwatched()
        if not final and rng.random() < 0.05:
            self.scheduler.at(
                self.scheduler.now + rng.uniform(0, 60), lambda: setattr(interrupts, "requested", True)
            )
        api = Api(self.world, process, interrupts)
        store = Store(self, process)
        retry_absent = rng.random() < 0.5 if retry is None else retry
        wishes = Wishes(
            max_creates=50,
            settle=rng.random() < (0.05 if self.calm else 0.3),
            refresh=final or rng.random() < (0.05 if self.calm else 0.2),
            wait=not self.calm and rng.random() < 0.1,
            wait_timeout=rng.choice((60.0, 900.0)) if not final else 7200.0,
        )
        self.counts["applies"] += 1
        self.scheduler.note(
            f"apply{' --retry-absent' * retry_absent} ({len(files)} files{', old checkout' * stale})"
        )

        def confirm(plan: Plan) -> str | None:
            self._check_plan(plan, files, store)
            return None

        self.at_work.append(files)
        try:
            applied = Apply(
                api=api,
                store=store,
                clock=VirtualClock(self.scheduler, process),
                interrupts=interrupts,
                desired=desired,
                options=Options(retry_absent=retry_absent, retry_rejected=final or rng.random() < 0.3),
                wishes=wishes,
                provenance=Provenance(actor=process.name),
                look=lambda: take_snapshot(
                    api, departments=False, offices=False, users=self.habits.greenhouse
                ),
                confirm=confirm,
            ).run()
        finally:
            self.at_work.remove(files)
        self._check_results(applied, files, api)
        told = {a: str(r.became) for a, r in applied.results.items()} or applied.plan.summary
        self.scheduler.note(f"ends: exit {int(applied.exit_code)}, {told} {applied.refusal or ''}")
        if applied.refusal:
            for error in applied.plan.errors:
                self.scheduler.note(f"  {error.rule} {error.address or ''}: {error.message}")
        self.check_records()
        self._recorded(applied.plan, files)
        return applied

    def plan(self, process: Process) -> Plan:
        """As the command does: the ledger first, then the list."""
        self.counts["plans"] += 1
        desired, files = self.desired()
        api = Api(self.world, process, Interrupts())
        store = Store(self, process)
        events = store.read()
        snapshot = take_snapshot(api, departments=False, offices=False, users=self.habits.greenhouse)
        now = self.scheduler.when(process.skew)
        plan = make_plan(desired, snapshot, fold_events(events, ats.SPACE), now=now, options=Options())
        self._check_plan(plan, files, store)
        return plan

    # --- what a person does

    def _person(self, process: Process) -> None:
        rng = self.random
        for _ in range(self.steps):
            pauses = (rng.uniform(0, 60), rng.choice(BOUNDARIES), rng.uniform(0, 6 * HOUR))
            self._idle(process, rng.choice(pauses))
            doing = rng.choice(
                (
                    self.edit_files,
                    self.edit_files,
                    self.settle_by_hand,
                    self.settle_by_hand,
                    self.touch_the_ats,
                    self._ask_for_sync,
                )
            )
            try:
                with suppress(LedgerError):
                    doing()
            except Killed:  # the power was cut
                if self.scheduler.failure is not None:
                    raise
                process.dead = False

    def edit_files(self) -> None:
        rng = self.random
        if not self.files or rng.random() < 0.3:
            self._add_file()
        elif self.shelf and rng.random() < 0.4:
            address, file = self.shelf.pop()
            self.files.setdefault(address, file)
        else:
            address = rng.choice(sorted(self.files))
            file = self.files[address]
            edit = rng.choice(("move", "rename", "recode", "remove", "both" if self.hard else "move"))
            if edit != "remove":
                if not self.hard and (file.edited or self._is_old_somewhere(address, file)):
                    return
                file = self._anew(file) if self.hard else replace(file, edited=True)
            match edit:
                case "move":
                    del self.files[address]
                    self.files[f"moved/{file.uid}-{rng.randint(0, 1)}"] = file
                case "rename":
                    self.files[address] = replace(file, name=f"{file.name}!")
                case "recode":
                    new = (
                        None if file.code and rng.random() < 0.3 else f"{file.code or 'N-' + str(file.uid)}x"
                    )
                    self.files[address] = replace(file, code=new)
                case "both":
                    self.files[address] = replace(file, name=f"{file.name}!", code=f"B-{file.uid}")
                case "remove":
                    self.shelf.append((address, self.files.pop(address)))
        self._commit()
        self.scheduler.note(f"files: { {a: (f.uid, f.name, f.code) for a, f in self.files.items()} }")

    def _anew(self, file: File) -> File:
        self.next_uid += 1
        return replace(file, uid=self.next_uid)

    def _is_old_somewhere(self, address: str, file: File) -> bool:
        """Whether an apply is at work with another version of it."""
        return any(files.get(address) != file for files in self.at_work)

    def _recorded(self, plan: Plan, files: dict[str, File]) -> None:
        """Take note of what an apply has recorded: a file that is as recorded may be edited again."""
        if not plan.trusted:
            return
        faulty = {found.address for found in plan.errors}
        for address, file in self.files.items():
            if address not in faulty and any(file.uid == each.uid for each in files.values()):
                self.files[address] = replace(file, edited=files.get(address) != file)

    def touch_the_ats(self) -> None:
        rng = self.random
        jobs = [job for job in self.world.source.values() if not job.template]
        what = rng.choice(("make", "close", "rename", "delete" if rng.random() < 0.3 else "close"))
        if what == "make" or not jobs:
            number = rng.randint(3, 9)
            self.world.make(None, f"By hand {number}", None)
            return
        job = rng.choice(jobs)
        self.scheduler.note(f"  by hand in the ATS: {what} {job.number}")
        match what:
            case "close":
                self.world.edit(job.number, status="CLOSED")
            case "rename":
                self.world.edit(job.number, name=f"{job.name}?")
            case "delete":
                del self.world.source[job.number]
                if job.uid is not None:
                    self.gone.add(job.uid)

    def _ask_for_sync(self) -> None:
        self.world.sync("works", self.random.choice((2.0, 30.0)))

    def settle_by_hand(self, *, patient: bool = True) -> None:
        """Look in the ATS and say what is there; no sooner than a quarter of an hour after an attempt."""
        process = self.scheduler.current or Process("end", 0.0, lambda: None)
        with Store(self, process).writing() as writer:
            for record in fold_events(writer.events, ats.SPACE).live:
                uid = self._uid_of(record)
                made = [n for n in self.world.ever.get(uid or 0, []) if n in self.world.source]
                old = record.intent is not None and self._age(record) > 1020 + 60
                common = {
                    "space": record.space,
                    "record": record.id,
                    "home": record.home,
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

    # --- what must hold

    def _check_plan(self, plan: Plan, files: dict[str, File], store: Store) -> None:
        """A plan never says `create` for what may exist by an attempt that the ledger held when it was read."""
        for entry in plan.creates:
            uid = files[entry.address].uid
            assert entry.payload is not None
            self.uids[payload_digest(entry.payload)] = uid
            known = [sent for sent in self.world.sent.get(uid, []) if sent.at <= store.read_at]
            may_exist = [
                sent.number for sent in known if sent.number is None or sent.number in self.world.source
            ]
            assert not may_exist, (
                f"a plan says create for {entry.address} (#{uid}), and its job {may_exist} may exist"
            )

    def _check_results(self, applied: Applied, files: dict[str, File], api: Api) -> None:
        for address, result in applied.results.items():
            uid = files[address].uid
            self.counts["created"] += result.became is Became.CREATED
            self.counts["uncertain"] += result.became is Became.UNCERTAIN
            assert result.became not in (Became.REJECTED, Became.NOT_TRIED) or uid not in api.may_exist, (
                f"{address} (#{uid}) was called {result.became}, and its job may exist"
            )
        became = {result.became for result in applied.results.values()}
        assert Became.UNCERTAIN not in became or applied.exit_code is ExitCode.UNCERTAIN, "exit code"

    def events(self) -> tuple[Event, ...]:
        if self.remote is not None:
            return self.remote.events
        assert self.disk is not None
        inode = self.disk.files.get("/repo/.bindbee-sync/ledger")
        return file_store._parse(bytes(inode.cached), None) if inode else ()  # noqa: SLF001 - past all locks

    def check_records(self) -> None:
        """No record is settled to another file's job."""
        for record in fold_events(self.events(), ats.SPACE).live:
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
                f"the record of {record.label} (#{uid}) was settled to job {number}, made for #{job.uid if job else None}"
            )

    # --- the end

    def end(self) -> None:
        """Let the faults stop: then each approved file has its one job, after no more than the stated ways out."""
        self.world.faults_on = False
        self.world.get_faults = 0
        if self.remote:
            self.remote.faults = []
        if self.disk:
            self.disk.fails = []
        self.scheduler.note("the faults end")
        process = Process("end", 0.0, lambda: None)
        applied = None
        for attempt in range(6):
            self.scheduler.advance(self.scheduler.now + 2 * HOUR)
            self.world.sync("works", 5.0)
            self.scheduler.advance(self.scheduler.now + 60)
            applied = self.apply(process, final=True, retry=attempt > 0)
            if all(e.outcome in (Outcome.IN_SYNC, Outcome.DRIFTED) for e in applied.plan.entries):
                break
            if attempt > 1:
                self._mend(applied.plan)
                self.settle_by_hand()
        assert applied is not None
        self._check_end(applied.plan)

    def _mend(self, plan: Plan) -> None:
        """Do what errors ask of a person: say which job a file stands for, or which it does not."""
        for address in sorted({found.address or "" for found in plan.errors} & set(self.files)):
            file = self.files[address]
            own = [n for n in self.world.ever.get(file.uid, []) if n in self.world.copy]
            others = tuple(job.id for job in self.world.copy.values() if int(job.remote_id or 0) not in own)
            sync_id = ats.bindbee_id(own[0]) if own else None
            self.files[address] = replace(file, sync_id=sync_id, distinct_from=others)
            self.scheduler.note(f"{address}: sync.id {sync_id}, distinct from {len(others)}")
        self._commit()

    def _check_end(self, plan: Plan) -> None:
        outcomes = {entry.address: entry for entry in plan.entries}
        current = {file.uid for file in self.files.values()}
        for address, file in self.files.items():
            entry = outcomes[address]
            made = [n for n in self.world.ever.get(file.uid, []) if n in self.world.source]
            if file.uid in self.gone:
                continue
            stands_for = self.world.source.get(int(entry.job.remote_id or 0)) if entry.job else None
            if self.hard and (stands_for is None or stands_for.uid != file.uid):
                said = bool(plan.errors)
                adopted = stands_for is not None and stands_for.uid not in current and not made
                assert said or adopted or (entry.hold and not made), (
                    f"{address} (#{file.uid}) is lost: {entry.outcome}"
                )
                continue
            assert stands_for is not None, (
                f"lost: {address} (#{file.uid}) is {entry.outcome}, its jobs: {made}"
            )
            assert stands_for.uid == file.uid, f"{address} (#{file.uid}) stands for {stands_for}"
            assert len(made) == 1
