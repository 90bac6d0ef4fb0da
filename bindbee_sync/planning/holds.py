"""What is known of an open record, and why nothing is done about it: every hold names its way out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.ledger.events import Intent
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.matching import describe_job
from bindbee_sync.planning.model import Hold, Outcome
from bindbee_sync.planning.settling import may_be_made_by, server_deadline
from bindbee_sync.planning.trust import MARGIN, is_complete, wrote_after


def outcome_of(record: Record, snapshot: Snapshot) -> Outcome:
    """Return what a live record comes to whose job is not in the list."""
    if record.is_uncertain:
        return Outcome.UNCERTAIN
    if record.state is State.LISTED:
        return Outcome.VANISHED if is_complete(snapshot) else Outcome.PENDING
    return Outcome.VANISHED if is_absent(record, snapshot) else Outcome.PENDING


def is_absent(record: Record, snapshot: Snapshot) -> bool:
    """Whether the list, in which the record's job is not, proves as far as a list can that there is none.

    It is complete, its sync began after the intent's deadline and a margin by the server's clock, and it did
    write jobs.
    """
    return record.intent is not None and wrote_after(snapshot, server_deadline(record.intent))


def made_about_then(record: Record, jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Return those of `jobs` that may have been made while the record's attempt was under way."""
    intent = record.intent
    return () if intent is None else tuple(job for job in jobs if _is_made_about_then(intent, job))


def hold(record: Record, outcome: Outcome, *, absent: bool, near: tuple[Job, ...]) -> Hold:
    """Return since when the record is held, what it waits for, and which command ends it."""
    label = record.label
    resolve = f"bindbee-sync ledger resolve {label} --created ID"
    if outcome is Outcome.VANISHED:
        waits_for = "somebody to look in the ATS: the job was made, and Bindbee's list does not show it"
        way_out = f"bindbee-sync ledger release {label}   (only if the job is gone for good)"
    elif outcome is Outcome.PENDING:
        waits_for = "the sync after which Bindbee lists it"
        way_out = "bindbee-sync apply --wait   (asks Bindbee for a sync)"
    elif not absent:
        waits_for = f"a sync that begins after {_when(_decisive(record))} and shows the job, or shows none"
        way_out = f"bindbee-sync apply --settle, or: {resolve} | --not-created"
    elif near:
        several = "; ".join(describe_job(job) for job in near)
        waits_for = f"somebody to say if it is one of the jobs made about then: {several}"
        way_out = f"{resolve} | --not-created"
    else:
        waits_for = "a decision: a later sync does not show the job, and none was made about then"
        way_out = f"bindbee-sync apply --retry-absent, or: {resolve}"
    return Hold(since=record.since, waits_for=waits_for, way_out=way_out)


def _is_made_about_then(intent: Intent, job: Job) -> bool:
    made = job.remote_created_at
    return may_be_made_by(intent, job) and (made is None or made <= server_deadline(intent) + MARGIN)


def _decisive(record: Record) -> datetime:
    return server_deadline(record.intent) + MARGIN if record.intent else record.since


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M UTC}"
