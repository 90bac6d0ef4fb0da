"""A repository on GitHub, as far as the workflows see it."""

from __future__ import annotations

import copy
import os
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from git_runs import git
from github_stand_in import GitHubStandIn
from workflow_runner import WORKFLOWS, Runner

FOLDERS = ("repo", "remote.git")
INTERPRETER = """\
#!/usr/bin/env bash
# Makes an environment whose python is this test's, but for pip, which is only asked to be called rightly.
set -euo pipefail
[ "$*" = "-I -m venv --clear $4X" ] || [ "${*:1:4}" = "-I -m venv --clear" ]
mkdir -p "$5/bin" "$5/site"
cat > "$5/bin/python" <<'PYTHON'
#!/usr/bin/env bash
set -euo pipefail
home="$(dirname "$(dirname "$0")")"
[ "$1" = "-I" ]
case "$2 $3" in
  "-m pip") printf '%s\\n' "$@" > "$home/pip" ;;
  "-c "*) printf '%s\\n' "$home/site" ;;
  *) exec PYTHON_HERE "$@" ;;
esac
PYTHON
chmod +x "$5/bin/python"
"""


@pytest.fixture
def github():
    with GitHubStandIn() as stand_in:
        yield stand_in


@dataclass
class Project:
    """A repository with a remote, a git ledger, and workflows that run on it."""

    repo: object
    github: object
    sandbox: object
    folder: Path
    interpreter: Path
    kept: object
    first: object = None
    runners: list = field(default_factory=list)

    @property
    def world(self):
        return self.github.world

    def commit(self, message="a change"):
        git(self.repo.path, "add", "-A")
        git(self.repo.path, "commit", "--quiet", "--allow-empty", "-m", message)
        return git(self.repo.path, "rev-parse", "HEAD")

    def run(self, name, job, event_name, event, *, secrets=True, inputs=None, during=None):
        """Run a job of a workflow, and return its runner; `passed` says how it ended."""
        temp = self.folder / "runs" / f"runner-{len(self.runners)}"
        temp.mkdir(parents=True)
        held = {
            "BINDBEE_API_KEY": self.sandbox.api_key,
            "BINDBEE_CONNECTOR_TOKEN": self.sandbox.connector_token,
        }
        runner = Runner(
            workspace=self.repo.path,
            temp=temp,
            github=self.github,
            event_name=event_name,
            event=event,
            sha=git(self.repo.path, "rev-parse", "HEAD"),
            secrets=held if secrets else {},
            interpreter=str(self.interpreter),
            bindbee_url=self.sandbox.url,
            during=during,
        )
        runner.passed = runner.job(WORKFLOWS / f"{name}.yml", job, inputs)
        self.runners.append(runner)
        print(runner.log)  # noqa: T201 - shown where the test fails
        for secret in held.values():
            assert secret not in runner.log + runner.summary
        return runner

    def plan(self, number, head, *, job="plan", fork=False, author="jonas", secrets=True):
        """Run the plan of a pull request whose head is `head`; what is checked out is its merge."""
        event = {
            "pull_request": {
                "number": number,
                "head": {"sha": head, "repo": {"full_name": "stranger/jobs" if fork else "halden/jobs"}},
                "base": {"ref": "main", "sha": git(self.repo.path, "rev-parse", "HEAD^1")},
                "user": {"login": author},
            }
        }
        return self.run("plan", job, "pull_request", event, secrets=secrets)

    def apply(self, *shas, during=None):
        """Run the apply of a push."""
        event = {"after": shas[-1], "commits": [{"id": sha} for sha in shas]} if shas else {}
        return self.run("apply", "apply", "push", event, during=during)

    def once(self, name, make):
        """Come to the state that `make` leads to: make it, or copy it from the test that made it first."""
        there = self.kept.folder / name
        if name not in self.kept:
            make()
            for each in FOLDERS:
                shutil.copytree(self.folder / each, there / each)
            self.kept[name] = copy.deepcopy(vars(self.world)), self.first
            return
        for each in FOLDERS:
            shutil.rmtree(self.folder / each, ignore_errors=True)
            shutil.copytree(there / each, self.folder / each)
        os.chdir(self.repo.path)  # it was another folder of that name
        world, self.first = self.kept[name]
        vars(self.world).update(copy.deepcopy(world))


class Kept(dict):
    """States that were made once, by name; their folders are below `folder`."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="session")
def cold(tmp_path_factory):
    """A Python whose environments download nothing."""
    return interpreter(tmp_path_factory.mktemp("cold") / "python", sys.executable)


@pytest.fixture(scope="session")
def warm(tmp_path_factory, warm_python):
    """The same, with the tool imported already."""
    return interpreter(tmp_path_factory.mktemp("warm") / "python", shlex.join(warm_python))


def interpreter(path, python):
    path.write_text(INTERPRETER.replace("PYTHON_HERE", python))
    path.chmod(0o755)
    return path


@pytest.fixture
def project(repo, sandbox, github, tmp_path, monkeypatch, warm, kept):
    """A repository whose ledger is a branch of its remote, with one commit."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    made = Project(repo, github, sandbox, tmp_path, warm, kept)

    def begin():
        (repo.path / ".git").rmdir()
        git(repo.path.parent, "init", "--quiet", "--bare", "remote.git")
        git(repo.path, "init", "--quiet", "--initial-branch=main")
        git(repo.path, "remote", "add", "origin", "../remote.git")
        repo.config("provider: greenhouse\nledger: git+origin#bindbee-sync-ledger\n")
        assert repo.run("ledger", "init").code == 0
        made.commit("begin")

    made.once("begun", begin)
    return made
