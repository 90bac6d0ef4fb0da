"""An apply from end to end on lists and a ledger in memory: what stops it, what it records, when it waits."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
from make import (
    CONNECTOR_ID,
    NOW,
    SENT,
    SYNCED,
    connector,
    created,
    desired,
    file,
    job,
    listed,
    refused,
    sent,
    template,
)
from test_executor import FakeClock, FakeWriter

from bindbee_sync.applying.apply import SYNC_OPEN, Apply, ApplyOptions
from bindbee_sync.applying.interrupts import Interrupts
from bindbee_sync.applying.provenance import Provenance
from bindbee_sync.bindbee.outcomes import Throttled
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.errors import ApiError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.waits import showing_waits

SELLER = file(name="Seller", code="S-1")
DONE = {"sync_status": "Done", "last_sync_start_time": SYNCED}
LATER = {"sync_status": "Done", "last_sync_start_time": NOW}


class Clock(FakeClock):
    def now(self):
        return NOW + timedelta(seconds=self.seconds)


class Api:
    """A connector of which each look shows the next state, and answers of creates in turn."""

    def __init__(self, clock, log, *, states=(), answers=(), found=()):
        self.clock, self.log = clock, log
        self.states, self.answers, self.found = list(states), list(answers), found

    def connector(self):
        return connector(**(self.states.pop(0) if len(self.states) > 1 else (self.states or [DONE])[0]))

    def resync(self):
        self.log.append("resync")

    def create_job(self, _body):
        self.log.append("POST")
        answer = self.answers.pop(0) if self.answers else Result(became=CreateResult.CREATED, status=201)
        return answer() if callable(answer) else answer

    def server_now(self):
        return self.clock.now()

    def wait_for_capacity(self, _limit):
        pass

    def requests_left(self):
        return None

    def passthrough(self, path, _params):
        self.log.append(path)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class Memory:
    """A ledger in memory."""

    def __init__(self, events, log):
        self.events, self.log, self.races, self.fails = tuple(events), log, (), ()

    @contextmanager
    def writing(self):
        writer = FakeWriter(self.log, races=self.races, fails=self.fails)
        writer.events = self.events
        yield writer
        self.events = writer.events


def agree(_plan):
    return None


@pytest.fixture
def run():
    """Run an apply; return its report, with the log and the ledger's events."""

    def apply(
        files=(SELLER,), lists=None, events=(), *, races=(), fails=(), confirm=agree, api=None, **options
    ):
        clock, log = Clock(), []
        lists = [listed()] if lists is None else list(lists)
        store = Memory(events, log)
        store.races, store.fails = races, fails
        waits, told = [], []

        def fetch():
            found = lists.pop(0) if len(lists) > 1 else lists[0]
            if isinstance(found, BaseException):
                raise found
            return found

        report = Apply(
            api=Api(clock, log, **(api or {})),
            store=store,
            clock=clock,
            interrupts=Interrupts(),
            desired=desired(*files),
            plan_options=PlanOptions(),
            options=ApplyOptions(**({"max_creates": 50} | options)),
            provenance=Provenance(),
            fetch_snapshot=fetch,
            confirm=confirm,
            on_result=lambda entry, result: told.append((entry.address, str(result.became))),
            on_wait=waits.append,
        ).run()
        report.log, report.events, report.waits, report.seconds = log, store.events, waits, clock.seconds
        report.told = told
        return report

    return apply


def kinds(report):
    return [event.event for event in report.events]


def test_what_the_plan_creates_is_created(run):
    report = run()
    assert report.log.count("POST") == 1
    assert [result.became for result in report.results.values()] == [CreateResult.CREATED]
    assert report.shown
    assert report.outcome.creates == report.plan.creates
    assert report.exit_code is ExitCode.OK


def test_a_ledger_that_fails_on_the_way_ends_it_with_the_reason_beside_the_rest(run):
    report = run([SELLER, file("b", name="Buyer", code="B-1")], fails=[3])
    assert report.log.count("POST") == 1
    assert report.error.message == "no space left"
    details = {address: result.detail for address, result in report.results.items()}
    assert details == {"a": None, "b": "no space left"}
    assert report.exit_code is ExitCode.UNCERTAIN


