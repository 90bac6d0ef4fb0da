"""The plan and its parts, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bindbee_sync.bindbee.models import Connector, Job
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.payload import Payload
from bindbee_sync.planning.references import References


class Outcome(StrEnum):
    """The plan's answer for a job file, in the order in which reports count them."""

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
    """The reason why nothing is done about an open record.

    It says since when, what it waits for and which command ends it: a hold without a way out would teach
    people to switch the guard off.
    """

    since: datetime
    waits_for: str
    way_out: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The plan for one job file.

    `payload` is what apply would send, None unless it would; `reason` says how the file was matched;
    `retries` is the record of an absent create that this one takes the place of; `values` of a create are
    what the ledger keeps of the fields that no list shows.
    """

    file: JobFile
    outcome: Outcome
    references: References = field(default_factory=dict)
    payload: Payload | None = None
    job: Job | None = None
    record: Record | None = None
    reason: str | None = None
    changes: tuple[Change, ...] = ()
    hold: Hold | None = None
    retries: Record | None = None
    values: dict[str, Any] | None = None

    @property
    def address(self) -> str:
        """The file's address."""
        return self.file.address

    def blocked(self) -> Self:
        """Return the entry as one about which nothing can be done, with what is known of its job."""
        return replace(self, outcome=Outcome.BLOCKED, payload=None, retries=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanedRecord:
    """An open record that no file is matched to."""

    record: Record
    outcome: Outcome
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The job, the record or both that a file manages, for an apply to record.

    `values` are those of the fields that no list shows; None where what was recorded of them is to stay.
    """

    file: JobFile
    job: Job | None
    record: Record | None
    values: dict[str, Any] | None


class StepKind(StrEnum):
    """What a person has to do by hand, in the order in which reports show it."""

    CHANGE = "change"
    CLOSE = "close"
    SET = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that no call of the API does, and that a person has to do in the ATS.

    `name` and `code` are None for a confidential job. `old` and `new` are the values of `field`, with the
    names of ids; `reason` is a sentence without its full stop. `values` are the fields of a job to close, as
    the ATS lists them or, what it does not list, as last recorded, with the names of ids.
    """

    kind: StepKind
    address: str
    name: str | None
    code: str | None
    id: str | None = None
    remote_id: str | None = None
    url: str | None = None
    field: str | None = None
    old: object = None
    new: object = None
    values: Mapping[str, object] | None = None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a report or an apply needs to know; made by `planning.plan.make_plan`.

    `links` and `listed_records` (records and their listed jobs) are what an apply records, whether or not
    it creates anything, where the list is `trusted`. `uncertain_elsewhere` are the addresses of uncertain
    creates that the plan was not asked about. `job_url` is where the ATS shows a job, with `{remote_id}` in
    it.
    """

    created_at: datetime
    connector: Connector
    connector_name: str
    prefix: str = ""
    """The beginning of an address in a command to paste, where the config has several connectors."""
    provider: str
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]
    unmanaged: tuple[Job, ...]
    orphaned: tuple[OrphanedRecord, ...]
    directory: Directory = field(compare=False)  # in Bindbee's order, which says nothing
    links: tuple[Link, ...]
    listed_records: tuple[tuple[Record, Job], ...]
    trusted: bool
    uncertain_elsewhere: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    job_url: str | None = None

    @property
    def names(self) -> Mapping[str, str]:
        """The human name of every id that a report may show."""
        return self.directory.names

    def url(self, remote_id: str | None) -> str | None:
        """Return where a person opens the job with this id in the ATS, if that is known."""
        return job_url(self.job_url, remote_id)

    @property
    def creates(self) -> tuple[Entry, ...]:
        """The entries that an apply would create."""
        return tuple(entry for entry in self.entries if entry.outcome is Outcome.CREATE)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that stop an apply."""
        return tuple(finding for finding in self.diagnostics if finding.is_error)

    @property
    def to_fix(self) -> tuple[Diagnostic, ...]:
        """The errors to fix: one that several jobs inherit counts once."""
        return merged(self.errors)

    @property
    def summary(self) -> dict[str, int]:
        """The number of entries of each outcome, and of jobs without a file."""
        counts = {
            str(outcome): sum(entry.outcome is outcome for entry in self.entries) for outcome in Outcome
        }
        closed = sum(job.is_closed for job in self.unmanaged)
        return counts | {"unmanaged": len(self.unmanaged) - closed, "unmanaged_closed": closed}


_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_URLS = _UNRESERVED | frozenset("%/:?#[]@!$&()*+,;=")


def job_url(pattern: str | None, remote_id: str | None) -> str | None:
    """Return `pattern` with the job's id filled in; None where either is not known."""
    if not pattern or not remote_id:
        return None
    # The pattern is a repository's text: what could end a link in Markdown or HTML is encoded, too.
    return _encoded(pattern.replace("{remote_id}", _encoded(remote_id, _UNRESERVED)), _IN_URLS)


def _encoded(text: str, kept: frozenset[str]) -> str:
    # Not by urllib: planning imports nothing that could open a connection.
    return "".join(
        char if char in kept else "".join(f"%{byte:02X}" for byte in char.encode(errors="replace"))
        for char in text
    )
