"""The branch of a git ledger in terms of git commands: fetch, commit, push."""

from __future__ import annotations

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import quote

from pydantic import ValidationError

from bindbee_sync.errors import LedgerError
from bindbee_sync.git import Git, object_id
from bindbee_sync.ledger.events import EVENT, Event, Intent
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.strict_json import parse_strictly

README = """\
# The ledger of bindbee-sync

The job openings that were created, by whom and when, and the job that each job file manages. Written by
`bindbee-sync apply`; `bindbee-sync ledger list` shows it. Protect this branch against force pushes and
deletion: it keeps jobs from being created twice.
"""


_PLAIN_FILES = frozenset({"100644", "100755"})


@dataclass(frozen=True, kw_only=True)
class Tip:
    """A commit of the branch, and its events by file."""

    commit: str
    files: Mapping[str, tuple[Event, ...]]

    @property
    def events(self) -> tuple[Event, ...]:
        """All events; those of one record in their order."""
        return tuple(event for path in sorted(self.files) for event in self.files[path])

    def holds(self, events: tuple[Event, ...]) -> bool:
        """Return whether all of `events` are in it."""
        return all(event in self.files.get(path_of(event), ()) for event in events)


class Branch:
    """The ledger's branch, as git commands."""

    def __init__(self, git: Git, ledger: GitLedger) -> None:
        self._git = git
        self._remote = ledger.remote
        self._name = f"refs/heads/{ledger.branch}"
        self._seen = ref_seen(ledger.remote, ledger.branch)
        self._where = ledger.shown
        if ledger.is_named and ledger.remote not in git.out("remote").split():
            raise LedgerError(
                f"The repository has no remote '{ledger.remote}'",
                where=self._where,
                hint="`git remote -v` shows its remotes; name one of them.",
            )

    def exists(self) -> bool:
        """Return whether the remote has the branch; raises LedgerError where it can't be reached."""
        listed = self._git.run("ls-remote", "--quiet", self._remote, self._name)
        if listed.returncode:
            raise self._refused(listed)
        lines = listed.stdout.decode(errors="replace").splitlines()
        return any(line.split("\t")[1:] == [self._name] for line in lines)

    def fetch(self) -> Tip:
        """Return the branch as the remote has it now."""
        # Not forced, so that a rewritten branch is an error and not a ledger that silently forgot. A shallow
        # clone can't tell a rewrite from missing history.
        shallow = self._git.out("rev-parse", "--is-shallow-repository") == "true"
        refspec = f"{'+' if shallow else ''}{self._name}:{self._seen}"
        fetched = self._git.run(
            "fetch",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            *(["--depth=1"] if shallow else []),
            self._remote,
            refspec,
        )
        if fetched.returncode:
            if not self.exists():
                raise LedgerError(
                    "The ledger's branch does not exist",
                    where=self._where,
                    hint="At first use, run `bindbee-sync ledger init`. If there was one, restore it: "
                    "it keeps jobs from being created twice.",
                )
            words = fetched.stderr.decode(errors="replace")
            raise self._rewritten(words) or self._refused(fetched)
        return self._read(object_id(self._git.out("rev-parse", "--verify", f"{self._seen}^{{commit}}")))

    def commit(self, tip: Tip, events: tuple[Event, ...]) -> str:
        """Write a commit that appends `events` to `tip`, and return its id."""
        grown = self.grown(tip, events, tip.commit)
        entries = [
            (path, self._blob(_content(grown.files[path])))
            for path in sorted({path_of(event) for event in events})
        ]
        return self._commit(entries, parent=tip.commit, message=_message(events))

    def make(self) -> None:
        """Push the branch's first commit; raises LedgerError where this checkout has seen it before."""
        # A missing branch looks like a first run. A new one would not know the jobs that are created and not
        # listed yet, and the next apply would create them again.
        seen = self._git.run("rev-parse", "--verify", "--quiet", self._seen)
        if seen.returncode == 0:
            raise LedgerError(
                "The ledger's branch was deleted: this checkout has seen it before",
                where=self._where,
                hint=f"Restore it with `git push {self._remote} {self._seen}:{self._name}`. "
                f"To begin an empty one, run `git update-ref -d {self._seen}` first.",
            )
        readme = self._blob(README.encode())
        commit = self._commit([("README.md", readme)], parent=None, message="Begin the ledger\n")
        _, problem = self.push(commit)
        if problem and not self.exists():  # another run may have begun it meanwhile
            raise problem

    def push(self, commit: str) -> tuple[bool, LedgerError | None]:
        """Push as a plain fast-forward; return whether git says that this push moved the branch, or why not.

        "Up to date" does not count: two runs with identical commits would both win, and both send.
        """
        pushed = self._git.run(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-signed",
            "--no-follow-tags",
            "--recurse-submodules=no",
            self._remote,
            f"{object_id(commit)}:{self._name}",
        )
        moved = re.compile(rf"^[ *]\t{commit}:{re.escape(self._name)}\t", re.MULTILINE)
        if pushed.returncode == 0 and moved.search(pushed.stdout.decode(errors="replace")):
            self._git.run("update-ref", self._seen, commit)
            return True, None
        return False, self._refused(pushed)

    def try_push(self, commit: str) -> None:
        """Try a push of `commit` without sending it; raises LedgerError where it is refused."""
        target = f"{object_id(commit)}:{self._name}"
        tried = self._git.run("push", "--dry-run", "--no-verify", "--porcelain", self._remote, target)
        if tried.returncode:
            raise self._refused(tried)

    def grown(self, tip: Tip, events: tuple[Event, ...], commit: str) -> Tip:
        """Return `tip` with `events` appended, as `commit`."""
        files = dict(tip.files)
        for event in events:
            files[path_of(event)] = (*files.get(path_of(event), ()), event)
        return Tip(commit=commit, files=files)

    def _read(self, commit: str) -> Tip:
        listing = self._git.raw("ls-tree", "-r", "-z", "--full-tree", commit).decode(errors="replace")
        blobs = {}
        for line in listing.split("\0"):
            meta, _, path = line.partition("\t")
            if path.endswith(".json"):
                mode, _, blobs[path] = meta.split()
                if mode not in _PLAIN_FILES:  # a submodule or a link, whose content is elsewhere
                    raise self._unreadable(path)
        wanted = "".join(f"{blob}\n" for blob in blobs.values()).encode()
        answer = BytesIO(self._git.raw("cat-file", "--batch", stdin=wanted))
        files: dict[str, tuple[Event, ...]] = {}
        for path in blobs:
            _, kind, *size = answer.readline().split()
            if kind != b"blob":  # missing, in a clone that lacks it
                raise self._unreadable(path)
            files[path] = self._parse(path, answer.read(int(size[0])))
            answer.readline()
        return Tip(commit=commit, files=files)

    def _parse(self, path: str, content: bytes) -> tuple[Event, ...]:
        try:
            data = parse_strictly(content)
            return tuple(EVENT.validate_python(event, strict=False) for event in data["events"])
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise self._unreadable(path) from error

    def _unreadable(self, path: str) -> LedgerError:
        return LedgerError(
            "The ledger's branch holds a file that this version can't read",
            where=f"{self._where}:{path}",
            hint="Use the newest bindbee-sync; if someone edited the file, revert the edit.",
        )

    def _blob(self, content: bytes) -> str:
        return object_id(self._git.out("hash-object", "-w", "--stdin", stdin=content))

    def _commit(self, entries: list[tuple[str, str]], *, parent: str | None, message: str) -> str:
        with tempfile.TemporaryDirectory(prefix="bindbee-sync-") as folder:
            index = Path(folder) / "index"
            if parent:
                self._git.raw("read-tree", parent, index=index)
            listed = "".join(f"100644 {blob}\t{path}\0" for path, blob in entries)
            self._git.raw("update-index", "-z", "--index-info", stdin=listed.encode(), index=index)
            tree = object_id(self._git.out("write-tree", index=index))
        parents = ["-p", parent] if parent else []
        return object_id(self._git.out("commit-tree", tree, *parents, stdin=message.encode()))

    def _rewritten(self, words: str) -> LedgerError | None:
        if "non-fast-forward" not in words:
            return None
        return LedgerError(
            "The ledger's branch was rewritten: events that this checkout saw before are gone",
            where=self._where,
            hint=f"Find out who rewrote it, and restore it from `git log {self._seen}`. If it was intended, "
            f"`git update-ref -d {self._seen}` accepts it.",
        )

    def _refused(self, done: CompletedProcess[bytes]) -> LedgerError:
        failure = self._git.failure(done)
        return LedgerError(failure.message, where=self._where, hint=failure.hint)


