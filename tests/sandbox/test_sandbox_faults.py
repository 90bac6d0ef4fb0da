from __future__ import annotations

import json
import socket
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from bindbee_sync.sandbox.server import Sandbox

JOBS = "/api/ats/v1/jobs"


@pytest.fixture
def on_the_wire(sandbox):
    def send(method, path, body=""):
        host, port = urlsplit(sandbox.url).netloc.split(":")
        request = (
            f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {sandbox.api_key}\r\n"
            f"X-Connector-Token: {sandbox.connector_token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        with socket.create_connection((host, int(port)), timeout=5) as wire:
            wire.sendall(request.encode())
            return b"".join(iter(lambda: wire.recv(65536), b""))

    return send


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_lost_connection_sends_not_one_byte(sandbox, order, on_the_wire, when, made):
    before = len(sandbox.source_jobs())
    sandbox.fault("lose", when=when)
    assert on_the_wire("POST", JOBS, json.dumps(order)) == b""
    assert len(sandbox.source_jobs()) == before + made
    assert sandbox.creates() == [order]


def test_half_a_response_promises_more_than_it_sends(sandbox, order, on_the_wire):
    sandbox.fault("half", when="after", body={"remote_id": "4050001"})
    head, _, body = on_the_wire("POST", JOBS, json.dumps(order)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 ")
    assert b"content-length: 88" in head
    assert body == b'{"remote_id": "4050001"}'


def test_clients_see_a_broken_answer(api, sandbox, order):
    sandbox.fault("lose", when="after")
    sandbox.fault("half", when="after")
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            api.post(JOBS, json=order)
    assert api.post(JOBS, json=order).status_code == 201
    assert len(sandbox.source_jobs()) == 46


@pytest.mark.parametrize(
    ("step", "status", "body"),
    [
        ({"status": 502, "html": "<h1>Bad gateway</h1>"}, 502, b"<h1>Bad gateway</h1>"),
        ({"status": 400, "body": {"detail": "no"}}, 400, b'{"detail": "no"}'),
        ({"status": 201, "text": '{"id": '}, 201, b'{"id": '),
        ({"status": 503}, 503, b""),
        ({}, 500, b""),
        ({"status": 200, "body": None}, 200, b"null"),
    ],
)
def test_an_answer_of_choice(api, sandbox, order, step, status, body):
    sandbox.fault(headers={"Retry-After": "7"}, **step)
    answer = api.post(JOBS, json=order)
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-ratelimit-limit"] == "200"
    assert answer.headers.get("content-type", "").startswith("text/html") == ("html" in step)


def test_a_delay_and_then_the_true_answer(api, sandbox, order):
    sandbox.fault("pass", when="after", delay=0.3)
    with pytest.raises(httpx.ReadTimeout):
        api.post(JOBS, json=order, timeout=0.1)
    assert len(sandbox.source_jobs()) == 44
    sandbox.fault("pass", delay=0.05)
    assert api.post(JOBS, json=order).status_code == 201


def test_a_delayed_create_does_not_outlive_a_reset(api, sandbox, order):
    sandbox.fault("pass", delay=0.15)
    with pytest.raises(httpx.ReadTimeout):
        api.post(JOBS, json=order, timeout=0.05)
    sandbox.reset()
    sandbox.fault("pass", delay=0.15)
    api.post(JOBS, json=order)
    assert len(sandbox.source_jobs()) == 44


def test_steps_are_taken_in_their_order_each_by_the_request_that_it_fits(api, sandbox, order):
    sandbox.follow(
        {
            "steps": [
                {"do": "pass"},
                {"status": 500},
                {"on": "get", "status": 503, "times": 2},
                {"on": "get", "path": "/api/ats/v1/offices", "status": 429, "headers": {"Retry-After": "1"}},
                {"on": "resync", "status": 409, "body": {"detail": "busy"}},
            ],
            "settings": {"create_body": "null"},
        }
    )
    assert [api.post(JOBS, json=order).status_code for _ in range(3)] == [201, 500, 201]
    assert [api.get(JOBS).status_code for _ in range(3)] == [503, 503, 200]
    assert api.get("/api/ats/v1/offices").status_code == 429
    assert api.post("/api/embedded/v1/connectors/resync").status_code == 409
    assert sandbox.state["steps"] == []


def test_a_script_may_set_back_the_copy_and_be_forgotten(api, sandbox):
    sandbox.follow({"synced": "first_empty", "steps": [{"status": 500}]})
    assert api.get(JOBS).json()["items"] == []
    assert httpx.delete(f"{sandbox.url}/_sandbox/faults").status_code == 204
    assert sandbox.state["steps"] == []


@pytest.mark.parametrize(
    "script", [{"steps": [{"when": "later"}]}, {"setings": {}}, {"settings": {"walk": "x"}}]
)
def test_a_misspelt_script_is_refused(sandbox, script):
    with pytest.raises(ValueError, match="detail"):
        sandbox.follow(script)


def test_reset_undoes_everything(api, sandbox, order):
    sandbox.fault("lose")
    sandbox.settings(walk="loops", rate_limit=1)
    sandbox.add_job(name="New")
    sandbox.advance(999)
    sandbox.reset()
    assert api.post(JOBS, json=order).status_code == 201
    assert api.get(JOBS).json()["cursor"] is None
    sandbox.reset(seed="empty")
    assert [job["is_template"] for job in sandbox.source_jobs()] == [True] * 3
    sandbox.reset(seed="company")


def test_it_starts_and_ends_quickly_also_while_a_request_hangs():
    threads = threading.active_count()
    started = time.monotonic()
    with Sandbox() as sandbox:
        sandbox.fault("pass", on="get", delay=60)
        headers = {"Authorization": f"Bearer {sandbox.api_key}", "x-connector-token": sandbox.connector_token}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(sandbox.url + JOBS, headers=headers, timeout=0.05)
    assert time.monotonic() - started < 2
    assert threading.active_count() == threads
