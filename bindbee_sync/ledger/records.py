"""Records made of a ledger's events: one for each job attempted or linked, until it is released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from functools import cached_property
from typing import assert_never

from bindbee_sync.create_result import CreateResult
from bindbee_sync.ledger.events import AttemptOutcome, Event, Intent, Linked, Listed, Released, Resolved
from bindbee_sync.text import fold


class State(Enum):
    """The state of a record, by the ledger alone."""

    ATTEMPTED = auto()
    """An intent without an outcome: its process is at work, or died. It counts as uncertain."""
    UNCERTAIN = auto()
    CREATED = auto()
    """It was made, and has not been listed yet."""
    LISTED = auto()
    ENDED = auto()
    """Rejected, not tried, resolved as not created, or released: no job is expected of it."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """The ledger's record of one attempted or linked job.

    `address` is that of the file that manages it, `original_address` the one it began at. `code` and `name`
    are those that the file had when last recorded, `listed_code` and `listed_name` those of the last list.
    `values` has the file's values of the fields that no list shows, as last recorded; None: not known.
    `ending` is the word for how it ended, and is empty while it is live.
    """

    id: str
    connector_id: str
    original_address: str
    since: datetime
    state: State
    intent: Intent | None = None
    address: str | None = None
    addressed_at: datetime
    code: str | None = None
    name: str | None = None
    values: Mapping[str, object] | None = None
    job_id: str | None = None
    job_remote_id: str | None = None
    listed_code: str | None = None
    listed_name: str | None = None
    detail: str | None = None
    refused_by_ats: bool = False
    ending: str = ""

    @property
    def is_live(self) -> bool:
        """True where its job exists or may exist."""
        return self.state is not State.ENDED

    @property
    def is_uncertain(self) -> bool:
        """True where it is not known whether its job was created."""
        return self.state in (State.ATTEMPTED, State.UNCERTAIN)

    @property
    def word(self) -> str:
        """Its state, in the word of plans and lists; for an ended record, how it ended."""
        match self.state:
            case State.ATTEMPTED | State.UNCERTAIN:
                return "uncertain"
            case State.CREATED:
                return "pending"
            case State.LISTED:
                return "listed"
            case State.ENDED:
                return self.ending

    @property
    def label(self) -> str:
        """The address that messages show: its file's, else the one it began at."""
        return self.address or self.original_address

    @property
    def codes(self) -> frozenset[str]:
        """The codes that it answers to, the list's apart: as sent, and as last recorded of its file."""
        sent = self.intent.code if self.intent else None
        return frozenset(code for code in (self.code, sent) if code is not None)

    @property
    def names(self) -> frozenset[str]:
        """The folded name that it answers to, the list's apart."""
        return frozenset() if self.name is None else frozenset({fold(self.name)})


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All records of one connector, in the order in which they began."""

    records: tuple[Record, ...] = ()

    @property
    def live(self) -> tuple[Record, ...]:
        """The records of jobs that exist or may exist."""
        return tuple(record for record in self.records if record.is_live)

    def refusal(self, address: str) -> Record | None:
        """Return the last attempt at `address`, where the ATS refused it."""
        return _refused(self._last_by_address.get(address))

    def refused_payload(self, digest: str) -> Record | None:
        """Return the last attempt with that payload, where the ATS refused it."""
        return _refused(self._last_by_digest.get(digest))

    @property
    def _attempts(self) -> Iterator[tuple[Intent, Record]]:
        return ((r.intent, r) for r in self.records if r.intent and r.ending != CreateResult.NOT_TRIED)

    @cached_property
    def _last_by_address(self) -> dict[str, Record]:
        return {record.original_address: record for _, record in self._attempts}

    @cached_property
    def _last_by_digest(self) -> dict[str, Record]:
        return {intent.digest: record for intent, record in self._attempts}


def _refused(attempt: Record | None) -> Record | None:
    return attempt if attempt and attempt.refused_by_ats else None


def replay(events: Iterable[Event], connector_id: str | None = None) -> Ledger:
    """Return the ledger of `events`: of one connector, or of all where `connector_id` is None."""
    records: dict[str, Record] = {}
    for event in events:
        if connector_id is not None and event.connector_id != connector_id:
            continue
        record = records.get(event.record)
        if record is None:
            if not isinstance(event, Intent | Listed):  # nothing that a record can begin with
                continue
            record = _begin(event)
        records[event.record] = _after(record, event)
    begun = sorted(records.values(), key=lambda record: record.since)
    return Ledger(records=tuple(_one_record_an_address(begun)))


def _begin(event: Intent | Listed) -> Record:
    return Record(
        id=event.record,
        connector_id=event.connector_id,
        original_address=event.original_address,
        since=event.at,
        addressed_at=event.at,
        state=State.ATTEMPTED,  # a job that was there already is listed by the event itself
    )


def _after(record: Record, event: Event) -> Record:
    if record.ending == "released":  # a person's last word: a run that was under way does not bring it back
        return record
    match event:
        case Intent():
            return replace(
                record,
                intent=event,
                address=event.original_address,
                code=event.code,
                name=event.name,
                values=event.values,
            )
        case AttemptOutcome():
            return _after_outcome(record, event)
        case Listed():
            return replace(
                record,
                state=State.LISTED,
                ending="",
                job_id=event.id,
                job_remote_id=event.remote_id or record.job_remote_id,
                listed_code=event.code,
                listed_name=event.name,
            )
        case Linked():
            return replace(
                record,
                address=event.address,
                addressed_at=event.at,
                code=event.code if event.address else record.code,
                name=event.name if event.address else record.name,
                values=record.values if event.values is None else event.values,
            )
        case Resolved():
            return _after_verdict(record, event)
        case Released():
            return replace(record, state=State.ENDED, ending="released", address=None)
        case _:
            assert_never(event)


def _after_outcome(record: Record, event: AttemptOutcome) -> Record:
    if event.result is CreateResult.CREATED:
        return replace(
            record,
            state=State.LISTED if record.state is State.LISTED else State.CREATED,
            ending="",
            job_id=record.job_id or event.id,
            job_remote_id=record.job_remote_id or event.remote_id,
        )
    # A create that was seen to succeed, or was resolved, is not undone by the late report of a slow run.
    if not record.is_uncertain:
        return record
    if event.result is CreateResult.UNCERTAIN:
        return replace(record, state=State.UNCERTAIN, detail=event.detail)
    return replace(
        record,
        state=State.ENDED,
        ending=event.result,
        address=None,
        detail=event.detail,
        refused_by_ats=event.by_ats,
    )


def _after_verdict(record: Record, event: Resolved) -> Record:
    if event.result == "created":
        if record.state is State.LISTED or not record.is_live:
            return record
        return replace(record, state=State.CREATED, job_id=event.id, job_remote_id=event.remote_id)
    if not record.is_uncertain:
        return record
    return replace(record, state=State.ENDED, ending=event.result, address=None)


def _one_record_an_address(records: list[Record]) -> Iterable[Record]:
    """Leave each address to the record that was linked to it last: a file manages one job."""
    latest: dict[tuple[str, str | None], Record] = {}
    for record in records:
        if record.is_live:
            key = (record.connector_id, record.address)
            if key not in latest or record.addressed_at >= latest[key].addressed_at:
                latest[key] = record
    for record in records:
        if latest.get((record.connector_id, record.address)) is record:
            yield record
        else:
            yield replace(record, address=None)