def test_an_objection_sends_nothing(run):
    report = run(confirm=lambda _: "declined")
    assert (report.refusal, report.log, report.exit_code) == ("declined", [], ExitCode.FAILED)


def test_an_interrupted_question_sends_nothing(run):
    def interrupt(_):
        raise KeyboardInterrupt

    report = run(confirm=interrupt)
    assert (report.refusal, report.interrupted, report.log) == ("interrupted", True, [])
    assert report.exit_code is ExitCode.INTERRUPTED


def test_a_signal_while_jobs_are_created_ends_it_as_interrupted(run):
    def signalled():
        signal.raise_signal(signal.SIGTERM)
        return Result(became=CreateResult.CREATED, status=201)

    report = run([SELLER, file("b", name="Buyer", code="B-1")], api={"answers": [signalled]}, wait=True)
    assert report.told == [("a", "created"), ("b", "not_tried")]
    assert report.exit_code is ExitCode.INTERRUPTED
    assert "resync" not in report.log


def test_an_error_asks_nothing_and_sends_nothing(run):
    report = run([file("a", name="Seller", openings=0)], confirm=lambda _: pytest.fail("it asked"))
    assert report.refusal == "fix 1 error first"
    assert (report.log, report.shown) == ([], False)


@pytest.mark.parametrize(("limit", "posts"), [(1, 0), (2, 2)])
def test_a_plan_above_the_limit_sends_nothing(run, limit, posts):
    report = run([SELLER, file("b", name="Buyer", code="B-1")], max_creates=limit)
    assert report.log.count("POST") == posts
    assert [finding.message for finding in report.plan.errors] == (
        [] if posts else ["The plan creates 2 jobs; the limit is 1"]
    )


@pytest.mark.parametrize(("options", "posts"), [({}, 0), ({"allow_stale_list": True}, 1)])
def test_a_stale_list_stops_it_unless_it_is_allowed(run, options, posts):
    stale = listed(last_sync_start_time=NOW - timedelta(hours=37))
    report = run(lists=[stale], **options)
    assert report.log.count("POST") == posts
    assert bool(report.refusal) is not bool(options)


def test_another_warning_stops_nothing(run):
    report = run(events=refused(code="S-1"))
    assert [finding.rule for finding in report.plan.diagnostics] == ["ledger/refused-by-ats"]
    assert report.log.count("POST") == 1


def test_creates_go_one_at_a_time_unless_more_are_asked_for(run):
    files = [file(each, name=f"Role {each}", code=each) for each in "abcd"]
    assert run(files).log == ["intent", "POST", "created"] * 4 + ["flush"]


@pytest.mark.parametrize("named", ["j1", "J1"])
def test_an_answer_that_names_a_listed_job_does_not_name_the_new_one(run, named):
    there = job("j1", name="Buyer", code="B-1", remote_id="r41")
    answer = Result(became=CreateResult.CREATED, status=201, id=named, remote_id="R41")
    report = run(lists=[listed(there)], api={"answers": [answer]})
    (result,) = report.results.values()
    assert (result.became, result.id, result.remote_id) == (CreateResult.CREATED, None, None)


def test_a_list_that_can_not_be_trusted_is_not_recorded(run):
    moved = listed(job("j1", name="Seller", code="S-1"), moved=True)
    assert run(lists=[moved]).events == ()


def test_a_matched_job_is_recorded_and_a_second_apply_records_nothing(run):
    there = listed(job("j1", name="Seller", code="S-1"))
    first = run(lists=[there])
    assert kinds(first) == ["listed", "linked"]
    assert first.refusal is None
    assert run(lists=[there], events=first.events).events == first.events


def test_after_a_lost_race_it_plans_again(run):
    there = listed(job("j1", name="Seller", code="S-1"))
    assert kinds(run(lists=[there], races=[1])) == ["listed", "linked"]


def test_a_create_that_was_not_tried_is_no_success(run):
    report = run(api={"answers": [Throttled(retry_after=100.0)]}, wait_timeout=1.0)
    assert [result.became for result in report.results.values()] == [CreateResult.NOT_TRIED]
    assert report.exit_code is ExitCode.FAILED


def test_an_uncertain_create_has_its_own_exit_code(run):
    lost = Result(became=CreateResult.UNCERTAIN, detail="timeout")
    assert run(api={"answers": [lost]}).exit_code is ExitCode.UNCERTAIN
    assert run(events=sent(code="S-1")).exit_code is ExitCode.UNCERTAIN


