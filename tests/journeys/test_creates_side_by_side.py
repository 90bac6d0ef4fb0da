"""Several creates of one apply under way at once, in a real process: what is sent, lost and known of them."""

from __future__ import annotations

import json
import signal
import time

import pytest

ADDRESSES = [f"a/{number}" for number in range(9)]


@pytest.fixture
def under_way(repo, sandbox):
    """Return an apply of nine jobs: one is created, and the next two are under way for long."""
    for address in ADDRESSES:
        repo.job(address, f"Role {address}", address.upper())
    sandbox.fault(do="pass")
    sandbox.fault(do="pass", delay=20)
    sandbox.fault(do="pass", delay=20)
    process = repo.start("apply", "--yes", "--format", "json", "--parallel", "4")
    until = time.monotonic() + 30
    while len(sandbox.creates()) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    yield process
    process.kill()
    process.communicate()


def states(repo):
    records = repo.run("ledger", "list", "--format", "json").json["records"]
    return {record["address"]: record["state"] for record in records}


def test_all_are_created_once_and_reported_in_the_plans_order(repo, sandbox):
    for address in ADDRESSES:
        repo.job(address, f"Role {address}", address.upper())
    sandbox.settings(latency=0.05)
    ran = repo.run("apply", "--yes")
    assert ran.code == 0, ran.err
    assert sorted(body["name"] for body in sandbox.creates()) == [f"Role {a}" for a in ADDRESSES]
    shown = [line.split()[2] for line in ran.out.splitlines() if line.startswith("  + created")]
    assert shown == ADDRESSES
    assert set(repo.plan().outcomes.values()) == {"pending"}


def test_a_second_signal_leaves_those_under_way_uncertain(repo, sandbox, under_way):
    under_way.send_signal(signal.SIGINT)
    assert any("Stopping" in line for line in iter(under_way.stderr.readline, ""))
    under_way.send_signal(signal.SIGINT)
    out, err = under_way.communicate(timeout=30)
    assert under_way.returncode == 3
    assert "Traceback" not in err
    results = [entry["result"] for entry in json.loads(out)["entries"]]
    assert results == ["created", "uncertain", "uncertain", *["not_tried"] * 6]
    assert list(states(repo).values()) == ["pending", "uncertain", "uncertain"]


def test_a_killed_process_leaves_no_more_than_those_under_way_uncertain(repo, sandbox, under_way):
    under_way.kill()
    under_way.communicate(timeout=10)
    assert list(states(repo).values()) == ["pending", "uncertain", "uncertain"]
    assert repo.plan().json["summary"]["create"] == 6
    assert len(sandbox.creates()) == 3
