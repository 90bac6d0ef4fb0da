"""Create the jobs of a plan, each once: intent, request, outcome.

An intent is durable in the ledger before its request leaves, and has a deadline past which nothing is sent
under it. A request is sent again only after a 429 or where nothing can have reached the server. Any other
failure leaves the create uncertain, and it is held.

Several requests may be under way side by side: a crash leaves at most as many creates uncertain. The first
goes alone, and their number doubles while all are answered, so that an API that is down is noticed with one.
The ledger and what is reported stay with the thread that runs the executor; the others only send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, assert_never

from bindbee_sync.applying.crew import Crew, threads
from bindbee_sync.applying.interrupts import InterruptedWorkError, Interrupts
from bindbee_sync.applying.provenance import Provenance
from bindbee_sync.bindbee.outcomes import CreateAnswer, NotSent, Throttled
from bindbee_sync.clock import Clock
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.events import AttemptOutcome, Event, Intent, Resolved, new_record_id
from bindbee_sync.ledger.store import LostRaceError, Writer
from bindbee_sync.planning.model import Entry, Plan
from bindbee_sync.waits import report_wait

DEADLINE = timedelta(seconds=120)
LEAST_PAUSE = 1.0
"""Seconds between a 429 and the next create, even where the answer asks for fewer."""
DOWN_AFTER = 3
"""Creates in a row without a usable answer, after which the API counts as down."""
RESENDS = (0.5, 2.0)
"""Seconds to wait before a request that reached no server is sent again."""
RATE_LIMIT = "Bindbee's rate limit: it answered 429"
DEADLINE_PASSED = Result(
    became=CreateResult.NOT_TRIED, detail="its intent's deadline passed before it could be sent"
)
THROTTLED = Result(became=CreateResult.NOT_TRIED, detail="the rate limit let nothing through at that moment")
UNDER_WAY = Result(became=CreateResult.UNCERTAIN, detail="interrupted while the request was under way")


class CreateApi(Protocol):
    """The part of the API that creating uses."""

    def create_job(self, body: bytes) -> CreateAnswer:
        """Send one POST and say what came of it."""
        ...

    def server_now(self) -> datetime:
        """Return the server's time, UTC."""
        ...

    def wait_for_capacity(self, limit: float) -> None:
        """Wait, at most `limit` seconds, until the rate limit has room."""
        ...

    def requests_left(self) -> int | None:
        """Return how many requests may go out now; None where that is not known."""
        ...


