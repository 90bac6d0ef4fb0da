"""Whence an apply comes: git's commit first, then GitHub's variables, then the user."""

from __future__ import annotations

import getpass

import pytest
from git_runs import git

from bindbee_sync.applying.provenance import provenance, user_name

WORKFLOW = {
    "GITHUB_SHA": "5" * 40,
    "GITHUB_ACTOR": "octocat",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/hiring",
    "GITHUB_RUN_ID": "7",
}


@pytest.fixture
def folder(tmp_path, own_git_config, monkeypatch):
    """A folder in no repository, used by Anna."""
    monkeypatch.setenv("LOGNAME", "anna")
    return tmp_path


def test_it_is_the_commit_that_is_checked_out_and_not_that_of_the_event(folder):
    git(folder, "init", "--quiet")
    assert provenance({}, folder).commit is None
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "first")
    here = git(folder, "rev-parse", "HEAD")
    assert provenance({}, folder).commit == provenance(WORKFLOW, folder).commit == here


def test_in_a_workflow_its_variables_say_the_rest(folder):
    made = provenance(WORKFLOW, folder, plan_file="p1")
    assert (made.commit, made.actor, made.plan_file) == ("5" * 40, "octocat", "p1")
    assert made.run_url == "https://github.com/acme/hiring/actions/runs/7"


def test_elsewhere_there_is_the_users_name(folder):
    made = provenance({}, folder)
    assert (made.commit, made.actor, made.run_url, made.plan_file) == (None, "anna", None, None)


@pytest.mark.parametrize("error", [OSError, KeyError])
def test_a_user_without_a_name_is_unknown(monkeypatch, error):
    def nameless():
        raise error

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert user_name() == "unknown"
