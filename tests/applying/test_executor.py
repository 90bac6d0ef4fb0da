"""The executor on a clock of its own: deadlines, long 429s, and what is on record at each moment."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from types import SimpleNamespace

import pytest
from make import ledger, sent

from bindbee_sync.applying.executor import Executor
from bindbee_sync.applying.interrupts import InterruptedWorkError, Interrupts
from bindbee_sync.applying.provenance import Provenance
from bindbee_sync.bindbee import pacing
from bindbee_sync.bindbee.outcomes import NotSent, Throttled
from bindbee_sync.bindbee.pacing import Pace
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.errors import LedgerError
from bindbee_sync.job_file import JobFile, JobSpec
from bindbee_sync.ledger.events import AttemptOutcome, Intent
from bindbee_sync.ledger.store import LostRaceError
from bindbee_sync.planning.model import Entry
from bindbee_sync.planning.model import Outcome as Planned
from bindbee_sync.planning.payload import Payload
from bindbee_sync.waits import showing_waits

created = partial(Result, became=CreateResult.CREATED)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """Goes only when somebody waits."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return START + timedelta(seconds=self.seconds)

    def ticks(self):
        return self.seconds

    def sleep(self, seconds):
        self.seconds += seconds


class FakeApi:
    """Answers what it was told, in turn, each after so many seconds."""

    def __init__(self, clock, log, answers):
        self.clock, self.log, self.answers = clock, log, list(answers)
        self.left = None

    def create_job(self, body):
        self.log.append("POST")
        seconds, answer = self.answers.pop(0) if self.answers else (0, created(status=201))
        self.clock.sleep(seconds)
        return answer

    def server_now(self):
        return self.clock.now() + timedelta(hours=1)

    def wait_for_capacity(self, limit):
        self.log.append("capacity")

    def requests_left(self):
        return self.left


class FakeWriter:
    """Keeps events in memory; `fails` says at which append (counted from 1) the disk is full."""

    def __init__(self, log, *, batch=1, fails=(), races=()):
        self.events, self.log, self.batch = (), log, batch
        self._fails, self._races, self._appends = set(fails), set(races), 0

    def append(self, *events):
        self._appends += 1
        if self._appends in self._races:
            raise LostRaceError("another run wrote first")
        if self._appends in self._fails:
            raise LedgerError("no space left")
        self.events += events
        self.log += [each.result if isinstance(each, AttemptOutcome) else each.event for each in events]

    note = append

    def flush(self):
        self.log.append("flush")


def entry(number):
    spec = JobSpec(name=f"Role {number}", code=f"R-{number}")
    file = JobFile(address=f"sales/{number}", path=f"jobs/sales/{number}.yaml", spec=spec)
    return Entry(
        file=file, outcome=Planned.CREATE, payload=Payload.of({"name": spec.name, "code": spec.code})
    )


def in_reverse(tasks):
    """Do the tasks one after another, the last one first."""
    return iter([(number, tasks[number]()) for number in reversed(range(len(tasks)))])


@pytest.fixture
def build():
    @contextmanager
    def make(answers=(), *, max_waiting=900.0, fresh=None, parallel=1, crew=in_reverse, **writer):
        clock, log = FakeClock(), []
        told = []
        executor = Executor(
            api=FakeApi(clock, log, answers),
            writer=FakeWriter(log, **writer),
            clock=clock,
            interrupts=Interrupts(),
            connector_id="connector",
            connector_name="default",
            possibly_newer=lambda _: (),
            listed=frozenset({"4001", "id-of-another"}),
            decide_again=lambda _: SimpleNamespace(creates=fresh or ()),
            provenance=Provenance(),
            max_waiting=max_waiting,
            on_result=lambda entry, result: told.append((entry.address, result.became)),
            parallel=parallel,
            crew=crew,
        )
        yield SimpleNamespace(executor=executor, clock=clock, log=log, told=told)

    return make


