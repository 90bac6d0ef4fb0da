"""A create is on the wire once, whatever happens to it, and its end is named rightly."""

from __future__ import annotations

import socket
import time

import httpcore
import pytest
from bindbee_servers import KEY, LOST, TOKEN, ScriptedServer, Step, answer, client, kind, page

from bindbee_sync.bindbee.outcomes import NotSent, Throttled
from bindbee_sync.bindbee.wire import encode_payload
from bindbee_sync.create_result import CreateResult, Result

HEAD = b"HTTP/1.1 201 Created\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param(answer(201, {}), CreateResult.CREATED, id="201"),
        pytest.param(answer(202, b""), CreateResult.CREATED, id="empty"),
        pytest.param(Step(HEAD + CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"), CreateResult.CREATED, id="chunked"),
        pytest.param(
            Step(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(201, {}).data),
            CreateResult.CREATED,
            id="after 100",
        ),
        pytest.param(answer(201, b"x" * (3 << 20)), CreateResult.CREATED, id="larger than what is kept"),
        pytest.param(answer(422, {"detail": "no"}), CreateResult.REJECTED, id="422"),
        pytest.param(answer(429, {}), Throttled, id="429"),
        pytest.param(answer(500, {}), CreateResult.UNCERTAIN, id="500"),
        pytest.param(answer(302, b"", Location="/elsewhere"), CreateResult.UNCERTAIN, id="302"),
        pytest.param(answer(307, b"", Location="/elsewhere"), CreateResult.UNCERTAIN, id="307"),
        pytest.param(
            answer(401, b"", WWW_Authenticate="Basic"), CreateResult.UNCERTAIN, id="401 without a body"
        ),
        pytest.param(answer(101, b""), CreateResult.UNCERTAIN, id="101"),
        pytest.param(LOST, CreateResult.UNCERTAIN, id="lost"),
        pytest.param(Step(b"HTTP/1.1 20", close=True), CreateResult.UNCERTAIN, id="half a status line"),
        pytest.param(Step(b"\x00 nonsense\r\n\r\n", close=True), CreateResult.UNCERTAIN, id="no HTTP"),
        pytest.param(
            Step(HEAD + b"Content-Length: 9\r\n\r\n{}", close=True), CreateResult.UNCERTAIN, id="half a body"
        ),
        pytest.param(
            Step(HEAD + CHUNKED + b"2\r\n{}\r\n", close=True), CreateResult.UNCERTAIN, id="half the chunks"
        ),
        pytest.param(
            Step(answer(429, {}, Content_Length=99).data, close=True),
            CreateResult.UNCERTAIN,
            id="half of a 429",
        ),
    ],
)
def test_one_request_on_the_wire(step, expected):
    with ScriptedServer(step) as server, client(server) as api:
        assert kind(api.create_job(encode_payload({"name": "Ä"}))) is expected
        assert len(server.requests) == 1
        assert server.connections == 1


def test_half_an_answer_keeps_its_status():
    step = Step(HEAD + b"Content-Length: 9\r\n\r\n{}", close=True)
    with ScriptedServer(step) as server, client(server) as api:
        result = api.create_job(b"{}")
    assert kind(result) is CreateResult.UNCERTAIN
    assert result.status == 201
    assert "half an answer" in result.detail


def test_the_request_is_what_was_planned():
    payload = {"name": "Köchin", "openings": 2, "offices": []}
    with ScriptedServer(answer(201, {})) as server, client(server) as api:
        api.create_job(encode_payload(payload))
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/ats/v1/jobs")
    assert request.body == encode_payload(payload) == b'{"name":"K\xc3\xb6chin","openings":2,"offices":[]}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-connector-token"] == TOKEN


def test_creates_never_share_a_connection():
    steps = [page(), answer(201, {}), answer(201, {}), page()]
    with ScriptedServer(*steps) as server, client(server) as api:
        api.jobs()
        api.create_job(b"{}")
        api.create_job(b"{}")
        api.jobs()
        assert server.connections == 3


