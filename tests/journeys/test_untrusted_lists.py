"""A list that may be wrong: `plan` warns, `apply` refuses and says what helps, and waits have an end."""

from __future__ import annotations

import pytest

from bindbee_sync.applying import apply as applying
from bindbee_sync.clock import SystemClock

DAY = 24 * 3600
RESYNC = "/api/embedded/v1/connectors/resync"


def not_complete(sandbox):
    sandbox.settings(connector={"status": "RELINK_NEEDED"})


def no_ats(sandbox):
    sandbox.settings(connector={"category": "HRIS"})


def never_synced(sandbox):
    sandbox.reset(synced="never")


def first_sync_empty(sandbox):
    sandbox.reset(synced="first_empty")


def first_sync_partial(sandbox):
    sandbox.reset(synced="first_partial")


def moving(sandbox):
    sandbox.settings(page_limit=20, syncs_during_walks=9)


def syncing(sandbox):
    sandbox.settings(sync="hangs")
    sandbox.sync()


def failed(sandbox):
    sandbox.settings(sync="fails")
    sandbox.sync()


def stale(sandbox):
    sandbox.advance(2 * DAY)


DOUBTS = [
    (not_complete, "connector/not-ready"),
    (no_ats, "connector/not-ready"),
    (never_synced, "connector/never-synced"),
    (first_sync_empty, "connector/never-synced"),
    (first_sync_partial, "connector/never-synced"),
    (moving, "connector/list-moved"),
    (syncing, "connector/list-moved"),
    (failed, "connector/sync-failed"),
    (stale, "connector/stale-list"),
]


@pytest.fixture
def job(repo):
    """A file that would be created, and whose references are known even where the lists are empty."""
    repo.write("sales/lead", "name: Field Sales Lead\ncode: LEAD-1\nopenings: 1\n")
    repo.config("rules: {greenhouse/template-required: off, greenhouse/remote-user-required: off}\n")


@pytest.mark.parametrize(("doubt", "rule"), DOUBTS, ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.usefixtures("job")
def test_plan_warns_and_apply_refuses_with_a_remedy(repo, sandbox, doubt, rule):
    doubt(sandbox)
    plan = repo.plan()
    assert (plan.code, plan.outcomes) == (0, {"sales/lead": "create"})
    assert {(found["rule"], found["severity"]) for found in plan.json["diagnostics"]} == {(rule, "warning")}
    assert not repo.ledger.parent.exists()

    refused = repo.apply("--wait-timeout", "0")
    assert refused.code == 1
    assert {(found["rule"], found["severity"]) for found in refused.json["diagnostics"]} == {(rule, "error")}
    assert all("--allow-stale-list" in found["hint"] for found in refused.json["diagnostics"])
    assert not sandbox.creates()
    assert not repo.ledger.exists()

    sandbox.settings(rate_limit=1000)
    allowed = repo.apply("--wait-timeout", "0", "--allow-stale-list", "--max-creates", "0")
    assert {rule for rule, _, _ in allowed.rules if "connector" not in rule} == {"plan/too-many"}
    severities = {found["severity"] for found in allowed.json["diagnostics"] if found["rule"] == rule}
    assert severities == {"warning"}


@pytest.mark.parametrize("doubt", [stale, failed, moving], ids=lambda doubt: doubt.__name__)
@pytest.mark.usefixtures("job")
def test_a_refresh_helps(repo, sandbox, doubt, monkeypatch):
    doubt(sandbox)
    assert repo.apply("--wait-timeout", "0").code == 1
    sandbox.settings(sync="works", sync_duration=1000, syncs_during_walks=0)
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: sandbox.advance(400 * bool(seconds)))
    ran = repo.apply("--refresh", "--max-creates", "0")
    assert {rule for rule, _, _ in ran.rules} == {"plan/too-many"}
    assert sandbox.requests("POST", RESYNC) == 1
    assert "Waiting for the sync that was asked for" in ran.err