def became(results):
    return [result.became for result in results.values()]


def test_the_intent_comes_before_the_request_and_the_outcome_after_it(build):
    with build() as made:
        assert became(made.executor.create([entry(1), entry(2)])) == [CreateResult.CREATED] * 2
    assert made.log == ["capacity", "intent", "POST", "created"] * 2 + ["flush"]


def test_an_id_of_a_job_that_was_listed_before_is_not_that_of_the_new_one(build):
    answers = [
        created(status=201, id="ID-OF-ANOTHER", remote_id="4001"),
        created(status=201, remote_id="4002"),
    ]
    with build([(0, answer) for answer in answers]) as made:
        made.executor.create([entry(1), entry(2)])
        outcomes = [event for event in made.executor.writer.events if event.event == "outcome"]
    assert [(event.result, event.id, event.remote_id) for event in outcomes] == [
        ("created", None, None),
        ("created", None, "4002"),
    ]


def test_a_batch_has_its_intents_written_together(build):
    with build(batch=10) as made:
        made.executor.create([entry(1), entry(2), entry(3)])
    assert made.log == ["capacity", *["intent"] * 3, *["POST", "created"] * 3, "flush"]


def test_a_short_429_is_waited_out_under_the_same_intent(build):
    with build([(0, Throttled(retry_after=30.0)), (0, Throttled(retry_after=30.0))]) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.CREATED]
    assert made.log == ["capacity", "intent", "POST", "POST", "POST", "created", "flush"]
    assert made.clock.seconds == 60


def test_a_long_429_ends_the_intent_as_not_tried_and_a_new_one_is_written(build):
    with build([(0, Throttled(retry_after=150.0))]) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.CREATED]
    assert made.log == [
        "capacity",
        "intent",
        "POST",
        "not_tried",
        "capacity",
        "intent",
        "POST",
        "created",
        "flush",
    ]
    first, ended, second, outcome = made.executor.writer.events
    assert (first.record, second.record) == (ended.record, outcome.record)
    assert first.record != second.record
    assert ended.at == first.at
    assert second.at >= first.at + timedelta(seconds=150)
    assert made.told == [("sales/1", CreateResult.CREATED)]


def test_a_429_up_to_the_deadline_ends_the_intent_at_once(build):
    with build([(0, Throttled(retry_after=120.0))]) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.CREATED]
    first, ended, second, _ = made.executor.writer.events
    assert (ended.result, ended.at - first.at) == ("not_tried", timedelta(0))
    assert second.at - first.at == timedelta(seconds=120)


def test_the_deadline_counts_from_the_intent_of_each(build):
    answers = [(70, created(status=201)), (0, Throttled(retry_after=60.0))]
    with build(answers) as made:
        made.executor.create([entry(1), entry(2)])
    assert (made.log.count("intent"), made.log.count("POST"), made.clock.seconds) == (2, 3, 130)


def test_429s_that_add_up_past_the_deadline_send_nothing_under_it(build):
    with build([(50, Throttled(retry_after=60.0)), (0, Throttled(retry_after=60.0))]) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.CREATED]
    intents = [event for event in made.executor.writer.events if isinstance(event, Intent)]
    assert len(intents) == 2
    assert made.log.count("POST") == 3


def test_a_rate_limit_that_never_lets_through_ends_the_apply(build):
    with build([(0, Throttled(retry_after=50.0))] * 9, max_waiting=120.0) as made:
        results = made.executor.create([entry(1), entry(2)])
    assert became(results) == [CreateResult.NOT_TRIED] * 2
    assert "rate limit" in results["sales/1"].detail
    assert made.clock.seconds <= 120
    assert [event.result for event in made.executor.writer.events if isinstance(event, AttemptOutcome)] == [
        "not_tried"
    ]


