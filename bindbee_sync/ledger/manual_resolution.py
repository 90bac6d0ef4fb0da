"""Verdicts of a person on records: a job was created or was not, a record may be forgotten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from bindbee_sync.errors import LedgerError
from bindbee_sync.ids import is_uuid
from bindbee_sync.ledger.events import Released, Resolved
from bindbee_sync.ledger.records import Record, State

_ID = re.compile(r"(?!https?:)[!-~]{1,200}")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The author of a verdict, its time (UTC) and its grounds."""

    by: str
    at: datetime
    why: str | None = None


def records_of(records: Sequence[Record], *names: str) -> list[Record]:
    """Return the records that `names` mean, each an address, a record's id, or a glob of addresses.

    Raises LedgerError where there is none.
    """
    exact = [record for record in records if record.label in names or record.id in names]
    found = exact or [record for record in records if any(fnmatchcase(record.label, name) for name in names)]
    if not found:
        raise LedgerError(
            "The ledger holds no such record", where=names[0], hint="`bindbee-sync ledger list` shows them."
        )
    return found


def resolutions(records: Sequence[Record], created: str | None, statement: Statement) -> list[Resolved]:
    """Return the verdicts on the open ones of `records`: made as the job `created`, or (None) not made.

    Raises LedgerError where there is nothing to resolve, one id for several creates, or what can be no id.
    """
    _check_one_connector(records)
    if created is not None and not _ID.fullmatch(created):
        raise LedgerError(
            "This is no id of a job: ids have no spaces, and at most 200 characters",
            where=created[:200],
            hint="Open the job in the ATS and copy the id from its address, or take its id at Bindbee.",
        )
    resolved = [r for r in records if r.is_uncertain or (created is not None and r.state is State.CREATED)]
    if not resolved:
        raise LedgerError(
            "There is nothing to resolve: no create of it is uncertain",
            where=records[0].label,
            hint="`bindbee-sync ledger list` shows which are.",
        )
    if created is not None and len(resolved) > 1:
        raise LedgerError(
            f"One id can't resolve {len(resolved)} creates: {', '.join(record.label for record in resolved)}",
            where=created,
            hint="Name one address.",
        )
    is_bindbee_id = created is not None and is_uuid(created)
    return [
        Resolved(
            connector_id=record.connector_id,
            record=record.id,
            original_address=record.original_address,
            at=statement.at,
            result="not_created" if created is None else "created",
            id=created if is_bindbee_id else None,
            remote_id=None if is_bindbee_id else created,
            by=statement.by,
            why=statement.why,
        )
        for record in resolved
    ]


def releases(records: Sequence[Record], vanished: AbstractSet[str], statement: Statement) -> list[Released]:
    """Return the events that forget `records`; `vanished` are the ids of those whose created job is gone.

    Raises LedgerError where the job of one may exist and not be listed yet.
    """
    _check_one_connector(records)
    held = [r for r in records if r.state is not State.LISTED and r.id not in vanished]
    if held:
        raise LedgerError(
            f"Not released: {held[0].label} is {held[0].word}, so its job may exist and not be listed yet",
            where=held[0].label,
            hint="Wait for Bindbee's next sync, or decide with `bindbee-sync ledger resolve`.",
        )
    return [
        Released(
            connector_id=record.connector_id,
            record=record.id,
            original_address=record.original_address,
            at=statement.at,
            by=statement.by,
            why=statement.why,
        )
        for record in records
    ]


def _check_one_connector(records: Sequence[Record]) -> None:
    if len({record.connector_id for record in records}) > 1:
        raise LedgerError(
            "Several connectors have a record of this address",
            where=records[0].label,
            hint="Set BINDBEE_API_KEY and BINDBEE_CONNECTOR_TOKEN to choose one.",
        )
