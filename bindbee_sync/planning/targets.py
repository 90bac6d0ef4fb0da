"""The targets of matching: everything that a file can manage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.scalars import item
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.settling import Settlement, is_distinct
from bindbee_sync.text import either, fold

_LISTED = 10
"""Jobs that a hint offers one by one."""
WAIT = "Wait for the sync that lists it (`bindbee-sync plan` shows it as pending or uncertain)."
"""What is left to do where a job has no id yet by which a file could name it."""


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


def sync_line(file: JobFile, **changed: str | tuple[str, ...]) -> str:
    """Return the file's `sync` with these keys set, as a line that can be pasted in place of what it has."""
    values = file.spec.sync.model_dump(exclude_defaults=True) | changed
    shown = ", ".join(f"{key}: {_in_flow(value)}" for key, value in values.items())
    return f"`sync: {{{shown}}}`"


def _in_flow(value: str | tuple[str, ...]) -> str:
    return item(value) if isinstance(value, str) else f"[{', '.join(map(item, value))}]"


def its_line(file: JobFile, ids: Sequence[str]) -> str:
    """Return the line, or the lines to choose from, by which the file manages the job of such an id."""
    more = [f"{sync_line(file, id='ID')} with another of the ids"] if len(ids) > _LISTED else []
    return either([*(sync_line(file, id=each) for each in ids[:_LISTED]), *more])


def same_or_another(
    file: JobFile, ids: Sequence[str], line: str | None = None, others: Sequence[str] = ()
) -> str:
    """Return the hint to say whether the file means a job of these ids, or none of them and of `others`.

    `line` is another way to say that it does.
    """
    same = "that job" if len(ids) == 1 else "one of them"
    distinct = sync_line(
        file, distinct_from=tuple(dict.fromkeys((*file.spec.sync.distinct_from, *ids, *others)))
    )
    return f"If it is {same}, write {line or its_line(file, ids)}; if it is another job, {distinct}."


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
