"""The Dockerfile, as far as it runs without Docker: its build stage in a shell, and what it promises."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from documents import ROOT

pytestmark = pytest.mark.slow

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STAGES = re.split(r"^FROM ", re.sub(r"\\\n\s*", "", DOCKERFILE), flags=re.MULTILINE)[1:]


def steps(stage, instruction):
    return re.findall(rf"^{instruction} (.*)$", stage, re.MULTILINE)


@pytest.fixture
def build(dist, tmp_path):
    """Run the build stage in a folder: its COPY by hand, its RUN in a shell."""
    context, folder = tmp_path / "context", tmp_path / "build"
    shutil.copytree(dist, context / "dist")
    (context / "requirements").mkdir()
    # the closure comes from an index, and a test asks none
    (context / "requirements/action.txt").write_text("# nothing\n")
    folder.mkdir()
    (copied,) = steps(STAGES[1], "COPY")
    for pattern in copied.split()[:-1]:
        for file in context.glob(pattern):
            shutil.copy(file, folder)

    def run(script):
        here = script.replace("/opt/", f"{tmp_path}/opt/").replace(
            "python -m venv", f"{sys.executable} -m venv"
        )
        return subprocess.run(
            ["sh", "-ec", here], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_the_build_stage_installs_the_wheel_by_its_hash_and_no_other(build, tmp_path):
    *before, last = steps(STAGES[1], "RUN")
    for script in before:
        assert build(script).returncode == 0
    (wheel,) = tmp_path.glob("build/*.whl")
    content = wheel.read_bytes()
    wheel.write_bytes(content + b"\0")
    refused = build(last)
    assert (refused.returncode, "HASHES" in refused.stderr) == (1, True)
    wheel.write_bytes(content)
    assert build(last).returncode == 0
    assert os.access(tmp_path / "opt/bindbee-sync/bin/bindbee-sync", os.X_OK)


def test_what_is_copied_reaches_the_build(build):
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    let_in = [line.removeprefix("!") for line in ignored[2:]]
    (copied,) = steps(STAGES[1], "COPY")
    assert all(each.startswith(tuple(let_in)) for each in copied.split()[:-1])


def test_it_is_pinned_and_runs_as_nobody_on_a_file_system_that_cant_be_written():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", bases[0])
    assert set(bases[1:]) == {"base"}
    (user,) = steps(STAGES[-1], "USER")
    assert int(user.split(":")[0]) > 0
    (env,) = steps(STAGES[-1], "ENV")
    assert "PYTHONDONTWRITEBYTECODE=1" in env


def test_the_tool_needs_no_home(repo):
    repo.config("provider: greenhouse\n")
    repo.job("sales/lead", "Lead")
    env = {"HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    assert repo.process("plan", env=env).code == 0
    applied = repo.process("apply", "--yes", env=env)
    assert applied.code == 0, applied.err
