"""What is known of an open record, and why nothing is done about it: every hold names its way out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from shlex import quote

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.events import Intent
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.list_problems import MARGIN, decisive_sync, is_complete
from bindbee_sync.planning.model import Hold, Outcome
from bindbee_sync.planning.settling import may_be_made_by, server_deadline, settle
from bindbee_sync.planning.targets import describe_job
from bindbee_sync.planning.templates import find_templates


class Evidence:
    """What a snapshot proves about open records; `unmanaged` are the listed jobs that no file stands for."""

    def __init__(self, snapshot: Snapshot, unmanaged: Sequence[Job]) -> None:
        self._is_complete = is_complete(snapshot)
        self._sync = decisive_sync(snapshot)
        self._unmanaged = unmanaged

    def outcome_of(self, record: Record) -> Outcome:
        """Return what a live record comes to whose job is not in the list."""
        if record.is_uncertain:
            return Outcome.UNCERTAIN
        missing = self._is_complete if record.state is State.LISTED else self.is_absent(record)
        return Outcome.VANISHED if missing else Outcome.PENDING

    def is_absent(self, record: Record) -> bool:
        """Whether the list, in which the record's job is not, proves as far as a list can that there is none.

        It is complete, its sync began after the intent's deadline and a margin by the server's clock, and it
        did write jobs.
        """
        if record.intent is None or self._sync is None:
            return False
        return self._sync > server_deadline(record.intent) + MARGIN

    def made_about_then(self, record: Record) -> tuple[Job, ...]:
        """Return the jobs without a file that may have been made while the record's attempt was under way."""
        intent = record.intent
        return () if intent is None else tuple(j for j in self._unmanaged if _is_made_about_then(intent, j))

    def may_be_sent_again(self, record: Record) -> bool:
        """Whether the record is of an uncertain create that is absent, and no job could be what it made."""
        return record.is_uncertain and self.is_absent(record) and not self.made_about_then(record)

    def hold(self, record: Record) -> Hold:
        """Return since when the record is held, what it waits for, and which command ends it."""
        label, outcome = quote(record.label), self.outcome_of(record)  # to be pasted into a shell
        resolve = f"bindbee-sync ledger resolve {label} --created ID"
        if outcome is Outcome.VANISHED:
            waits_for = "somebody to look in the ATS: the job was made, and Bindbee's list does not show it"
            way_out = f"bindbee-sync ledger release {label}   (only if the job is gone for good)"
        elif outcome is Outcome.PENDING:
            waits_for = "the sync after which Bindbee lists it"
            way_out = "bindbee-sync apply --wait   (asks Bindbee for a sync)"
        elif not self.is_absent(record):
            waits_for = (
                f"a sync that begins after {_when(_decisive(record))}, has something new to list, and shows "
                "the job, or shows none"
            )
            way_out = f"bindbee-sync apply --settle, or: {resolve} | --not-created"
        elif near := self.made_about_then(record):
            several = "; ".join(describe_job(job) for job in near)
            waits_for = f"somebody to say if it is one of the jobs made about then: {several}"
            way_out = f"{resolve} | --not-created"
        else:
            waits_for = "a decision: a later sync does not show the job, and none was made about then"
            way_out = f"bindbee-sync apply --retry-absent, or: {resolve}"
        return Hold(since=record.since, waits_for=waits_for, way_out=way_out)


def may_come_until(record: Record) -> datetime:
    """Return until when, in UTC, a job may still come of what the record attempted."""
    return record.intent.deadline + MARGIN if record.intent else record.since


def vanished(files: Sequence[JobFile], snapshot: Snapshot, records: Sequence[Record]) -> frozenset[str]:
    """Return the ids of those live `records` whose job was made, and by the evidence of the list is gone."""
    templates = find_templates(snapshot.jobs, files).ids
    listed = settle(files, [job for job in snapshot.jobs if job.id not in templates], records).jobs
    evidence = Evidence(snapshot, ())
    return frozenset(
        record.id
        for record in records
        if record.id not in listed and evidence.outcome_of(record) is Outcome.VANISHED
    )


def _is_made_about_then(intent: Intent, job: Job) -> bool:
    made = job.remote_created_at
    return may_be_made_by(intent, job) and (made is None or made <= server_deadline(intent) + MARGIN)


def _decisive(record: Record) -> datetime:
    return server_deadline(record.intent) + MARGIN if record.intent else record.since


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M UTC}"
