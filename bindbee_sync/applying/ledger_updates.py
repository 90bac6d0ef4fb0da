"""Events that an apply records whether or not it creates anything: the job that each file manages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bindbee_sync.bindbee.models import Job
from bindbee_sync.ledger.events import Event, Linked, Listed, new_record_id
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.model import Link, Plan


def ledger_updates(plan: Plan, now: datetime) -> Iterator[Event]:
    """Yield what the ledger does not hold yet: records whose job is listed, files that manage a job."""
    connector_id, name = plan.connector.id, plan.connector_name
    for record, job in plan.listed_records:
        # Once listed, always recorded: a later list that lacks the job then says "vanished", not "pending".
        if not _is_recorded(record, job):
            yield _listed(
                job,
                connector_id=connector_id,
                connector_name=name,
                record=record.id,
                original_address=record.original_address,
                at=now,
            )
    for link in plan.links:
        yield from _linked(link, connector_id, name, now)


def _linked(link: Link, connector_id: str, connector_name: str, now: datetime) -> Iterator[Event]:
    file, record, job = link.file, link.record, link.job
    if record is None and job is not None:
        identifier, original_address = new_record_id(), file.address
        yield _listed(
            job,
            connector_id=connector_id,
            connector_name=connector_name,
            record=identifier,
            original_address=original_address,
            at=now,
        )
    elif record is not None:
        known = (record.address, record.code, record.name) == (file.address, file.spec.code, file.spec.name)
        if known and link.values in (None, record.values):
            return
        identifier, original_address = record.id, record.original_address
    else:
        return
    yield Linked(
        connector_id=connector_id,
        record=identifier,
        original_address=original_address,
        at=now,
        address=file.address,
        code=file.spec.code,
        name=file.spec.name,
        values=link.values,
    )


def _is_recorded(record: Record, job: Job) -> bool:
    held = (record.state, record.job_id, record.job_remote_id, record.listed_code, record.listed_name)
    return held == (State.LISTED, job.id, job.remote_id, *_shown(job))


def _listed(
    job: Job, *, connector_id: str, connector_name: str, record: str, original_address: str, at: datetime
) -> Listed:
    code, name = _shown(job)
    return Listed(
        connector_id=connector_id,
        connector_name=connector_name,
        record=record,
        original_address=original_address,
        at=at,
        id=job.id,
        remote_id=job.remote_id,
        code=code,
        name=name,
    )


def _shown(job: Job) -> tuple[str | None, str | None]:
    """Return code and name as the ledger may hold them: of a confidential job, neither."""
    return (None, None) if job.confidential else (job.code, job.name)
