"""The tool run for real: over HTTP to the sandbox, with its ledger in a file or in a bare repository.

Time is the sandbox's: whatever waits moves its clock, so that waiting costs nothing.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import patch

from failures import FailPoint
from git_runs import git as run_git
from tool_runs import Ran, job_text

from bindbee_sync.bindbee.http import HttpClient
from bindbee_sync.cli.app import run
from bindbee_sync.clock import SystemClock
from bindbee_sync.ledger import git_store
from bindbee_sync.sandbox.server import Sandbox

KILLED = -9
_KEPT = TemporaryDirectory(prefix="stage-")
"""How each kind of stage begins: it is made once and then copied."""


class Stage:
    """Checkouts that share a ledger, before one sandbox."""

    def __init__(self, folder: Path, sandbox: Sandbox, *, git: bool, clones: int = 1) -> None:
        self.sandbox = sandbox
        self.git = git
        self.remote = folder / "remote.git"
        self.checkouts = [folder / f"clone-{number}" for number in range(clones if git else 1)]
        begun = Path(_KEPT.name) / f"{git} {clones}"
        if not begun.exists():
            self._begin()
            shutil.copytree(folder, begun)
        else:
            shutil.copytree(begun, folder, dirs_exist_ok=True)

    def _begin(self) -> None:
        """Make the remote with its ledger, and the checkouts: for the first stage, which the others copy."""
        if self.git:
            run_git(self.remote.parent, "init", "--quiet", "--bare", "--template=", self.remote.name)
        for checkout in self.checkouts:
            (checkout / "jobs").mkdir(parents=True)
            run_git(checkout, "init", "--quiet", "--template=")
            ledger = "ledger: git+origin#ledger\n" if self.git else ""
            (checkout / "bindbee-sync.yaml").write_text(f"version: 1\n{ledger}")
            if self.git:
                run_git(checkout, "remote", "add", "origin", "../remote.git")
        if self.git:
            assert self.run("ledger", "init").code == 0

    def job(self, address: str, name: str, code: str | None) -> None:
        """Write a job file into every checkout."""
        for checkout in self.checkouts:
            file = checkout / "jobs" / f"{address}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(job_text(name, code))

    def move(self, before: str, after: str) -> None:
        for checkout in self.checkouts:
            target = checkout / "jobs" / f"{after}.yaml"
            target.parent.mkdir(parents=True, exist_ok=True)
            (checkout / "jobs" / f"{before}.yaml").rename(target)

    def apply(self, *words: str, clone: int = 0, fail: FailPoint | None = None) -> Ran:
        return self.run("apply", "--yes", "--format", "json", *words, clone=clone, fail=fail)

    def run(self, *words: str, clone: int = 0, fail: FailPoint | None = None) -> Ran:
        """Run a command in this process, or in a fork of it where the fail point may kill it."""
        with self._at(self.checkouts[clone % len(self.checkouts)]):
            if fail is None:
                return Ran(*_captured(words))
            if not fail.kills:
                with fail.installed():
                    return Ran(*_captured(words))
            return self._forked(words, fail)()

    def together(self, *fails: FailPoint | None) -> list[Ran]:
        """Run an apply in each checkout at once, each in a process of its own."""
        words = ("apply", "--yes", "--format", "json")
        ends = []
        for number, fail in enumerate(fails):
            with self._at(self.checkouts[number]):
                ends.append(self._forked(words, fail or FailPoint(0, "fails")))
        return [end() for end in ends]

    def _forked(self, words: tuple[str, ...], fail: FailPoint) -> Callable[[], Ran]:
        read, write = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside the sandbox's thread
            child = os.fork()
        if child == 0:
            try:
                os.close(read)
                with fail.installed():
                    code, text = _captured(words)
                content = json.dumps([code, text, fail.met]).encode()
                while content:
                    content = content[os.write(write, content) :]
            finally:
                os._exit(0)
        os.close(write)

        def end() -> Ran:
            with os.fdopen(read, "rb") as told:
                content = told.read()
            os.waitpid(child, 0)
            if not content:
                fail.met = True
                return Ran(KILLED)
            code, text, fail.met = json.loads(content)
            return Ran(code, text)

        return end

    @contextmanager
    def _at(self, folder: Path):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("BINDBEE", "GITHUB", "CI"))
        }
        ahead = [0.0]

        def sleep(_clock: object, seconds: float) -> None:
            ahead[0] += seconds
            self.sandbox.advance(seconds)

        def rest(client: HttpClient, seconds: float) -> None:
            sleep(None, seconds)
            client.pace.waited()

        now, ticks = SystemClock.now, SystemClock.ticks
        before = Path.cwd()
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, kept | self.sandbox.env, clear=True))
            for target, name, fake in (
                (SystemClock, "sleep", sleep),
                (SystemClock, "now", lambda clock: now(clock) + timedelta(seconds=ahead[0])),
                (SystemClock, "ticks", lambda clock: ticks(clock) + ahead[0]),
                (HttpClient, "_rest", rest),
                (git_store, "time", SimpleNamespace(sleep=lambda _: None)),
            ):
                stack.enter_context(patch.object(target, name, fake))
            os.chdir(folder)
            stack.callback(os.chdir, before)
            yield

    def later(self, seconds: float = 3600.0) -> None:
        """Let time go by, and then a sync."""
        self.sandbox.advance(seconds)
        self.sandbox.sync()

    def settle(self, names: dict[str, str]) -> Counter[str]:
        """Let the ways out do their work, and return how many jobs of each approved name there are then."""
        ran = Ran(0)
        for words in ((), ("--retry-absent",), ("--retry-absent", "--retry-rejected"), ()):
            self.later()
            ran = self.apply(*words)
        assert set(ran.outcomes.values()) <= {"in_sync", "drifted"}, ran.out
        return Counter(job["name"] for job in self.sandbox.source_jobs() if job["name"] in names.values())


def _captured(words: tuple[str, ...]) -> tuple[int, str]:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        code = run(list(words))
    return int(code), out.getvalue()