def test_creates_do_not_wait_for_the_rate_limit():
    waits = []
    throttled = answer(429, {}, Retry_After=9, X_RateLimit_Remaining=0, X_RateLimit_Reset=9_999_999_999)
    with ScriptedServer(throttled, answer(201, {})) as server, client(server, waits=waits) as api:
        assert api.create_job(b"{}") == Throttled(retry_after=9)
        assert kind(api.create_job(b"{}")) is CreateResult.CREATED
    assert waits == []


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Step(b"HTTP/1.1 201 Created\r\nX: ", drip=b"x"), id="headers"),
        pytest.param(Step(b"", drip=b"HTTP/1.1 102 Processing\r\n\r\n"), id="informational answers"),
        pytest.param(Step(HEAD + b"Content-Length: 99999\r\n\r\n", drip=b"x"), id="body"),
        pytest.param(Step(HEAD + CHUNKED, drip=b"1\r\nx\r\n"), id="chunks"),
    ],
)
def test_a_dripping_server_can_not_hold_us(step):
    with ScriptedServer(step) as server, client(server, timeout=0.3) as api:
        began = time.monotonic()
        result = api.create_job(b"{}")
        assert time.monotonic() - began < 3
    assert kind(result) is CreateResult.UNCERTAIN
    assert "within 0.3 seconds" in result.detail


def test_a_silent_server_leaves_it_open():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with client(url, timeout=0.2) as api:
            assert kind(api.create_job(b"{}")) is CreateResult.UNCERTAIN


def test_a_tls_handshake_that_times_out_leaves_it_open():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with client(url, timeout=0.2) as api:
            assert kind(api.create_job(b"{}")) is CreateResult.UNCERTAIN


def test_a_refused_connection_sent_nothing():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with client(url) as api:
        result = api.create_job(b"{}")
    assert isinstance(result, NotSent)
    assert "could not connect" in result.detail


def test_a_failed_tls_handshake_sent_nothing():
    with ScriptedServer() as server, client(server.url.replace("http:", "https:")) as api:
        server.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
        assert kind(api.create_job(b"{}")) is NotSent
        assert server.requests == []


def test_an_unknown_host_sent_nothing(monkeypatch):
    def unknown(*_args, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr("bindbee_sync.bindbee.http.getproxies", dict)
    with client("https://bindbee.invalid") as api:
        result = api.create_job(b"{}")
    assert isinstance(result, NotSent)
    assert "Name or service not known" in result.detail


def test_each_address_of_a_host_is_tried(monkeypatch):
    with ScriptedServer(answer(201, {})) as server, client(server) as api:
        port = int(server.url.rpartition(":")[2])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.9", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
        assert kind(api.create_job(b"{}")) is CreateResult.CREATED


def test_nothing_is_sent_once_the_time_is_up():
    with ScriptedServer(answer(201, {})) as server, client(server, timeout=-1) as api:
        assert kind(api.create_job(b"{}")) is CreateResult.UNCERTAIN
    assert server.requests == []


def test_an_interrupt_passes_through(monkeypatch):
    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    with ScriptedServer(answer(201, {}), answer(201, {})) as server, client(server) as api:
        with monkeypatch.context() as patch:
            patch.setattr("bindbee_sync.bindbee.transport._Stream.read", interrupt)
            with pytest.raises(KeyboardInterrupt):
                api.create_job(b"{}")
        assert kind(api.create_job(b"{}")) is CreateResult.CREATED


def test_a_faulty_library_leaves_it_open(monkeypatch):
    def fail(*_args):
        raise TypeError("surprise")

    with ScriptedServer() as server, client(server) as api:
        monkeypatch.setattr("httpcore.ConnectionPool.handle_request", fail)
        result = api.create_job(b"{}")
    assert result == Result(became=CreateResult.UNCERTAIN, detail="the connection was lost: surprise")


def test_the_addresses_of_a_host_share_the_time(monkeypatch):
    shares = []

    def unreachable(_self, _host, _port, timeout, *_options):
        shares.append(timeout)
        raise httpcore.ConnectTimeout

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 1)) for ip in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", unreachable)
    with client("http://127.0.0.1:1", timeout=20) as api:
        assert kind(api.create_job(b"{}")) is CreateResult.UNCERTAIN
    assert shares == [pytest.approx(10, abs=1), pytest.approx(20, abs=1)]
