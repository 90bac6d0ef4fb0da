"""How long a sync is waited for, and when one that was asked for is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from make import SYNCED
from test_apply import Api, Clock

from bindbee_sync.applying.syncing import Syncs

RUNNING = {"sync_status": "Syncing"}
EARLIER, LATER = SYNCED - timedelta(minutes=1), SYNCED + timedelta(minutes=1)


def state(begun, status="Done"):
    return {"last_sync_start_time": begun, "sync_status": status}


@pytest.fixture
def syncs():
    """Return a function that makes syncs of a connector whose looks show these states."""

    def make(*states, until=100.0):
        clock, log, waits = Clock(), [], []
        made = Syncs(api=Api(clock, log, states=states), clock=clock, until=until, on_wait=waits.append)
        made.log, made.waits = log, waits
        return made

    return make


def pauses(made):
    """Note how long each pause is."""
    slept, sleep = [], made.clock.sleep
    made.clock.sleep = lambda seconds: (slept.append(seconds), sleep(seconds))
    return slept


def test_pauses_grow_by_half_to_a_quarter_of_a_minute(syncs):
    made = syncs(*[RUNNING] * 12, {})
    slept = pauses(made)
    assert made.wait_for_running() is True
    assert slept[:3] == [0.5, 0.75, 1.125]
    assert slept[-2:] == [15, 15]


def test_without_time_left_it_looks_once_and_says_so(syncs):
    made = syncs(RUNNING, until=-5.0)
    assert made.wait_for_running() is False
    assert made.waits == ["the running sync, 0 s at most"]
    assert made.clock.seconds == 0


def test_a_wait_ends_where_the_time_does(syncs):
    made = syncs(RUNNING, until=1.0)
    made.clock.seconds = 0.75
    assert (made.pause(20.0), made.clock.seconds) == (True, 1.0)
    assert (made.pause(20.0), made.clock.seconds) == (False, 1.0)


def test_what_is_left_of_the_time_is_told(syncs):
    made = syncs(RUNNING, {}, until=70.0)
    made.clock.seconds = 40.0
    made.wait_for_running()
    assert made.waits == ["the running sync, 30 s at most"]


def test_none_is_asked_for_while_one_runs_that_does_not_end(syncs):
    made = syncs(RUNNING, until=10.0)
    assert made.refresh() is False
    assert made.log == []


@pytest.mark.parametrize(
    ("before", "after", "is_over"),
    [
        (SYNCED, state(LATER), True),
        (SYNCED, state(LATER, "Failed"), True),
        (SYNCED, state(LATER, "Syncing"), False),
        (SYNCED, state(LATER, "Paused"), False),
        (SYNCED, state(SYNCED), False),
        (SYNCED, state(EARLIER), False),
        (SYNCED, state(None), False),
        (None, state(SYNCED), True),
        (None, state(SYNCED, "Syncing"), False),
        (None, state(None), False),
    ],
)
def test_a_sync_that_was_asked_for_is_over_once_a_later_one_is_done(syncs, before, after, is_over):
    made = syncs(state(before), state(before), after, until=10.0)
    assert made.refresh() is is_over
    assert made.log == ["resync"]
    assert made.waits == ([] if is_over else ["the sync that was asked for, 10 s at most"])
