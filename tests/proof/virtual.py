"""Virtual time, and processes that take turns at every step they take: all of it decided by one seed.

A process is a coroutine. At each step it may be killed (nothing it does has any effect from then on), paused,
or made to wait while another one runs.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import greenlet

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process is dead; raised at every further step, so that nothing it does has any effect."""


@dataclass
class Fate:
    """What happens to a run of the tool: at the `at`-th step of a `kind` ("" for any), die or pause."""

    kind: str
    at: int
    pause: float | None = None

    def meets(self, kind: str) -> bool:
        if self.kind and not kind.startswith(self.kind):
            return False
        self.at -= 1
        return self.at == 0


@dataclass
class Process:
    """A process, at the run of the tool that it is at; `skew` is its clock's error."""

    name: str
    skew: float
    body: Callable[[], None]
    counts_sleep: bool = True
    ready_at: float = 0.0
    slept: float = 0.0
    dead: bool = False
    done: bool = False
    fates: list[Fate] = field(default_factory=list)
    on_kill: list[Callable[[], None]] = field(default_factory=list)
    baton: Any = None


class Scheduler:
    """Runs processes in turns. `now` is the true time in seconds, which no process gets to see."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - schedules, no secrets
        self.now = 0.0
        self.trace: list[str] = []
        self.failure: BaseException | None = None
        self.longest_pause: dict[str, float] = {}
        self._next: Process | None = None
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._counter = 0
        self._processes: list[Process] = []
        self.current: Process | None = None

    def run(self, *processes: Process) -> None:
        """Run the processes to their ends; raises what one of them raised."""
        self._processes = list(processes)
        self._stage = greenlet.getcurrent()
        for process in processes:
            process.baton = greenlet.greenlet(partial(self._main, process))
        while not all(process.done for process in processes):
            chosen = self._next or self._choose()
            self._next = None
            self.current = chosen
            chosen.baton.switch()
        self.current = None
        if self.failure is not None:
            raise self.failure

    def _main(self, process: Process) -> None:
        try:
            process.body()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the schedule's result
            self.failure = self.failure or error
        process.done = True
        if self.failure is not None:
            for each in self._processes:
                each.dead = True
                each.ready_at = self.now

    def step(self, kind: str, detail: str = "") -> None:
        """Let the world go on before the current process does something of `kind`."""
        process = self.current
        if process is None:
            return
        if process.dead:
            raise Killed
        if kind != "clock":
            self.note(f"{kind} {detail}".rstrip())
        self.advance(self.now + self.random.random() * 0.2)
        for fate in process.fates:
            if fate.meets(kind):
                if fate.pause is None:
                    self.kill()
                pause = min(fate.pause, self.longest_pause.get(kind, fate.pause))
                self.note(f"paused for {pause:.1f} s before: {kind}")
                if not process.counts_sleep:
                    process.slept += pause
                self.wait(pause)
        if len(self._processes) > 1 and self.random.random() < 0.35:
            self._hand_over()

    def kill(self) -> None:
        process = self.current
        assert process is not None
        self.note("KILLED")
        process.dead = True
        for done in process.on_kill:
            done()
        raise Killed

    def wait(self, seconds: float) -> None:
        """Let `seconds` go by for the current process."""
        process = self.current
        if process is None:
            self.advance(self.now + seconds)
            return
        if process.dead:
            raise Killed
        process.ready_at = self.now + seconds
        self._hand_over()

    def _hand_over(self) -> None:
        me = self.current
        assert me is not None
        chosen = self._choose()
        if chosen is not me:
            self._next = chosen
            self._stage.switch()
        self.current = me
        if me.dead:
            raise Killed

    def _choose(self) -> Process:
        alive = [each for each in self._processes if not each.done]
        earliest = min(each.ready_at for each in alive)
        if earliest > self.now:
            self.advance(earliest)
        chosen = self.random.choice([each for each in alive if each.ready_at <= self.now])
        self.current = chosen
        return chosen

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Do something when the time comes, whoever runs then."""
        self._counter += 1
        heapq.heappush(self._events, (max(moment, self.now), self._counter, what))

    def advance(self, until: float) -> None:
        while self._events and self._events[0][0] <= until:
            self.now, _, what = heapq.heappop(self._events)
            what()
        self.now = max(self.now, until)

    def note(self, text: str) -> None:
        who = self.current.name if self.current else "world"
        self.trace.append(f"{self.now:10.1f} {who:7} {text}")

    def when(self, skew: float = 0.0) -> datetime:
        """Return the time as a clock shows it that is `skew` seconds ahead."""
        return EPOCH + timedelta(seconds=self.now + skew)


class VirtualClock:
    """The clocks of the machine that runs the current process."""

    def __init__(self, scheduler: Scheduler, process: Process) -> None:
        self._scheduler = scheduler
        self._process = process

    def now(self) -> datetime:
        self._scheduler.step("clock")
        return self._scheduler.when(self._process.skew)

    def ticks(self) -> float:
        self._scheduler.step("clock")
        return self._scheduler.now - self._process.slept

    def sleep(self, seconds: float) -> None:
        self._scheduler.step("sleep", f"{seconds:.1f}")
        self._scheduler.wait(seconds)
