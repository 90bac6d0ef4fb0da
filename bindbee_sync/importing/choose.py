"""The listed jobs that an import writes files for, and the reasons against the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from shlex import quote

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.errors import ToolError
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.directory import Directory, DirectoryItems
from bindbee_sync.planning.duplicates import job_named
from bindbee_sync.planning.holds import Evidence
from bindbee_sync.planning.model import Plan
from bindbee_sync.planning.settling import is_distinct
from bindbee_sync.rules.schema import STATUSES
from bindbee_sync.text import fold, fold_code, in_quotes, shorten

GLOB = frozenset("*?[")


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A job that no file is written for, and the reason."""

    job: Job
    reason: str


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """The jobs that an import is about: those that pass every part; an empty part lets all pass.

    `jobs` are ids, remote ids, codes, names, addresses, or globs of the last three; `departments` and
    `offices` are ids, names or globs. Without `statuses`, closed jobs are left out.
    """

    jobs: Sequence[str] = ()
    statuses: Sequence[str] = ()
    departments: Sequence[str] = ()
    offices: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ChosenJobs:
    """The jobs to write files for, and the expected jobs that get none.

    `held` and `of_status` count the jobs that were not named one by one: those that a file manages already,
    and those of another status than was asked for.
    """

    jobs: tuple[Job, ...]
    skipped: tuple[Skipped, ...]
    held: int
    of_status: Mapping[str, int]


def choose(
    plan: Plan,
    records: Iterable[Record],
    snapshot: Snapshot,
    *,
    wanted: JobFilter,
    addresses: Mapping[str, str],
) -> ChosenJobs:
    """Return which of the jobs in `snapshot` are to be written, by the `plan` and live `records` made of it.

    `addresses` are those that new files would get. Raises ToolError where a part of `wanted` is that of no
    listed job, department or office, and where a file can't be read: it may manage any job.
    """
    _check_files(plan)
    holders = {entry.job.id: entry.file.path for entry in plan.entries if entry.job}
    jobs = [*plan.unmanaged, *{entry.job.id: entry.job for entry in plan.entries if entry.job}.values()]
    _check_statuses(wanted.statuses, jobs)
    is_in_place = _in_place(wanted, plan.directory)
    meant, named = _meant(wanted.jobs, jobs, snapshot.jobs, addresses)
    list_problems = _Objections(plan, records, snapshot)
    chosen: list[Job] = []
    skipped: list[Skipped] = []
    held, of_status = 0, Counter[str]()
    for job in jobs:
        if wanted.jobs and job.id not in meant:
            continue
        reason = None
        if not is_in_place(job):
            reason = "it is in no department or office that was asked for" if job.id in named else ""
        elif job.id in holders:
            reason = f"{holders[job.id]} already manages it" if job.id in named else ""
            held += not reason
        elif not _is_asked_for(job, wanted.statuses):
            reason = _way_to(job) if job.id in named else ""
            of_status[job.status or ""] += not reason
        # A glob or a name must not publish a job that few people may see.
        elif job.confidential and not any(_is_id(job, text) for text in wanted.jobs):
            reason = "it is confidential, and others can read a file here: name it by its id to import it"
        else:
            reason = list_problems.about(job)
        if reason is None:
            chosen.append(job)
        elif reason:
            skipped.append(Skipped(job=job, reason=reason))
    return ChosenJobs(jobs=tuple(chosen), skipped=tuple(skipped), held=held, of_status=of_status)


def _is_asked_for(job: Job, statuses: Collection[str]) -> bool:
    if not statuses:
        return not job.is_closed
    return fold(job.status or "") in {fold(status) for status in statuses}