def test_waits_that_take_all_the_time_there_is_are_no_reason_to_end(build):
    with build([(0, Throttled(retry_after=50.0))] * 2, max_waiting=100.0) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.CREATED]


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_429_that_asks_for_no_wait_is_waited_out_for_a_second(build, parallel):
    answers = [(0, created(status=201)), (0, Throttled(retry_after=0.0))]
    with build(answers, parallel=parallel) as made:
        assert became(made.executor.create(entries(3))) == [CreateResult.CREATED] * 3
    assert made.clock.seconds == 1


def test_429s_that_ask_for_no_wait_are_neither_hammered_nor_sent_again_without_end(build):
    with build([(0, Throttled(retry_after=0.0))] * 1000, max_waiting=200.0) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.NOT_TRIED]
    assert made.log.count("POST") <= 201


def test_a_batch_that_takes_longer_than_the_deadline_gets_new_intents_for_the_rest(build):
    slow = (70, created(status=201))
    with build([slow] * 4, batch=4) as made:
        assert (
            became(made.executor.create([entry(number) for number in range(4)])) == [CreateResult.CREATED] * 4
        )
    sent = 0
    for event in made.executor.writer.events:
        if isinstance(event, AttemptOutcome) and event.result == "created":
            sent += 1
    assert sent == 4
    intents = {event.record: event for event in made.executor.writer.events if isinstance(event, Intent)}
    ends = {event.record: event for event in made.executor.writer.events if isinstance(event, AttemptOutcome)}
    assert set(intents) == set(ends)
    for record, event in ends.items():
        if event.result == "created":
            assert event.at - timedelta(seconds=70) < intents[record].deadline


@pytest.mark.parametrize(("stands", "at"), [("now", START), ("ticks", 0.0)])
def test_one_clock_that_stands_still_does_not_stretch_the_deadline(build, monkeypatch, stands, at):
    with build([(120, created(status=201))] * 2, batch=2) as made:
        monkeypatch.setattr(made.clock, stands, lambda: at)
        assert became(made.executor.create([entry(1), entry(2)])) == [CreateResult.CREATED] * 2
    assert made.log.count("intent") == 3


def test_a_connection_that_is_refused_is_tried_again_then_rejected(build):
    refused = (0, NotSent(detail="could not connect"))
    with build([refused, refused]) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.CREATED]
    assert made.log.count("intent") == 1
    with build([refused] * 9) as made:
        results = made.executor.create([entry(number) for number in range(4)])
    assert became(results) == [CreateResult.REJECTED] * 3 + [CreateResult.NOT_TRIED]
    assert made.log.count("POST") == 9
    assert not results["sales/0"].by_ats


def test_an_intent_that_cant_be_written_sends_nothing(build):
    with build(fails=[3]) as made, pytest.raises(LedgerError):
        made.executor.create([entry(1), entry(2), entry(3)])
    assert made.log.count("POST") == 1
    assert became(made.executor.results) == [CreateResult.CREATED]


def test_an_outcome_that_cant_be_written_is_told_and_ends_the_apply(build):
    with build(fails=[2]) as made, pytest.raises(LedgerError):
        made.executor.create([entry(1), entry(2)])
    assert made.log.count("POST") == 1
    assert made.told == [("sales/1", CreateResult.CREATED)]
    assert became(made.executor.results) == [CreateResult.CREATED]


def test_after_a_lost_race_only_what_is_still_to_be_created_is_sent(build):
    with build(races=[1], fresh=(entry(2),), batch=2) as made:
        results = made.executor.create([entry(1), entry(2)])
    assert {address: result.became for address, result in results.items()} == {
        "sales/1": CreateResult.NOT_TRIED,
        "sales/2": CreateResult.CREATED,
    }
    assert made.log.count("POST") == 1


def test_after_a_lost_race_the_later_batches_are_decided_again_too(build):
    with build(races=[1], fresh=(entry(4),), batch=2) as made:
        results = made.executor.create([entry(number) for number in range(1, 5)])
    assert became(results) == [CreateResult.NOT_TRIED] * 3 + [CreateResult.CREATED]
    assert results["sales/3"].detail == "another run has taken it over"
    assert made.log.count("intent") == made.log.count("POST") == 1
    assert made.told[:3] == [(f"sales/{number}", CreateResult.NOT_TRIED) for number in (1, 2, 3)]


