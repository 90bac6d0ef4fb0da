"""Bindbee's copy of the ATS: all that its lists serve, and only as new as the last finished sync."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.seed import Document, bindbee_id
from bindbee_sync.sandbox.source import Source, SourceJob, harvest
from bindbee_sync.sandbox.unified import unified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bindbee_sync.sandbox.seed import Company
    from bindbee_sync.sandbox.settings import Behaviour, Synced


@dataclass(frozen=True, slots=True)
class SyncState:
    """The newest sync: `ends` is None while it hangs and after it ended."""

    status: str | None
    started: float | None
    ends: float | None


class SyncedCopy:
    """Bindbee's copy of one connector's records.

    Time passes only when a request looks: `catch_up` does what has become due, before each request.
    """

    def __init__(
        self, database: sqlite3.Connection, company: Company, settings: Behaviour, state: SyncState
    ) -> None:
        self.database = database
        self.company = company
        self.settings = settings
        self.state = state
        self.source = Source(database, company)
        self.history: list[Document] = []

    def begin_with(self, synced: Synced, now: float) -> None:
        """Put the copy into one of the states that a connector can be found in."""
        self.database.execute("DELETE FROM copy WHERE connector = ?", (self.company.key,))
        self.history.clear()
        if synced in {"done", "first_partial"}:
            self._snapshot()
            self._take_over(now - 540)
        if synced == "first_partial":
            half = len(self.source.records("jobs")) // 2
            query = "DELETE FROM copy WHERE connector = ? AND kind = 'jobs' AND position > ?"
            self.database.execute(query, (self.company.key, half))
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
        """Return when the next sync starts by itself, in seconds since 1970."""
        started, interval = self.state.started, self.settings.sync_interval
        return started + interval if started is not None and interval else None

    def catch_up(self, now: float) -> None:
        """Let what has become due happen."""
        ends = self.state.ends
        if ends is not None and ends <= now:
            self._finish(ends)
        due = self.next_sync()
        if due is not None and due <= now and self.state.status != "Syncing":
            self._start(now - (now - due) % (self.settings.sync_interval or 1))
            self.catch_up(now)

    def items(self, kind: str, after: int = 0, *, raw: bool = False) -> Iterator[tuple[int, Document]]:
        """List what was copied, in order, behind a position; `raw_data` is null unless asked for."""
        query = (
            "SELECT position, document, modified_at FROM copy"
            " WHERE connector = ? AND kind = ? AND position > ? ORDER BY position"
        )
        shown = self._as_listed(kind, raw=raw)
        for position, *row in self.database.execute(query, (self.company.key, kind, after)):
            yield position, shown(*row)

    def item(self, kind: str, identifier: str, *, raw: bool = False) -> Document | None:
        """One listed record by its Bindbee id."""
        query = "SELECT document, modified_at FROM copy WHERE id = ? AND connector = ? AND kind = ?"
        row = self.database.execute(query, (identifier, self.company.key, kind)).fetchone()
        return self._as_listed(kind, raw=raw)(*row) if row else None

    def list_at_once(self, job: SourceJob, now: float) -> None:
        """List a job that no sync has copied."""
        key, identifier = self.company.key, bindbee_id(self.company.id, "jobs", job.id)
        query = (
            "INSERT INTO copy SELECT ?, 'jobs', COALESCE(MAX(position), 0) + 1, ?, ?, ?"
            " FROM copy WHERE connector = ? AND kind = 'jobs'"
        )
        self.database.execute(query, (key, identifier, job.model_dump_json(), now, key))

    def _as_listed(self, kind: str, *, raw: bool) -> Callable[[str, float], Document]:
        people = self.source.people() if raw and kind == "jobs" else {}

        def shown(text: str, modified: float) -> Document:
            record = json.loads(text)
            item = unified(self.company, kind, record, plain_urls=self.settings.plain_urls)
            if raw and kind == "jobs":
                record = harvest(SourceJob.model_validate(record), people, self.settings)
            rest = {"modified_at": iso(modified), "raw_data": record if raw else None, "custom_fields": None}
            return item | rest

        return shown

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
        self.state = SyncState(status, started, ends)
        row = (self.company.key, self.company.id, status, started, ends)
        self.database.execute("INSERT OR REPLACE INTO sync VALUES (?, ?, ?, ?, ?)", row)

    def _snapshot(self, *, reverse: bool = False) -> None:
        order = "CASE kind WHEN 'jobs' THEN -rowid ELSE rowid END" if reverse else "rowid"
        place = f"ROW_NUMBER() OVER (PARTITION BY kind ORDER BY {order})"
        query = (
            f"INSERT INTO incoming SELECT connector, kind, {place}, bindbee_id(?, kind, number), document"  # noqa: S608 - our own words
            " FROM source WHERE connector = ?"
        )
        self.database.execute("DELETE FROM incoming WHERE connector = ?", (self.company.key,))
        self.database.execute(query, (self.company.id, self.company.key))

    def _take_over(self, modified: float) -> None:
        self.database.execute("DELETE FROM copy WHERE connector = ?", (self.company.key,))
        query = "INSERT INTO copy SELECT *, ? FROM incoming WHERE connector = ?"
        self.database.execute(query, (modified, self.company.key))
        self.database.execute("DELETE FROM incoming WHERE connector = ?", (self.company.key,))
