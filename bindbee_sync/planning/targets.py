"""The targets of matching: everything that a file can manage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bindbee_sync.bindbee.models import Job
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.settling import Settlement, is_distinct
from bindbee_sync.text import fold


@dataclass(frozen=True, eq=False, kw_only=True)
class Target:
    """A listed job, the records of it, or both; `candidates` are the jobs that a lone record may be."""

    job: Job | None
    records: tuple[Record, ...]
    candidates: tuple[Job, ...] = ()

    @property
    def record(self) -> Record | None:
        """Its record; the newest one where several were found to be one job."""
        return self.records[-1] if self.records else None

    @property
    def codes(self) -> frozenset[str]:
        """The codes that it has, was sent with or was last recorded with."""
        listed = [self.job.code] if self.job else [record.listed_code for record in self.records]
        return frozenset(code for code in listed if code).union(*(r.codes for r in self.records))

    @property
    def names(self) -> frozenset[str]:
        """The folded names that it has, was sent with or was last recorded with."""
        listed = [self.job.name] if self.job else [record.listed_name for record in self.records]
        return frozenset(fold(name) for name in listed if name).union(*(r.names for r in self.records)) - {""}

    @property
    def known_id(self) -> str | None:
        """The id by which a file's `sync` can name it; None while none is known."""
        if self.job:
            return self.job.id
        return next((each for r in self.records for each in (r.job_id, r.job_remote_id) if each), None)

    def is_denied_by(self, file: JobFile) -> bool:
        """Return whether the file says under `sync.distinct_from` that it is not this one."""
        ids: list[tuple[str | None, str | None]] = [(self.job.id, self.job.remote_id)] if self.job else []
        ids += [(record.job_id, record.job_remote_id) for record in self.records]
        return any(is_distinct(file, *each) for each in ids)


def all_targets(jobs: Iterable[Job], records: Iterable[Record], settlement: Settlement) -> Iterator[Target]:
    """Yield everything that a file can manage: each record without a job, each job with its records."""
    by_job: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        job = settlement.jobs.get(record.id)
        if job:
            by_job[job.id].append(record)
        else:
            candidates = settlement.candidates.get(record.id, ())
            yield Target(job=None, records=(record,), candidates=candidates)
    for job in jobs:
        yield Target(job=job, records=tuple(by_job.get(job.id, ())))


def describe(target: Target) -> str:
    """Return a few words that tell a target from others; of a confidential job only id and status."""
    if target.job:
        return describe_job(target.job)
    record = target.record
    assert record is not None, "a target has a job or a record"  # noqa: S101 - by construction
    return (
        f"'{record.name or record.label}', which was created from {record.original_address} and is not listed"
    )


def describe_job(job: Job) -> str:
    """Return a few words that tell a listed job from others; of a confidential one only id and status."""
    if job.confidential:
        return f"a confidential job ({job.status or 'no status'}, id {job.id})"
    known = [f"code {job.code}" if job.code else "", job.status or "", f"id {job.id}"]
    return f"'{job.name or ''}' ({', '.join(part for part in known if part)})"
