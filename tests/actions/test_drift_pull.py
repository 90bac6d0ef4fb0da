"""Drift as a pull request: made, updated, closed, and left alone where someone else works on it."""

from __future__ import annotations

import pytest
from git_runs import git

BRANCH = "bindbee-sync-drift/197339ee-7bd5-5032-9cc5-9b16ab89e4c7"
OTHER = "name: Something Else\ncode: PRD-111\n"
ANOTHER = "name: Yet Another\ncode: SAL-115\n"
pytestmark = pytest.mark.slow


@pytest.fixture
def drifted(project):
    """A project with one job that differs, and a run of the workflow on a checkout of its own."""
    project.world.remote = project.folder / "remote.git"
    project.repo.write("sales/other", OTHER)
    project.commit()
    return project


def run(project):
    ran = project.run("extra/drift-pull", "drift-pull", "schedule", {})
    git(project.repo.path, "checkout", "--quiet", "--", ".")  # the next run has a new checkout
    return ran


def pull(project):
    (found,) = project.world.pulls
    return found


def in_branch(project, path):
    return git(project.world.remote, "show", f"{BRANCH}:jobs/{path}.yaml")


def tip(project):
    return git(project.world.remote, "for-each-ref", "--format=%(objectname)", f"refs/heads/{BRANCH}")


def test_it_takes_the_values_of_the_ats_in_one_commit_on_the_default_branch(drifted):
    assert run(drifted).passed is True
    made = pull(drifted)
    assert (made["head"], made["base"], made["state"]) == (BRANCH, "main", "open")
    assert made["title"] == "Take the ATS's values into 1 job file: Halden Robotics"
    assert "| Name | Product Manager | Something Else |" in made["body"]
    assert in_branch(drifted, "sales/other") == "name: Product Manager\ncode: PRD-111"
    head = git(drifted.repo.path, "rev-parse", "HEAD")
    assert git(drifted.world.remote, "rev-parse", f"{BRANCH}^") == head
    assert git(drifted.world.remote, "diff", "--name-only", head, BRANCH) == "jobs/sales/other.yaml"
    assert drifted.sandbox.creates() == []


def test_the_checkout_stays_on_its_commit(drifted):
    before = git(drifted.repo.path, "rev-parse", "HEAD")
    ran = drifted.run("extra/drift-pull", "drift-pull", "schedule", {})
    assert ran.passed is True
    assert git(drifted.repo.path, "rev-parse", "HEAD") == before
    assert git(drifted.repo.path, "diff", "--cached", "--name-only") == ""


def test_it_stays_as_it_is_where_nothing_changed(drifted):
    run(drifted)
    before, commit = dict(pull(drifted)), tip(drifted)
    drifted.commit("main moves on")
    run(drifted)
    assert (pull(drifted), tip(drifted)) == (before, commit)


def test_it_follows_the_ats_and_the_files(drifted):
    run(drifted)
    drifted.repo.write("sales/another", ANOTHER)
    drifted.commit()
    run(drifted)
    made = pull(drifted)
    assert made["title"].startswith("Take the ATS's values into 2 job files")
    assert "Yet Another" in made["body"]
    assert in_branch(drifted, "sales/another") == "name: Account Executive\ncode: SAL-115"


def test_a_file_that_changed_beside_it_is_taken_anew(drifted):
    """What would have been a conflict when the pull request is merged."""
    run(drifted)
    drifted.repo.write("sales/other", "name: Something New\ncode: PRD-111\n")
    drifted.commit()
    run(drifted)
    head = git(drifted.repo.path, "rev-parse", "HEAD")
    assert git(drifted.world.remote, "rev-parse", f"{BRANCH}^") == head
    assert "| Name | Product Manager | Something New |" in pull(drifted)["body"]


def test_it_is_closed_and_its_branch_removed_when_nothing_differs(drifted):
    run(drifted)
    drifted.repo.write("sales/other", "name: Product Manager\ncode: PRD-111\n")
    drifted.commit()
    assert run(drifted).passed is True
    made = pull(drifted)
    assert made["state"] == "closed"
    assert "Nothing differs any longer" in drifted.world.bodies(made["number"])[0]
    assert tip(drifted) == ""
    run(drifted)
    assert len(drifted.world.pulls) == 1


def test_a_branch_that_someone_else_has_pushed_to_is_left(drifted, tmp_path):
    run(drifted)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(drifted.world.remote), str(clone))
    (clone / "jobs/sales/other.yaml").write_text("name: By hand\ncode: PRD-111\n")
    git(clone, "commit", "--quiet", "--all", "-m", "by hand")
    git(clone, "push", "--quiet", "origin", BRANCH)
    before = tip(drifted)
    drifted.repo.write("sales/another", ANOTHER)
    drifted.commit()
    ran = run(drifted)
    assert "someone else has pushed" in ran.log
    assert tip(drifted) == before


def test_a_repository_that_does_not_let_workflows_open_one_is_told_how(drifted):
    drifted.world.refuse = lambda method, path: 403 if (method, path) == ("POST", "/pulls") else None
    ran = run(drifted)
    assert ran.passed is False
    assert "let GitHub Actions create pull requests" in ran.log


def test_without_a_plan_there_is_none(drifted):
    ran = drifted.run("extra/drift-pull", "drift-pull", "schedule", {}, secrets=False)
    assert ran.passed is False
    assert drifted.world.pulls == []
