"""From files to jobs, once: over real HTTP, with the ledger in a file."""

from __future__ import annotations

import itertools

import pytest


def test_missing_jobs_are_created_once_and_listed_after_a_sync(repo, sandbox):
    for number in range(4):
        repo.job(f"sales/new-{number}", f"New role {number}", f"NEW-{number}")
    repo.write("sales/same", "name: Account Executive\ncode: SAL-115\n")
    repo.write("sales/other", "name: Something Else\ncode: PRD-111\n")

    before = repo.plan("--detailed-exitcode")
    assert before.code == 2
    assert sorted(before.outcomes.values()) == ["create"] * 4 + ["drifted", "in_sync"]

    first = repo.apply()
    assert first.code == 0
    assert set(filter(None, first.results.values())) == {"created"}
    payloads = [entry["payload"] for entry in before.json["entries"] if entry["payload"]]
    assert sorted(sandbox.creates(), key=str) == sorted(payloads, key=str)

    second = repo.apply()
    assert second.code == 0
    assert len(sandbox.creates()) == 4
    assert list(second.outcomes.values()).count("pending") == 4

    sandbox.sync()
    after = repo.plan("--detailed-exitcode")
    assert after.code == 0
    assert list(after.outcomes.values()).count("in_sync") == 5


BODIES = ("ids", "remote_id", "none", "string", "null", "empty", "odd")
CODES = ("kept", "dropped", "altered")
EDITS = ("moved", "renamed", "recoded", "moved back", "removed and back", "two edits", "three edits")


def covering():
    """Yield every edit with every fate of the code, before and after a sync, the answers' bodies in turn."""
    bodies = itertools.cycle(BODIES)
    for edit, code, synced in itertools.product(EDITS, CODES, (False, True)):
        yield edit, code, synced, next(bodies)


def steps(edit, repo):
    """Yield after each step of an edit: an apply comes in between."""
    match edit:
        case "moved":
            repo.move("sales/lead", "field/lead")
        case "renamed":
            repo.job("sales/lead", "Head of Field Sales", "LEAD-1")
        case "recoded":
            repo.job("sales/lead", "Field Sales Lead", "LEAD-2")
        case "moved back":
            repo.move("sales/lead", "field/lead")
            yield
            repo.move("field/lead", "sales/lead")
        case "removed and back":
            (repo.path / "jobs/sales/lead.yaml").unlink()
            yield
            repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
        case "two edits":
            repo.job("sales/lead", "Head of Field Sales", "LEAD-1")
            yield
            repo.job("sales/lead", "Head of Field Sales", "LEAD-2")
        case "three edits":
            repo.move("sales/lead", "field/lead")
            yield
            repo.job("field/lead", "Field Sales Lead", "LEAD-2")
            yield
            repo.job("field/lead", "Head of Field Sales", "LEAD-2")
    yield


@pytest.mark.parametrize(("edit", "code", "synced", "body"), list(covering()))
def test_a_created_job_is_known_again_after_edits(repo, sandbox, edit, code, synced, body):
    sandbox.settings(create_body=body, code=code)
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    assert repo.apply().results == {"sales/lead": "created"}
    if synced:
        sandbox.sync()
    for _ in steps(edit, repo):
        ran = repo.apply()
        assert ran.code == 0
    outcome = next(iter(ran.outcomes.values()))
    assert outcome in ({"in_sync", "drifted"} if synced else {"pending"})
    sandbox.sync()
    assert next(iter(repo.apply().outcomes.values())) in {"in_sync", "drifted"}
    assert len(sandbox.creates()) == 1


