"""What the linters of `make check` can't see by themselves: the shell in workflows, the pinned closure."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from workflow_runner import ROOT, WORKFLOWS, load

FILES = [
    ROOT / "action.yml",
    *sorted(WORKFLOWS.rglob("*.yml")),
    *sorted((ROOT / ".github/workflows").glob("*.yml")),
]
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9.]+)(?P<marker> ; .*?)? \\")


def steps(path):
    data = load(path)
    found = data["runs"]["steps"] if "runs" in data else []
    return [*found, *(step for job in data.get("jobs", {}).values() for step in job.get("steps", []))]


SCRIPTS = [
    pytest.param(step["run"], id=f"{path.name}-{number}")
    for path in FILES
    for number, step in enumerate(steps(path))
    if "run" in step
]


def applies(job):
    return any(step.get("with", {}).get("command") == "apply" for step in job.get("steps", []))


APPLYING = [
    path
    for path in sorted(WORKFLOWS.rglob("*.yml"))
    if any(map(applies, load(path).get("jobs", {}).values()))
]


@pytest.mark.parametrize("path", APPLYING, ids=lambda path: str(path.relative_to(WORKFLOWS)))
def test_a_workflow_that_applies_checks_out_the_default_branch_as_it_is_now(path):
    checkouts = [step["with"] for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    refs = {each.get("ref") for each in checkouts}
    assert refs == {"${{ github.event.repository.default_branch }}"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [shellcheck, "--shell=bash", "-"],
        input=f"#!/usr/bin/env bash\n{script}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_expression_stands_in_a_script(script):
    assert "${{" not in script


def test_the_actions_last_step_becomes_the_tool():
    last = load(ROOT / "action.yml")["runs"]["steps"][-1]["run"]
    assert last.splitlines()[-1].startswith("exec ")
    assert all("exec " in line for line in last.splitlines() if "-m bindbee_sync" in line)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name != "action.yml"], ids=lambda path: path.name
)
def test_permissions_are_none_but_what_a_job_names(path):
    data = load(path)
    assert data["permissions"] == {}
    assert all("permissions" in job for job in data["jobs"].values())
    assert "pull_request_target" not in str(data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_with_the_version_beside_it(path):
    for line in path.read_text().splitlines():
        if "uses:" in line and "./" not in line:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_the_closure_is_pinned_by_hashes_and_names_no_index():
    text = (ROOT / "requirements" / "action.txt").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(
        PINNED.fullmatch(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)
        for line in lines
    )
    assert "://" not in text
    assert "index" not in "\n".join(lines)


def test_the_closure_has_all_that_the_package_needs():
    pinned = {
        found["name"]: found["version"]
        for found in map(PINNED.match, (ROOT / "requirements" / "action.txt").read_text().splitlines())
        if found
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["policies"]]
    for each in map(Requirement, needed):
        name = re.sub(r"[-_.]+", "-", each.name).lower()
        assert pinned[name] in each.specifier, f"{each}: see the head of requirements/action.txt"


@pytest.mark.parametrize("path", ["jobs/sales/bad.yaml", "policies/pay.yml", "bindbee-sync.yaml"])
def test_the_hook_checks_all_files_when_one_of_these_changes(repo, path):
    (hook,) = load(ROOT / ".pre-commit-hooks.yaml")
    assert re.match(hook["files"], path)
    assert not hook["pass_filenames"]
    program, command = hook["entry"].split()
    assert program == "bindbee-sync"
    repo.write("sales/good", "name: Good\n")
    assert repo.run(command).code == 0
    repo.write("sales/bad", "nmae: Bad\n")
    assert repo.run(command).code == 1
