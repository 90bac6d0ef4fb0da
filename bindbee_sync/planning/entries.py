"""The plan's entry for one job file, by the job or record that the file is matched to."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from bindbee_sync.bindbee.models import Job
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.by_hand import recorded_values
from bindbee_sync.planning.compare import differences
from bindbee_sync.planning.judging import Judged
from bindbee_sync.planning.matching import Match
from bindbee_sync.planning.model import Change, Entry, Outcome
from bindbee_sync.planning.payload import Payload, payload_of
from bindbee_sync.planning.settling import is_distinct
from bindbee_sync.planning.targets import describe_job, same_or_another
from bindbee_sync.planning.world import World
from bindbee_sync.rules import drift, identity
from bindbee_sync.rules.ledger import REFUSED_BY_ATS, REJECTED_UNCHANGED, VANISHED
from bindbee_sync.text import fold
from bindbee_sync.times import in_utc

Findings = tuple[Diagnostic, ...]


def entry(judged: Judged, world: World) -> tuple[Entry, Findings]:
    """Return the file's entry, and the findings that come of comparing it with its job, record or history.

    An error turns the entry into a blocked one later, when all findings are known.
    """
    found = world.match_of(judged.file)
    if judged.is_new:
        return _create(judged, world)
    if found is None:  # unresolved: the finding of matching says why
        return Entry(file=judged.file, outcome=Outcome.BLOCKED, references=judged.references), ()
    if found.target.job is None:
        return _held(judged, found, world)
    return _existing(judged, found, found.target.job, world)


def _create(judged: Judged, world: World) -> tuple[Entry, Findings]:
    payload = payload_of(judged.file, judged.references)
    created = Entry(
        file=judged.file,
        outcome=Outcome.CREATE,
        references=judged.references,
        payload=payload,
        retries=judged.retries,
        values=recorded_values(judged.file, world.provider),
        reason="sent before; a later sync shows that it was not created" if judged.retries else None,
    )
    return created, (*_closed_namesake(judged.file, world), *_refusals(judged.file, payload, world))


def _held(judged: Judged, found: Match, world: World) -> tuple[Entry, Findings]:
    file, record = judged.file, found.target.records[-1]
    held = Entry(
        file=file,
        outcome=world.evidence.outcome_of(record),
        references=judged.references,
        record=record,
        reason=found.reason,
        hold=world.evidence.hold(record),
    )
    if held.outcome is not Outcome.VANISHED:
        return held, ()
    vanished = VANISHED.at(
        file.place("name"),
        "The job that was created for this file is no longer in Bindbee's list",
        hint=VANISHED.hint.replace("ADDRESS", quote(record.label)),
        address=file.address,
    )
    return held, (vanished,)


def _existing(judged: Judged, found: Match, job: Job, world: World) -> tuple[Entry, Findings]:
    changes = differences(
        judged.file,
        judged.references,
        job,
        provider=world.provider,
        ignored=world.options.ignore_changes,
    )
    existing = Entry(
        file=judged.file,
        outcome=Outcome.DRIFTED if changes else Outcome.IN_SYNC,
        references=judged.references,
        job=job,
        record=found.target.record,
        reason=found.reason,
        changes=changes,
    )
    return existing, (*_closed_target(judged.file, found, job), *_drift(judged.file, changes))


def _closed_target(file: JobFile, found: Match, job: Job) -> Iterator[Diagnostic]:
    # The first step is `sync`: a person who writes the id of a closed job means that job.
    if job.is_closed and found.step > 1:
        yield identity.CLOSED_TARGET.at(
            file.place("code") if file.spec.code else file.place("name"),
            f"The job that this file manages ({found.reason}) is {job.status}",
            address=file.address,
        )


def _drift(file: JobFile, changes: tuple[Change, ...]) -> Iterator[Diagnostic]:
    if not changes:
        return
    fields = [change.field for change in changes]
    # A copied file that still has its code or name looks like drift, and was meant as another opening.
    reused = "name" in fields or "code" in fields
    yield drift.NO_UPDATE.on(
        file,
        fields[0],
        message=f"The job in the ATS differs in {', '.join(fields)}; this file changes nothing there",
        hint="If this is meant to be another opening, write a new file for it. " * reused
        + drift.NO_UPDATE.hint.replace("ADDRESS", quote(file.address)),
    )


def _closed_namesake(file: JobFile, world: World) -> Iterator[Diagnostic]:
    name = fold(file.spec.name or "")
    found = world.closed_by_name.get(name, ()) if name else ()
    closed = [job for job in found if not is_distinct(file, job.id, job.remote_id)]
    if closed:
        several = "; ".join(map(describe_job, closed))
        have = "A closed job has" if len(closed) == 1 else "Closed jobs have"
        hint = same_or_another(file, [job.id for job in closed])
        yield identity.CLOSED_NAMESAKE.on(file, "name", message=f"{have} this name: {several}", hint=hint)


def _refusals(file: JobFile, payload: Payload, world: World) -> Iterator[Diagnostic]:
    same = world.ledger.refused_payload(payload.digest)
    before = same or world.ledger.refusal(file.address)
    if before is None:
        return
    # An ATS may keep a part of what it refuses, so it is never sent again without a word about it.
    yield REFUSED_BY_ATS.on(
        file, message=f"The ATS refused this job on {in_utc(before.since)}: {before.detail}"
    )
    if same and not world.options.retry_rejected:
        message = "The ATS refused exactly this job before, and nothing in it has changed"
        yield REJECTED_UNCHANGED.on(file, message=message)