def ref_seen(remote: str, branch: str) -> str:
    """Return the reference under which a checkout keeps a ledger's branch as it last saw it."""
    return f"refs/bindbee-sync/{sha256(remote.encode()).hexdigest()[:12]}/{branch}"


def path_of(event: Event) -> str:
    """Return the file in which an event's record is kept: by the connector and the address it began at."""
    parts = (_safe(part) for part in (event.connector_id, *event.original_address.split("/")))
    return f"{'/'.join(parts)}.json"


def folder_of(connector_id: str) -> str:
    """Return the folder in which a connector's records are kept."""
    return _safe(connector_id)


def _safe(part: str) -> str:
    return quote(part, safe="").replace(".", "%2E").replace("~", "%7E")


def _content(events: tuple[Event, ...]) -> bytes:
    data = {
        "address": events[0].original_address,
        "connector": events[0].connector_id,
        "events": [EVENT.dump_python(event, mode="json", exclude_none=True) for event in events],
    }
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def _message(events: tuple[Event, ...]) -> str:
    kinds: dict[str, int] = defaultdict(int)
    for event in events:
        kinds[event.event] += 1
    summary = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    run = next((event.run_url for event in events if isinstance(event, Intent) and event.run_url), None)
    return f"{summary}\n" + (f"\n{run}\n" if run else "")
