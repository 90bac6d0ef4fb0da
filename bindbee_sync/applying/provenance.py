"""The origin of an apply (commit, person, run), for the record of each intent."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bindbee_sync.errors import GitError
from bindbee_sync.git import Git
from bindbee_sync.github_actions import WorkflowStep


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The commit, the person or workflow, the run's page, the plan file's id: as far as there are any."""

    commit: str | None = None
    actor: str | None = None
    run_url: str | None = None
    plan_file: str | None = None


def provenance(environment: Mapping[str, str], folder: Path, *, plan_file: str | None = None) -> Provenance:
    """Return the repository's commit and what GitHub's variables say, else the user's name."""
    return Provenance(
        # GITHUB_SHA is of the event: the branch that is checked out may have moved on.
        commit=_commit(folder) or environment.get("GITHUB_SHA"),
        actor=environment.get("GITHUB_ACTOR") or user_name(),
        run_url=WorkflowStep(environment=environment).run_url,
        plan_file=plan_file,
    )


def user_name() -> str:
    """Return the name of the user who runs this, or "unknown"."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _commit(folder: Path) -> str | None:
    try:
        return Git(folder).out("rev-parse", "--verify", "HEAD")
    except GitError:  # no repository, or none with a commit: the intent is as good without
        return None
