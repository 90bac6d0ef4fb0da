"""Run the user's git by plumbing alone: its work tree, index, hooks, filters and signing stay untouched."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bindbee_sync.errors import LedgerError
from bindbee_sync.text import shorten

TIMEOUT = 60.0
"""Seconds for one git command; past it, what it did is found out by asking the remote."""

_QUIET = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "core.sparseCheckout=false",
    "index.sparse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.pushUpdateRejected=false",
)
_IDENTITY = {"NAME": "bindbee-sync", "EMAIL": "bindbee-sync@localhost"}
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HINTS = (
    (
        "dubious ownership",
        "In a container: git config --global --add safe.directory <the checkout's folder>.",
    ),
    ("GH013", "A rule of the repository forbids the push: let the ledger's branch be pushed to by this job."),
    ("protected branch", "Let this job push to the ledger's branch; block only force pushes and deletion."),
    ("hook declined", "A hook of the remote refuses the push: let the ledger's branch through."),
    ("denied", "The job needs write access: in GitHub Actions `permissions: contents: write`."),
    ("403", "The job needs write access: in GitHub Actions `permissions: contents: write`."),
    ("Authentication failed", "Check the credentials that git uses for this remote."),
    ("could not read Username", "git has no credentials here: in Actions, check out with them kept."),
)


class Git:
    """Git in one repository."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = dict(environment)
        for name in self.out("rev-parse", "--local-env-vars").split():
            self._environment.pop(name, None)

    def out(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
        """Return what a command prints, its end trimmed; raises LedgerError where it fails."""
        return self.raw(*arguments, stdin=stdin, index=index).decode(errors="replace").strip()

    def raw(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
        """Return the bytes that a command prints; raises LedgerError where it fails."""
        done = self.run(*arguments, stdin=stdin, index=index)
        if done.returncode:
            raise self.failure(done)
        return done.stdout

    def run(
        self, *arguments: str, stdin: bytes = b"", index: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command to its end. One that takes too long is ended, and counts as failed with code 124."""
        settings = [word for setting in _QUIET for word in ("-c", setting)]
        command = ["git", *settings, *arguments]
        try:
            return subprocess.run(  # noqa: S603 - the words are ours; foreign ones can't be options
                command,
                cwd=self.folder,
                env=self._env(index),
                input=stdin,
                capture_output=True,
                check=False,
                timeout=TIMEOUT,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, b"", b"git did not answer in time")
        except OSError as error:
            raise LedgerError(
                f"git can't be run: {error.strerror or error}",
                hint="Install git, or name a file as the ledger.",
            ) from error

    def failure(self, done: subprocess.CompletedProcess[bytes]) -> LedgerError:
        """Return the error for a failed command: in git's own words, without credentials."""
        words = _CREDENTIALS.sub("***", (done.stderr or done.stdout).decode(errors="replace"))
        verb = next((word for word in done.args[1 + 2 * len(_QUIET) :]), "git")
        hint = next((hint for mark, hint in _HINTS if mark in words), None)
        return LedgerError(
            f"git {verb} failed: {shorten(' '.join(words.split()), 600) or 'without a word'}",
            hint=hint or "Check that the remote can be reached from here with git.",
        )

    def _env(self, index: Path | None) -> dict[str, str]:
        identity = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in _IDENTITY.items()}
        fixed = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
        return self._environment | identity | fixed | ({"GIT_INDEX_FILE": str(index)} if index else {})


def object_id(text: str) -> str:
    """Return `text` where it is the id of an object; an empty source in a refspec would delete the branch."""
    if not _OBJECT_ID.fullmatch(text):
        raise LedgerError(
            f"git answered '{shorten(text, 60)}' where an object's id belongs", hint="Check the repository."
        )
    return text
