"""Ctrl-C, a cancelled run and a killed one, in a real process, while a create is under way."""

from __future__ import annotations

import json
import signal
import time

import pytest


@pytest.fixture
def applying(repo, sandbox):
    """Return a function that starts an apply of two jobs and returns it once its first POST has arrived."""
    started = []

    def start(**fault):
        repo.job("a/first", "First", "A-1")
        repo.job("b/second", "Second", "B-1")
        sandbox.fault(**fault)
        process = repo.start("apply", "--yes", "--format", "json")
        started.append(process)
        arrival(sandbox)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def arrival(sandbox):
    until = time.monotonic() + 30
    while not sandbox.creates():
        assert time.monotonic() < until
        time.sleep(0.02)


def states(repo):
    records = repo.run("ledger", "list", "--format", "json").json["records"]
    return {record["address"]: record["state"] for record in records}


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_lets_the_request_under_way_end_and_begins_no_other(repo, sandbox, applying, number):
    process = applying(do="pass", delay=0.6)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    results = {entry["address"]: entry.get("result") for entry in json.loads(out)["entries"]}
    assert results == {"a/first": "created", "b/second": "not_tried"}
    assert "Stopping" in err
    assert len(sandbox.creates()) == 1
    assert repo.plan().outcomes == {"a/first": "pending", "b/second": "create"}


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_abandons_it_as_uncertain(repo, sandbox, applying, number):
    process = applying(do="pass", delay=20)
    process.send_signal(number)
    assert any("Stopping" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - sent < 3
    assert process.returncode == 3
    first, second = json.loads(out)["entries"]
    assert (first["result"], second["result"]) == ("uncertain", "not_tried")
    assert "interrupted while the request was under way" in first["detail"]
    assert "Traceback" not in err
    assert states(repo) == {"a/first": "uncertain"}
    assert repo.plan().outcomes == {"a/first": "uncertain", "b/second": "create"}


@pytest.mark.usefixtures("forked")
def test_after_a_first_signal_a_request_has_four_seconds(repo, sandbox, applying):
    process = applying(do="pass", delay=20)
    process.send_signal(signal.SIGTERM)
    sent = time.monotonic()
    process.communicate(timeout=30)
    assert 3.5 < time.monotonic() - sent < 7
    assert process.returncode == 3
    assert states(repo) == {"a/first": "uncertain"}


def test_a_process_that_is_killed_leaves_that_one_uncertain_and_its_lock_free(repo, sandbox, applying):
    process = applying(do="pass", delay=1.5)
    locked = repo.apply()
    assert (locked.code, len(sandbox.creates())) == (1, 1)
    assert f"process {process.pid} on" in locked.json["error"]["message"]
    assert repo.plan().outcomes == {"a/first": "uncertain", "b/second": "create"}
    process.kill()
    process.communicate(timeout=10)
    assert states(repo) == {"a/first": "uncertain"}
    ran = repo.apply()
    assert ran.code == 3
    assert ran.outcomes == {"a/first": "uncertain", "b/second": "create"}
    assert ran.results["b/second"] == "created"
    until = time.monotonic() + 10
    while sum(job["name"] == "First" for job in sandbox.source_jobs()) == 0:
        assert time.monotonic() < until
        time.sleep(0.05)
    sandbox.sync()
    assert set(repo.apply().outcomes.values()) == {"in_sync"}
    assert len(sandbox.creates()) == 2


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_interrupted_before_anything_was_sent_is_130_and_still_one_document(repo, sandbox, number, command):
    repo.job("a/first", "First", "A-1")
    sandbox.fault(on="get", path="/api/ats/v1/jobs", delay=20, do="pass")
    yes = ["--yes"] if command == "apply" else []
    process = repo.start(command, *yes, "--format", "json")
    until = time.monotonic() + 30
    while not sandbox.requests("GET", "/api/ats/v1/jobs"):
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Interrupted" in json.loads(out)["error"]["message"]
    assert "Traceback" not in err
    assert not sandbox.creates()
