"""A remote's branch under the real git writer: compare-and-swap on the tip, and answers that get lost."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from hashlib import sha256

from virtual import Scheduler

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.events import EVENT, Event
from bindbee_sync.ledger.git_branch import Tip, path_of


@dataclass
class Commit:
    id: str
    parent: str | None
    files: dict[str, tuple[Event, ...]]


@dataclass
class Remote:
    """The bare repository; what is not pushed is with the process that made it."""

    scheduler: Scheduler
    tip: str = "0"
    commits: dict[str, Commit] = field(default_factory=lambda: {"0": Commit("0", None, {})})
    pushes: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def events(self) -> tuple[Event, ...]:
        return Tip(commit=self.tip, files=self.commits[self.tip].files).events


class RemoteBranch:
    """As much of a `Branch` as the git writer uses."""

    _unique = itertools.count()

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._made: dict[str, Commit] = {}

    def fetch(self) -> Tip:
        self._step("git fetch")
        commit = self._remote.commits[self._remote.tip]
        return Tip(commit=commit.id, files=commit.files)

    def commit(self, tip: Tip, events: tuple[Event, ...]) -> str:
        files = self.grown(tip, events, tip.commit).files
        text = b"".join(EVENT.dump_json(event) for event in events)
        made = sha256(tip.commit.encode() + text).hexdigest()[:12]
        self._made[made] = Commit(made, tip.commit, dict(files))
        return made

    def push(self, commit: str) -> tuple[bool, LedgerError | None]:
        """Move the tip where it is the commit's parent. The same commit again is up to date, and no win."""
        fault = self._remote.faults.pop() if self._remote.faults else None
        self._step("git push", commit)
        remote, made = self._remote, self._made[commit]
        if fault == "before":
            remote.scheduler.note("the push fails")
            return False, LedgerError("git push failed")
        landed = made.parent == remote.tip
        if landed:
            remote.commits[commit] = made
            remote.tip = commit
            remote.pushes += 1
        if fault == "after":
            remote.scheduler.note("the answer to the push is lost")
            return False, LedgerError("git push failed")
        self._step("git push done")
        return landed, None if landed else LedgerError("fetch first")

    def grown(self, tip: Tip, events: tuple[Event, ...], commit: str) -> Tip:
        files = dict(tip.files)
        for event in events:
            files[path_of(event)] = (*files.get(path_of(event), ()), event)
        return Tip(commit=commit, files=files)

    def _step(self, kind: str, detail: str = "") -> None:
        self._remote.scheduler.step(kind, detail)
