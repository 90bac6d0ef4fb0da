"""`doctor`: every check by itself, over real HTTP and with real git; nothing is changed."""

from __future__ import annotations

import os

import pytest
from git_runs import git

from bindbee_sync.bindbee import pacing
from bindbee_sync.commands import doctor_checks as checks

LEDGER = "git+origin#bindbee-sync-ledger"


def statuses(ran, name):
    return [check["status"] for check in ran.json["checks"] if check["name"] == name]


def told(ran, name):
    return " | ".join(check["message"] for check in ran.json["checks"] if check["name"] == name)


@pytest.fixture
def doctor(repo):
    repo.config("provider: greenhouse\n")
    repo.job("sales/lead", "Lead")
    return lambda: repo.run("doctor", "--format", "json")


def test_all_is_well(doctor, repo, sandbox):
    before = repo.files()
    ran = doctor()
    assert ran.code == 0
    assert ran.json["format_version"] == 1
    assert {check["status"] for check in ran.json["checks"]} == {"ok", "warning"}
    assert statuses(ran, "base URL") == ["warning"], "the sandbox is no Bindbee"
    assert "greenhouse of Halden Robotics" in told(ran, "connector")
    assert "40 jobs and 3 templates" in told(ran, "jobs listed")
    assert "Done, begun" in told(ran, "last sync")
    assert "ago" in told(ran, "last sync")
    assert "of 200 requests left" in told(ran, "rate limit")
    assert "jobs: 1 job file" in told(ran, "job files")
    assert "agrees" in told(ran, "clock")
    assert all(request.startswith("GET ") for request in sandbox.state["requests"])
    assert repo.files() == before


@pytest.mark.usefixtures("doctor")
def test_in_words_with_the_remedy_below(repo, monkeypatch):
    monkeypatch.delenv("BINDBEE_API_KEY")
    ran = repo.run("doctor")
    assert ran.code == 1
    assert "  problem   tokens        BINDBEE_API_KEY is not set\n" in ran.out
    assert "Set it in the environment" in ran.out
    assert "ok        job files" in ran.out, "the others are checked all the same"
    assert "ok        ledger" in ran.out
    assert ran.out.endswith("1 problem, 2 warnings.\n")


@pytest.mark.parametrize("value", ["two words", "'quoted'", "schlüssel"])
def test_a_token_that_can_be_none_is_a_problem_and_not_shown(doctor, monkeypatch, value):
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", value)
    ran = doctor()
    assert ran.code == 1
    assert "problem" in statuses(ran, "tokens")
    assert value not in ran.out + ran.err


def test_one_token_in_both_variables(doctor, monkeypatch):
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", os.environ["BINDBEE_API_KEY"])
    assert "same token" in told(doctor(), "tokens")


def test_a_wrong_token_is_one_problem_and_stops_nothing_else(doctor, monkeypatch):
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", "of-another-connector")
    ran = doctor()
    assert statuses(ran, "connector") == ["problem"]
    for name in ("jobs listed", "departments", "offices", "users"):
        assert statuses(ran, name) == [], "one cause is one problem"
    assert statuses(ran, "ledger") == ["ok"]
    assert ran.code == 1


def test_a_list_that_cant_be_read_leaves_the_others(doctor, sandbox):
    sandbox.fault(on="get", path="/api/ats/v1/offices", status=403, body={})
    ran = doctor()
    assert statuses(ran, "offices") == ["problem"]
    assert statuses(ran, "departments") == statuses(ran, "users") == statuses(ran, "jobs listed") == ["ok"]


def test_nobody_answers(doctor, monkeypatch):
    monkeypatch.setattr("bindbee_sync.commands.doctor.PATIENCE", 0)
    monkeypatch.setenv("BINDBEE_BASE_URL", "http://127.0.0.1:1")
    ran = doctor()
    assert statuses(ran, "connector") == ["problem"]
    assert not statuses(ran, "clock") + statuses(ran, "rate limit"), "nothing is known of them"
    assert statuses(ran, "ledger") == ["ok"]


