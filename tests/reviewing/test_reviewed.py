"""`apply --reviewed FILE`: several reviewed plans, in whatever order, and nothing that nobody saw."""

from __future__ import annotations

import itertools

import pytest


@pytest.fixture
def merged(repo):
    """Two pull requests, each planned before either was merged; both are merged now."""
    repo.job("sales/one", "Role One", "ONE-1")
    assert repo.plan("--out", "one.json").code == 0
    (repo.path / "jobs/sales/one.yaml").rename(repo.path / "aside")
    repo.job("sales/two", "Role Two", "TWO-1")
    assert repo.plan("--out", "two.json").code == 0
    (repo.path / "aside").rename(repo.path / "jobs/sales/one.yaml")
    return repo


def apply(repo, *files, more=()):
    return repo.apply(*itertools.chain.from_iterable(("--reviewed", file) for file in files), *more)


@pytest.mark.parametrize("files", [("one.json", "two.json"), ("two.json", "one.json")])
def test_two_merged_plans_in_both_orders(merged, sandbox, files):
    assert apply(merged, *files).results == {"sales/one": "created", "sales/two": "created"}
    assert len(sandbox.creates()) == 2


def test_a_create_that_neither_has_stops_all(merged, sandbox):
    merged.job("sales/three", "Role Three", "THREE-1")
    ran = apply(merged, "one.json", "two.json")
    assert ran.code == 1
    assert ran.rules == {("plan/not-reviewed", 1, 1)}
    assert ran.json["diagnostics"][0]["message"] == (
        "It would be created, and is in none of 2 reviewed plans"
    )
    assert ran.json["diagnostics"][0]["path"] == "jobs/sales/three.yaml"
    assert ran.outcomes == {"sales/one": "create", "sales/three": "blocked", "sales/two": "create"}
    assert sandbox.creates() == []


def test_a_target_is_the_way_round_it(merged):
    merged.job("sales/three", "Role Three", "THREE-1")
    ran = apply(merged, "one.json", "two.json", more=["--target", "sales/one"])
    assert ran.results == {"sales/one": "created"}


def test_files_are_good_any_number_of_times_and_work_done_is_fine(merged, sandbox):
    assert apply(merged, "one.json", more=["--target", "sales/one"]).results == {"sales/one": "created"}
    assert apply(merged, "one.json", "two.json").results == {"sales/one": None, "sales/two": "created"}
    sandbox.sync()
    assert apply(merged, "one.json", "two.json").code == 0
    assert len(sandbox.creates()) == 2


def test_a_changed_payload_is_shown_against_the_newest_plan_that_has_it(merged, sandbox):
    path = merged.path / "jobs/sales/one.yaml"
    path.write_text(path.read_text().replace("openings: 1", "openings: 3"))
    ran = apply(merged, "one.json", "two.json")
    (found,) = ran.json["diagnostics"]
    assert found["message"] == "openings was reviewed as 1, is now 3"
    assert (found["rule"], found["line"], found["column"]) == ("plan/not-reviewed", 7, 11)
    assert sandbox.creates() == []


def test_a_moved_file_says_where_it_was_reviewed(merged, sandbox):
    merged.move("sales/one", "field/one")
    (found,) = apply(merged, "one.json", "two.json").json["diagnostics"]
    assert found["message"] == "It was reviewed as sales/one, and is now field/one"
    assert sandbox.creates() == []


def test_either_of_two_plans_of_one_job_lets_it_through(merged, sandbox):
    path = merged.path / "jobs/sales/one.yaml"
    path.write_text(path.read_text().replace("openings: 1", "openings: 3"))
    merged.plan("--out", "three.json", "--target", "sales/one")
    assert apply(merged, "one.json", "two.json", "three.json").code == 0
    assert [create["openings"] for create in sandbox.creates()] == [3, 1]


def test_a_comment_a_sync_and_a_job_made_by_hand_do_not_matter(merged, sandbox):
    path = merged.path / "jobs/sales/one.yaml"
    path.write_text(f"# urgent\n{path.read_text()}")
    sandbox.add_job(name="Role One", requisition_id="ONE-1")
    sandbox.sync()
    ran = apply(merged, "one.json", "two.json")
    assert ran.code == 0
    assert ran.results["sales/two"] == "created"
    assert len(sandbox.creates()) == 1


def test_a_plan_file_that_was_applied_is_good_here(merged):
    (merged.path / "jobs/sales/two.yaml").rename(merged.path / "aside")
    assert merged.run("apply", "one.json").code == 0
    (merged.path / "aside").rename(merged.path / "jobs/sales/two.yaml")
    assert apply(merged, "one.json", "two.json").results == {"sales/one": None, "sales/two": "created"}


def test_a_folder_of_plan_files_stands_for_them_all_and_an_empty_one_for_none(merged, sandbox):
    folder = merged.path / "reviewed"
    folder.mkdir()
    ran = apply(merged, folder)
    assert {each["rule"] for each in ran.json["diagnostics"]} == {"plan/not-reviewed"}
    assert sandbox.creates() == []
    for name in ("one.json", "two.json"):
        (merged.path / name).rename(folder / name)
    assert apply(merged, folder).code == 0
    assert len(sandbox.creates()) == 2


def test_without_yes_it_still_asks(merged, sandbox):
    ran = merged.run("apply", "--reviewed", "one.json", "--reviewed", "two.json")
    assert ran.code == 1
    assert "--yes" in ran.out
    assert sandbox.creates() == []


def test_another_rule_set_is_refused_by_its_error(merged, sandbox):
    merged.config("rules: {files/ignored: error}\n")
    merged.write(".hidden", "name: x\n")
    ran = apply(merged, "one.json", "two.json")
    assert ran.code == 1
    assert {rule for rule, _, _ in ran.rules} == {"files/ignored"}
    assert sandbox.creates() == []
