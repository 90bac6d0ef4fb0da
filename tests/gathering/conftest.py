"""Three customers in one real git repository, whose job files can be planned against the fleet's sandbox."""

from __future__ import annotations

import subprocess

import pytest
from gathering_repo import NAMES, config, job


@pytest.fixture
def many(repo, fleet, monkeypatch):
    """Return the repository, with a commit of three customers with one job file each."""
    for name, value in fleet.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BINDBEE_CONNECTOR_TOKEN")
    (repo.path / ".git").rmdir()

    def git(*arguments):
        identity = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=repo.path, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit():
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", "A step")
        return git("rev-parse", "HEAD")

    repo.git, repo.commit = git, commit
    git("init", "--quiet", "--initial-branch=main")
    repo.config(config(1, 2, 3))
    for number, name in enumerate(NAMES, 1):
        repo.write(f"{name}/driver", job(number, "Driver"))
    commit()
    return repo
