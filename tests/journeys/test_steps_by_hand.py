"""What a person has to do in the ATS: shown until the apply that records it, or until it is done."""

from __future__ import annotations


def kinds(ran):
    return [(step["kind"], step["address"], step["field"]) for step in ran.json["steps"]]


def test_an_edit_is_shown_by_the_plan_and_by_its_apply_and_not_for_ever(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    path = repo.path / "jobs/sales/lead.yaml"
    path.write_text(path.read_text().replace("openings: 1", "openings: 5"))
    edited = [("change", "sales/lead", "openings")]
    planned = repo.plan()
    assert kinds(planned) == edited
    (step,) = planned.json["steps"]
    assert (step["from"], step["to"], step["code"]) == (1, 5, "LEAD-1")
    assert step["url"] == f"https://app.greenhouse.io/sdash/{step['remote_id']}"
    text = repo.run("plan").out
    assert "1 change to make by hand" in text
    assert "To do in Greenhouse" in text
    assert "change openings from 1 to 5" in text
    assert kinds(repo.apply()) == edited
    assert kinds(repo.plan()) == kinds(repo.apply()) == []


def test_a_removed_file_leaves_a_job_to_close_until_the_file_is_back(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    path = repo.path / "jobs/sales/lead.yaml"
    text = path.read_text()
    path.unlink()
    for _ in range(2):
        assert kinds(repo.plan()) == kinds(repo.apply()) == [("close", "sales/lead", None)]
    path.write_text(text)
    assert kinds(repo.plan()) == []


def test_fields_that_the_create_does_not_take_are_to_be_set_in_the_job_that_was_made(repo):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    path = repo.path / "jobs/sales/lead.yaml"
    path.write_text(path.read_text() + "description: Sell in the field.\n")
    to_set = [("set", "sales/lead", "description")]
    assert kinds(repo.plan()) == to_set
    applied = repo.apply()
    assert kinds(applied) == to_set
    (step,) = applied.json["steps"]
    assert step["remote_id"] == applied.entries[0]["remote_id"]
    assert kinds(repo.plan()) == []
