"""The workflows of a fleet: the shell that decides who must be there, and their shape."""

from __future__ import annotations

import json
import subprocess

import pytest
from workflow_runner import WORKFLOWS, load

FLEET = sorted((WORKFLOWS / "fleet").glob("*.yml"))


def named(path):
    steps = load(path)["jobs"]["gather"]["steps"]
    (script,) = (step["run"] for step in steps if "run" in step)
    return script


@pytest.mark.parametrize("path", FLEET, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (
            json.dumps({"include": [{"connectors": "a,c"}, {"connectors": "b"}]}),
            "a c b",
        ),
        (json.dumps({"include": []}), ""),
        ("", None),
        ("{}", None),
    ],
)
def test_who_must_be_there_comes_from_the_matrix_alone(path, matrix, expected, tmp_path):
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", named(path)],
        env={"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(tmp_path), "MATRIX": matrix},
        check=False,
    )
    assert (ran.returncode == 0) == (expected is not None)
    if expected is not None:
        assert (tmp_path / "expected").read_text(encoding="utf-8").split() == expected.split()


@pytest.mark.parametrize("path", FLEET, ids=lambda path: path.stem)
def test_gathering_always_runs_and_every_shard_has_an_artifact_of_its_own(path):
    jobs = load(path)["jobs"]
    assert "always()" in jobs["gather"]["if"]
    assert "matrix" in jobs["gather"]["needs"]
    (shards,) = (job for job in jobs.values() if "strategy" in job)
    assert shards["strategy"]["fail-fast"] is False
    (kept,) = (step for step in shards["steps"] if "upload-artifact" in step.get("uses", ""))
    assert "${{ strategy.job-index }}" in kept["with"]["name"]
    (most,) = (
        int(words[words.index("--matrix") + 1])
        for step in jobs["matrix"]["steps"]
        if "--matrix" in (words := step.get("with", {}).get("arguments", "").split())
    )
    assert most <= 256
    writes = [name for name, job in jobs.items() if job["permissions"].get("contents") == "write"]
    assert writes == (["apply"] if path.stem == "apply" else [])


def test_the_plan_of_a_merge_queue_compares_with_the_queues_base_and_comments_nowhere():
    path = WORKFLOWS / "fleet" / "plan.yml"
    assert "merge_group" in load(path)["on"]
    text = path.read_text(encoding="utf-8")
    assert text.count("HEAD^1") == text.count("github.event.merge_group.base_sha || 'HEAD^1'") == 3
    (comment,) = (step for step in load(path)["jobs"]["gather"]["steps"] if step.get("name") == "Comment")
    assert "github.event_name == 'pull_request'" in comment["if"]