def test_once_what_is_left_is_decided_again_it_stands(build):
    decided = []
    with build(races=[1]) as made:
        made.executor.decide_again = lambda _: decided.append("again") or SimpleNamespace(creates=entries(4))
        assert became(made.executor.create(entries(4))) == [CreateResult.CREATED] * 4
    assert decided == ["again"] * 2  # for the batch that lost the race, and for all after it


def test_after_a_lost_race_a_job_that_would_now_be_another_is_not_sent(build):
    other = replace(entry(1), payload=Payload.of({"name": "Role 1", "openings": 2}))
    with build(races=[1], fresh=(other,)) as made:
        assert became(made.executor.create([entry(1)])) == [CreateResult.NOT_TRIED]
    assert "POST" not in made.log


def test_a_create_in_the_place_of_an_absent_one_settles_that_first(build):
    (absent,) = ledger(sent("sales/1")).records
    with build() as made:
        made.executor.create([replace(entry(1), retries=absent), entry(2)])
        resolved, intent, *_ = made.executor.writer.events
    assert (resolved.event, resolved.result, resolved.record) == ("resolved", "not_created", absent.id)
    assert (resolved.original_address, resolved.at, resolved.by) == (
        "sales/1",
        START,
        "apply --retry-absent",
    )
    assert (intent.event, intent.record != absent.id) == ("intent", True)
    assert made.log.count("resolved") == 1


def test_an_intent_carries_the_servers_time_and_its_deadline(build):
    with build() as made:
        made.executor.create([entry(1)])
    intent = made.executor.writer.events[0]
    assert intent.server_at - intent.at == timedelta(hours=1)
    assert intent.deadline - intent.at == timedelta(seconds=120)


def test_nothing_is_begun_once_a_stop_was_asked_for(build):
    with build() as made:
        made.executor.interrupts.requested = True
        results = made.executor.create([entry(1)])
    assert results == {"sales/1": Result(became=CreateResult.NOT_TRIED, detail="interrupted")}
    assert made.told == [("sales/1", CreateResult.NOT_TRIED)]
    assert "POST" not in made.log
    assert "intent" not in made.log


def test_a_stop_while_the_intent_is_written_leaves_it_not_tried(build):
    with build() as made:
        append = made.executor.writer.append

        def stopped(*events):
            append(*events)
            made.executor.interrupts.requested = True

        made.executor.writer.append = stopped
        assert became(made.executor.create([entry(1)])) == [CreateResult.NOT_TRIED]
    assert made.log == ["capacity", "intent", "not_tried", "flush"]


@pytest.mark.parametrize(
    ("under_way", "result", "detail"),
    [
        (True, CreateResult.UNCERTAIN, "interrupted while the request was under way"),
        (False, CreateResult.NOT_TRIED, "interrupted"),
    ],
)
def test_an_interrupt_is_uncertain_only_while_a_request_is_under_way(build, under_way, result, detail):
    answers = [] if under_way else [(0, NotSent(detail="could not connect"))]

    def interrupt(*_):
        raise InterruptedWorkError

    with build(answers) as made:
        if under_way:
            made.executor.api.create_job = interrupt
        else:
            made.executor.api.clock.sleep = lambda seconds: interrupt() if seconds == 0.5 else None
        results = made.executor.create([entry(1), entry(2)])
    assert became(results) == [result, CreateResult.NOT_TRIED]
    assert [each.detail for each in results.values()] == [detail, "interrupted"]
    (outcome,) = [event for event in made.executor.writer.events if event.event == "outcome"]
    assert (outcome.result, outcome.detail) == (result, detail)
    assert made.log[-1] == "flush"