@dataclass(kw_only=True)
class Executor:
    """Creates what a plan says. `decide_again` makes the plan again from other events, after a lost race.

    `possibly_newer` returns the listed jobs whose date does not show that they are older; `listed` has every
    listed job's id and remote id in lower case: an answer that names one of them does not name the new job.
    `max_waiting` (seconds) bounds the waiting for the rate limit; `on_result` gets each result. At most
    `parallel` requests are under way at a time, sent by the `crew`.
    """

    api: CreateApi
    writer: Writer
    clock: Clock
    interrupts: Interrupts
    connector_id: str
    connector_name: str
    possibly_newer: Callable[[datetime], tuple[str, ...]]
    listed: AbstractSet[str]
    decide_again: Callable[[tuple[Event, ...]], Plan]
    provenance: Provenance
    max_waiting: float
    on_result: Callable[[Entry, Result], None]
    parallel: int
    crew: Crew = threads
    results: dict[str, Result] = field(default_factory=dict)
    _lost_race: bool = False
    _width: int = 1
    _unanswered: int = 0
    _waited: float = 0.0
    _pause: float = 0.0
    _stop: str | None = None

    def create(self, entries: Sequence[Entry]) -> Mapping[str, Result]:
        """Return the result of each entry, by address. Raises LedgerError where an intent can't be written.

        Nothing is sent after the error; `results` has the results from before it.
        """
        queue = list(entries)
        try:
            while queue and self._stop is None:
                size = self._within_limit(max(self.writer.batch, self._width))
                batch, queue = queue[:size], queue[size:]
                queue = self._create_batch(batch) + queue
                if self._lost_race:
                    # The other run may have taken over these, too, and its intents are known to the writer by
                    # now: the next append would not fail, and create them twice.
                    queue, self._lost_race = self._still_to_create(queue), False
        finally:  # also after an error: a result that is not recorded is an uncertain create in the next run
            self.writer.flush()
        for entry in queue:
            self._finish(entry, Result(became=CreateResult.NOT_TRIED, detail=self._stop))
        return self.results

    def _create_batch(self, batch: list[Entry]) -> list[Entry]:
        """Attempt each entry of `batch` under a new intent; return those that need another one."""
        try:
            with self.interrupts.abandonable():
                # Waiting comes before the intent, so that it does not eat up the intent's deadline.
                report_wait(self._pause, RATE_LIMIT)
                self.clock.sleep(self._pause)
                self._pause = 0.0
                self.api.wait_for_capacity(self.max_waiting)
        except InterruptedWorkError:
            self._stop = "interrupted"
            return batch
        again = []
        claimed, started = self._claim(batch)
        while claimed:
            width = self._within_limit(self._width) if self._stop is None else len(claimed)
            again += self._create_side_by_side(claimed[:width], started)
            claimed = claimed[width:]
        return again

    def _within_limit(self, number: int) -> int:
        """Return as many of `number` requests as the rate limit has left, and at least one."""
        left = self.api.requests_left()
        return number if left is None else max(1, min(number, left))

    def _create_side_by_side(self, team: list[tuple[Entry, Intent]], started: float) -> list[Entry]:
        """Attempt the creates of `team` at once, record each as it ends; return what needs a new intent."""
        again: list[Entry] = []
        error: LedgerError | None = None
        pause, answered = 0.0, 0
        try:
            for (entry, intent), answer in self._answers(team, started):
                if isinstance(answer, Throttled):
                    pause = max(pause, answer.retry_after, LEAST_PAUSE)
                result = THROTTLED if isinstance(answer, Throttled) else answer
                answered += self._count(result)
                if result in (DEADLINE_PASSED, THROTTLED) and self._stop is None:
                    again.append(entry)
                else:
                    self.results[entry.address] = result
                try:
                    self.writer.note(self._outcome(intent, result))
                except (
                    LedgerError
                ) as failed:  # the others are under way: what becomes of them has to be known
                    error = error or failed
        finally:  # the user learns of a job that was made even where the ledger can't record it
            for entry, _ in team:
                if entry.address in self.results:
                    self.on_result(entry, self.results[entry.address])
        if error is not None:
            raise error
        if pause:
            self._wait_longer(pause)
            self._pause = pause
        self._width = min(2 * self._width, self.parallel) if answered == len(team) else 1
        return again

    def _answers(
        self, team: list[tuple[Entry, Intent]], started: float
    ) -> Iterator[tuple[tuple[Entry, Intent], Result | Throttled]]:
        """Yield the answer to each create of `team`, as they come."""
        if self._stop is not None:
            stopped = Result(became=CreateResult.NOT_TRIED, detail=self._stop)
            yield from ((each, stopped) for each in team)
            return
        if len(team) == 1:
            yield team[0], self._attempt(*team[0], started, waits=True)
            return
        answers = self.crew([partial(self._attempt, *each, started, waits=False) for each in team])
        left = list(range(len(team)))
        while left:
            try:
                with self.interrupts.abandonable(begun=True):
                    number, answer = next(answers)
            except InterruptedWorkError:
                self._stop = "interrupted"
                yield from ((team[each], UNDER_WAY) for each in left)
                return
            left.remove(number)
            yield team[number], answer

    def _claim(self, batch: list[Entry]) -> tuple[list[tuple[Entry, Intent]], float]:
        """Make an intent durable for each entry that is still to be created, as the ledger then stands.

        Return them and the clock's ticks from before they were durable.
        """
        while True:
            # Counted from before the write: an fsync or a push that hangs must not let an old plan be sent.
            started = self.clock.ticks()
            claimed = [(entry, self._intent(entry)) for entry in batch]
            try:
                self.writer.append(*self._closings(batch), *(intent for _, intent in claimed))
            except LostRaceError:
                # Another run may have created these jobs: retrying the append would create them twice.
                batch, self._lost_race = self._still_to_create(batch), True
                if not batch:
                    return [], started
            else:
                return claimed, started

    def _still_to_create(self, batch: list[Entry]) -> list[Entry]:
        fresh = {entry.address: entry for entry in self.decide_again(self.writer.events).creates}
        kept = []
        for entry in batch:
            now = fresh.get(entry.address)
            if now is not None and now.payload == entry.payload:
                kept.append(now)
            else:
                self._finish(
                    entry, Result(became=CreateResult.NOT_TRIED, detail="another run has taken it over")
                )
        return kept

    def _closings(self, batch: Iterable[Entry]) -> list[Event]:
        """Settle the attempts that a new one replaces: absent, by the evidence of the plan."""
        now = self.clock.now()
        return [
            Resolved(
                connector_id=self.connector_id,
                record=entry.retries.id,
                original_address=entry.retries.original_address,
                at=now,
                result="not_created",
                by="apply --retry-absent",
                why="a complete list of a later sync does not show it, nor any job made about then",
            )
            for entry in batch
            if entry.retries is not None
        ]

    def _intent(self, entry: Entry) -> Intent:
        now, server_at = self.clock.now(), self.api.server_now()
        assert entry.payload is not None, "only creates are executed"  # noqa: S101 - by construction
        return Intent(
            connector_id=self.connector_id,
            connector_name=self.connector_name,
            record=new_record_id(),
            original_address=entry.address,
            at=now,
            code=entry.file.spec.code,
            name=entry.file.spec.name,
            digest=entry.payload.digest,
            values=entry.values,
            server_at=server_at,
            deadline=now + DEADLINE,
            # These jobs were there before, and their date does not show it: settling by code or name must not
            # take one of them for the new job.
            possibly_newer=self.possibly_newer(server_at),
            commit=self.provenance.commit,
            actor=self.provenance.actor,
            run_url=self.provenance.run_url,
            plan_file=self.provenance.plan_file,
        )

    def _attempt(self, entry: Entry, intent: Intent, started: float, *, waits: bool) -> Result | Throttled:
        """Send until there is an answer that counts, or the intent's deadline has passed.

        A 429 is waited out where it `waits`, and is the answer otherwise.
        """
        assert entry.payload is not None, "only creates are executed"  # noqa: S101 - by construction
        resends = iter(RESENDS)
        sent = False
        try:
            while not self._is_past(intent, started):
                with self.interrupts.abandonable():
                    sent = True  # until there is an answer, an interrupt leaves the create uncertain
                    answer = self.api.create_job(entry.payload.body)
                sent = False
                match answer:  # 429 and "not sent" alone may be sent again: the job can't exist
                    case Throttled():
                        throttled = self._throttled(answer.retry_after, started) if waits else answer
                        if throttled is not None:
                            return throttled
                    case NotSent():
                        pause = next(resends, None)
                        if pause is None:
                            return Result(became=CreateResult.REJECTED, detail=answer.detail)
                        with self.interrupts.abandonable():
                            self.clock.sleep(pause)
                    case Result():
                        return self._without_listed_ids(answer)
                    case _:
                        assert_never(answer)
        except InterruptedWorkError:
            self._stop = "interrupted"
            return UNDER_WAY if sent else Result(became=CreateResult.NOT_TRIED, detail="interrupted")
        return DEADLINE_PASSED

    def _is_past(self, intent: Intent, started: float) -> bool:
        # Two clocks: ticks may stand still while a virtual machine is paused, and wall time can be set back.
        # A request past the deadline could arrive after another run took its absence as evidence.
        ticked = self.clock.ticks() - started
        return ticked >= DEADLINE.total_seconds() or self.clock.now() >= intent.deadline

    def _throttled(self, seconds: float, started: float) -> Result | None:
        """Wait for the rate limit and return None; where that takes too long, return the intent's result."""
        seconds = max(seconds, LEAST_PAUSE)
        self._wait_longer(seconds)
        if self._stop is not None:
            return Result(became=CreateResult.NOT_TRIED, detail=self._stop)
        # A wait that outlives the intent ends it: the request would leave past the deadline.
        if self.clock.ticks() - started + seconds >= DEADLINE.total_seconds():
            self._pause = seconds
            return DEADLINE_PASSED
        report_wait(seconds, RATE_LIMIT)
        with self.interrupts.abandonable():
            self.clock.sleep(seconds)
        return None

    def _wait_longer(self, seconds: float) -> None:
        """Count a wait for the rate limit; stop the apply where that would be too long in all."""
        self._waited += seconds
        if self._waited > self.max_waiting:
            self._stop = "the rate limit let nothing through for as long as an apply waits"

    def _count(self, result: Result) -> bool:
        """Return whether a create was answered.

        Stop the apply after several in a row that were not: each one more may have to be settled.
        """
        if result.became is CreateResult.NOT_TRIED:
            return False
        answered = result.status is not None and result.became is not CreateResult.UNCERTAIN
        self._unanswered = 0 if answered else self._unanswered + 1
        if self._unanswered >= DOWN_AFTER:
            self._stop = f"{DOWN_AFTER} creates in a row got no usable answer: the API seems to be down"
        return answered

    def _outcome(self, intent: Intent, result: Result) -> AttemptOutcome:
        return AttemptOutcome(
            connector_id=self.connector_id,
            record=intent.record,
            original_address=intent.original_address,
            at=self.clock.now(),
            result=result.became,
            by_ats=result.by_ats,
            id=result.id,
            remote_id=result.remote_id,
            status=result.status,
            detail=result.detail,
        )

    def _without_listed_ids(self, result: Result) -> Result:
        """Return `result` without an id that a listed job has.

        The new job is not that one, and a record with its id would take over a job of another file.
        """
        return replace(
            result,
            id=None if (result.id or "").casefold() in self.listed else result.id,
            remote_id=None if (result.remote_id or "").casefold() in self.listed else result.remote_id,
        )

    def _finish(self, entry: Entry, result: Result) -> None:
        self.results[entry.address] = result
        self.on_result(entry, result)
