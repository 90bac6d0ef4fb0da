from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest
from bindbee_servers import LOST, ScriptedServer, Step, answer, client, page

from bindbee_sync.bindbee import pacing
from bindbee_sync.bindbee.pacing import Pace, pause_asked
from bindbee_sync.errors import ApiError
from bindbee_sync.waits import showing_waits

HALF = Step(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", close=True)
THEN = datetime(2030, 1, 1, tzinfo=UTC)
DATE = format_datetime(THEN, usegmt=True)


def reset(seconds):
    return str(THEN.timestamp() + seconds)


@pytest.mark.parametrize("step", [LOST, HALF, answer(500, {}), answer(503, b"<html>"), answer(429, {})])
def test_a_read_is_tried_five_times_with_growing_pauses(step):
    waits = []
    with ScriptedServer(*[step] * 4, page()) as server, client(server, waits=waits) as api:
        assert api.jobs() == []
    assert len(server.requests) == 5
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits))


def test_a_read_gives_up_after_five():
    with ScriptedServer(*[answer(502, b"<html>")] * 6) as server, client(server) as api:
        with pytest.raises(ApiError, match="502 Bad Gateway: <html>"):
            api.jobs()
        assert len(server.requests) == 5


def test_a_read_gives_up_where_the_waits_grow_too_long():
    waits = []
    with (
        ScriptedServer(*[answer(429, {}, Retry_After=120)] * 5) as server,
        client(server, waits=waits) as api,
        pytest.raises(ApiError, match="429"),
    ):
        api.jobs()
    assert waits == [120, 120]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 422])
def test_other_errors_are_final(status):
    with ScriptedServer(answer(status, {})) as server, client(server) as api:
        with pytest.raises(ApiError):
            api.jobs()
        assert len(server.requests) == 1


def test_posts_that_create_nothing_wait_out_a_429():
    waits = []
    with ScriptedServer(answer(429, {}, Retry_After="3"), answer(200, "ok")) as server:
        with client(server, waits=waits) as api:
            api.resync()
        assert len(server.requests) == 2
    assert waits == [3]


def test_an_outage_waits_for_no_rate_limit():
    waits = []
    down = answer(502, {}, Date=DATE, X_RateLimit_Remaining=150, X_RateLimit_Reset=reset(59))
    with ScriptedServer(down, page()) as server, client(server, waits=waits) as api:
        api.jobs()
    assert max(waits) <= 1


def test_an_outage_that_says_how_long_is_waited_out():
    waits = []
    with ScriptedServer(answer(503, {}, Retry_After=7), page()) as server, client(server, waits=waits) as api:
        api.jobs()
    assert waits == [7]


def test_a_429_is_waited_out_once_though_the_rate_limit_is_empty_too():
    waits = []
    limited = answer(429, {}, Date=DATE, Retry_After=4, X_RateLimit_Remaining=0, X_RateLimit_Reset=reset(50))
    with ScriptedServer(limited, page()) as server, client(server, waits=waits) as api:
        api.jobs()
    assert waits == [4]


@pytest.mark.parametrize(
    ("remaining", "seconds", "waited"),
    [("0", 30, 30), ("-1", 30, 30), ("0", 9999, 65), ("1", 30, None), ("0", -5, None), ("none", 30, None)],
)
def test_an_empty_rate_limit_is_waited_for_by_the_servers_clock(remaining, seconds, waited):
    waits = []
    empty = {"Date": DATE, "X_RateLimit_Remaining": remaining, "X_RateLimit_Reset": reset(seconds)}
    with ScriptedServer(page(cursor="1", **empty), page()) as server, client(server, waits=waits) as api:
        api.jobs()
    assert waits == ([] if waited is None else [pytest.approx(waited, abs=2)])


