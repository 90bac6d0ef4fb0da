"""Bindbee's copy of the ATS: all that its lists serve, and only as new as the last finished sync."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.seed import Document, bindbee_id
from bindbee_sync.sandbox.source import Source, SourceJob, harvest

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
            where = "connector = ? AND kind = 'jobs' AND position > ?"
            self.database.execute(f"DELETE FROM copy WHERE {where}", (self.connector, half))  # noqa: S608 - no input in it
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
        started = self.state.started
        return (
            None
            if started is None or self.settings.sync_interval is None
            else started + self.settings.sync_interval
        )

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
            "SELECT position, id, modified_at, item, raw FROM copy"
            " WHERE connector = ? AND kind = ? AND position > ? ORDER BY position"
        )
        for position, identifier, modified, item, raw in self.database.execute(
            query, (self.connector, kind, after)
        ):
            yield position, _shown(identifier, modified, item, raw)

    def item(self, kind: str, identifier: str) -> Document | None:
        """One listed record by its Bindbee id."""
        query = "SELECT id, modified_at, item, raw FROM copy WHERE connector = ? AND kind = ? AND id = ?"
        row = self.database.execute(query, (self.connector, kind, identifier)).fetchone()
        return _shown(*row) if row else None

    def _start(self, now: float, *, reverse: bool = False) -> None:
        self._snapshot(reverse=reverse)
        self._note(
            "Syncing", now, None if self.settings.sync == "hangs" else now + self.settings.sync_duration
        )
        self.history.append({"started": iso(now), "ended": None, "status": "Syncing"})

    def _finish(self, ended: float) -> None:
        status = "Failed" if self.settings.sync == "fails" else "Done"
        if status == "Done":
            self._take_over(ended)
        self._note(status, self.state.started, None)
        if self.history:
            self.history[-1] |= {"ended": iso(ended), "status": status}

    def _note(self, status: str | None, started: float | None, ends: float | None) -> None:
        self.database.execute(
            "INSERT OR REPLACE INTO sync VALUES (?, ?, ?, ?)", (self.connector, status, started, ends)
        )

    def _snapshot(self, *, reverse: bool) -> None:
        rows = [(kind, *row) for kind in KINDS for row in self._copied(kind, reverse=reverse)]
        self.database.execute("DELETE FROM incoming WHERE connector = ?", (self.connector,))
        self.database.executemany(
            "INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?)", [(self.connector, *row) for row in rows]
        )

    def _take_over(self, modified: float) -> None:
        self.database.execute("DELETE FROM copy WHERE connector = ?", (self.connector,))
        self.database.execute(
            "INSERT INTO copy SELECT *, ? FROM incoming WHERE connector = ?",
            (modified, self.connector),
        )

    def _copied(self, kind: str, *, reverse: bool) -> list[tuple[int, str, str, str]]:
        people = {other: self.source.by_id(other) for other in KINDS[1:]}
        records = self.source.records(kind)
        if reverse and kind == "jobs":
            records.reverse()
        rows = []
        for position, record in enumerate(records, 1):
            raw = record
            if kind == "jobs":
                job = SourceJob.model_validate(record)
                raw = harvest(job, people, template_flag=self.settings.template_flag)
            item = self._unified(kind, record)
            identifier = bindbee_id(self.connector, kind, record["id"])
            rows.append((position, identifier, json.dumps(item), json.dumps(raw)))
        return rows

    def _unified(self, kind: str, record: Document) -> Document:
        remote = {"remote_id": str(record["id"])}
        match kind:
            case "departments":
                return remote | {"name": record["name"]}
            case "offices":
                return remote | {"name": record["name"], "location": record["location"]}
            case "remote-users":
                kept = ("first_name", "last_name", "email", "disabled", "access_role")
                return (
                    remote | {key: record[key] for key in kept} | {"remote_created_at": record["created_at"]}
                )
            case _:
                return remote | self._unified_job(SourceJob.model_validate(record))

    def _unified_job(self, job: SourceJob) -> Document:
        def ids(kind: str, numbers: tuple[int, ...]) -> list[str]:
            return [bindbee_id(self.connector, kind, number) for number in numbers]

        return {
            "name": job.name,
            "description": job.description,
            "code": job.requisition_id,
            "status": job.status.upper(),
            "job_posting_urls": self._urls(job),
            "remote_created_at": job.created_at,
            "remote_updated_at": job.updated_at,
            "confidential": job.confidential,
            "departments": ids("departments", (job.department_id,) if job.department_id else ()),
            "offices": ids("offices", job.office_ids),
            "hiring_managers": ids("remote-users", job.hiring_managers),
            "recruiters": ids("remote-users", job.recruiters),
        }

    def _urls(self, job: SourceJob) -> list[Any]:
        if job.status != "open" or job.is_template or job.confidential:
            return []
        url = f"https://boards.halden-robotics.example/jobs/{job.id}"
        return [url if self.settings.plain_urls else {"value": url, "url_type": "JOB_POSTING"}]


def _shown(identifier: str, modified: float, item: str, raw: str) -> Document:
    return {
        "id": identifier,
        "modified_at": iso(modified),
        "raw_data": json.loads(raw),
        "custom_fields": None,
        **json.loads(item),
    }
