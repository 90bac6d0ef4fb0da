"""All that one sandbox knows: the companies, Bindbee's copies, the clock, the faults, what was asked."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any

from bindbee_sync.sandbox.clock import Clock, iso
from bindbee_sync.sandbox.limits import RateLimit
from bindbee_sync.sandbox.seed import CREATED, GREENHOUSE, TENANTS, Document, SeedName, Tenant, documents
from bindbee_sync.sandbox.settings import Script, Settings, Step, Synced
from bindbee_sync.sandbox.synced import SyncedCopy

if TYPE_CHECKING:
    from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS source (connector, kind, number, document, PRIMARY KEY (connector, kind, number));
CREATE TABLE IF NOT EXISTS numbers (last);
CREATE TABLE IF NOT EXISTS sync (connector PRIMARY KEY, status, started, ends);
CREATE TABLE IF NOT EXISTS incoming (connector, kind, position, id, item, raw);
CREATE TABLE IF NOT EXISTS copy (connector, kind, position, id, item, raw, modified_at);
CREATE INDEX IF NOT EXISTS copy_order ON copy (connector, kind, position);
CREATE INDEX IF NOT EXISTS copy_id ON copy (connector, kind, id);
"""


class World:
    """The state of one sandbox; a database file keeps the jobs and the copies over a restart."""

    def __init__(
        self, database: Path | None = None, seed: SeedName = "company", settings: dict[str, Any] | None = None
    ) -> None:
        self.database = sqlite3.connect(database or ":memory:", check_same_thread=False)
        try:
            self.database.executescript(_TABLES)
        except sqlite3.Error:
            self.database.close()
            raise
        self.seed = seed
        self.initial = settings or {}
        self.settings = Settings(**self.initial)
        self.clock = Clock()
        self.limit = RateLimit()
        self.copies = {
            tenant.id: SyncedCopy(self.database, tenant.id, self.settings)
            for tenant in TENANTS
            if tenant.category == "ATS"
        }
        self.steps: list[Step] = []
        self.requests: Counter[tuple[str, str]] = Counter()
        self.create_texts: list[str] = []
        self.resets = 0
        if self.database.execute("SELECT 1 FROM numbers").fetchone() is None:
            self.reset()

    @property
    def main(self) -> SyncedCopy:
        """The connector that has Greenhouse behind it: the one that faults and settings are about."""
        return self.copies[GREENHOUSE.id]

    def reset(self, seed: SeedName | None = None, synced: Synced = "done") -> None:
        """Start afresh: the seed, no faults, the first settings, the true time."""
        self.seed = seed or self.seed
        self.resets += 1
        self.clock.offset = 0
        self.limit.clear()
        self.steps.clear()
        self.requests.clear()
        self.create_texts.clear()
        self.change({**Settings().model_dump(), **self.initial})
        for table in ("source", "numbers", "sync", "incoming", "copy"):
            self.database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        self.database.execute("INSERT INTO numbers VALUES (0)")
        for copy in self.copies.values():
            for kind, records in documents(self.seed).items():
                for record in records if copy is self.main or kind != "jobs" else ():
                    copy.source.save(kind, record)
            copy.begin_with(synced if copy is self.main else "done", self.clock.now())

    def change(self, settings: dict[str, Any]) -> None:
        """Change settings; all of them or, where one is wrong, none."""
        checked = Settings(**{**self.settings.model_dump(), **settings})
        for key in settings:
            setattr(self.settings, key, getattr(checked, key))

    def follow(self, script: Script) -> None:
        """Take up a fault script."""
        self.change(script.settings)
        self.steps += script.steps
        if script.synced:
            self.main.begin_with(script.synced, self.clock.now())

    def next_step(self, on: str, path: str) -> Step | None:
        """Take the first step that fits a request from the queue."""
        for step in self.steps:
            if step.on == on and step.path in {None, path}:
                if step.times > 1:
                    step.times -= 1
                else:
                    self.steps.remove(step)
                return step
        return None

    def catch_up(self) -> None:
        """Let what has become due happen."""
        now = self.clock.now()
        for copy in self.copies.values():
            copy.catch_up(now)

    def connector(self, tenant: Tenant) -> Document:
        """Show a connector as the connectors list shows it."""
        copy = self.copies.get(tenant.id)
        shown = {
            "id": tenant.id,
            "is_active": True,
            "status": "COMPLETE",
            "integration_slug": tenant.slug,
            "end_user": tenant.name,
            "origin_id": None,
            "sync_status": copy.state.status if copy else "Done",
            "last_sync_start_time": iso(copy.state.started) if copy else CREATED,
            "next_sync_start_time": iso(copy.next_sync()) if copy else None,
            "connector_token": tenant.token,
            "category": tenant.category,
            "relink_needed_at": None,
            "is_test_connector": True,
            "completed_at": CREATED,
            "created_at": CREATED,
        }
        return shown | (self.settings.connector if tenant is GREENHOUSE else {})

    def close(self) -> None:
        """Let go of the database."""
        self.database.commit()
        self.database.close()