def test_an_outcome_keeps_all_that_the_answer_said(build):
    refused = Result(became=CreateResult.REJECTED, status=422, by_ats=True, detail="no such office")
    with build([(0, refused), (0, created(status=201, id="new", remote_id="4009"))]) as made:
        made.executor.create([entry(1), entry(2)])
    first, second = [event for event in made.executor.writer.events if event.event == "outcome"]
    assert (first.status, first.by_ats, first.detail) == (422, True, "no such office")
    assert (second.status, second.by_ats, second.id, second.remote_id) == (201, False, "new", "4009")
    assert (second.connector_id, second.original_address) == ("connector", "sales/2")


@pytest.mark.parametrize("status", [None, 500])
def test_three_creates_without_a_usable_answer_end_the_apply_and_a_usable_one_begins_the_count_again(
    build, status
):
    lost = (0, Result(became=CreateResult.UNCERTAIN, status=status))
    refused = (0, Result(became=CreateResult.REJECTED, status=422))
    with build([lost, lost, refused, lost, lost, lost]) as made:
        results = made.executor.create([entry(number) for number in range(8)])
    assert made.log.count("POST") == 6
    assert became(results)[6:] == [CreateResult.NOT_TRIED] * 2
    assert "3 creates in a row got no usable answer" in results["sales/7"].detail


def test_an_intent_carries_what_is_needed_to_settle_it(build):
    with build() as made:
        made.executor.possibly_newer = lambda moment: (f"{moment:%H}",)
        made.executor.create([entry(1)])
    intent = made.executor.writer.events[0]
    assert (intent.connector_id, intent.original_address) == ("connector", "sales/1")
    assert (intent.code, intent.name, intent.possibly_newer) == ("R-1", "Role 1", ("10",))
    assert intent.digest == entry(1).payload.digest


def test_a_refused_connection_is_tried_again_after_half_a_second_then_two(build):
    with build([(0, NotSent(detail="could not connect"))] * 3) as made:
        made.executor.create([entry(1)])
    assert made.clock.seconds == 2.5


def test_waits_for_the_rate_limit_are_reported_whichever_intent_they_end(build):
    shown = []
    answers = [(0, Throttled(retry_after=30.0)), (0, Throttled(retry_after=150.0))]
    with showing_waits(shown.append), build(answers) as made:
        made.executor.create([entry(1)])
    reason = "for Bindbee's rate limit: it answered 429"
    assert shown == [f"Waiting 30 s {reason}", f"Waiting 2 min 30 s {reason}"]


def entries(count):
    return [entry(number) for number in range(count)]


def test_their_number_doubles_while_all_are_answered(build):
    with build(parallel=4) as made:
        assert became(made.executor.create(entries(9))) == [CreateResult.CREATED] * 9
    teams = [1, 2, 4, 2]
    assert made.log == [
        step
        for size in teams
        for step in ["capacity", *["intent"] * size, *["POST"] * size, *["created"] * size]
    ] + ["flush"]
    assert [address for address, _ in made.told] == [f"sales/{number}" for number in range(9)]


def test_a_batch_of_intents_is_sent_in_teams(build):
    with build(parallel=2, batch=4) as made:
        made.executor.create(entries(4))
    sent = ["POST", "created", "POST", "POST", "created", "created", "POST", "created"]
    assert made.log == ["capacity", *["intent"] * 4, *sent, "flush"]


LOST = Result(became=CreateResult.UNCERTAIN, detail="timeout")


def test_an_api_that_is_down_from_the_beginning_gets_three_creates(build):
    with build([(0, LOST)] * 20, parallel=8) as made:
        results = made.executor.create(entries(20))
    assert made.log.count("POST") == made.log.count("intent") == 3
    assert became(results)[3:] == [CreateResult.NOT_TRIED] * 17


