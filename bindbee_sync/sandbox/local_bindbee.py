"""The local Bindbee itself: its connectors, its clock, and the log of requests."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bindbee_sync.sandbox.clock import MovableClock
from bindbee_sync.sandbox.connector import LiveConnector
from bindbee_sync.sandbox.limits import RateLimit
from bindbee_sync.sandbox.seed import ASHBY, HRIS, SeedName, bindbee_id, company
from bindbee_sync.sandbox.settings import Behaviour, Script, Synced
from bindbee_sync.sandbox.synced import SyncState

if TYPE_CHECKING:
    from pathlib import Path

_TABLES = {
    "source": "connector, kind, number, document, PRIMARY KEY (connector, kind, number)",
    "numbers": "connector PRIMARY KEY, last",
    "sync": "connector PRIMARY KEY, id, status, started, ends",
    "incoming": "connector, kind, position, id, document",
    "copy": "connector, kind, position, id, document, modified_at",
}
_VERSION = 8480  # of the tables; a database of something else has hardly the same one
_INDEXES = """
CREATE INDEX IF NOT EXISTS incoming_of ON incoming (connector);
CREATE INDEX IF NOT EXISTS copy_order ON copy (connector, kind, position);
CREATE INDEX IF NOT EXISTS copy_id ON copy (id);
"""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FIRST = "1"

Token = Literal["own", "foreign", "former", "unknown", "none"]
"""The owner of a request's token; `foreign` where the request names records of another connector."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in; `connector` is the key of the one whose token it carried."""

    method: str
    path: str
    connector: str | None
    token: Token
    create: str | None = None  # the body, of a create


class LocalBindbee:
    """The connectors of one sandbox, its clock and its log.

    A database file keeps the jobs and the copies over a restart.
    """

    def __init__(
        self,
        database: Path | None = None,
        seed: SeedName = "company",
        settings: dict[str, Any] | None = None,
        *,
        connectors: int = 1,
        jobs: int | None = None,
    ) -> None:
        self.seed = seed
        self.initial = Behaviour(**settings or {})
        self.count = connectors
        self.jobs = jobs
        self.clock = MovableClock()
        self.resets = 0
        # a database without a name is a temporary file: a thousand companies need no memory
        self.database = sqlite3.connect(database or "", check_same_thread=False)
        self.database.create_function("bindbee_id", 3, bindbee_id, deterministic=True)
        try:
            self._check_version()
            for table, columns in _TABLES.items():
                self.database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            self.database.executescript(_INDEXES)
            self._begin()
        except sqlite3.Error:
            self.database.close()
            raise

    def _check_version(self) -> None:
        # what another version wrote can't be read, and someone's own database must not be written into
        (version,) = self.database.execute("PRAGMA user_version").fetchone()
        (tables,) = self.database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if tables and version != _VERSION:
            raise sqlite3.DatabaseError("it was not made by this version of the sandbox")
        self.database.execute(f"PRAGMA user_version = {_VERSION}")

    def reset(self, seed: SeedName | None = None, synced: Synced = "done") -> None:
        """Start again: the seed, no faults, the first settings, the true time."""
        self.seed = seed or self.seed
        self.resets += 1
        self.clock.offset = 0
        for table in _TABLES:
            self.database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        self._begin()
        if synced != "done":
            self.connectors[FIRST].copy.begin_with(synced, self.clock.now())

    def _begin(self) -> None:
        kept = {key: row for key, *row in self.database.execute("SELECT * FROM sync")}
        self.connectors: dict[str, LiveConnector] = {}
        self.tokens: dict[str, LiveConnector] = {}  # former ones, too
        self.limit = RateLimit()  # of what comes without a connector's token
        self.log: list[Asked] = []
        for each in (*map(company, range(1, self.count + 1)), ASHBY, HRIS):
            identifier, *state = kept.get(each.key, (each.id,))
            connector = LiveConnector(
                self.database,
                each.with_id(identifier),
                self.initial.model_copy(deep=True),
                seed=self.seed,
                jobs=self.jobs,
                begun=self.clock.now(),
                kept=SyncState(*state) if state else None,
            )
            self.connectors[each.key] = self.tokens[connector.company.token] = connector

    def connector(self, key: str) -> LiveConnector:
        """Return the connector of that key; raises LookupError where there is none."""
        if key not in self.connectors:
            numbers = "it is 1" if self.count == 1 else f"they are 1 to {self.count}"
            raise LookupError(f"no connector has the key {key}: {numbers}, ashby and hris")
        return self.connectors[key]

    @property
    def main(self) -> LiveConnector:
        """The connector that is meant where none is named."""
        return self.connectors[FIRST]

    def greenhouses(self) -> list[LiveConnector]:
        """Return the numbered connectors, in their order."""
        return list(self.connectors.values())[: self.count]

    def catch_up(self) -> None:
        """Let what has become due happen, at every connector."""
        for connector in self.connectors.values():
            connector.catch_up(self.clock.now())

    def of_token(self, token: str) -> LiveConnector | None:
        """Return the connector that a token is of now."""
        connector = self.tokens.get(token)
        if connector is None or connector.deleted or connector.company.token != token:
            return None
        return connector

    def make_again(self, connector: LiveConnector) -> None:
        """Put a new connector, with a new id and token, in place of one; its company is the same."""
        connector.make_again(self.clock.now())
        self.tokens[connector.company.token] = connector

    def follow(self, script: Script, connector: LiveConnector) -> None:
        """Take up a fault script, or, where it names a connector that there is not, raise LookupError."""
        others = [(self.connector(key), faults) for key, faults in script.connectors.items()]
        for each, faults in [(connector, script), *others]:
            each.follow(faults, self.clock.now())

    def owners(self, text: str) -> set[str]:
        """Return the keys of the connectors whose records a text names."""
        query = "SELECT connector FROM copy WHERE id = ?"
        ids = set(_ID.findall(text.lower()))
        return {key for each in ids for (key,) in self.database.execute(query, (each,))}

    def close(self) -> None:
        """Let go of the database."""
        self.database.commit()
        self.database.close()
