"""From files to jobs, once: over real HTTP, with the ledger in a file."""

from __future__ import annotations

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
    assert sandbox.creates() == payloads

    second = repo.apply()
    assert second.code == 0
    assert len(sandbox.creates()) == 4
    assert list(second.outcomes.values()).count("pending") == 4

    sandbox.sync()
    after = repo.plan("--detailed-exitcode")
    assert after.code == 0
    assert list(after.outcomes.values()).count("in_sync") == 5


@pytest.mark.parametrize("body", ["ids", "remote_id", "none", "string", "null", "empty", "odd"])
@pytest.mark.parametrize("code_kept", ["kept", "dropped", "altered"])
@pytest.mark.parametrize("synced", [False, True])
@pytest.mark.parametrize("edit", ["moved", "renamed", "recoded", "moved back", "removed and back"])
def test_a_created_job_is_known_again_after_any_one_edit(repo, sandbox, body, code_kept, synced, edit):
    sandbox.settings(create_body=body, code=code_kept)
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    assert repo.apply().results == {"sales/lead": "created"}
    if synced:
        sandbox.sync()
    match edit:
        case "moved":
            repo.move("sales/lead", "field/lead")
        case "renamed":
            repo.job("sales/lead", "Head of Field Sales", "LEAD-1")
        case "recoded":
            repo.job("sales/lead", "Field Sales Lead", "LEAD-2")
        case "moved back":
            repo.move("sales/lead", "field/lead")
            repo.apply()
            repo.move("field/lead", "sales/lead")
        case "removed and back":
            (repo.path / "jobs/sales/lead.yaml").unlink()
            repo.apply()
            repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    outcome = next(iter(repo.apply().outcomes.values()))
    assert outcome in ({"in_sync", "drifted"} if synced else {"pending"})
    sandbox.sync()
    assert next(iter(repo.apply().outcomes.values())) in {"in_sync", "drifted"}
    assert len(sandbox.creates()) == 1


def test_code_and_name_edited_at_once_is_asked_about(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    repo.job("sales/lead", "Head of Marketing", "MKT-9")
    asked = repo.apply()
    assert asked.code == 1
    assert {found["rule"] for found in asked.json["diagnostics"]} == {"identity/repurposed"}
    assert len(sandbox.creates()) == 1