def test_one_that_goes_down_later_gets_no_more_than_are_under_way(build):
    good, lost = [(0, created(status=201))] * 3, [(0, LOST)] * 20
    with build([*good, *lost], parallel=4) as made:
        results = made.executor.create(entries(20))
    assert made.log.count("POST") == made.log.count("intent") == 7
    assert (
        became(results)
        == [CreateResult.CREATED] * 3 + [CreateResult.UNCERTAIN] * 4 + [CreateResult.NOT_TRIED] * 13
    )


def test_what_no_one_answered_is_recorded_though_an_outcome_before_it_cant_be_written(build):
    with build([(0, LOST)] * 3, batch=5, fails=[5]) as made, pytest.raises(LedgerError):
        made.executor.create(entries(5))
    assert made.log == ["capacity", *["intent"] * 5, *["POST", "uncertain"] * 3, "not_tried", "flush"]
    assert became(made.executor.results)[3:] == [CreateResult.NOT_TRIED] * 2


def test_what_is_throttled_as_the_apply_stops_keeps_its_own_reason(build):
    good = [(0, created(status=201))] * 3
    answers = [*good, *[(0, LOST)] * 3, (0, Throttled(retry_after=5.0))]
    with build(answers, parallel=4) as made:
        results = made.executor.create(entries(8))
    assert "rate limit" in results["sales/3"].detail
    assert "3 creates in a row" in results["sales/7"].detail


@pytest.mark.parametrize(
    ("answer", "teams"), [(LOST, [1, 2, 1, 2]), (Throttled(retry_after=1.0), [1, 2, 1, 2, 1])]
)
def test_after_a_lost_answer_or_a_429_one_goes_alone_again(build, answer, teams):
    answers = [(0, created(status=201)), (0, answer), (0, created(status=201))]
    with build(answers, parallel=4) as made:
        made.executor.create(entries(6))
    assert [
        made.log[start:].index("POST") - 1 for start, step in enumerate(made.log) if step == "capacity"
    ] == teams


def test_a_429_among_several_is_waited_out_for_all_and_sent_under_a_new_intent(build):
    answers = [(0, created(status=201)), (0, Throttled(retry_after=30.0)), (0, created(status=201))]
    with build(answers, parallel=2) as made:
        results = made.executor.create(entries(3))
    assert became(results) == [CreateResult.CREATED] * 3
    assert made.clock.seconds == 30
    intents = [event for event in made.executor.writer.events if event.event == "intent"]
    outcomes = {event.record: event for event in made.executor.writer.events if event.event == "outcome"}
    assert [outcomes[each.record].result for each in intents] == [
        "created",
        "created",
        "not_tried",
        "created",
    ]
    assert made.log.count("POST") == 4
    assert len(made.told) == 3


def test_a_rate_limit_that_lets_none_of_several_through_ends_the_apply(build):
    answers = [(0, created(status=201)), *[(0, Throttled(retry_after=500.0))] * 9]
    with build(answers, parallel=2, max_waiting=900.0) as made:
        results = made.executor.create(entries(3))
    assert became(results) == [CreateResult.CREATED] + [CreateResult.NOT_TRIED] * 2
    assert made.clock.seconds <= 900


def test_of_several_outcomes_that_cant_be_written_the_first_is_the_error(build):
    faults = iter([None, "no space left", "read-only"])

    def note(_):
        if fault := next(faults):
            raise LedgerError(fault)

    with build(parallel=2) as made:
        made.executor.writer.note = note
        with pytest.raises(LedgerError, match="no space left"):
            made.executor.create(entries(3))


@pytest.mark.parametrize("fails", [5, 6])
def test_an_outcome_of_several_that_cant_be_written_hides_none_of_the_others(build, fails):
    # 1 intent, 1 outcome, 2 intents, then the outcomes of both
    with build(parallel=2, fails=[fails - 1]) as made, pytest.raises(LedgerError):
        made.executor.create(entries(9))
    assert made.log.count("POST") == 3
    assert became(made.executor.results) == [CreateResult.CREATED] * 3
    assert [address for address, _ in made.told] == ["sales/0", "sales/1", "sales/2"]


