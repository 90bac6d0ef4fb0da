"""What tests share: a sandbox over real HTTP, a repository to write job files in, and the command line."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import tool_runs
from tool_runs import Ran, job_text

from bindbee_sync.cli.app import run
from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

# a run that was started in the background ignores Ctrl-C, and would hand that on to the tool that it starts
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SECRETS = (seed.API_KEY, seed.CONNECTOR_TOKEN)


@pytest.fixture
def own_git_config(tmp_path, monkeypatch):
    """A home of its own, so that git reads no config of this machine and belongs to no other repository."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def running():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    """A company of 40 jobs, as freshly synced, with counters at zero."""
    running.reset()
    return running


@pytest.fixture(scope="session")
def running_fleet():
    with Sandbox(connectors=3) as sandbox:
        yield sandbox


@pytest.fixture
def fleet(running_fleet):
    """Three customers at one address; `fleet.connector(2)` steers the second."""
    running_fleet.reset()
    return running_fleet


@dataclass
class Repository:
    """A folder with job files, and the tool run in it."""

    path: Path
    capture: pytest.CaptureFixture[str]
    python: tuple[str, ...] = (sys.executable,)

    def write(self, address, text):
        file = self.path / "jobs" / f"{address}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def job(self, address, name, code=None):
        """Write a job file that would be created."""
        return self.write(address, job_text(name, code))

    def move(self, before, after):
        target = self.path / "jobs" / f"{after}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.path / "jobs" / f"{before}.yaml").rename(target)

    def config(self, text):
        (self.path / "bindbee-sync.yaml").write_text(f"version: 1\n{text}", encoding="utf-8")

    def run(self, *arguments):
        """Run a command in this process."""
        self.capture.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = self.capture.readouterr()
        assert not any(secret in out + err for secret in SECRETS)
        return Ran(int(code), out, err)

    def start(self, *arguments, env=None, **streams):
        """Start a command in a process of its own, with an environment that holds no more than it needs."""
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.path.parent)}
        clean |= {name: value for name, value in os.environ.items() if name.startswith("BINDBEE_")}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self.python, "-m", "bindbee_sync", *map(str, arguments)],
            env=clean | (env or {}),
            **{"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe, "text": True, **streams},
        )

    def process(self, *arguments, **options):
        """Run a command in a process of its own to its end."""
        with self.start(*arguments, **options) as started:
            out, err = started.communicate(timeout=60)
        assert not any(secret in (out or "") + (err or "") for secret in SECRETS)
        return Ran(started.returncode, out, err)

    @property
    def ledger(self):
        return self.path / ".bindbee-sync" / "ledger"

    def files(self):
        """Return the content of every file, by path."""
        return {file: file.read_bytes() for file in self.path.rglob("*") if file.is_file()}

    def plan(self, *arguments):
        return self.run("plan", "--format", "json", *arguments)

    def apply(self, *arguments):
        return self.run("apply", "--yes", "--format", "json", *arguments)


@pytest.fixture
def repo(tmp_path, sandbox, monkeypatch, capsys):
    """An empty repository whose environment leads to the sandbox."""
    for name in [name for name in os.environ if name.startswith(("BINDBEE_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CI", raising=False)
    for name, value in sandbox.env.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "repo"
    (folder / "jobs").mkdir(parents=True)
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    repository = Repository(folder, capsys)
    yield repository
    written = b"".join(repository.files().values())
    assert not any(secret.encode() in written for secret in SECRETS)


@pytest.fixture(scope="session")
def warm_python(tmp_path_factory):
    """The command of a Python that has imported the tool already, in a process of its own for each call."""
    folder = tmp_path_factory.mktemp("warm")
    script, path = Path(__file__).with_name("warm_python.py"), folder / "socket"
    server = [sys.executable, script, "serve", path]
    with subprocess.Popen(
        server, stdin=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(script.parents[1])}
    ) as process:
        while not path.exists():
            assert process.poll() is None
        yield sys.executable, "-I", "-S", str(script), "call", str(path)
        process.stdin.close()


@pytest.fixture
def forked(repo, warm_python):
    """Let the repository's processes begin with the tool imported: for tests whose point is no start-up."""
    repo.python = (*warm_python, "-I")


@pytest.fixture
def forked_script(tmp_path, warm_python, monkeypatch):
    """Let the `bindbee-sync` of a script begin with the tool imported, as `forked` does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "bindbee-sync"
    command.write_text(f'#!/bin/sh\nexec {shlex.join(warm_python)} -I -m bindbee_sync "$@"\n')
    command.chmod(0o755)
    monkeypatch.setattr(tool_runs, "COMMANDS", folder)
