"""A ledger on a git branch of its own: one small JSON file an address, readable in the forge's web page.

Each append is a commit on the tip that was read, pushed as a plain fast-forward and never forced, so that the
push is a compare-and-swap: of two writers one wins, and the other reads again and decides again. Events
carry random record ids, so that no two commits are alike. Whether a push whose answer was lost has landed is
settled by the branch itself: events are only ever appended, so that ours are either in it or not.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bindbee_sync.errors import LedgerError
from bindbee_sync.git import Git
from bindbee_sync.ledger.events import Event
from bindbee_sync.ledger.git_branch import Branch, Tip
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.store import LostRaceError
from bindbee_sync.waits import report_wait

BATCH = 10
"""Intents in one push: a crash leaves at most so many uncertain, and 100 jobs take 11 pushes."""
TRIES = 3


class GitStore:
    """The ledger on `ledger.branch` of `ledger.remote`, reached from the repository at `folder`."""

    def __init__(self, ledger: GitLedger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder

    def read(self) -> tuple[Event, ...]:
        """Return all events; raises LedgerError where the branch is missing or can't be reached."""
        with self._branch() as branch:
            return branch.fetch().events

    @contextmanager
    def writing(self) -> Iterator[GitWriter]:
        """Read the branch and yield a writer on top of it. Nothing is locked: the first push wins."""
        with self._branch() as branch:
            yield GitWriter(branch, branch.fetch())

    def try_push(self) -> None:
        """Try a push without sending it; raises LedgerError where the remote would refuse it.

        A refusal by a rule of the branch does not show this way.
        """
        with self._branch() as branch:
            branch.try_push(branch.fetch().commit)

    def init(self) -> bool:
        """Make the branch; return False where it is there already. Raises LedgerError where it can't be."""
        with self._branch() as branch:
            if branch.exists():
                return False
            branch.make()
            return True

    @contextmanager
    def _branch(self) -> Iterator[Branch]:
        with ExitStack() as stack:
            folder = self._folder
            if not (folder / ".git").exists():
                if self._ledger.is_named:
                    raise LedgerError(
                        f"There is no git repository here to have a remote '{self._ledger.remote}'",
                        where=str(folder),
                        hint="Run in a checkout, or give the ledger's URL in BINDBEE_LEDGER.",
                    )
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bindbee-sync-")))
                Git(folder).raw("init", "--bare", "--quiet")
            yield Branch(Git(folder), self._ledger)


class GitWriter:
    """Appends by pushing. Outcomes that are noted travel with the next append, or with the flush."""

    batch = BATCH

    def __init__(self, branch: Branch, tip: Tip) -> None:
        self._branch = branch
        self._tip = tip
        self._noted: tuple[Event, ...] = ()
        self._overtaken = False

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, those appended or noted through this writer included."""
        return self._tip.events + self._noted

    def append(self, *events: Event) -> None:
        """Push `events` and what was noted; raises LostRaceError where another run pushed first."""
        if not events:
            return
        if self._overtaken:  # others pushed after ours: these events were decided without knowing theirs
            self._overtaken = False
            raise _lost_race()
        self._push((*self._noted, *events))
        self._noted = ()

    def note(self, *events: Event) -> None:
        """Keep `events` for the next push: each names its attempt, and is true whatever others pushed."""
        self._noted += events

    def flush(self) -> None:
        """Push what was noted, on top of what others pushed meanwhile."""
        for attempt in range(TRIES * TRIES):
            if not self._noted:
                return
            try:
                self._push(self._noted)
            except LostRaceError:
                _pause(random.uniform(0, 0.1 * 2 ** min(attempt, 5)))  # noqa: S311 - jitter, no secret
            else:
                self._noted = ()
        if self._noted:
            raise LedgerError(
                "Other runs kept pushing to the ledger ahead of this one",
                hint="A create without a recorded outcome counts as uncertain. Run one apply at a time.",
            )

    def _push(self, events: tuple[Event, ...]) -> None:
        """Push a commit with `events` onto the tip; return only where the branch is known to hold them."""
        commit = self._branch.commit(self._tip, events)
        problem: LedgerError | None = None
        for attempt in range(TRIES):
            if attempt:
                _pause(random.uniform(0.5, 1.0) * 2 ** (attempt - 1))  # noqa: S311 - jitter, no secret
            landed, problem = self._branch.push(commit)
            if landed:
                self._tip = self._branch.grown(self._tip, events, commit)
                return
            # An error does not say that the push failed: its answer may be lost, or a gateway's. The branch
            # itself knows. Taking an unknown push as landed would let two runs send one create.
            before, self._tip = self._tip, self._branch.fetch()
            if self._tip.holds(events):
                self._overtaken = self._tip.commit != commit
                return
            if self._tip.commit != before.commit:
                raise _lost_race()
        raise problem or LedgerError("The push to the ledger had no effect", hint="Run again.")


def _pause(seconds: float) -> None:
    report_wait(seconds, "another try of the push to the ledger")
    time.sleep(seconds)


def _lost_race() -> LostRaceError:
    return LostRaceError(
        "Another run pushed to the ledger first", hint="Run again: this run then knows what the other did."
    )
