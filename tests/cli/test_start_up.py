"""Start-up: what is not used is not imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

REPORTED = """\
import atexit, sys
atexit.register(lambda: print("imported:", *sys.modules, file=sys.stderr))
from bindbee_sync.cli.app import main
main()
"""
HEAVY = {"deepdiff", "httpcore", "httpx", "jinja2", "pydantic", "rich", "ruamel.yaml", "yaml"}


def imported(cwd, *arguments):
    ran = subprocess.run(
        [sys.executable, "-c", REPORTED, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.rpartition("imported:")[2].split())


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["plan", "--help"], ["apply", "--help"]])
def test_help_imports_nothing_heavy(tmp_path, arguments):
    assert not HEAVY & imported(tmp_path, *arguments)


def test_help_of_a_command_imports_no_other_command(tmp_path):
    modules = imported(tmp_path, "plan", "--help")
    assert "bindbee_sync.cli.plan" in modules
    assert not {"bindbee_sync.cli.apply", "bindbee_sync.commands.plan"} & modules


def test_validate_imports_neither_http_nor_what_creates(repo):
    modules = imported(repo.path, "validate")
    assert "bindbee_sync.commands.validate" in modules
    assert not {"httpcore", "httpx", "deepdiff", "bindbee_sync.applying.executor"} & modules