def test_a_list_that_is_old_or_failed_is_a_problem_with_its_remedy(doctor, sandbox):
    sandbox.advance(48 * 3600)
    ran = doctor()
    assert statuses(ran, "last sync") == ["ok", "problem"]
    assert "48 hours ago" in told(ran, "last sync")
    assert statuses(ran, "clock") == ["problem"], "the server's clock is two days ahead"
    hints = [check["hint"] for check in ran.json["checks"] if check["status"] == "problem"]
    assert all(hints)


def test_another_ats_than_the_config_says(doctor, repo):
    repo.config("provider: lever\n")
    ran = doctor()
    assert statuses(ran, "connector") == ["problem"]


def test_errors_in_job_files_are_counted(doctor, repo):
    repo.write("sales/bad", "openings: 0\n")
    assert statuses(doctor(), "job files") == ["problem"]


def test_a_broken_config_is_said_and_the_tokens_are_checked(doctor, repo):
    (repo.path / "bindbee-sync.yaml").write_text("version: 3\n")
    ran = doctor()
    assert ran.code == 1
    assert statuses(ran, "config") == ["problem"]
    assert statuses(ran, "tokens") == ["ok", "ok"]
    assert told(ran, "ledger") == "not checked"


def test_an_uncertain_create_is_a_warning(doctor, sandbox, repo):
    sandbox.fault("lose", when="after")
    assert repo.apply().code == 3
    ran = doctor()
    assert statuses(ran, "ledger") == ["ok", "warning"]
    assert "1 uncertain" in told(ran, "ledger")


def test_a_file_ledger_in_ci_is_a_problem(doctor, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert "thrown away" in told(doctor(), "ledger")


def test_few_requests_left_is_a_warning(doctor, sandbox):
    sandbox.settings(rate_limit=4)
    assert statuses(doctor(), "rate limit") == ["warning"]


@pytest.fixture
def remote(repo, tmp_path):
    """A repository with a remote that has the ledger's branch."""
    (repo.path / ".git").rmdir()
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(repo.path, "init", "--quiet")
    git(repo.path, "remote", "add", "origin", f"file://{tmp_path}/remote.git")
    repo.config(f"provider: greenhouse\nledger: {LEDGER}\n")
    return tmp_path / "remote.git"


def test_a_git_ledger_can_be_read_and_pushed_to_and_nothing_is_pushed(repo, remote):
    missing = repo.run("doctor", "--format", "json")
    assert statuses(missing, "ledger") == ["problem"]
    assert "ledger init" in missing.out
    assert repo.run("ledger", "init").code == 0
    before = {path: path.read_bytes() for path in remote.rglob("*") if path.is_file()}
    ran = repo.run("doctor", "--format", "json")
    assert statuses(ran, "ledger") == ["ok", "ok"]
    assert statuses(ran, "git") == ["ok"]
    assert {path: path.read_bytes() for path in remote.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("remote")
def test_a_remote_that_takes_no_push(repo):
    assert repo.run("ledger", "init").code == 0
    git(repo.path, "config", "remote.origin.pushurl", "file:///nowhere/at/all.git")
    ran = repo.run("doctor", "--format", "json")
    assert statuses(ran, "ledger") == ["ok", "problem"]


def test_an_old_git(tmp_path, monkeypatch):
    old = tmp_path / "bin" / "git"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho git version 2.20.1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(old.parent), prepend=":")
    (check,) = checks.check_git()
    assert check.status is checks.Status.PROBLEM
    assert "2.29" in check.hint


def test_headers_that_make_no_sense_tell_no_rate_limit():
    pace = pacing.Pace()
    pace.note({"x-ratelimit-remaining": "inf", "x-ratelimit-limit": "200"})
    assert pace.room is None
    pace.note({"x-ratelimit-remaining": "3", "x-ratelimit-limit": "200"})
    assert pace.room == (3, 200)
    assert pace.ahead() is None
