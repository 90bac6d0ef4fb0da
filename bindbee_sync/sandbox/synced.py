"""Bindbee's copy of the ATS: all that its lists serve, and only as new as the last finished sync."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.seed import Document
from bindbee_sync.sandbox.source import Source, SourceJob, harvest
from bindbee_sync.sandbox.unified import unified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindbee_sync.sandbox.settings import Settings, Synced

KINDS = ("jobs", "departments", "offices", "remote-users")


@dataclass(frozen=True, slots=True)
class SyncState:
    """The newest sync: `ends` is None while it hangs and after it ended."""

    status: str | None
    started: float | None
    ends: float | None


class SyncedCopy:
    """What Bindbee holds for one connector.

    Time passes only when somebody looks: `catch_up` does what has become due, before each request.
    """

    def __init__(self, database: sqlite3.Connection, connector: str, settings: Settings) -> None:
        self.database = database
        self.connector = connector
        self.settings = settings
        self.source = Source(database, connector)
        self.history: list[Document] = []

    @property
    def state(self) -> SyncState:
        """The newest sync."""
        query = "SELECT status, started, ends FROM sync WHERE connector = ?"
        row = self.database.execute(query, (self.connector,)).fetchone()
        return SyncState(*row) if row else SyncState(None, None, None)

    def begin_with(self, synced: Synced, now: float) -> None:
        """Put the copy into one of the states that a connector can be found in."""
        self.database.execute("DELETE FROM copy WHERE connector = ?", (self.connector,))
        self.history.clear()
        if synced in {"done", "first_partial"}:
            self._snapshot(reverse=False)
            self._take_over(now - 540)
        if synced == "first_partial":
            half = len(self.source.records("jobs")) // 2
            query = "DELETE FROM copy WHERE connector = ? AND kind = 'jobs' AND position > ?"
            self.database.execute(query, (self.connector, half))
        status = {"done": "Done", "never": None}.get(synced, "Syncing")
        self._note(status, None if synced == "never" else now - 600, None)

    def begin_sync(self, now: float) -> bool:
        """Start a sync, which copies what the ATS holds now; False while another one runs."""
        if self.state.status == "Syncing":
            return False
        self._start(now)
        return True

    def sync(self, now: float, *, reverse: bool = False) -> None:
        """Sync from beginning to end at once."""
        self._start(now, reverse=reverse)
        if self.settings.sync != "hangs":
            self._finish(now + 0.001)

    def next_sync(self) -> float | None:
        """When the next sync starts by itself."""
        started, interval = self.state.started, self.settings.sync_interval
        return None if started is None or interval is None else started + interval

    def catch_up(self, now: float) -> None:
        """End the running sync and start the next one, if it is time."""
        ends = self.state.ends
        if ends is not None and ends <= now:
            self._finish(ends)
        due = self.next_sync()
        if due is not None and due <= now and self.state.status != "Syncing":
            self._start(now - (now - due) % (self.settings.sync_interval or 1))
            self.catch_up(now)

    def items(self, kind: str, after: int = 0) -> Iterator[tuple[int, Document]]:
        """List what was copied, in the list's order, behind a position."""
        query = (
            "SELECT position, item, raw, modified_at FROM copy"
            " WHERE connector = ? AND kind = ? AND position > ? ORDER BY position"
        )
        for position, *row in self.database.execute(query, (self.connector, kind, after)):
            yield position, _shown(*row)

    def item(self, kind: str, identifier: str) -> Document | None:
        """One listed record by its Bindbee id."""
        query = "SELECT item, raw, modified_at FROM copy WHERE connector = ? AND kind = ? AND id = ?"
        row = self.database.execute(query, (self.connector, kind, identifier)).fetchone()
        return _shown(*row) if row else None

    def _start(self, now: float, *, reverse: bool = False) -> None:
        self._snapshot(reverse=reverse)
        ends = None if self.settings.sync == "hangs" else now + self.settings.sync_duration
        self._note("Syncing", now, ends)
        self.history.append({"started": iso(now), "ended": None, "status": "Syncing"})

    def _finish(self, ended: float) -> None:
        status = "Failed" if self.settings.sync == "fails" else "Done"
        if status == "Done":
            self._take_over(ended)
        self._note(status, self.state.started, None)
        if self.history:
            self.history[-1] |= {"ended": iso(ended), "status": status}

    def _note(self, status: str | None, started: float | None, ends: float | None) -> None:
        row = (self.connector, status, started, ends)
        self.database.execute("INSERT OR REPLACE INTO sync VALUES (?, ?, ?, ?)", row)

    def _snapshot(self, *, reverse: bool) -> None:
        people = {kind: self.source.by_id(kind) for kind in KINDS[1:]}
        rows = []
        for kind in KINDS:
            records = self.source.records(kind)
            if reverse and kind == "jobs":
                records.reverse()
            for position, record in enumerate(records, 1):
                item = unified(self.connector, kind, record, plain_urls=self.settings.plain_urls)
                raw = self._raw(record, people) if kind == "jobs" else record
                rows.append((self.connector, kind, position, item["id"], json.dumps(item), json.dumps(raw)))
        self.database.execute("DELETE FROM incoming WHERE connector = ?", (self.connector,))
        self.database.executemany("INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _raw(self, record: Document, people: dict[str, dict[int, Document]]) -> Document:
        return harvest(SourceJob.model_validate(record), people, template_flag=self.settings.template_flag)

    def _take_over(self, modified: float) -> None:
        self.database.execute("DELETE FROM copy WHERE connector = ?", (self.connector,))
        query = "INSERT INTO copy SELECT *, ? FROM incoming WHERE connector = ?"
        self.database.execute(query, (modified, self.connector))


def _shown(item: str, raw: str, modified: float) -> Document:
    shared = {"modified_at": iso(modified), "raw_data": json.loads(raw), "custom_fields": None}
    return {**json.loads(item), **shared}
