from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bindbee_sync.cli.app import run
from bindbee_sync.sandbox.server import Sandbox

pytestmark = pytest.mark.slow


@pytest.fixture
def someone(tmp_path, monkeypatch):
    """A user in the middle of work: job files, tokens of their own, in a pipeline."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "mine.yaml").write_text("name: [not mine to touch]\n", encoding="utf-8")
    (tmp_path / "bindbee-sync.yaml").write_text("version: 99\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BINDBEE_API_KEY", "the-users-own-key")
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", "the-users-own-token")
    monkeypatch.setenv("BINDBEE_BASE_URL", "https://bindbee.invalid")
    monkeypatch.setenv("BINDBEE_LEDGER", str(tmp_path / "ledger"))
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return tmp_path


def test_it_walks_through_and_leaves_everything_as_it_was(someone, capsys):
    environment, files = dict(os.environ), sorted(someone.rglob("*"))
    assert run(["demo"]) == 0
    told = capsys.readouterr()
    for command in ("validate", "plan", "apply --yes", "plan --target 'marketing/*'"):
        assert f"$ bindbee-sync {command}\n" in told.out
    for said in (
        "3 jobs created",
        "3 pending",
        "5 job files, no differences",
        "[greenhouse/single-department]",
    ):
        assert said in told.out
    assert "the-users-own" not in told.out + told.err
    assert dict(os.environ) == environment
    assert Path.cwd() == someone
    assert sorted(someone.rglob("*")) == files


def test_it_fails_where_a_step_does_not_do_what_it_should(someone, capsys, monkeypatch):
    monkeypatch.setattr(Sandbox, "sync", lambda _: {})
    assert run(["demo"]) == 1
    assert "step 5 did not do what it should" in capsys.readouterr().err
    assert Path.cwd() == someone


def test_it_ends_with_commands_that_work_as_printed(tmp_path):
    program = Path(sys.executable).with_name("bindbee-sync")
    environment = {"PATH": os.environ["PATH"].replace(str(program.parent), "/nowhere")}

    def run_here(*command):
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    shown = run_here(program, "demo").stdout.split()
    at = shown.index("--help")
    assert run_here("sh", "-c", " ".join(shown[at - 1 : at + 1])).returncode == 0
