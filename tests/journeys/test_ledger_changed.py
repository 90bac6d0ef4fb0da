"""The ledger's place is changed while a create is not listed yet: it is not created again."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from git_runs import git

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.previous import files

ON_BRANCH = "git+origin#bindbee-sync-ledger"
ON_ANOTHER = "git+origin#another-ledger"
IN_FILE = ".bindbee-sync/ledger"
IN_ANOTHER = ".bindbee-sync/another"


@pytest.fixture
def team(repo, tmp_path, own_git_config):
    """The repository with a remote."""
    git(tmp_path, "init", "--quiet", "--bare", "hub.git")
    (repo.path / ".git").rmdir()
    git(repo.path, "init", "--quiet")
    git(repo.path, "remote", "add", "origin", f"file://{tmp_path}/hub.git")
    repo.job("sales/lead", "Lead", "L-1")
    return repo


def use(repo, ledger):
    repo.config(f"ledger: {ledger}\n")
    if ledger.startswith("git+"):
        return repo.run("ledger", "init", "--format", "json")
    return None


def hint_of(ran):
    assert (ran.code, ran.entries) == (1, [])
    return ran.json["error"]["hint"]


class TestFromFileToBranch:
    def test_init_takes_the_records_over_and_puts_the_file_aside(self, team, sandbox):
        assert team.apply().results == {"sales/lead": "created"}
        (made,) = [use(team, ON_BRANCH).json]
        assert (made["made"], made["taken_over"]) == (True, 1)
        assert team.apply().outcomes == {"sales/lead": "pending"}
        assert len(sandbox.creates()) == 1
        assert not team.ledger.exists()
        assert team.ledger.with_name("ledger.old").exists()

    def test_a_branch_that_was_there_refuses_and_the_hint_cures(self, team, sandbox):
        use(team, ON_BRANCH)
        team.config(f"ledger: {IN_FILE}\n")
        assert team.apply().results == {"sales/lead": "created"}
        team.config(f"ledger: {ON_BRANCH}\n")
        for ran in (team.plan(), team.apply()):
            assert "`bindbee-sync ledger init` takes the records over" in hint_of(ran)
        assert team.run("ledger", "init").code == 0
        assert team.apply().outcomes == {"sales/lead": "pending"}
        assert len(sandbox.creates()) == 1

    def test_taking_over_again_takes_what_came_since(self, team, sandbox):
        assert team.apply().code == 0
        file = team.ledger.read_bytes()
        use(team, ON_BRANCH)
        team.ledger.write_bytes(file)  # as if killed before it was put aside
        assert team.run("ledger", "init", "--format", "json").json["taken_over"] == 1
        history = team.run("ledger", "show", "sales/lead", "--format", "json").json["events"]
        assert [event["event"] for event in history] == ["intent", "outcome"]
        assert not team.ledger.exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ON_BRANCH, IN_FILE),
        (ON_ANOTHER, IN_FILE),
        (ON_BRANCH, ON_ANOTHER),
        (ON_ANOTHER, ON_BRANCH),
        (IN_FILE, IN_ANOTHER),
        (IN_ANOTHER, IN_FILE),
    ],
)
class TestBetweenOthers:
    def test_the_line_of_the_hint_finds_the_records_again(self, team, sandbox, before, after):
        use(team, before)
        assert team.apply().code == 0
        use(team, after)
        for ran in (team.plan(), team.apply()):
            location = re.search(r"`ledger: (.+?)`", hint_of(ran))[1]
        assert location == before
        team.config(f"ledger: {location}\n")
        assert team.apply().outcomes == {"sales/lead": "pending"}
        assert len(sandbox.creates()) == 1

    def test_the_command_of_the_hint_puts_them_aside(self, team, sandbox, before, after):
        use(team, before)
        assert team.apply().code == 0
        use(team, after)
        command = re.search(r"`([^`]+)` puts them aside", hint_of(team.plan()))[1]
        subprocess.run(["bash", "-ec", command], cwd=team.path, check=True)
        assert team.plan().outcomes == {"sales/lead": "create"}


def test_a_clone_that_has_only_seen_the_branch_does_not_begin_a_file(team, sandbox, tmp_path, monkeypatch):
    use(team, ON_BRANCH)
    assert team.apply().code == 0
    git(tmp_path, "clone", "--quiet", f"file://{tmp_path}/hub.git", "desk")
    (tmp_path / "desk" / "jobs" / "sales").mkdir(parents=True)
    (tmp_path / "desk" / "jobs" / "sales" / "lead.yaml").write_bytes(
        (team.path / "jobs/sales/lead.yaml").read_bytes()
    )
    monkeypatch.chdir(tmp_path / "desk")
    assert f"`ledger: {ON_BRANCH}`" in hint_of(team.apply())
    assert len(sandbox.creates()) == 1


def test_a_file_beside_that_can_not_be_read_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "another").write_bytes(b"x")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", lambda path, _: os.open(path / "below", os.O_RDONLY))
        with pytest.raises(LedgerError) as caught:
            list(files(tmp_path, tmp_path / "ledger"))
    assert caught.value.where == f"{tmp_path}/another/below"


def test_another_customers_records_are_no_reason_to_stop(team):
    use(team, ON_BRANCH)
    (team.path / ".bindbee-sync").mkdir()
    (team.path / ".bindbee-sync" / "notes").write_text("no ledger\n")
    assert team.plan().outcomes == {"sales/lead": "create"}
