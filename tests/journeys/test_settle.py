"""`apply --settle`: a sync first, then the ATS itself is asked for what is still uncertain."""

from __future__ import annotations

import pytest


def lose_answer(sandbox, *, made):
    sandbox.fault(do="lose", on="create", when="after" if made else "before")


def test_a_sync_shows_the_job_of_an_uncertain_create(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    lose_answer(sandbox, made=True)
    assert repo.apply().code == 3
    settled = repo.apply("--settle")
    assert settled.code == 0
    assert settled.outcomes == {"sales/lead": "in_sync"}
    assert len(sandbox.creates()) == 1


def test_without_anything_open_no_sync_is_asked_for(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply("--settle")
    assert sandbox.requests("POST", "/api/embedded/v1/connectors/resync") == 0


@pytest.mark.parametrize("code", ["LEAD-1", None])
def test_the_ats_is_asked_where_no_sync_comes(repo, sandbox, code):
    repo.job("sales/lead", "Field Sales Lead", code)
    lose_answer(sandbox, made=True)
    repo.apply()
    sandbox.settings(sync="hangs")
    sandbox.settings(connector={"sync_status": "Done"})
    settled = repo.apply("--settle", "--wait-timeout", "0.1")
    assert settled.outcomes == {"sales/lead": "pending"}
    assert settled.code == 0
    assert any("Found in the ATS" in note for note in settled.json["notes"])
    assert len(sandbox.creates()) == 1


def test_a_job_that_the_ats_does_not_have_stays_uncertain(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    lose_answer(sandbox, made=False)
    repo.apply()
    settled = repo.apply("--settle")
    assert settled.code == 3
    assert settled.outcomes == {"sales/lead": "uncertain"}
    assert len(sandbox.creates()) == 1


def test_a_connector_that_forbids_the_question_only_says_so(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    lose_answer(sandbox, made=False)
    repo.apply()
    sandbox.fault(do="answer", on="passthrough", status=403, body={"detail": "passthrough is disabled"})
    settled = repo.apply("--settle")
    assert settled.code == 3
    assert any("could not be asked" in note for note in settled.json["notes"])


def test_an_older_namesake_in_the_ats_is_not_taken_for_it(repo, sandbox):
    sandbox.add_job(name="Field Sales Lead", requisition_id="LEAD-1")
    sandbox.advance(3600)
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    lose_answer(sandbox, made=False)
    repo.apply()
    sandbox.settings(sync="hangs")
    sandbox.settings(connector={"sync_status": "Done"})
    settled = repo.apply("--settle", "--wait-timeout", "0.1")
    assert settled.outcomes == {"sales/lead": "uncertain"}


def test_the_job_of_another_create_that_has_no_id_yet_is_not_taken_for_it(repo, sandbox):
    sandbox.settings(create_body="none", code="dropped")
    for number in (1, 2):
        repo.job(f"sales/lead-{number}", "Field Sales Lead", f"LEAD-{number}")
    lose_answer(sandbox, made=False)
    outcomes = {"sales/lead-1": "uncertain", "sales/lead-2": "created"}
    assert repo.apply().results == outcomes
    sandbox.settings(sync="hangs")
    sandbox.settings(connector={"sync_status": "Done"})
    settled = repo.apply("--settle", "--wait-timeout", "0.1")
    assert settled.outcomes == {"sales/lead-1": "uncertain", "sales/lead-2": "pending"}


def test_absent_is_said_and_sent_again_only_on_request(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    lose_answer(sandbox, made=False)
    repo.apply()
    sandbox.advance(20 * 60)
    sandbox.sync()
    held = repo.apply()
    assert held.code == 3
    assert "--retry-absent" in held.json["entries"][0]["hold"]["way_out"]
    assert len(sandbox.creates()) == 1
    again = repo.apply("--retry-absent")
    assert again.code == 0
    assert again.results == {"sales/lead": "created"}
    assert [job["name"] for job in sandbox.source_jobs()].count("Field Sales Lead") == 1
