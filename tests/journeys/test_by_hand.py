"""A person settles what nobody knows: resolve and release, and what each of them refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindbee_sync.ledger.events import Intent, new_record_id
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.sandbox import seed


@pytest.fixture
def lost(repo, sandbox):
    """Return a function that leaves creates uncertain, none of which was made."""

    def lose(*addresses, when="before"):
        for number, address in enumerate(addresses):
            repo.job(address, f"Role {number}", f"R-{number}")
        sandbox.fault("lose", times=len(addresses), when=when)
        assert repo.apply().code == 3

    return lose


def test_not_created_may_be_created(repo, sandbox, lost):
    lost("sales/lead")
    settled = repo.run("ledger", "resolve", "sales/lead", "--not-created", "--why", "looked in Greenhouse")
    assert settled.code == 0
    assert repo.plan().outcomes == {"sales/lead": "create"}
    assert repo.apply().results == {"sales/lead": "created"}
    assert len(sandbox.creates()) == 2


@pytest.mark.parametrize(("minutes_ago", "early"), [(0, True), (14, True), (16, False), (600, False)])
def test_who_says_not_created_early_is_told_until_when_a_job_may_come(repo, minutes_ago, early):
    sent = datetime.now(UTC) - timedelta(minutes=minutes_ago, seconds=120)
    attempt = Intent(
        connector_id=seed.CONNECTOR_ID,
        record=new_record_id(),
        original_address="sales/lead",
        at=sent,
        server_at=sent,
        deadline=sent + timedelta(seconds=120),
        name="Lead",
        digest="d",
    )
    with FileStore(repo.path / ".bindbee-sync" / "ledger").writing() as writer:
        writer.append(attempt)
    settled = repo.run("ledger", "resolve", "sales/lead", "--not-created")
    assert settled.code == 0
    until = attempt.deadline + timedelta(minutes=15)
    assert (f"its job may still be created until {until:%Y-%m-%d %H:%M UTC}" in settled.err) == early


@pytest.mark.parametrize("by", ["id", "bindbee_id"])
def test_created_is_pending_under_the_id_that_was_given(repo, sandbox, lost, by):
    lost("sales/lead", when="after")
    job = max(sandbox.source_jobs(), key=lambda job: job["id"])
    sandbox.edit_job(job["id"], name="Renamed meanwhile", requisition_id="OTHER")
    assert repo.run("ledger", "resolve", "sales/lead", "--created", str(job[by])).code == 0
    (entry,) = repo.plan().json["entries"]
    assert entry["outcome"] == "pending"
    assert str(job[by]) in (entry["id"], entry["remote_id"])
    sandbox.sync()
    assert repo.apply().outcomes == {"sales/lead": "drifted"}
    assert len(sandbox.creates()) == 1


def test_a_pending_record_can_be_given_its_id(repo, sandbox):
    sandbox.settings(create_body="none", code="dropped")
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    job = max(sandbox.source_jobs(), key=lambda job: job["id"])
    sandbox.edit_job(job["id"], name="Renamed meanwhile")
    assert repo.run("ledger", "resolve", "sales/lead", "--created", str(job["id"])).code == 0
    sandbox.sync()
    assert repo.apply().outcomes == {"sales/lead": "drifted"}


def test_a_pattern_settles_several_as_not_created_but_one_id_is_for_one(repo, lost):
    lost("sales/one", "sales/two")
    refused = repo.run("ledger", "resolve", "sales/*", "--created", "4050001", "--format", "json")
    assert refused.code == 1
    assert "One id can't resolve 2 creates" in refused.json["error"]["message"]
    assert set(repo.plan().outcomes.values()) == {"uncertain"}
    assert repo.run("ledger", "resolve", "sales/*", "--not-created").code == 0
    assert set(repo.plan().outcomes.values()) == {"create"}


def test_there_has_to_be_something_to_settle(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    assert repo.run("ledger", "resolve", "sales/lead", "--not-created").code == 1
    repo.apply()
    sandbox.sync()
    repo.apply()
    refused = repo.run("ledger", "resolve", "sales/lead", "--not-created")
    assert refused.code == 1
    assert "nothing to resolve" in refused.err
    assert repo.plan().outcomes == {"sales/lead": "in_sync"}


def test_release_is_refused_while_uncertain_or_pending(repo, sandbox, lost):
    lost("sales/lead")
    refused = repo.run("ledger", "release", "sales/lead")
    assert refused.code == 1
    assert "uncertain" in refused.err
    assert "resolve" in refused.err
    assert repo.plan().outcomes == {"sales/lead": "uncertain"}
    repo.job("sales/second", "Second", "S-1")
    repo.apply()
    assert repo.plan().outcomes["sales/second"] == "pending"
    assert repo.run("ledger", "release", "sales/second").code == 1
    assert repo.run("ledger", "release", "sales/*").code == 1
    assert repo.plan().outcomes["sales/second"] == "pending"


def test_a_pending_one_that_by_the_evidence_is_gone_may_be_released(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.delete_job(max(job["id"] for job in sandbox.source_jobs()))
    sandbox.sync()
    assert repo.plan().outcomes == {"sales/lead": "pending"}
    sandbox.advance(3600)
    sandbox.sync()
    assert repo.plan().outcomes == {"sales/lead": "vanished"}
    assert repo.run("ledger", "release", "sales/lead").code == 0
    assert repo.plan().outcomes == {"sales/lead": "create"}


def test_a_released_job_that_is_listed_is_found_again_by_its_code(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    assert repo.run("ledger", "release", "sales/lead").code == 0
    assert repo.apply().outcomes == {"sales/lead": "in_sync"}
    assert len(sandbox.creates()) == 1


def test_an_absent_create_is_sent_again_only_where_no_job_could_be_it(repo, sandbox, lost):
    lost("sales/lead")
    sandbox.add_job(name="Made by hand about then")
    sandbox.advance(3600)
    sandbox.sync()
    plan = repo.plan()
    assert plan.outcomes == {"sales/lead": "uncertain"}
    assert "Made by hand about then" in plan.out
    assert repo.apply("--retry-absent").code == 3
    assert len(sandbox.creates()) == 1


def test_a_retry_closes_the_old_attempt(repo, sandbox, lost):
    lost("sales/lead")
    sandbox.advance(3600)
    sandbox.sync()
    assert "--retry-absent" in repo.run("plan").out
    assert repo.apply().code == 3
    assert len(sandbox.creates()) == 1
    assert repo.apply("--retry-absent").results == {"sales/lead": "created"}
    assert repo.apply("--retry-absent").outcomes == {"sales/lead": "pending"}
    assert len(sandbox.creates()) == 2


@pytest.mark.parametrize("code_kept", ["kept", "dropped", "altered"])
def test_an_uncertain_create_is_found_by_its_code_else_by_its_name(repo, sandbox, lost, code_kept):
    sandbox.settings(code=code_kept)
    lost("sales/one", "sales/two", when="after")
    sandbox.sync()
    ran = repo.apply()
    assert ran.code == 0
    assert set(ran.outcomes.values()) == {"in_sync" if code_kept == "kept" else "drifted"}
    assert len(sandbox.creates()) == 2


def test_every_hold_says_since_when_what_for_and_how_to_end_it(repo, sandbox, lost):
    lost("sales/lead")
    repo.job("sales/second", "Second", "S-1")
    repo.apply()
    for entry in repo.plan().json["entries"]:
        hold = entry["hold"]
        assert hold["since"].endswith("Z")
        assert hold["waits_for"]
        assert "bindbee-sync" in hold["way_out"]
    text = repo.run("plan").out
    assert text.count("waits for") == text.count("to settle it: `bindbee-sync") == 2


def test_an_intent_says_who_when_from_where_and_what(repo, monkeypatch):
    for name, value in {
        "GITHUB_SHA": "c0ffee",
        "GITHUB_ACTOR": "mara",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "acme/jobs",
        "GITHUB_RUN_ID": "42",
    }.items():
        monkeypatch.setenv(name, value)
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    intent, outcome = repo.run("ledger", "show", "sales/lead", "--format", "json").json["events"]
    assert (intent["commit"], intent["actor"]) == ("c0ffee", "mara")
    assert intent["run_url"] == "https://github.example/acme/jobs/actions/runs/42"
    assert (intent["code"], intent["name"]) == ("LEAD-1", "Field Sales Lead")
    assert (intent["connector_id"], len(intent["digest"])) == (seed.CONNECTOR_ID, 64)
    assert outcome["record"] == intent["record"]
    assert outcome["result"] == "created"


def test_show_tells_who_settled_what_and_why_also_of_what_has_ended(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.fault(do="lose", on="create", when="before")
    repo.apply()
    repo.run("ledger", "resolve", "sales/lead", "--not-created", "--why", "looked in the ATS")
    shown = repo.run("ledger", "show", "sales/lead", "--format", "json")
    assert [record["state"] for record in shown.json["records"]] == ["not_created"]
    assert "looked in the ATS" in shown.out
    text = repo.run("ledger", "show", "sales/lead").out
    (record,) = shown.json["records"]
    first, *events = text.splitlines()
    assert first == "sales/lead: not created"
    told = ["about to be created", "sent, and its outcome is not known", "resolved by"]
    assert [word for line in events for word in told if word in line] == told
    for word in ("'Field Sales Lead', code LEAD-1", "why: looked in the ATS"):
        assert word in text
    for hidden in (
        record["record"],
        record["connector_id"],
        shown.json["events"][0]["digest"],
        "possibly_newer",
    ):
        assert hidden not in text


@pytest.mark.parametrize(
    "text", ["Sales Manager", "https://app.greenhouse.io/sdash/4050001", "40\n50", "4" * 201]
)
def test_what_can_be_no_id_settles_nothing(repo, lost, text):
    lost("sales/lead")
    refused = repo.run("ledger", "resolve", "sales/lead", "--created", text, "--format", "json")
    assert refused.code == 1
    assert "no id of a job" in refused.json["error"]["message"]
    assert repo.plan().outcomes == {"sales/lead": "uncertain"}


@pytest.mark.parametrize(
    "name", ["jobs/sales/führer.yaml", "sales/fu\u0308hrer", "jobs/sales/fu\u0308hrer.yaml", "jobs/sales/*"]
)
def test_a_record_is_named_by_its_file_however_it_is_composed_and_also_once_the_file_is_gone(
    repo, sandbox, lost, name
):
    lost("sales/führer")
    assert repo.run("ledger", "show", name).code == 0
    (repo.path / "jobs" / "sales" / "führer.yaml").unlink()
    assert repo.run("ledger", "resolve", name, "--not-created").code == 0
    assert repo.plan().json["summary"]["uncertain"] == 0


def test_a_path_in_no_jobs_folder_names_no_record(repo, lost):
    lost("sales/lead")
    assert repo.run("ledger", "show", "elsewhere/sales/lead.yaml").code == 1
