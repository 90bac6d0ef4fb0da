"""One connector while the sandbox runs: its company's ATS, Bindbee's copy of it, and how both behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.limits import RateLimit
from bindbee_sync.sandbox.seed_people import CREATED
from bindbee_sync.sandbox.settings import Behaviour
from bindbee_sync.sandbox.synced import SyncedCopy, SyncState

if TYPE_CHECKING:
    import sqlite3

    from bindbee_sync.sandbox.seed import Company, Document, SeedName
    from bindbee_sync.sandbox.settings import Faults, ScriptedFault


class LiveConnector:
    """Nothing of it is shared with another one.

    Its records are made when something first asks for `copy`, so that a thousand cost nothing before.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        company: Company,
        settings: Behaviour,
        *,
        seed: SeedName,
        jobs: int | None,
        begun: float,
        kept: SyncState | None,
    ) -> None:
        self.company = company
        self.settings = settings
        self.limit = RateLimit()
        self.steps: list[ScriptedFault] = []
        self.deleted = False
        self._seed = seed
        self._jobs = jobs
        self._begun = begun
        self._made = kept is not None
        self._copy = SyncedCopy(database, company, settings, kept or SyncState("Done", begun - 600, None))

    @property
    def copy(self) -> SyncedCopy:
        """Its records: the ATS's, and what Bindbee has of them."""
        if not self._made:
            self._made = True
            for kind, records in self.company.documents(self._seed, self._jobs).items():
                for record in records:
                    self._copy.source.save(kind, record)
            self._copy.begin_with("done", self._begun)
        return self._copy

    def catch_up(self, now: float) -> None:
        """Let what has become due happen."""
        due = self._copy.next_sync()
        if self._made or (due is not None and due <= now):
            self.copy.catch_up(now)

    def change(self, settings: dict[str, Any]) -> None:
        """Change settings; all of them or, where one is wrong, none."""
        checked = Behaviour(**{**self.settings.model_dump(), **settings})
        for key in settings:
            setattr(self.settings, key, getattr(checked, key))

    def follow(self, faults: Faults, now: float) -> None:
        """Take up faults."""
        self.change(faults.settings.model_dump(exclude_unset=True))
        self.steps += faults.steps
        if faults.synced:
            self.copy.begin_with(faults.synced, now)

    def next_step(self, on: str, path: str) -> ScriptedFault | None:
        """Take the first step that fits a request from the queue."""
        for step in self.steps:
            if step.on == on and step.path in {None, path}:
                if step.times > 1:
                    step.times -= 1
                else:
                    self.steps.remove(step)
                return step
        return None

    def make_again(self, now: float) -> None:
        """Give it a new id and token, and its records new ids; the ATS behind it stays as it is."""
        copy = self.copy
        self.company = copy.company = self.company.made_again()
        copy.begin_with("done", now)
        self.deleted = False

    def listed(self) -> Document:
        """Show it as the connectors list does."""
        copy = self._copy
        shown = {
            "id": self.company.id,
            "is_active": True,
            "status": "COMPLETE",
            "integration_slug": self.company.slug,
            "end_user": self.company.end_user,
            "origin_id": self.company.origin_id,
            "sync_status": copy.state.status,
            "last_sync_start_time": iso(copy.state.started),
            "next_sync_start_time": iso(copy.next_sync()),
            "connector_token": self.company.token,
            "category": self.company.category,
            "relink_needed_at": None,
            "is_test_connector": True,
            "completed_at": CREATED,
            "created_at": CREATED,
        }
        return shown | self.settings.connector
