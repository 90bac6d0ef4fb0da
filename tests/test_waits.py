"""Each wait of more than two seconds is one line on standard error, also where that is no terminal."""

from __future__ import annotations

import time
from functools import partial

import pytest

from bindbee_sync.clock import SystemClock
from bindbee_sync.commands import apply, pipeline
from bindbee_sync.commands.connection import connect
from bindbee_sync.waits import in_words, report_wait, showing_waits


@pytest.fixture
def slept(monkeypatch):
    """The seconds of each wait, which takes no time."""
    waits = []
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: waits.append(seconds))
    for module in (apply, pipeline):
        monkeypatch.setattr(module, "connect", partial(connect, sleep=waits.append))
    return waits


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2.1, "3 s"), (59.2, "1 min"), (60, "1 min"), (65, "1 min 5 s"), (900, "15 min"), (3600, "60 min")],
)
def test_a_time_is_in_minutes_and_seconds(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize(("seconds", "lines"), [(0, []), (2, []), (2.5, ["Waiting 3 s for a reason"])])
def test_a_wait_of_more_than_two_seconds_is_reported_once(seconds, lines):
    outer, shown = [], []
    with showing_waits(outer.append), showing_waits(shown.append):
        report_wait(seconds, "a reason")
    assert (outer, shown) == ([], lines)
    report_wait(seconds, "nobody listens")


def test_a_rate_limit_on_a_read_is_shown(repo, sandbox, slept):
    sandbox.fault(on="get", status=429, headers={"Retry-After": "7"})
    ran = repo.plan()
    assert ran.code == 0
    assert "Waiting 7 s for Bindbee's rate limit: it answered 429\n" in ran.err
    assert ran.json
    assert slept == [7]


def test_a_reset_that_can_not_be_waits_for_one_window(repo, sandbox, slept):
    """In milliseconds it would be in the year 57000."""
    reset = str((time.time() + 30) * 1000)
    sandbox.fault(on="get", status=429, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})
    ran = repo.plan()
    assert ran.code == 0
    assert slept == [65]
    assert ran.err.count("Waiting 1 min 5 s for Bindbee's rate limit") == 1


def test_a_server_that_is_away_is_shown(repo, sandbox, slept):
    sandbox.fault(on="get", status=503, html="down", times=4)
    ran = repo.plan()
    assert ran.code == 0
    assert "for another try: Bindbee answered 503 Service Unavailable" in ran.err
    assert ran.err.count("Waiting ") == sum(wait > 2 for wait in slept)


def test_a_rate_limit_on_a_create_is_shown(repo, sandbox, slept):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.fault(status=429, headers={"Retry-After": "9"})
    ran = repo.apply()
    assert ran.code == 0
    assert ran.err.count("Waiting 9 s for Bindbee's rate limit: it answered 429") == 1
