"""Look for the jobs of uncertain creates in the ATS itself, through Bindbee's passthrough.

It avoids the lag of the sync. A job that it finds exists; finding nothing proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, field_validator

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.errors import ApiError
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.events import Intent, Resolved
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning.list_problems import MARGIN
from bindbee_sync.planning.model import Plan
from bindbee_sync.planning.settling import server_deadline
from bindbee_sync.text import fold
from bindbee_sync.times import rfc3339

Ask = Callable[[Mapping[str, str]], object]
"""Return what the ATS answers to a GET of its jobs with these parameters."""


class GreenhouseJob(BaseModel):
    """A job as Greenhouse's own API shows it (Harvest, List Jobs)."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str
    name: str | None = None
    requisition_id: str | None = None
    is_template: bool | None = None
    copied_from_id: str | None = None
    created_at: datetime | None = None

    @field_validator("created_at")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


_SOURCE_JOBS = TypeAdapter(list[GreenhouseJob])


def probe(plan: Plan, snapshot: Snapshot, ledger: Ledger, ask: Ask) -> Iterator[tuple[Record, GreenhouseJob]]:
    """Yield the plan's uncertain records whose job the ATS has: one job for one record, none guessed.

    A job that could also be that of another create, uncertain or pending without an id, settles neither.
    Raises ApiError where the ATS can't be asked, or does not answer with a list of jobs.
    """
    files = {entry.record.id: entry.file for entry in plan.entries if entry.record}
    held = [entry.record for entry in plan.entries if entry.record] + [
        orphan.record for orphan in plan.orphaned
    ]
    # A job that is listed or recorded belongs to something else already.
    known = {job.remote_id for job in snapshot.jobs} | {record.job_remote_id for record in ledger.live}
    attempts = [record.intent for record in ledger.live if record.intent and record.job_remote_id is None]
    for record in held:
        if not record.is_uncertain or record.intent is None:
            continue
        template = _template_number(files.get(record.id), snapshot.jobs)
        jobs = [
            job
            for job in _candidates(record.intent, ask)
            if job.id not in known and _may_be_made_by(record.intent, job, template)
        ]
        # Two jobs for one attempt, or two attempts for one job: to guess would link a file to the wrong job,
        # and send the other one again.
        if len(jobs) == 1 and sum(_is_like(jobs[0], intent) for intent in attempts) == 1:
            yield record, jobs[0]


def resolution(record: Record, job: GreenhouseJob, now: datetime) -> Resolved:
    """Return the event that settles `record` as created."""
    return Resolved(
        connector_id=record.connector_id,
        record=record.id,
        original_address=record.original_address,
        at=now,
        result="created",
        remote_id=job.id,
        by="apply --settle",
        why="the ATS itself has a job of that code or name, made at that time",
    )


def _candidates(intent: Intent, ask: Ask) -> list[GreenhouseJob]:
    found: list[GreenhouseJob] = []
    if intent.code is not None:
        # The ATS may ignore a parameter that it does not know, and list everything: compare here as well.
        listed = _parsed(ask({"requisition_id": intent.code}))
        found = [job for job in listed if job.requisition_id == intent.code]
    if not found and intent.name is not None:
        since = rfc3339(intent.server_at - MARGIN)
        listed = _parsed(ask({"created_after": since}))
        found = [job for job in listed if fold(job.name or "") == fold(intent.name)]
    return found


def _is_like(job: GreenhouseJob, intent: Intent) -> bool:
    has_its_code = intent.code is not None and job.requisition_id == intent.code
    return has_its_code or fold(job.name or "") == fold(intent.name or "")


def _parsed(answer: object) -> list[GreenhouseJob]:
    try:
        return _SOURCE_JOBS.validate_python(answer)
    except ValidationError as error:
        raise ApiError(
            "its answer is not a list of jobs", hint="Set `passthrough_base` in the config, e.g. `/v3`."
        ) from error


def _may_be_made_by(intent: Intent, job: GreenhouseJob, template: str | None) -> bool:
    """Return whether the job is of the attempt's time and template.

    A job without a date is not: here no earlier list shows that it is new.
    """
    earliest, latest = intent.server_at - MARGIN, server_deadline(intent) + MARGIN
    if job.is_template or job.created_at is None or not earliest <= job.created_at <= latest:
        return False
    return template is None or job.copied_from_id is None or job.copied_from_id == template


def _template_number(file: JobFile | None, jobs: Iterable[Job]) -> str | None:
    """Return the ATS's own id of the template that `file` names; None where it names none, or several."""
    named = file.spec.template_id if file else None
    if named is None:
        return None
    found = [
        job.remote_id
        for job in jobs
        if named in (job.id, job.remote_id) or (job.template_flag and fold(job.name or "") == fold(named))
    ]
    return found[0] if len(found) == 1 else None
