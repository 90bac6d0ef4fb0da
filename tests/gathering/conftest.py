"""Three customers in one real git repository, whose job files can be planned against the fleet's sandbox."""

from __future__ import annotations

from functools import partial

import pytest
from gathering_repo import NAMES, config, job
from git_runs import git


@pytest.fixture
def many(repo, fleet, monkeypatch):
    """Return the repository, with a commit of three customers with one job file each."""
    for name, value in fleet.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BINDBEE_CONNECTOR_TOKEN")
    (repo.path / ".git").rmdir()

    repo.git = partial(git, repo.path)

    def commit():
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "--allow-empty", "-m", "A step")
        return repo.git("rev-parse", "HEAD")

    repo.commit = commit
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.config(config(1, 2, 3))
    for number, name in enumerate(NAMES, 1):
        repo.write(f"{name}/driver", job(number, "Driver"))
    commit()
    return repo
