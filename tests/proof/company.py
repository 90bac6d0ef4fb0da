"""What a schedule is about: a company's job files, its ATS, and hands that change both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random
from uuid import NAMESPACE_OID, uuid5

import ats
from ats import Habits, World
from branches import Remote
from customers import HOME, NAMES, OTHERS, Customers
from disks import Disk
from virtual import Process, Scheduler

from bindbee_sync.job_file import Desired, JobFile, JobSpec, Sync
from bindbee_sync.planning.model import Plan

HOUR = 3600.0


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


FILES_OF = {
    name: {
        f"{name}-{n}": File(first + n, f"Role {n} of {name}", f"{name}-{n}" if n % 2 else None)
        for n in range(3)
    }
    for first, name in zip(range(ats.OTHERS, 2 * ats.OTHERS, 10), OTHERS, strict=False)
}
"""The other customers' files, which no one edits."""


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
    return JobFile(address=address, path=f"jobs/{address}.yaml", spec=spec)


class Company:
    """A random company. `git`: its ledger is a branch, and each writer has a clone; else a file."""

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
        self.customers: Customers | None = None
        if Random(f"customers of {seed}").random() < 0.2:  # noqa: S311 - schedules, no secrets
            worlds = {
                name: World(
                    self.scheduler, self.habits, str(uuid5(NAMESPACE_OID, name)), next_number=9000 * (n + 1)
                )
                for n, name in enumerate(OTHERS)
            }
            self.customers = Customers(rng, {HOME: self.world} | worlds)
        self.disk = None if self.git else Disk(self.scheduler)
        self.remotes = {self.ledger_of(name): Remote(self.scheduler) for name in NAMES if self.git}
        if self.disk:
            self.disk.folders |= {"/repo"}
            self.disk.durable_folders |= {"/repo"}
        self.files: dict[str, File] = {}
        self.versions: list[dict[str, File]] = [{}]
        self.shelf: list[tuple[str, File]] = []
        self.next_uid = 0
        self.gone: set[int] = set()
        self.at_work: list[dict[str, File]] = []
        self.old_at: dict[int, float] = {}
        self.taken_back: set[str] = set()
        self.uids: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.processes: list[Process] = []
        self.shards = 0

    def ledger_of(self, name: str) -> str:
        """Return the path of a customer's ledger, which stands for a branch where it is one."""
        own = self.customers is not None and not self.customers.shares_ledger
        return f"/repo/.bindbee-sync/{self.customers.ledger_names[name] if own else 'ledger'}"

    def begin(self) -> None:
        rng = self.random
        for number in range(rng.randint(0, 3)):
            self.world.make(None, f"By hand {number}", f"H-{number}" if rng.random() < 0.5 else None)
        self.world.make(None, "Template", None, template=True)
        if rng.random() < 0.3:
            self.world.make(None, "Role 1", None, status="CLOSED")
        if rng.random() < 0.9:
            self.world.sync(duration=10.0)
            self.scheduler.advance(rng.choice((60.0, 1000.0, 20 * HOUR)))
        if self.customers:
            for name in OTHERS:
                self.customers.worlds[name].make(None, "Template", None, template=True)
                self.customers.worlds[name].sync(duration=10.0)
            self.scheduler.advance(self.scheduler.now + 60.0)
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

    def desired(
        self, *, stale: bool = False, name: str = HOME, world: World | None = None
    ) -> tuple[Desired, dict[str, File]]:
        chosen = self.versions[-2] if stale and len(self.versions) > 1 else self.versions[-1]
        chosen = FILES_OF.get(name, chosen)
        return Desired(
            files=tuple(self._job_file(a, f, world or self.world) for a, f in sorted(chosen.items())),
            diagnostics=(),
        ), chosen

    def _job_file(self, address: str, file: File, world: World) -> JobFile:
        template = next((job.number for job in world.source.values() if job.template), 0)
        return job_file(address, file, template if self.habits.greenhouse else None)

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

    def _ended(self, files: dict[str, File]) -> None:
        """Take note that an apply may have recorded what was edited since, or stood at an address before."""
        uids = {file.uid for file in files.values()}
        for address, file in self.files.items():
            if files.get(address) != file:
                if address in files:
                    self.taken_back.add(address)
                if file.uid in uids:
                    self.files[address] = replace(file, edited=True)
                    self.old_at[file.uid] = self.scheduler.now

    def _recorded(self, plan: Plan, files: dict[str, File], read_at: float) -> None:
        """Take note of what an apply has recorded: a file that is as recorded may be edited again."""
        if not plan.trusted:
            return
        faulty = {found.address for found in plan.errors}
        for address, file in self.files.items():
            if (
                files.get(address) == file
                and address not in faulty
                and self.old_at.get(file.uid, -1.0) < read_at
            ):
                self.files[address] = replace(file, edited=False)

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
        if self.customers:
            for name in OTHERS:
                self.customers.worlds[name].sync("works", 2.0)

    def change_customers(self) -> None:
        """Edit a pin or swap a token, where there are several customers."""
        if self.customers:
            self.scheduler.note(self.customers.edit())