@pytest.mark.parametrize(
    ("options", "events", "asks"),
    [
        ({}, [], False),
        ({"refresh": True}, [], True),
        ({"settle": True}, [], False),
        ({"settle": True}, sent(code="S-1"), True),
        ({"settle": True, "refresh": True}, [], True),
        ({"settle": True}, created(code="S-1"), True),
    ],
)
def test_a_sync_is_asked_for_where_it_can_help(run, options, events, asks):
    report = run(events=events, api={"states": [DONE, DONE, DONE, LATER]}, **options)
    assert ("resync" in report.log) is asks


def test_a_running_sync_is_waited_for_once_and_reported_with_its_bound(run):
    running = {"sync_status": "Syncing"}
    report = run(api={"states": [running, running, running, DONE]}, wait_timeout=60.0)
    assert report.waits == ["the running sync, 1 min at most"]
    assert report.seconds == pytest.approx(0.5 + 0.75 + 1.125)
    assert report.notes == []


def test_a_sync_is_waited_for_a_quarter_of_an_hour_unless_told_otherwise(run):
    assert run(api={"states": [{"sync_status": "Syncing"}]}).seconds == 900


def test_a_sync_that_does_not_end_is_reported(run):
    report = run(api={"states": [{"sync_status": "Syncing"}]}, wait_timeout=30.0)
    assert report.seconds == 30
    assert any("did not end within the time" in note for note in report.notes)


SOURCE = {"id": 41, "name": "Seller", "requisition_id": "S-1", "created_at": SENT.isoformat()}


def test_settle_asks_the_ats_and_records_what_it_finds(run):
    report = run(events=sent(code="S-1"), api={"found": [SOURCE]}, settle=True, passthrough_base="/v3")
    assert "/v3/jobs" in report.log
    assert [event.remote_id for event in report.events if event.event == "resolved"] == ["41"]
    assert "Found in the ATS: a is its job 41." in report.notes
    assert "POST" not in report.log
    assert report.exit_code is ExitCode.OK


def test_what_settle_finds_is_dropped_where_another_run_wrote_meanwhile(run):
    report = run(events=sent(code="S-1"), api={"found": [SOURCE]}, settle=True, races=[2])
    assert "/v1/jobs" in report.log
    assert "resolved" not in kinds(report)
    assert report.exit_code is ExitCode.UNCERTAIN


def test_settle_that_finds_nothing_leaves_it_uncertain(run):
    report = run(events=sent(code="S-1"), api={"found": []}, settle=True)
    assert "resolved" not in kinds(report)
    assert report.exit_code is ExitCode.UNCERTAIN


def test_without_settle_or_elsewhere_the_ats_is_not_asked(run):
    assert "/v1/jobs" not in run(events=sent(code="S-1"), api={"found": [SOURCE]}).log
    other = listed(integration_slug="lever")
    assert (
        "/v1/jobs"
        not in run(lists=[other], events=sent(code="S-1"), api={"found": [SOURCE]}, settle=True).log
    )


def test_an_ats_that_can_not_be_asked_is_a_note(run):
    report = run(events=sent(code="S-1"), api={"found": ApiError("no route")}, settle=True)
    assert "The ATS itself could not be asked for uncertain jobs: no route" in report.notes


def test_wait_ends_once_every_created_job_is_listed(run):
    shown = listed(job("j1", name="Seller", code="S-1", remote_created_at=NOW), at=NOW)
    report = run(lists=[listed(), shown], api={"states": [DONE, DONE, DONE, LATER]}, wait=True)
    assert "resync" in report.log
    assert report.notes == ["Every created job is listed."]
    assert kinds(report) == ["intent", "outcome", "listed"]


def test_wait_that_takes_too_long_names_what_is_not_listed(run):
    states = [DONE, DONE, DONE]
    for number in range(30):
        begun = {"sync_status": "Done", "last_sync_start_time": NOW + timedelta(minutes=number)}
        states += [begun, begun, begun]
    report = run(api={"states": states}, wait=True, wait_timeout=90.0)
    assert report.notes == ["1 created job not listed yet: a."]
    assert (report.seconds, report.log.count("resync")) == (90, 3)
    assert report.exit_code is ExitCode.OK


