"""Nothing that an answer holds loses an outcome, ends in a traceback, or fills the memory."""

from __future__ import annotations

import json
import socket
import threading
import time
import tracemalloc
from contextlib import suppress

import pytest
from bindbee_servers import ScriptedServer, Step, client, connector, kind, page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.outcomes import NotSent, Throttled
from bindbee_sync.bindbee.pacing import MAX_RETRY_AFTER, Pace, date_of, pause_asked
from bindbee_sync.create_result import CreateResult
from bindbee_sync.errors import ApiError

ODD_NUMBERS = ["-inf", "inf", "nan", "1e400", "-1e400", "9" * 500, "9" * 5000, "-1", "0", "", "x", "\xb2"]
ODD_DATES = [
    "",
    "Mon",
    "Wed, 3",
    "Sun, 09 Sep 2001 01:46:40 +9999999999",
    "Sun, 09 Sep 99999999999999999999 01:46:40 GMT",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    f"Sun, {'9' * 5000} Sep 2001 01:46:40 GMT",
    ":,:,:",
]
NAMES = ["x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset", "retry-after", "date"]
VALUES = st.sampled_from(ODD_NUMBERS + ODD_DATES) | st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=30
)
HEADERS = st.dictionaries(st.sampled_from([*NAMES, "content-type"]), VALUES)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["detail", "loc", "msg", "id", "remote_id", "data", "job", "items", "cursor"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
BODIES = (
    st.binary(max_size=100)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [
            b"[" * 5000,
            b'{"detail": [{"msg": "m", "loc": ' + b"[" * 900 + b"]" * 900 + b"}]}",
            b'{"id": ' + b"9" * 5000 + b"}",
            b'{"remote_id": ' + b"9" * 4000 + b"}",
            b'{"detail": "\\ud800"}',
            b'"\\udfff"',
            b"\xff\xfe",
        ]
    )
)
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 408, 409, 422, 429, 499, 500, 503, 599])
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sent(status, body, headers):
    """A whole answer, its header values as raw bytes."""
    lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())
    length = 0 if status == 204 else len(body)
    head = f"HTTP/1.1 {status} Words\r\nContent-Length: {length}\r\nConnection: close\r\n".encode()
    return Step(head + lines + b"\r\n" + body[:length], close=True)


@FUZZ
@given(status=STATUSES, headers=HEADERS, body=BODIES)
def test_a_create_has_the_outcome_of_its_status_whatever_comes_with_it(status, headers, body):
    with ScriptedServer(sent(status, body, headers)) as server, client(server) as api:
        outcome = api.create_job(b"{}")
        assert api.room() is None or all(isinstance(count, int) for count in api.room())
        assert api.server_now().tzinfo
    if 200 <= status < 300:
        assert kind(outcome) is CreateResult.CREATED
    elif status == 429:
        assert isinstance(outcome, Throttled)
        assert 0 <= outcome.retry_after <= MAX_RETRY_AFTER
    elif 400 <= status < 500 and status not in {408, 409}:
        assert kind(outcome) in {CreateResult.REJECTED, CreateResult.UNCERTAIN}
    else:
        assert kind(outcome) is CreateResult.UNCERTAIN


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [*ODD_NUMBERS, *ODD_DATES])
def test_no_odd_header_loses_a_create(name, value):
    others = dict.fromkeys(NAMES[:2], "0")
    pace = Pace()
    pace.note(others | {name: value})
    assert 0 <= pace.wait() <= 65
    pause_asked({name: value}, date_of({name: value}))