def _meant(
    wanted: Sequence[str], jobs: Sequence[Job], listed: Iterable[Job], addresses: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Return the ids of the jobs that are meant, and of those among them that are named one by one."""
    meant: set[str] = set()
    named: set[str] = set()
    for text in wanted:
        found = [job for job in jobs if _is_meant(job, text, addresses[job.id])]
        if not found:
            raise _no_match(text, jobs, listed)
        meant |= {job.id for job in found}
        named |= {job.id for job in found if not GLOB & set(text) or _is_id(job, text)}
    return meant, named


def _in_place(wanted: JobFilter, directory: Directory) -> Callable[[Job], bool]:
    """Return whether a job is in the departments and offices asked for; raises ToolError for unknown ones."""
    departments = _ids("department", wanted.departments, directory.departments)
    offices = _ids("office", wanted.offices, directory.offices)

    def is_in_place(job: Job) -> bool:
        # A confidential job is left out for another reason: this one would tell where it belongs.
        return job.confidential is True or (_has(job.departments, departments) and _has(job.offices, offices))

    return is_in_place


def _ids(kind: str, wanted: Sequence[str], items: DirectoryItems) -> frozenset[str]:
    """Return the ids of the items that are wanted, by id, name or glob."""
    found: set[str] = set()
    for text in wanted:
        named = [each for each in items if any(is_named(name, text) for name in each.names)]
        ids = {each.id.casefold() for each in (*named, items.by_id(text)) if each}
        if not ids:
            raise ToolError(
                f"There is no {kind} {in_quotes(text)}",
                where=f"--{kind}",
                hint=items.suggestion(text) or f"`bindbee-sync lookup {kind}s` lists them.",
            )
        found |= ids
    return frozenset(found)


def _has(ids: Iterable[str] | None, wanted: frozenset[str]) -> bool:
    return not wanted or any(each.casefold() in wanted for each in ids or ())


def _way_to(job: Job) -> str:
    return f"it is {job.status}: add --status {quote(job.status)}" if job.status else "it has no status"


def find_job(jobs: Iterable[Job], identifier: str) -> Job | None:
    """Return the job with that Bindbee id, else the one with that number in the ATS."""
    found = [job for job in jobs if _is_id(job, identifier)]
    return min(found, key=lambda job: job.id.casefold() != identifier.casefold(), default=None)


class _Objections:
    """Reasons why an unmanaged job may still be the one that a file or a record describes."""

    def __init__(self, plan: Plan, records: Iterable[Record], snapshot: Snapshot) -> None:
        self._files = [entry.file for entry in plan.entries if entry.job is None and entry.record is None]
        self._unnamed = {
            _identity(entry.file.spec.code, entry.file.spec.name): entry
            for entry in plan.entries
            if (entry.job or entry.record) and job_named(entry.file) is None
        }
        self._prefix = plan.prefix
        evidence = Evidence(snapshot, plan.unmanaged)
        seen = {record.id for record, _ in plan.listed_records}
        self._attempts = {
            job.id: record.label
            for record in records
            if record.id not in seen and record.state is not State.LISTED
            for job in evidence.made_about_then(record)
        }

    def about(self, job: Job) -> str | None:
        for file in self._files:
            if not is_distinct(file, job.id, job.remote_id) and _are_alike(file, job):
                return (
                    f"{file.path} may describe it: run `{self._into(file, job)}`; if it is another job, "
                    f"write `sync: {{distinct_from: [{job.id}]}}` there"
                )
        namesake = self._unnamed.get(_identity(job.code, job.name))
        if namesake:
            shared = "code" if job.code else "name"
            if namesake.job is None:
                return f"{namesake.file.path} has its {shared}, and waits for its own job to be listed"
            return (
                f"{namesake.file.path} has its {shared}, and manages another job: first write that job's id "
                f"there with `{self._into(namesake.file, namesake.job)}`"
            )
        label = self._attempts.get(job.id)
        if label:
            return (
                f"it may come from the create of {label}: wait for the sync, or resolve it with "
                f"`bindbee-sync ledger resolve {quote(self._prefix + label)}`"
            )
        return None

    def _into(self, file: JobFile, job: Job) -> str:
        return f"bindbee-sync import --into {quote(self._prefix + file.address)} {job.id}"


def _identity(code: str | None, name: str | None) -> tuple[str, str]:
    """Return what identifies a file that does not name its job: its code, else its name."""
    return ("code", fold_code(code)) if code else ("name", fold(name or ""))


def _are_alike(file: JobFile, job: Job) -> bool:
    # Compared as matching does: a job that this file would match must not get a second file.
    code = fold_code(job.code or "")
    if code and fold_code(file.spec.code or "") == code:
        return True
    name = fold(job.name or "")
    return not job.is_closed and bool(name) and fold(file.spec.name or "") == name


def _is_meant(job: Job, text: str, address: str) -> bool:
    if _is_id(job, text):
        return True
    if job.confidential:
        return False
    return any(is_named(each, text) for each in (job.code, job.name, address) if each)


def is_named(name: str, text: str) -> bool:
    """Return whether `text` is the name, ignoring case and white space, or a glob that matches it."""
    return fold(name) == fold(text) or fnmatchcase(fold(name), fold(text))


def _is_id(job: Job, text: str) -> bool:
    return job.id.casefold() == text.strip().casefold() or job.remote_id == text.strip()


def _check_files(plan: Plan) -> None:
    for entry in plan.entries:
        if not entry.file.readable or entry.file.is_faulty("sync"):
            fault = next(finding for finding in entry.file.diagnostics if finding.is_error)
            raise ToolError(
                "This file can't be read, and may manage a job that would get a second file",
                where=f"{entry.file.path}:{fault.place.line}" if fault.place else entry.file.path,
                hint=f"Fix it first: {fault.message}.",
            )


def _check_statuses(statuses: Iterable[str], jobs: Iterable[Job]) -> None:
    listed = sorted({job.status for job in jobs if job.status})
    known = {fold(status) for status in (*listed, *STATUSES)}
    for status in statuses:
        if fold(status) not in known:
            raise ToolError(
                f"No listed job has the status {in_quotes(status)}",
                where="--status",
                hint=f"Listed jobs have: {', '.join(listed)}."
                if listed
                else "Leave out --status: no job is listed.",
            )


def _no_match(text: str, jobs: Sequence[Job], listed: Iterable[Job]) -> ToolError:
    known = {job.id for job in jobs}
    if any(_is_meant(job, text, "") for job in listed if job.id not in known):
        return ToolError(
            "This is a template, and job files do not manage templates",
            where=shorten(text, 60),
            hint="To create a job from it, name it under `template_id` in the job's file.",
        )
    if any(job.confidential for job in jobs):
        hint = "Name a job by its id, code, name or address, and a confidential job by its id alone."
    else:
        hint = "Name a job by its id, code, name or address; `bindbee-sync plan --unmanaged` lists them."
    return ToolError("No listed job matches", where=shorten(text, 60), hint=hint)
