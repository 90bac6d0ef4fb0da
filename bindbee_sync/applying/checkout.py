"""An apply in GitHub Actions is of the default branch as it is now.

A workflow that is run again checks out the commit of its first run. Job files that were removed since would
be created, and so would those of a branch that no one protects.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bindbee_sync.errors import ConfigError
from bindbee_sync.git import Git, object_id
from bindbee_sync.github_actions import WorkflowStep

REMOTE = "origin"
"""The name that actions/checkout gives to the repository on GitHub."""


def check_newest(environment: Mapping[str, str], folder: Path) -> None:
    """Check that `folder`'s commit has all that the default branch has; raises ConfigError and GitError.

    Outside GitHub Actions, or without a repository with a remote, there is no branch to compare with.
    """
    if WorkflowStep.current(environment) is None:
        return
    git = Git(folder)
    remotes = git.run("remote")
    if b"not a git repository" in remotes.stderr:
        return
    if remotes.returncode:
        raise git.failure(remotes)
    if REMOTE not in remotes.stdout.decode(errors="replace").split():
        return
    tip = _tip(git.out("ls-remote", REMOTE, "HEAD"))
    if tip is None:
        return
    here = git.out("rev-parse", "--verify", "HEAD")
    # In a shallow clone git fails, as the commit is not there: then it is no ancestor either.
    if git.run("merge-base", "--is-ancestor", tip, here).returncode:
        raise ConfigError(
            f"The checkout, {here[:7]}, does not have the default branch's newest commit, {tip[:7]}: "
            "job files may have been removed since",
            where=str(folder),
            hint="Start a new run instead of running an old one again. In the workflow, give "
            "actions/checkout `ref: ${{ github.event.repository.default_branch }}`: the branch as it is now.",
        )


def _tip(listed: str) -> str | None:
    """Return the commit of HEAD in what a remote lists; None where its branch has no commit yet."""
    for line in listed.splitlines():
        commit, _, name = line.partition("\t")
        if name == "HEAD":  # a branch called `x/HEAD` is listed, too
            return object_id(commit)
    return None
