"""One exchange by itself: how much of a body is kept, how far it is read, and what is shown of an answer."""

from __future__ import annotations

import socket
import ssl
import threading
from itertools import chain, count, repeat

import httpx
import pytest
from bindbee_servers import KEY, TOKEN, ScriptedServer, Step, answer, client, kind

from bindbee_sync.bindbee import transport
from bindbee_sync.bindbee.transport import Fault, Transport
from bindbee_sync.create_result import CreateResult

LIMIT = 10
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = Step(HEAD + b"6\r\nabcdef\r\n" * 3, drip=b"1\r\nx\r\n")


@pytest.fixture
def exchange():
    """Return a function that asks a server of this script for `/`."""
    sender = Transport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), proxy=None, idle=0)

    def ask(*script, drain, timeout=5.0):
        with ScriptedServer(*script) as server:
            request = httpx.Request("GET", server.url)
            return sender.exchange(request, timeout=timeout, limit=LIMIT, drain=drain)

    yield ask
    sender.close()


@pytest.mark.parametrize("drain", [False, True])
@pytest.mark.parametrize(("size", "is_too_long"), [(0, False), (9, False), (10, False), (11, True)])
def test_a_body_is_kept_up_to_the_limit(exchange, drain, size, is_too_long):
    reply = exchange(answer(200, b"abcdefghijk"[:size]), drain=drain)
    assert (reply.body, reply.cut, reply.is_too_long) == (b"abcdefghij"[:size], None, is_too_long)


def test_what_is_drained_is_whole_and_kept_no_further_than_the_limit(exchange):
    reply = exchange(Step(HEAD + b"6\r\nabcdef\r\n" * 3 + b"0\r\n\r\n"), drain=True)
    assert (reply.body, reply.cut, reply.is_too_long) == (b"abcdefabcd", None, True)


def test_what_is_not_drained_is_read_no_further_than_the_limit(exchange):
    reply = exchange(ENDLESS, drain=False)
    assert (reply.body, reply.cut, reply.is_too_long) == (b"abcdefabcd", None, True)


def test_a_body_without_end_is_drained_until_the_time_is_up(exchange, monkeypatch):
    moments = count(100.0, 0.4)
    monkeypatch.setattr(transport, "ticks", lambda: next(moments))
    reply = exchange(ENDLESS, drain=True, timeout=5.0)
    assert (reply.body, reply.is_too_long) == (b"abcdefabcd", True)
    assert reply.cut == "no complete answer within 5 seconds"


@pytest.mark.parametrize("drain", [False, True])
def test_a_body_of_the_limit_is_read_to_see_whether_it_is_whole(exchange, drain):
    reply = exchange(Step(HEAD + b"a\r\nabcdefghij\r\n", close=True), drain=drain)
    assert (reply.body, reply.is_too_long) == (b"abcdefghij", False)
    assert reply.cut.startswith("the connection was lost: ")


def test_an_answer_that_is_shown_has_neither_headers_nor_body(exchange):
    reply = exchange(answer(200, KEY.encode()[:LIMIT], X_Echo=TOKEN), drain=False)
    assert reply.headers["x-echo"] == TOKEN
    assert TOKEN not in repr(reply)
    assert KEY[:LIMIT] not in repr(reply)


def test_it_goes_on_while_any_time_is_left(exchange, monkeypatch):
    monkeypatch.setattr(transport, "ticks", lambda: 100.0)
    assert exchange(answer(200, b"ok"), drain=False, timeout=0.5).body == b"ok"


def test_nothing_is_sent_at_the_very_end_of_the_time(monkeypatch):
    moments = chain([100.0] * 3, repeat(105.0))  # connected, and the time is up
    monkeypatch.setattr(transport, "ticks", lambda: next(moments))
    with ScriptedServer(answer(201, {})) as server, client(server, timeout=5.0) as api:
        assert kind(api.create_job(b"{}")) is CreateResult.UNCERTAIN
        assert server.requests == []


def test_the_end_of_the_process_waits_for_no_name(exchange, monkeypatch):
    asked = []

    def resolve(*_args, **_options):
        asked.append(threading.current_thread().daemon)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert isinstance(exchange(drain=False), Fault)
    assert asked == [True]
