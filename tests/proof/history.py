"""One schedule: people, files, two writers and a world, all by one seed; and what must hold at every moment.

The tool's own code runs in it, unchanged: Apply, Executor, make_plan, the settling, both stores' writers.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import ats
from company import HOUR
from customers import OTHERS
from tool import Tool
from virtual import Fate, Killed, Process

from bindbee_sync.errors import FindingError, LedgerError
from bindbee_sync.planning.model import Outcome, Plan

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


class History(Tool):
    """A random schedule of two writers and a person."""

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

    def _writer(self, process: Process) -> None:
        rng = self.random
        for _ in range(self.steps):
            self._idle(process, self._until_something_happens())
            process.fates = self._fates()
            if rng.random() < 0.05 and process.skew < 1000:
                process.skew += rng.uniform(-300, 300)
            if self.disk and rng.random() < 0.1:
                self.disk.fails = [rng.choice(("write", "fsync", "ftruncate", "replace"))]
            for remote in self.remotes.values():
                if rng.random() < 0.3:
                    remote.faults = rng.choices(("before", "after"), k=rng.randint(1, 4))
            self.world.get_faults = int(rng.random() < 0.05)
            if rng.random() < 0.15:
                self.outlive(process, lambda: self.plan(process))
            elif self.customers and rng.random() < 0.4:
                self.outlive(process, self._of_many(process))
            else:
                self.outlive(process, lambda: self.apply(process, stale=rng.random() < 0.15))

    def _of_many(self, process: Process) -> Callable[[], object]:
        """Return an apply of all customers, of this writer's shard of them, or of one."""
        name = self.random.choice((None, None, *OTHERS))
        if name is not None:
            return lambda: self.apply(process, name=name)
        shard = self.random.choice((None, (1 + "AB".index(process.name), 2)))
        return lambda: self.apply_all(process, shard)

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
                    *[self.change_customers] * (6 if self.customers else 0),
                )
            )
            try:
                with suppress(LedgerError):
                    doing()
            except Killed:  # the power was cut
                if self.scheduler.failure is not None:
                    raise
                process.dead = False

    def end(self) -> None:
        """Let the faults stop: then each approved file has its one job, by the stated ways out."""
        self.world.faults_on = False
        if self.customers:
            self.customers.right()
        self.world.get_faults = 0
        for remote in self.remotes.values():
            remote.faults = []
        if self.disk:
            self.disk.fails = []
        self.scheduler.note("the faults end")
        process = Process("end", 0.0, lambda: None)
        applied = None
        for attempt in range(6):
            self.scheduler.advance(self.scheduler.now + 2 * HOUR)
            self.world.sync("works", 5.0)
            self.scheduler.advance(self.scheduler.now + 60)
            try:
                applied = self.apply(process, final=True, retry=attempt > 0)
            except FindingError as error:
                self.scheduler.note(f"refused: {error.message}")
                self.make_known()
                continue
            if all(e.outcome in (Outcome.IN_SYNC, Outcome.DRIFTED) for e in applied.plan.entries):
                break
            if attempt > 1:
                self._mend(applied.plan)
                self.settle_by_hand()
        assert applied is not None, "refused for good"
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
            if self.hard and address in self.taken_back:
                continue
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