def test_an_interrupt_leaves_uncertain_what_is_under_way_and_keeps_what_is_answered(build):
    def abandoned(tasks):
        yield 1, tasks[1]()
        raise InterruptedWorkError

    with build(parallel=3, crew=abandoned) as made:
        results = made.executor.create(entries(4))
    assert became(results) == [
        CreateResult.CREATED,
        CreateResult.CREATED,
        CreateResult.UNCERTAIN,
        CreateResult.NOT_TRIED,
    ] or became(results) == [
        CreateResult.CREATED,
        CreateResult.UNCERTAIN,
        CreateResult.CREATED,
        CreateResult.NOT_TRIED,
    ]
    assert made.log[-3:-1] == ["created", "uncertain"]
    assert results["sales/3"].detail == "interrupted"


def test_a_first_signal_lets_all_that_are_under_way_end(build):
    def signalled(tasks):
        answers = list(in_reverse(tasks))
        made.executor.interrupts.requested = True
        return iter(answers)

    with build(parallel=2, crew=signalled) as made:
        results = made.executor.create(entries(4))
    assert became(results) == [CreateResult.CREATED] * 3 + [CreateResult.NOT_TRIED]


@pytest.mark.parametrize(("left", "teams"), [(0, 7), (1, 7), (2, 4)])
def test_no_more_are_under_way_than_the_rate_limit_has_left_and_at_least_one(build, left, teams):
    with build(parallel=8) as made:
        made.executor.api.left = left
        made.executor.create(entries(7))
    assert made.log.count("capacity") == teams


class LimitedApi(FakeApi):
    """Takes `limit` creates in each minute of the clock, and answers 429 to others."""

    def __init__(self, clock, log, *, limit, most=None):
        super().__init__(clock, log, ())
        self.limit, self.pace = limit, Pace(most)
        self.taken, self.refused, self.minute = 0, 0, 0

    def create_job(self, _body):
        self.pace.sent()
        self.clock.sleep(0.1)
        minute = int(self.clock.seconds // 60)
        self.taken, self.minute = (self.taken if minute == self.minute else 0), minute
        reset = (START + timedelta(seconds=60 * (minute + 1))).timestamp()
        if self.taken == self.limit:
            self.refused += 1
            return Throttled(retry_after=reset - self.clock.now().timestamp())
        self.taken += 1
        self.pace.note(
            {
                "date": format_datetime(self.clock.now(), usegmt=True),
                "x-ratelimit-limit": str(self.limit),
                "x-ratelimit-remaining": str(self.limit - self.taken),
                "x-ratelimit-reset": str(reset),
            }
        )
        return created(status=201)

    def wait_for_capacity(self, limit):
        self.clock.sleep(min(self.pace.wait(), limit))
        self.pace.waited()

    def requests_left(self):
        return self.pace.left()


@pytest.mark.parametrize("parallel", [1, 4, 8])
@pytest.mark.parametrize("batch", [1, 10])
@pytest.mark.parametrize(("limit", "most", "a_minute"), [(60, None, 60), (60, 20, 20), (20, 60, 20)])
def test_where_a_limit_binds_it_is_used_to_the_full_and_hardly_passed(
    build, monkeypatch, parallel, batch, limit, most, a_minute
):
    minutes = 10
    with build(parallel=parallel, batch=batch, max_waiting=9999) as made:
        monkeypatch.setattr(pacing, "ticks", made.clock.ticks)
        made.executor.api = api = LimitedApi(made.clock, made.log, limit=limit, most=most)
        results = made.executor.create([entry(number) for number in range(minutes * a_minute)])
    assert became(results) == [CreateResult.CREATED] * minutes * a_minute
    # The last minute's creates go out at its beginning.
    assert made.clock.seconds <= 60 * (minutes - 1) + 0.1 * a_minute + 60 * minutes * 0.05
    assert api.refused <= minutes * a_minute // 100
