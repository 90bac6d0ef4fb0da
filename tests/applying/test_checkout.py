"""An apply in GitHub Actions stops where the default branch has moved on, and only there."""

from __future__ import annotations

import pytest
from git_runs import git

from bindbee_sync.applying.checkout import check_newest
from bindbee_sync.errors import ConfigError, GitError

ACTIONS = {"GITHUB_ACTIONS": "true"}

pytestmark = pytest.mark.usefixtures("own_git_config")


@pytest.fixture
def remote(tmp_path):
    folder = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", folder)
    return folder


@pytest.fixture
def writer(tmp_path, remote):
    """A clone that pushes commits to the default branch."""
    folder = tmp_path / "writer"
    git(tmp_path, "clone", "--quiet", remote, folder)

    def push(message, branch="main"):
        git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
        git(folder, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return git(folder, "rev-parse", "HEAD")

    push("first")
    return push


@pytest.fixture
def checkout(tmp_path, remote, writer):
    """A shallow clone, as actions/checkout makes it."""
    folder = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{remote}", folder)
    return folder


def test_the_newest_commit_is_fine(checkout):
    check_newest(ACTIONS, checkout)


def test_a_checkout_that_is_behind_stops(checkout, writer):
    newest = writer("remove a job")
    with pytest.raises(ConfigError, match=f"does not have the default branch's newest commit, {newest[:7]}"):
        check_newest(ACTIONS, checkout)


def test_a_checkout_of_another_branch_stops(checkout, writer):
    writer("on another branch", branch="unprotected")
    git(checkout, "fetch", "--quiet", "--depth=1", "origin", "unprotected")
    git(checkout, "checkout", "--quiet", "FETCH_HEAD")
    with pytest.raises(ConfigError):
        check_newest(ACTIONS, checkout)


def test_commits_on_top_are_fine(checkout):
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", "made in the workflow")
    check_newest(ACTIONS, checkout)


def test_a_remote_of_a_name_that_is_no_text_is_none_of_githubs(checkout, writer):
    with (checkout / ".git" / "config").open("ab") as config:
        config.write(b'[remote "\xff"]\n\turl = /nowhere\n')
    check_newest(ACTIONS, checkout)


def test_a_branch_called_head_is_not_taken_for_it(checkout, writer):
    first = git(checkout, "rev-parse", "HEAD")
    writer("elsewhere", branch="a/HEAD")
    check_newest(ACTIONS, checkout)
    git(checkout, "push", "--quiet", "origin", f"{first}:refs/heads/HEAD")
    check_newest(ACTIONS, checkout)


@pytest.mark.parametrize("environment", [{}, {"CI": "true"}, {"GITHUB_ACTIONS": "false"}])
def test_elsewhere_nothing_is_asked(checkout, writer, remote, environment):
    writer("remove a job")
    remote.rename(remote.with_name("gone"))
    check_newest(environment, checkout)


def test_a_remote_that_can_not_be_reached_stops(checkout, remote):
    remote.rename(remote.with_name("gone"))
    with pytest.raises(GitError, match="git ls-remote failed"):
        check_newest(ACTIONS, checkout)


def test_without_a_branch_there_is_nothing_to_compare_with(tmp_path, remote):
    bare = tmp_path / "bare"
    bare.mkdir()
    check_newest(ACTIONS, bare)
    git(bare, "init", "--quiet")
    check_newest(ACTIONS, bare)
    git(bare, "remote", "add", "origin", remote)
    check_newest(ACTIONS, bare)


def test_a_repository_that_can_not_be_read_stops(checkout):
    (checkout / ".git" / "config").write_text("[broken")
    with pytest.raises(GitError):
        check_newest(ACTIONS, checkout)
