"""A plan: what stands against each job file, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bindbee_sync.bindbee.models import Connector, Job
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.payload import Payload


class Outcome(StrEnum):
    """What a plan says of a job file; in the order in which reports count them."""

    CREATE = "create"
    IN_SYNC = "in_sync"
    DRIFTED = "drifted"
    PENDING = "pending"
    UNCERTAIN = "uncertain"
    VANISHED = "vanished"
    BLOCKED = "blocked"


OPEN_OUTCOMES = (Outcome.PENDING, Outcome.UNCERTAIN, Outcome.VANISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field in which the file and the listed job differ."""

    field: str
    desired: object
    actual: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why nothing is done about an open record: since when, what it waits for, which command ends it."""

    since: datetime
    waits_for: str
    way_out: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the plan says of one job file.

    `payload` is what apply would send, None unless it would; `reason` says why the file stands for its job;
    `retries` is the record of an absent create that this one takes the place of.
    """

    file: JobFile
    outcome: Outcome
    payload: Payload | None = None
    job: Job | None = None
    record: Record | None = None
    reason: str | None = None
    changes: tuple[Change, ...] = ()
    hold: Hold | None = None
    retries: Record | None = None

    @property
    def address(self) -> str:
        """The file's address."""
        return self.file.address


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanedRecord:
    """An open record that no file stands for."""

    record: Record
    outcome: Outcome
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """That a file stands for a job, a record, or both: what an apply records."""

    file: JobFile
    job: Job | None
    record: Record | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a report or an apply needs to know; made by `planning.plan.make_plan`.

    `names` has the human name of every id that a report may show. `links` and `listed_records` (of records
    in the list) are what an apply records whether or not it creates anything, where the list is `trusted`.
    `uncertain_elsewhere` are the addresses of uncertain creates that the plan was not asked about.
    """

    created_at: datetime
    connector: Connector
    provider: str
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]
    unmanaged: tuple[Job, ...]
    orphaned: tuple[OrphanedRecord, ...]
    names: Mapping[str, str]
    links: tuple[Link, ...]
    listed_records: tuple[tuple[Record, Job], ...]
    trusted: bool
    uncertain_elsewhere: tuple[str, ...] = ()

    @property
    def creates(self) -> tuple[Entry, ...]:
        """The entries that an apply would create."""
        return tuple(entry for entry in self.entries if entry.outcome is Outcome.CREATE)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that stop an apply."""
        return tuple(finding for finding in self.diagnostics if finding.is_error)

    @property
    def to_mend(self) -> tuple[Diagnostic, ...]:
        """The errors as people are told of them: one that several jobs inherit counts once."""
        return merged(self.errors)

    @property
    def summary(self) -> dict[str, int]:
        """How many entries have each outcome, and how many jobs have no file."""
        counts = {
            str(outcome): sum(entry.outcome is outcome for entry in self.entries) for outcome in Outcome
        }
        closed = sum(job.is_closed for job in self.unmanaged)
        return counts | {"unmanaged": len(self.unmanaged) - closed, "unmanaged_closed": closed}