@pytest.mark.parametrize("synced", [False, True])
@pytest.mark.parametrize("codes", [("SWAP-1", "SWAP-2"), (None, None), ("SWAP-1", None)])
def test_two_files_that_swap_their_names_keep_their_jobs(repo, sandbox, synced, codes):
    repo.job("sales/one", "First Role", codes[0])
    repo.job("sales/two", "Second Role", codes[1])
    repo.apply()
    if synced:
        sandbox.sync()
        repo.apply()
    before = {entry["address"]: entry["remote_id"] for entry in repo.plan().json["entries"]}
    for source, target in (("one", "none"), ("two", "one"), ("none", "two")):
        repo.move(f"sales/{source}", f"sales/{target}")
    assert all("moved from" in entry["reason"] for entry in repo.plan().json["entries"])
    assert repo.run("plan").out.count("moved from sales/") == 2
    after = {entry["address"]: entry["remote_id"] for entry in repo.apply().json["entries"]}
    assert after == {"sales/one": before["sales/two"], "sales/two": before["sales/one"]}
    sandbox.sync()
    assert set(repo.apply().outcomes.values()) == {"in_sync"}
    assert len(sandbox.creates()) == 2


@pytest.mark.parametrize("body", ["ids", "odd"])
@pytest.mark.parametrize("code", ["LEAD-1", None])
def test_a_job_that_was_closed_in_the_ats_keeps_its_file(repo, sandbox, body, code):
    sandbox.settings(create_body=body)
    repo.job("sales/lead", "Field Sales Lead", code)
    repo.apply()
    sandbox.edit_job(made(sandbox)["id"], status="closed")
    sandbox.sync()
    for _ in range(2):
        ran = repo.apply()
        assert ran.outcomes == {"sales/lead": "in_sync"}
        assert {rule for rule, _, _ in ran.rules} == {"identity/closed-target"}
    assert len(sandbox.creates()) == 1


def test_a_job_that_was_edited_in_the_ats_drifts_and_stays_as_it_is(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    sandbox.edit_job(made(sandbox)["id"], name="Field Sales Director", requisition_id="DIR-1")
    sandbox.sync()
    ran = repo.apply()
    (entry,) = ran.json["entries"]
    assert entry["outcome"] == "drifted"
    assert {(change["field"], change["desired"], change["actual"]) for change in entry["changes"]} == {
        ("name", "Field Sales Lead", "Field Sales Director"),
        ("code", "LEAD-1", "DIR-1"),
    }
    assert {rule for rule, _, _ in ran.rules} == {"drift/no-update"}
    assert len(sandbox.creates()) == 1


def test_a_job_that_was_deleted_in_the_ats_is_said_to_be_gone_and_created_anew_only_after_release(
    repo, sandbox
):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    sandbox.delete_job(made(sandbox)["id"])
    sandbox.sync()
    for _ in range(2):
        gone = repo.apply()
        assert (gone.code, gone.outcomes) == (0, {"sales/lead": "vanished"})
        assert {rule for rule, _, _ in gone.rules} == {"ledger/vanished"}
    assert repo.plan("--fail-on", "vanished").code == 1
    assert "ledger release sales/lead" in repo.run("plan").out
    assert repo.run("ledger", "release", "sales/lead").code == 0
    assert repo.apply().results == {"sales/lead": "created"}


def test_the_same_job_under_a_new_id_is_linked_by_its_code(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    job = made(sandbox)
    sandbox.delete_job(job["id"])
    again = sandbox.add_job(
        name="Field Sales Lead",
        requisition_id="LEAD-1",
        department_id=job["department_id"],
        office_ids=job["office_ids"],
    )
    sandbox.sync()
    (entry,) = repo.apply().json["entries"]
    assert (entry["outcome"], entry["remote_id"]) == ("in_sync", str(again["id"]))
    assert len(sandbox.creates()) == 1


def made(sandbox):
    """Return the job that was created last, as the ATS has it."""
    return max(sandbox.source_jobs(), key=lambda job: job["id"])


def test_code_and_name_edited_at_once_is_asked_about(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    repo.job("sales/lead", "Head of Marketing", "MKT-9")
    asked = repo.apply()
    assert asked.code == 1
    assert {found["rule"] for found in asked.json["diagnostics"]} == {"identity/repurposed"}
    assert len(sandbox.creates()) == 1
