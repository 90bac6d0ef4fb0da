"""Steps by hand: what a person has to do in the ATS, because no call of the API does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bindbee_sync.bindbee.models import NOT_KNOWN, Job
from bindbee_sync.job_file import CREATE_FIELDS, JobFile
from bindbee_sync.planning.compare import NOT_READABLE, equal
from bindbee_sync.planning.directory import REFERENCE_FIELDS, Directory
from bindbee_sync.planning.model import Entry, Outcome, Step, StepKind, job_url
from bindbee_sync.planning.references import resolve_one
from bindbee_sync.planning.settling import jobs_named_by_sync
from bindbee_sync.planning.targets import Target
from bindbee_sync.planning.world import World
from bindbee_sync.text import fold

CREATE_ONLY = ("template_id", "remote_user_id")
"""Fields that matter at the moment of a create, and never after it."""
AS_CREATED: Mapping[str, object] = {"status": "OPEN", "confidential": False}
"""The values that a new job has anyway in an ATS whose create does not take these fields."""


def steps(entries: Sequence[Entry], world: World) -> tuple[Step, ...]:
    """Return what is left to do by hand once the plan is applied: by kind and address, each once."""
    found = [
        *(step for entry in entries for step in (*_changes(entry, world), *_sets(entry, world))),
        *_closes(world),
    ]
    kinds = list(StepKind)
    return tuple(sorted(found, key=lambda step: (kinds.index(step.kind), step.address, _order(step.field))))


def _order(field: str | None) -> int:
    return CREATE_FIELDS.index(field) if field else -1


def _sets(entry: Entry, world: World) -> Iterator[Step]:
    if entry.outcome is not Outcome.CREATE:
        return
    for field, value in entry.file.spec.written(world.pack.not_taken).items():
        if value and value != AS_CREATED.get(field):
            yield _of_file(
                entry,
                world,
                StepKind.SET,
                field=field,
                new=_shown(field, value, world.directory),
                reason=f"{_ats(world)}'s create call does not take this field",
            )


def _changes(entry: Entry, world: World) -> Iterator[Step]:
    if entry.outcome in (Outcome.CREATE, Outcome.VANISHED) or not (entry.job or entry.record):
        return
    file = entry.file
    recorded = entry.record.values if entry.record else None
    base = world.options.before.get(file.address)
    before = base.spec.written(CREATE_FIELDS) if base and base.readable else None
    if recorded is None and before is None:
        return  # nothing says what the file held before
    drift = {change.field: change.actual for change in entry.changes}
    unlisted = {*NOT_READABLE, *world.pack.not_taken}
    if entry.job and entry.job.status == NOT_KNOWN:
        unlisted.add("status")
    for field, value in file.spec.written(CREATE_FIELDS).items():
        if field in (*world.options.ignore_changes, *file.spec.sync.ignore_changes):
            continue
        known = [values for values in (recorded if field in unlisted else None, before) if values is not None]
        old = [
            each for values in known if not _same(field, each := values.get(field), value, world.directory)
        ]
        # A listed value is what counts: where it is the file's already, someone has made the change.
        is_compared = entry.job is not None and (
            field not in unlisted or getattr(entry.job, field, None) not in (None, NOT_KNOWN)
        )
        if old and (field in drift if is_compared else field in unlisted):
            step = _of_file(
                entry,
                world,
                StepKind.CHANGE,
                field=field,
                new=_shown(field, value, world.directory),
                reason=_why_by_hand(field, world, is_compared=is_compared),
            )
            yield replace(step, old=_shown(field, drift.get(field, old[0]), world.directory))


def _why_by_hand(field: str, world: World, *, is_compared: bool) -> str:
    if field in CREATE_ONLY:
        return "Only the create of a job uses this field: check whether the job in the ATS has to change"
    if is_compared:
        return "Bindbee can't update a job"
    if field in NOT_READABLE or field not in world.pack.not_taken:
        return "Bindbee can't update a job, and does not list this field"
    return f"Bindbee can't update a job, and {_ats(world)}'s create call does not take this field"


def _closes(world: World) -> Iterator[Step]:
    """Yield the open jobs that a file managed until it was removed, or until it described another job."""
    open_jobs: dict[str, Target] = {
        target.job.id: target
        for target in world.matching.unmanaged
        if target.job and not target.job.is_closed
    }
    addresses = {file.address for file in world.files}
    found = {id_: target.record.label for id_, target in open_jobs.items() if target.record}
    found |= {id_: address for address, id_ in _managed_before(world, open_jobs) if id_ not in found}
    before = {**world.options.before, **{file.address: file for file in world.options.removed}}
    for id_, address in found.items():
        job = open_jobs[id_].job
        if job is None or (address in addresses and not world.options.selects(address)):
            continue
        if address not in addresses and address in world.desired.unread:  # the finding on its file says why
            continue
        yield Step(
            kind=StepKind.CLOSE,
            address=address,
            name=None if job.confidential else job.name,
            code=None if job.confidential else job.code,
            id=job.id,
            remote_id=job.remote_id,
            url=job_url(world.job_url, job.remote_id),
            values=None if job.confidential else _values(open_jobs[id_], job, before.get(address), world),
            reason=(
                "Its job file describes another job now, and it is still open"
                if address in addresses
                else "Its job file was removed, and it is still open"
            ),
        )


def _values(target: Target, job: Job, before: JobFile | None, world: World) -> Mapping[str, object]:
    """Return what the ATS lists of the job, and its openings, which are not listed, as last written."""
    recorded = target.record.values if target.record else None
    openings = (recorded or {}).get("openings") or (before.spec.openings if before else None)
    listed = {field: list(getattr(job, field, None) or ()) for field in REFERENCE_FIELDS}
    shown = {field: _shown(field, value, world.directory) for field, value in listed.items() if value}
    return shown | ({"openings": openings} if openings else {})


def _managed_before(world: World, open_jobs: Mapping[str, Target]) -> Iterator[tuple[str, str]]:
    """Yield the address and the job's id for each file of the base whose job no file manages now."""
    gone = list(world.options.removed)
    for file in world.files:
        before = world.options.before.get(file.address)
        if file.path in world.matching.unresolved:  # what it manages is the question that its error asks
            continue
        found = world.match_of(file)
        if before and before.spec != file.spec and not (found and _describes(before, found.target)):
            gone.append(before)
    jobs = [target.job for target in open_jobs.values() if target.job]
    named = jobs_named_by_sync(gone, jobs)
    with_code, with_name = _by(jobs, lambda job: job.code), _by(jobs, lambda job: fold(job.name or ""))
    for file in gone:
        code, name = file.spec.code, fold(file.spec.name or "")
        candidates = [named[file.path]] if file.path in named else with_code.get(code or "", [])
        # A job with another code is another opening, whatever its name.
        candidates = candidates or [job for job in with_name.get(name, []) if not (code and job.code)]
        if len(candidates) == 1:
            yield file.address, candidates[0].id


