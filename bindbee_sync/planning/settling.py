"""The listed job of each record, settled before files are matched and for all records together.

A record's job is found by its recorded id; else, for a create, by code, else by name, as sent, among the
jobs that nothing else accounts for and that are not older than the attempt. Only one job and one record
settle each other: between several nothing is guessed, since a wrong guess leaves a job without a file and
has the other file's job created again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bindbee_sync.bindbee.models import Job
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.events import Intent
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.list_problems import MARGIN
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """By a record's id: `jobs` has its listed job, `candidates` the jobs where several could be it."""

    jobs: Mapping[str, Job]
    candidates: Mapping[str, tuple[Job, ...]]


def jobs_named_by_sync(files: Iterable[JobFile], jobs: Iterable[Job]) -> dict[str, Job]:
    """Return, by a file's path, the job that its `sync` names: by `id`, else by `remote_id`."""
    by_id = {job.id.casefold(): job for job in jobs}
    by_remote_id = {job.remote_id: job for job in by_id.values() if job.remote_id}
    found = {}
    for file in files:
        sync = file.spec.sync
        job = by_id.get((sync.id or "").casefold()) or by_remote_id.get(sync.remote_id or "")
        if job:
            found[file.path] = job
    return found


def settle(files: Sequence[JobFile], jobs: Sequence[Job], records: Sequence[Record]) -> Settlement:
    """Return which of `jobs` (templates left out) each of the live `records` is."""
    search = _Search(files, jobs)
    settled = {record.id: job for record in records if (job := search.by_id(record))}
    candidates: dict[str, tuple[Job, ...]] = {}
    # Codes for all records before names for any: a name would else take a job that another one's code is on.
    for search_by, keys in ((search.by_code, _codes), (search.by_name, _names)):
        unsettled = [record for record in records if record.id not in settled]
        sharers = Counter(key for record in unsettled for key in keys(record))
        accounted_for = {job.id for job in settled.values()}
        for record in unsettled:
            found = tuple(job for job in search_by(record) if job.id not in accounted_for)
            if len(found) > 1:
                candidates.setdefault(record.id, found)
            # Two creates of one code or name, and one job listed so far: it may be either's. A record that
            # had several candidates by its code gets none by its name either.
            elif found and record.id not in candidates and all(sharers[key] == 1 for key in keys(record)):
                settled[record.id] = found[0]
    return Settlement(jobs=settled, candidates=candidates)


def _codes(record: Record) -> frozenset[str]:
    return record.codes | ({record.listed_code} if record.listed_code else frozenset())


def _names(record: Record) -> frozenset[str]:
    names = (record.intent.name if record.intent else None, record.name, record.listed_name)
    return frozenset(fold(name) for name in names if name is not None)


class _Search:
    """The jobs that a record may be, by what it knows of its own."""

    def __init__(self, files: Sequence[JobFile], jobs: Sequence[Job]) -> None:
        self._named_by_sync = jobs_named_by_sync(files, jobs)
        self._named = {job.id for job in self._named_by_sync.values()}
        self._file = {file.address: file for file in files}
        self._ids = {job.id.casefold(): job for job in jobs}
        self._remote_ids = {job.remote_id: job for job in jobs if job.remote_id}
        self._with_code: dict[str, list[Job]] = defaultdict(list)
        self._with_name: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            self._with_code[job.code or ""].append(job)
            self._with_name[fold(job.name or "")].append(job)
        self._addresses: dict[str, set[str]] = defaultdict(set)
        for file in files:
            self._addresses[file.spec.code or ""].add(file.address)

    def by_id(self, record: Record) -> Job | None:
        """Return the job of its recorded id; for an open record else the one that its file's `sync` names."""
        job = self._ids.get((record.job_id or "").casefold()) or self._remote_ids.get(
            record.job_remote_id or ""
        )
        file = self._file.get(record.address or "")
        return job or (self._named_by_sync.get(file.path) if file else None)

    def by_code(self, record: Record) -> Iterator[Job]:
        """Yield jobs with its code: of a create the one that was sent, of a lost job any that it has had."""
        if record.state is State.LISTED:
            # Its id is not listed any more: an ATS may give a job new ids, and its code is what stays.
            for code in sorted(_codes(record)):
                yield from self._free(record, self._with_code[code])
        elif record.intent and record.intent.code is not None:
            yield from self._made_by(record.intent, record, self._with_code[record.intent.code])

    def by_name(self, record: Record) -> Iterator[Job]:
        """Yield jobs with the name that was sent, and with no other file's code."""
        # A listed record is no create whose job is awaited: another job of its name is just that.
        if record.state is State.LISTED or record.intent is None or record.intent.name is None:
            return
        for job in self._made_by(record.intent, record, self._with_name[fold(record.intent.name)]):
            # With another file's code it is that file's job, although the names agree.
            others = self._addresses[job.code] - {record.address} if job.code else set()
            if not others or job.code in record.codes:
                yield job

    def _made_by(self, intent: Intent, record: Record, jobs: Iterable[Job]) -> Iterator[Job]:
        return (job for job in self._free(record, jobs) if may_be_made_by(intent, job))

    def _free(self, record: Record, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield those of `jobs` that no file's `sync` names, and that the record's own does not exclude."""
        file = self._file.get(record.address or "")
        for job in jobs:
            if job.id not in self._named and not (file and is_distinct(file, job.id, job.remote_id)):
                yield job


def is_distinct(file: JobFile, job_id: str | None, remote_id: str | None) -> bool:
    """Return whether the file says that it is not the job with these ids."""
    named = file.spec.sync.distinct_from
    return remote_id in named or (job_id or "").casefold() in {each.casefold() for each in named if each}


def may_be_made_by(intent: Intent, job: Job) -> bool:
    """Return whether `job` is not older than the attempt, as far as its date or the list then can tell.

    An older namesake taken for the new job would leave the create's own job without a file.
    """
    # It was listed before the attempt, so it is older; without a date nothing else would show that.
    if job.id in intent.possibly_newer:
        return False
    return job.remote_created_at is None or job.remote_created_at >= intent.server_at - MARGIN


def server_deadline(intent: Intent) -> datetime:
    """Return the moment, by the server's clock, past which nothing is sent under the intent."""
    return intent.server_at + (intent.deadline - intent.at)


def possibly_newer_jobs(jobs: Iterable[Job], server_at: datetime) -> tuple[str, ...]:
    """Return the ids of the listed jobs whose date does not say that they are older than an attempt now."""
    return tuple(
        job.id for job in jobs if job.remote_created_at is None or job.remote_created_at >= server_at - MARGIN
    )