def test_between_two_syncs_it_waits_for_a_minute_and_says_so(run):
    shown = listed(job("j1", name="Seller", code="S-1", remote_created_at=NOW), at=NOW)
    again = {"sync_status": "Done", "last_sync_start_time": NOW + timedelta(minutes=1)}
    states, waits = [DONE, DONE, DONE, LATER, LATER, LATER, again], []
    with showing_waits(waits.append):
        report = run(lists=[listed(), listed(), shown], api={"states": states}, wait=True)
    assert report.notes == ["Every created job is listed."]
    assert (report.seconds, report.log.count("resync")) == (60, 2)
    assert waits == ["Waiting 1 min for the next sync: 1 job not listed yet"]


def test_a_sync_that_was_asked_for_and_does_not_end_is_reported_with_what_is_not_listed(run):
    report = run(wait=True, wait_timeout=20.0)
    assert report.notes == [SYNC_OPEN, "1 created job not listed yet: a."]
    assert report.exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("fault", "note", "code"),
    [
        (ApiError("no route"), "Waiting for the sync failed: no route", ExitCode.OK),
        (
            KeyboardInterrupt(),
            "Interrupted while waiting for the sync. The ledger has every created job.",
            ExitCode.INTERRUPTED,
        ),
    ],
)
def test_a_wait_that_is_cut_short_says_why(run, fault, note, code):
    report = run(lists=[listed(), fault], api={"states": [DONE, DONE, DONE, LATER]}, wait=True)
    assert (report.notes, report.exit_code) == ([note], code)
    assert kinds(report) == ["intent", "outcome"]


@pytest.mark.parametrize(
    ("events", "notes"), [(created("gone"), ["1 created job not listed yet: gone."]), (sent("gone"), [])]
)
def test_a_created_job_whose_file_is_gone_is_waited_for_and_an_uncertain_one_is_not(run, events, notes):
    report = run([], events=events, api={"states": [DONE, DONE, DONE, LATER]}, wait=True, wait_timeout=30.0)
    assert report.notes[-1:] == notes


def test_only_what_was_uncertain_is_settled_by_the_wait(run):
    lost = Result(became=CreateResult.UNCERTAIN, detail="timeout")
    files = [SELLER, file("b", name="Buyer", code="B-1"), file("c", name="Cook", code="C-1")]
    old = job("j3", name="Cook", code="C-1")
    new = [job("j1", name="Seller", code="S-1", remote_created_at=NOW)]
    new += [job("j2", name="Buyer", code="B-1", remote_created_at=NOW)]
    states = [DONE, DONE, DONE, LATER]
    answers = [Result(became=CreateResult.CREATED, status=201), lost]
    lists = [listed(old), listed(old, *new)]
    report = run(files, lists=lists, api={"answers": answers, "states": states}, wait=True)
    assert report.told == [("a", "created"), ("b", "uncertain"), ("b", "created")]
    assert {address: result.became for address, result in report.results.items()} == {
        "a": CreateResult.CREATED,
        "b": CreateResult.CREATED,
    }
    assert report.notes == ["Every created job is listed."]


def test_nothing_is_waited_for_where_nothing_was_applied(run):
    assert "resync" not in run(confirm=lambda _: "declined", wait=True).log


def test_an_uncertain_create_that_the_list_shows_counts_as_created(run):
    lost = Result(became=CreateResult.UNCERTAIN, detail="timeout")
    shown = listed(job("j1", name="Seller", code="S-1", remote_id="41", remote_created_at=NOW))
    report = run(
        lists=[listed(), shown],
        api={"answers": [lost], "states": [DONE, DONE, DONE, {**DONE, "last_sync_start_time": NOW}]},
        wait=True,
    )
    (result,) = report.results.values()
    assert (result.became, result.id, result.remote_id) == (CreateResult.CREATED, "j1", "41")
    assert report.exit_code is ExitCode.OK


def test_another_connectors_records_do_not_count(run):
    foreign = [event.model_copy(update={"connector_id": "another"}) for event in sent(code="S-1")]
    assert CONNECTOR_ID != "another"
    report = run(events=foreign, settle=True, lists=[listed(templates=(template(),))])
    assert "resync" not in report.log
    assert report.log.count("POST") == 1
