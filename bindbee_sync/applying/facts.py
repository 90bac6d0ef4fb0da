"""What an apply records whether or not it creates anything: which job each file stands for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bindbee_sync.bindbee.models import Job
from bindbee_sync.ledger.events import Event, Listed, Stands, new_record_id
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.model import Plan, Standing


def facts(plan: Plan, now: datetime) -> Iterator[Event]:
    """Yield what the ledger does not hold yet: records that are listed, files that stand for jobs."""
    space = plan.connector.id
    for record, job in plan.sightings:
        if not _is_recorded(record, job):
            yield _listed(job, space=space, record=record.id, home=record.home, at=now)
    for standing in plan.standings:
        yield from _stands(standing, space, now)


def _stands(standing: Standing, space: str, now: datetime) -> Iterator[Event]:
    file, record, job = standing.file, standing.record, standing.job
    if record is None and job is not None:
        identifier, home = new_record_id(), file.address
        yield _listed(job, space=space, record=identifier, home=home, at=now)
    elif record is not None:
        if (record.address, record.code, record.name) == (file.address, file.spec.code, file.spec.name):
            return
        identifier, home = record.id, record.home
    else:
        return
    yield Stands(
        space=space,
        record=identifier,
        home=home,
        at=now,
        address=file.address,
        code=file.spec.code,
        name=file.spec.name,
    )


def _is_recorded(record: Record, job: Job) -> bool:
    held = (record.state, record.job_id, record.job_remote_id, record.listed_code, record.listed_name)
    return held == (State.LISTED, job.id, job.remote_id, *_shown(job))


def _listed(job: Job, *, space: str, record: str, home: str, at: datetime) -> Listed:
    code, name = _shown(job)
    return Listed(
        space=space,
        record=record,
        home=home,
        at=at,
        id=job.id,
        remote_id=job.remote_id,
        code=code,
        name=name,
    )


def _shown(job: Job) -> tuple[str | None, str | None]:
    """Return code and name as the ledger may hold them: of a confidential job, neither."""
    return (None, None) if job.confidential else (job.code, job.name)