def _describes(file: JobFile, target: Target) -> bool:
    return file.spec.code in target.codes or fold(file.spec.name or "") in target.names


def _by(jobs: Iterable[Job], key: Callable[[Job], str | None]) -> Mapping[str, list[Job]]:
    groups: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        if text := key(job):
            groups[text].append(job)
    return groups


def _of_file(entry: Entry, world: World, kind: StepKind, *, field: str, new: object, reason: str) -> Step:
    job, record = entry.job, entry.record
    remote_id = job.remote_id if job else record.job_remote_id if record else None
    return Step(
        kind=kind,
        address=entry.address,
        name=entry.file.spec.name or (job.name if job and not job.confidential else None),
        code=entry.file.spec.code,
        id=job.id if job else record.job_id if record else None,
        remote_id=remote_id,
        url=job_url(world.job_url, remote_id),
        field=field,
        new=new,
        reason=reason,
    )


def _same(field: str, old: object, new: object, directory: Directory) -> bool:
    return equal(field, _meaning(field, old, directory), _meaning(field, new, directory))


def _meaning(field: str, value: object, directory: Directory) -> object:
    """Return a reference as the id that it names, so that a name and its id count as one."""
    return _of_references(field, value, lambda text: resolve_one(field, text, directory).value)


def _shown(field: str, value: object, directory: Directory) -> object:
    """Return the value with the names of ids, as far as they are known."""

    def name(text: str) -> str:
        return resolve_one(field, text, directory).name or directory.names.get(text, text)

    return _of_references(field, value, name)


def _of_references(field: str, value: object, of_one: Callable[[str], str]) -> object:
    if field not in (*REFERENCE_FIELDS, "template_id"):
        return value
    if isinstance(value, list):
        return [of_one(each) if isinstance(each, str) else each for each in value]
    return of_one(value) if isinstance(value, str) else value


def _ats(world: World) -> str:
    return world.provider[:1].upper() + world.provider[1:]