def test_waiting_for_capacity_is_bounded_by_the_caller():
    waits = []
    empty = {"Date": DATE, "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset(30)}
    with ScriptedServer(page(**empty)) as server, client(server, waits=waits) as api:
        api.wait_for_capacity(100)
        api.jobs()
        api.wait_for_capacity(10)
        api.wait_for_capacity(-1)
        api.wait_for_capacity(100)
        api.wait_for_capacity(100)
    assert waits == [10, 0, pytest.approx(30, abs=2)]


def test_server_now_follows_the_servers_date(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(pacing, "ticks", lambda: clock[0])
    pace = Pace()
    assert abs(pace.now() - datetime.now(UTC)) < timedelta(minutes=1)
    pace.note({"date": DATE})
    clock[0] += 90
    assert pace.now() == THEN + timedelta(seconds=90)
    pace.note({"date": "yesterday"})
    assert pace.now() == THEN + timedelta(seconds=90)


def test_server_now_of_the_client():
    with ScriptedServer(page(Date=DATE)) as server, client(server) as api:
        api.jobs()
        assert timedelta(0) <= api.server_now() - THEN < timedelta(minutes=1)


@pytest.mark.parametrize(
    "date", ["", "x", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 1000 00:00:00 GMT", "1"]
)
def test_senseless_dates_are_none(date):
    assert pacing.date_of({"date": date}) is None


@pytest.fixture
def in_tokyo(monkeypatch):
    """A machine whose own time is nine hours ahead."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


def test_a_date_of_another_zone(in_tokyo):
    assert pacing.date_of({"date": "Tue, 01 Jan 2030 02:00:00 +0200"}) == THEN
    assert pacing.date_of({"date": "Tue, 01 Jan 2030 00:00:00"}) == THEN


@pytest.mark.parametrize(("year", "makes_sense"), [(1999, False), (2000, True), (8999, True), (9000, False)])
def test_years_that_a_server_may_name(year, makes_sense):
    date = datetime(year, 6, 1, tzinfo=UTC)
    found = pacing.date_of({"date": format_datetime(date, usegmt=True)})
    assert found == (date if makes_sense else None)


@pytest.mark.parametrize(("seconds", "pause"), [(-1, None), (0, None), (1, 1), (65, 65), (66, 65)])
def test_a_reset_asks_for_the_time_until_it(seconds, pause):
    assert pause_asked({"x-ratelimit-reset": reset(seconds)}, THEN) == pause


@pytest.mark.parametrize(
    ("remaining", "limit", "room"),
    [
        ("3", "200", (3, 200)),
        ("0", "200", (0, 200)),
        ("-5", "200", (0, 200)),
        ("1e300", "1e300", (10**9, 10**9)),
        ("1e308", "1e308", None),
        ("inf", "200", None),
        ("inf", "inf", None),
        ("3", "many", None),
        ("some", "200", None),
    ],
)
def test_the_room_that_an_answer_names(remaining, limit, room):
    pace = Pace()
    pace.note({"x-ratelimit-remaining": remaining, "x-ratelimit-limit": limit})
    assert pace.room == room
    pace.note({"x-ratelimit-remaining": "1"})
    assert pace.room == room


def test_how_far_the_servers_clock_is_ahead():
    pace = Pace()
    assert pace.ahead() is None
    pace.note({"date": format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)})
    assert abs(pace.ahead() - timedelta(hours=2)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("by_wall", "by_ticks", "is_sure"),
    [(0, 0, True), (60, 0, True), (61, 0, False), (0, 60, True), (0, 61, False), (500, 500, True)],
)
def test_the_servers_time_is_sure_while_both_clocks_have_gone_as_far(monkeypatch, by_wall, by_ticks, is_sure):
    clocks = {"wall": 1000.0, "ticks": 5.0}
    for name in clocks:
        monkeypatch.setattr(pacing, name, partial(clocks.__getitem__, name))
    pace = Pace()
    assert pace.is_sure()
    pace.note({"date": DATE})
    clocks.update(wall=1000.0 + by_wall, ticks=5.0 + by_ticks)
    assert pace.is_sure() is is_sure


@pytest.mark.parametrize("value", ["inf", "1e400", "nan", "-inf", "", "x", "9" * 400])
def test_senseless_resets_ask_for_no_more_than_one_window(value):
    assert pause_asked({"x-ratelimit-reset": value}, THEN) in (None, 65)


def test_a_senseless_reset_does_not_stop_the_pacing():
    pace = Pace()
    pace.note({"date": DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "inf"})
    assert pace.wait() == 65
    pace.note({"x-ratelimit-remaining": "nan"})
    assert pace.wait() == 65
    pace.note({"x-ratelimit-remaining": "0"})
    assert pace.wait() == 0


class Ticks:
    """A clock that goes only when something waits."""

    def __init__(self):
        self.now = 1000.0
        self.waits = []

    def __call__(self):
        return self.now

    def append(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def ticking(monkeypatch):
    clock = Ticks()
    monkeypatch.setattr(pacing, "ticks", clock)
    return clock


def test_no_more_requests_go_out_in_a_minute_than_the_config_allows(ticking):
    said = []
    with (
        ScriptedServer(*[page() for _ in range(7)]) as server,
        client(server, waits=ticking, max_requests_per_minute=3) as api,
        showing_waits(said.append),
    ):
        for _ in range(7):
            api.departments()
            ticking.now += 1
    assert ticking.waits == [57, 57]
    assert said == ["Waiting 57 s for the config's max_requests_per_minute"] * 2


def test_a_create_counts_as_a_request_and_sees_how_many_are_left(ticking):
    with (
        ScriptedServer(page(), answer(201, {"id": "1"})) as server,
        client(server, waits=ticking, max_requests_per_minute=3) as api,
    ):
        assert api.requests_left() == 3
        api.departments()
        api.create_job(b"{}")
        assert api.requests_left() == 1
        ticking.now += 60
        assert api.requests_left() == 3
    assert ticking.waits == []


def test_of_two_limits_the_tighter_one_counts(ticking):
    pace = Pace(5)
    pace.sent()
    for remaining, left in ((2, 2), (4, 4), (9, 4)):
        pace.note({"x-ratelimit-remaining": str(remaining), "x-ratelimit-limit": "60"})
        assert pace.left() == left
    pace.note({"date": DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset(30)})
    assert (pace.wait(), pace.waits_for()) == (30, "Bindbee's rate limit")
    for _ in range(4):
        pace.sent()
    assert (pace.wait(), pace.waits_for()) == (60, "the config's max_requests_per_minute")
    assert (Pace().left(), Pace(5).wait()) == (None, 0)
