from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from bindbee_servers import LOST, ScriptedServer, Step, answer, client, page

from bindbee_sync.bindbee import pacing
from bindbee_sync.bindbee.pacing import Pace, pause_asked
from bindbee_sync.errors import ApiError

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


def test_a_date_of_another_zone():
    assert pacing.date_of({"date": "Tue, 01 Jan 2030 02:00:00 +0200"}) == THEN
    assert pacing.date_of({"date": "Tue, 01 Jan 2030 00:00:00"}) == THEN


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