@pytest.mark.usefixtures("job")
def test_a_list_that_moves_once_is_read_again(repo, sandbox):
    sandbox.settings(page_limit=20, syncs_during_walks=1)
    plan = repo.plan()
    assert not plan.json["diagnostics"]


@pytest.mark.usefixtures("job")
def test_the_configured_age_counts(repo, sandbox):
    sandbox.advance(2 * DAY)
    repo.config(
        "max_list_age: 72\nrules: {greenhouse/template-required: off, greenhouse/remote-user-required: off}\n"
    )
    assert not repo.plan().json["diagnostics"]


def test_an_apply_waits_for_a_running_sync_and_a_plan_does_not(repo, sandbox, monkeypatch):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.settings(sync_duration=1000, sync_interval=1)
    sandbox.advance(1)
    sandbox.settings(sync_interval=None)
    assert {rule for rule, _, _ in repo.plan().rules} == {"connector/list-moved"}
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: sandbox.advance(400 * bool(seconds)))
    ran = repo.apply()
    assert ran.results == {"sales/lead": "created"}
    assert ran.err.count("Waiting for the running sync") == 1
    assert sandbox.requests("POST", RESYNC) == 0


def test_a_sync_that_does_not_end_is_waited_for_no_longer_than_allowed_and_said(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    syncing(sandbox)
    ran = repo.apply("--wait-timeout", "0.2")
    assert ran.code == 1
    assert any("--wait-timeout" in note for note in ran.json["notes"])
    assert "--wait-timeout" in repo.run("apply", "--yes", "--wait-timeout", "0.1").out


def test_wait_ends_once_every_created_job_is_listed(repo, sandbox, monkeypatch):
    monkeypatch.setattr(applying, "PAUSE_BETWEEN_SYNCS", 0.01)
    sandbox.settings(sync_duration=0.05)
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    ran = repo.apply("--wait")
    assert (ran.code, ran.results) == (0, {"sales/lead": "created"})
    assert ran.json["notes"] == ["Every created job is listed."]
    assert sandbox.requests("POST", RESYNC) == 1
    assert repo.plan("--detailed-exitcode").outcomes == {"sales/lead": "in_sync"}
    assert [record["state"] for record in repo.run("ledger", "list", "--format", "json").json["records"]] == [
        "listed"
    ]


def test_wait_past_its_timeout_names_what_is_open_and_keeps_the_exit_code(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.settings(sync="hangs")
    ran = repo.apply("--wait", "--wait-timeout", "0.3")
    assert (ran.code, ran.results) == (0, {"sales/lead": "created"})
    assert "sales/lead" in " ".join(ran.json["notes"])
    assert "did not end" in " ".join(ran.json["notes"])


def test_wait_past_its_timeout_stays_uncertain_where_it_was(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.settings(sync="hangs")
    sandbox.fault("lose")
    assert repo.apply("--wait", "--wait-timeout", "0.3").code == 3


def test_a_wait_that_bindbee_refuses_is_said_and_changes_nothing(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.fault(on="resync", status=403, body={"detail": "resync is disabled"})
    ran = repo.apply("--wait")
    assert (ran.code, ran.results) == (0, {"sales/lead": "created"})
    assert "resync is disabled" in ran.json["notes"][0]


@pytest.mark.parametrize("made", [True, False])
def test_a_wait_settles_what_the_list_then_shows(repo, sandbox, made):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.settings(sync_duration=0.05)
    sandbox.fault("lose", when="after" if made else "before")
    ran = repo.apply("--wait")
    assert (ran.code, ran.results) == (
        (0, {"sales/lead": "created"}) if made else (3, {"sales/lead": "uncertain"})
    )
    assert repo.plan().outcomes == {"sales/lead": "in_sync" if made else "uncertain"}


def test_a_wait_settles_an_earlier_uncertain_create(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.settings(sync_duration=0.05)
    sandbox.fault("lose", when="after")
    assert repo.apply().code == 3
    assert repo.apply("--wait").code == 0
