"""The one place that runs git: by plumbing alone, in a clean environment, with git's own words in errors.

The user's work tree, index, hooks, filters and signing stay untouched.
"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import nullcontext
from pathlib import Path
from threading import Lock

from bindbee_sync.errors import GitError
from bindbee_sync.text import shorten

TIMEOUT = 60.0
"""Seconds for one git command. After it, the remote is asked what the command did."""

# `git rev-parse --local-env-vars` prints these: they tie git to a repository. Set by a hook or an outer git,
# they would let a command answer from another repository than the one in its folder.
OF_ONE_REPOSITORY = frozenset(
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    ]
)
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
EMAIL = "bindbee-sync@localhost"
"""The address of the author of every commit that this tool makes."""
_SETTINGS = tuple(word for setting in _QUIET for word in ("-c", setting))
_FIXED = {
    "LC_ALL": "C",  # the marks below are English
    "GIT_TERMINAL_PROMPT": "0",  # a question for a password would wait for ever in CI
    "GIT_OPTIONAL_LOCKS": "0",  # a plan writes nothing, not even a refreshed index
    **{f"GIT_{role}_NAME": "bindbee-sync" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": EMAIL for role in ("AUTHOR", "COMMITTER")},
}
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_SHALLOW = Lock()
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SAFE_DIRECTORY = re.compile(r"git config --global --add safe\.directory .+")
_WRITE_ACCESS = "The job needs write access: in GitHub Actions `permissions: contents: write`."
_HINTS = (
    ("GH013", "A rule of the repository forbids the push: let the ledger's branch be pushed to by this job."),
    ("protected branch", "Let this job push to the ledger's branch; block only force pushes and deletion."),
    ("hook declined", "A hook of the remote refuses the push: let the ledger's branch through."),
    ("denied", _WRITE_ACCESS),
    ("403", _WRITE_ACCESS),
    ("Authentication failed", "Check the credentials that git uses for this remote."),
    ("could not read Username", "git has no credentials here: in Actions, check out with them kept."),
)
_REMOTE_COMMANDS = frozenset({"fetch", "ls-remote", "push"})


class Git:
    """Git in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def out(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
        """Return the text that a command prints, its end trimmed; raises GitError where it fails."""
        return self.raw(*arguments, stdin=stdin, index=index).decode(errors="replace").strip()

    def raw(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
        """Return the bytes that a command prints; raises GitError where it fails."""
        done = self.run(*arguments, stdin=stdin, index=index)
        if done.returncode:
            raise self.failure(done)
        return done.stdout

    def run(
        self, *arguments: str, stdin: bytes = b"", index: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command to its end; raises GitError where git can't be run at all.

        A command that takes longer than TIMEOUT is ended, and counts as failed with code 124.
        """
        command = ["git", *_SETTINGS, *arguments]
        # git fails at once where another fetch holds the list of a shallow clone's edges.
        with _SHALLOW if "--depth=1" in arguments else nullcontext():
            return self._run(command, stdin, index)

    def _run(
        self, command: list[str], stdin: bytes, index: Path | None
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - the words are ours; foreign ones can't be options
                command,
                cwd=self._folder,
                env=_environment() | ({"GIT_INDEX_FILE": str(index)} if index else {}),
                input=stdin,
                capture_output=True,
                check=False,
                timeout=TIMEOUT,
                start_new_session=True,  # Ctrl-C at the terminal reaches us alone: it must not break a push
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, b"", b"git did not answer in time")
        except ValueError:  # a null byte, or half a character
            return subprocess.CompletedProcess(command, 128, b"", b"git can't take such an argument")
        except OSError as error:
            raise GitError(f"git can't be run: {error.strerror or error}", hint="Install git.") from error

    def failure(self, done: subprocess.CompletedProcess[bytes]) -> GitError:
        """Return the error for a failed command: in git's own words, without credentials."""
        words = _CREDENTIALS.sub("***", (done.stderr or done.stdout).decode(errors="replace"))
        verb = next((word for word in done.args[1 + len(_SETTINGS) :]), "git")
        shown = shorten(" ".join(words.split()), 600) or "without a word"
        return GitError(f"git {verb} failed: {shown}", hint=_hint(verb, words))


def object_id(text: str) -> str:
    """Return `text` where it is the id of an object; an empty source in a refspec would delete the branch."""
    if not _OBJECT_ID.fullmatch(text):
        raise GitError(
            f"git answered '{shorten(text, 60)}' where an object's id belongs", hint="Check the repository."
        )
    return text


def _environment() -> dict[str, str]:
    """Return the environment of a child process, without what ties it to a repository, and without tokens.

    Git hands its environment on to ssh, credential helpers and the hooks of a remote on this machine.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OF_ONE_REPOSITORY and not name.startswith("BINDBEE_")
    }
    return kept | _FIXED


def _hint(verb: str, words: str) -> str:
    remedy = _SAFE_DIRECTORY.search(words)
    if remedy:
        return f"If you trust this repository, run `{remedy[0]}`."
    known = next((hint for mark, hint in _HINTS if mark in words), None)
    if known:
        return known
    if verb in _REMOTE_COMMANDS:
        return "Check that the remote can be reached from here with git."
    return "Run `git status` here: it shows whether git can read this repository."