@FUZZ
@given(
    status=STATUSES,
    headers=HEADERS,
    body=BODIES,
    call=st.sampled_from([Bindbee.jobs, Bindbee.connector, Bindbee.resync, Bindbee.users]),
)
def test_a_read_has_an_answer_or_an_error_in_words(status, headers, body, call):
    with ScriptedServer(*[sent(status, body, headers)] * 5) as server, client(server) as api:
        with suppress(ApiError):
            call(api)
        assert api.server_now().tzinfo


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_reset_that_can_not_be_is_capped_at_one_window(unit):
    waits = []
    later = 4_000_000_000 * unit
    first = page({"id": "a"}, cursor="1", X_RateLimit_Remaining=0, X_RateLimit_Reset=later)
    with ScriptedServer(first, page({"id": "b"})) as server, client(server, waits=waits) as api:
        assert len(api.jobs()) == 2
    assert waits == [65]


@pytest.mark.parametrize("cursor", ["\ud800", "x" * (1 << 20), "\u00e9"])
def test_a_cursor_that_can_not_be_sent_is_an_error(cursor):
    with (
        ScriptedServer(page(cursor=cursor)) as server,
        client(server) as api,
        pytest.raises(ApiError, match="cursor that can't be sent") as caught,
    ):
        api.jobs()
    assert caught.value.hint


@pytest.mark.parametrize("status", [200, 500])
def test_a_page_that_is_too_large_is_not_read_to_its_end(monkeypatch, status):
    monkeypatch.setattr("bindbee_sync.bindbee.http.READ_LIMIT", 1 << 20)
    endless = Step(
        f"HTTP/1.1 {status} Words\r\nContent-Length: {10**12}\r\n\r\n".encode() + b"x" * (3 << 20),
        drip=b"x" * 100_000,
    )
    with ScriptedServer(*[endless] * 5) as server, client(server) as api:
        tracemalloc.start()
        try:
            with pytest.raises(ApiError, match="larger than 1 MiB"):
                api.jobs()
            assert tracemalloc.get_traced_memory()[1] < 12 << 20  # the script's own bytes, too
        finally:
            tracemalloc.stop()
        assert len(server.requests) == 1


def test_an_endless_list_with_new_cursors_ends(monkeypatch):
    monkeypatch.setattr("bindbee_sync.bindbee.pages.MAX_BYTES", 10_000)
    steps = [page({"id": str(number), "name": "x" * 1000}, cursor=str(number)) for number in range(20)]
    with ScriptedServer(*steps) as server, client(server) as api:
        with pytest.raises(ApiError, match="does not end") as caught:
            api.jobs()
        assert len(server.requests) == 10
    assert caught.value.hint


class TLSNowhere:
    """Accepts a proxy's CONNECT, and then closes, or shows a certificate that nobody trusts."""

    def __init__(self, *, answers):
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer, suppress(OSError):
                peer.recv(10_000)
                peer.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                peer.recv(10_000)
                peer.sendall(self._answers)


@pytest.mark.parametrize("answers", [b"", b"HTTP/1.1 400 This is not TLS\r\n\r\n"])
def test_a_failed_handshake_behind_a_proxy_ends_as_without_one(monkeypatch, answers):
    with TLSNowhere(answers=answers) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with client("https://bindbee.invalid", timeout=2.0) as api:
            began = time.monotonic()
            for _ in range(2):
                with pytest.raises(ApiError, match="could not connect"):
                    api.jobs()
            for _ in range(6):
                assert isinstance(api.create_job(b"{}"), NotSent)
            assert time.monotonic() - began < 20


def test_a_name_that_is_never_resolved_keeps_to_the_deadline(monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: asked.wait(10) and [])
    with client("https://bindbee.invalid", timeout=0.2) as api:
        began = time.monotonic()
        result = api.create_job(b"{}")
        assert time.monotonic() - began < 5
    asked.set()
    assert kind(result) is CreateResult.UNCERTAIN
    assert "within 0.2 seconds" in result.detail


def test_a_connector_whose_dates_can_not_be_is_read():
    odd = connector(last_sync_start_time="0001-01-01T00:00:00+14:00")
    with ScriptedServer(page(odd)) as server, client(server) as api:
        assert api.connector().last_sync_start_time is None
