"""`bindbee-sync demo`: from job files to jobs, on a Bindbee that lives on this machine for a minute."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bindbee_sync.errors import ToolError
from bindbee_sync.sandbox.server import Sandbox

WIDTH = 100
BROKEN = """\
name: Head of Field Marketing
code: MKT-201
departments: [Marketing, Sales]
offices: [Berlin]
"""


Run = Callable[[list[str]], int]
"""Runs a command line, and returns its exit code."""


def demo(run: Run) -> None:
    """Walk through the commands in a folder and a sandbox that are gone afterwards."""
    console = Console(highlight=False, markup=False, emoji=False)
    with TemporaryDirectory(prefix="bindbee-sync-demo-") as folder, Sandbox() as sandbox:
        repository = Path(folder)
        copy_samples(repository)
        (repository / ".git").mkdir()
        tour = Tour(console, sandbox, run)
        with chdir(repository), _environment(sandbox.env):
            _walk(tour, repository)
        program = _program()
        tour.say(
            "That was all: files, validate, plan, apply. The sandbox and its files are gone now. "
            "To go on:\n\n"
            f"  {program} sandbox   the same company, for as long as you like\n"
            f"  {program} --help    every command"
        )


def copy_samples(folder: Path) -> None:
    """Put the sample job files and their config into a folder."""
    package = Path(__file__).parents[1]
    packaged = package / "samples"
    samples = packaged if packaged.is_dir() else package.parent  # in a checkout they stand at its root
    shutil.copytree(samples / "jobs", folder / "jobs")
    shutil.copy(samples / "bindbee-sync.yaml", folder)


@dataclass
class Tour:
    """Runs commands, shows them, and checks that they did what they should."""

    console: Console
    sandbox: Sandbox
    command_line: Run
    step: int = 0

    def title(self, words: str) -> None:
        """Begin a step."""
        self.step += 1
        self.console.print(f"{self.step}. {words}", style="bold underline")

    def say(self, words: str) -> None:
        """Show an explanation."""
        self.console.print(words, width=min(self.console.width, WIDTH))
        self.console.print()

    def run(self, *arguments: str, expect: int = 0) -> None:
        """Run a command as a user would; raises ToolError where it ends otherwise than expected."""
        self.console.print(f"$ bindbee-sync {shlex.join(arguments)}", style="bold cyan")
        sys.stdout.flush()  # so that standard error does not overtake it in a pipe
        code = self.command_line(list(arguments))
        sys.stderr.flush()
        self.console.print()
        self.check(f"exit code {code}, not {expect}", good=code == expect)

    def outcomes(self, **expected: int) -> None:
        """Check the number of jobs with each outcome; raises ToolError."""
        with redirect_stdout(StringIO()) as answer, redirect_stderr(StringIO()):
            self.command_line(["plan", "--format", "json"])
        found = Counter(entry["outcome"] for entry in json.loads(answer.getvalue())["entries"])
        self.check(f"{dict(found)}, not {expected}", good=found == Counter(expected))

    def created(self, expected: int) -> None:
        """Check that `expected` creates reached the sandbox; raises ToolError."""
        found = len(self.sandbox.creates())
        self.check(f"{found} jobs were created, not {expected}", good=found == expected)

    def check(self, problem: str, *, good: bool) -> None:
        """Raise ToolError unless `good`."""
        if not good:
            raise ToolError(
                f"The demo's step {self.step} did not do what it should: {problem}",
                hint="This is a fault in bindbee-sync: please report it.",
            )


def _walk(tour: Tour, repository: Path) -> None:
    tour.say(
        "Halden Robotics keeps its openings as files in a folder, jobs/. One of the five:\n\n"
        f"{_indented(repository / 'jobs/sales/account-executive-mid-market.yaml')}\n\n"
        "What jobs have in common is in jobs/_defaults.yaml and jobs/sales/_defaults.yaml. "
        "Their Bindbee, with a Greenhouse behind it, is a sandbox on this machine."
    )

    tour.title("Check the files")
    tour.say("`validate` reads every job file. It works offline and needs no tokens.")
    tour.run("validate")

    tour.title("See what would happen")
    tour.say("`plan` compares the files with the ATS. It changes nothing: run it as often as you like.")
    tour.run("plan")
    tour.outcomes(create=3, in_sync=1, drifted=1)
    tour.say(
        "`create` has no job in the ATS yet. `drifted` has one that differs; Bindbee can't change a job, so "
        "a person changes it there or corrects the file. Here the file was wrong, and the demo corrects it.\n"
        "In your own repository: export BINDBEE_API_KEY and BINDBEE_CONNECTOR_TOKEN, then bindbee-sync plan"
    )
    drifted = repository / "jobs/customer-success/customer-success-manager.yaml"
    drifted.write_text(drifted.read_text(encoding="utf-8").replace(", Lisbon", ""), encoding="utf-8")

    tour.title("Create exactly that")
    tour.say(
        "`apply` plans once more, shows it and asks. Here --yes answers; leave it out in your own repository."
    )
    tour.run("apply", "--yes")
    tour.created(3)

    tour.title("Plan again, before Bindbee has read the ATS")
    tour.say(
        "Bindbee lists a copy, which does not show the new jobs yet: to a tool that trusts it, they are "
        "still to be created. The ledger, in .bindbee-sync/, knows better."
    )
    tour.run("plan")
    tour.outcomes(pending=3, in_sync=2)

    tour.title("Plan again, after the sync")
    tour.say(
        "Bindbee has read the ATS: the demo asked the sandbox for it. The real one does so once a day or "
        "as agreed with Bindbee, and at once for bindbee-sync apply --wait"
    )
    tour.sandbox.sync()
    tour.run("plan")
    tour.outcomes(in_sync=5)
    tour.created(3)

    tour.title("A mistake, and its fix")
    broken = repository / "jobs/marketing/head-of-field-marketing.yaml"
    broken.parent.mkdir()
    broken.write_text(BROKEN, encoding="utf-8")
    tour.say(f"A colleague adds jobs/marketing/head-of-field-marketing.yaml:\n\n{_indented(broken)}")
    tour.run("validate", expect=1)
    tour.say("With [Marketing] alone in line 3:")
    broken.write_text(BROKEN.replace("[Marketing, Sales]", "[Marketing]"), encoding="utf-8")
    tour.run("plan", "--target", "marketing/*")
    tour.outcomes(create=1, in_sync=5)


def _program() -> str:
    """Return how to call this program: by its path where the name alone finds none, or another one."""
    here = Path(sys.argv[0])
    found = shutil.which("bindbee-sync")
    if found and here.exists() and Path(found).samefile(here):
        return "bindbee-sync"
    return (
        shlex.quote(os.path.relpath(here)) if here.is_file() and os.access(here, os.X_OK) else "bindbee-sync"
    )


def _indented(file: Path) -> str:
    return "\n".join(f"  {line}" for line in file.read_text(encoding="utf-8").splitlines())


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    """Let the tool see the sandbox in place of the user's own tokens, ledger and CI."""
    before = dict(os.environ)
    for name in before:
        if name == "CI" or name.startswith(("BINDBEE_", "GITHUB_")):
            del os.environ[name]
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
