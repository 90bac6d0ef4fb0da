"""The evidence on open records, and the holds that follow from it.

An open record is a create whose job is not in the list. Absence proves little: a created job is listed only
after the next completed sync, which may take a day. So nothing is created again before the evidence is in,
and every hold names what it waits for and the command that ends it.
"""

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
from bindbee_sync.times import in_utc


class Evidence:
    """The proof that a snapshot gives about open records; `unmanaged` are the listed jobs without a file.

    Commands to paste name the `connector`, where the config has several.
    """

    def __init__(self, snapshot: Snapshot, unmanaged: Sequence[Job], connector: str | None = None) -> None:
        self._is_complete = is_complete(snapshot)
        self._sync = decisive_sync(snapshot)
        self._unmanaged = unmanaged
        self._connector = connector

    def outcome_of(self, record: Record) -> Outcome:
        """Return the outcome of a live record whose job is not in the list."""
        if record.is_uncertain:
            return Outcome.UNCERTAIN
        # A job that was listed once can be missed in any complete list. One that was only answered as created
        # takes a sync that began late enough: called vanished too early, it would be released and made again.
        missing = self._is_complete if record.state is State.LISTED else self.is_absent(record)
        return Outcome.VANISHED if missing else Outcome.PENDING

    def is_absent(self, record: Record) -> bool:
        """Return whether the list proves, as far as a list can, that the record's job does not exist.

        It is complete, its sync began after the intent's deadline and a margin by the server's clock, and it
        did write jobs.
        """
        if record.intent is None or self._sync is None:
            return False
        # A sync that began sooner may have passed by before the request arrived: the deadline bounds when it
        # was sent, and the margin how long it was under way and how far the clocks are apart.
        return self._sync > server_deadline(record.intent) + MARGIN

    def made_about_then(self, record: Record) -> tuple[Job, ...]:
        """Return the jobs without a file that may have been created by the record's attempt."""
        intent = record.intent
        return () if intent is None else tuple(j for j in self._unmanaged if _is_made_about_then(intent, j))

    def may_be_sent_again(self, record: Record) -> bool:
        """Return whether the record is of an uncertain create that is absent, and no job could be its own."""
        # An ATS may change name and code as it creates. A job made about then that no file is matched to may
        # be the one that was sent, and sending again would create its twin.
        return record.is_uncertain and self.is_absent(record) and not self.made_about_then(record)

    def hold(self, record: Record) -> Hold:
        """Return since when the record is held, what it waits for, and which command ends it."""
        outcome = self.outcome_of(record)
        # To be pasted into a shell.
        label = quote(f"{self._connector}:{record.label}" if self._connector else record.label)
        apply = "bindbee-sync apply" + (f" --connector {self._connector}" if self._connector else "")
        resolve = f"bindbee-sync ledger resolve {label}"
        by_hand = f"`{resolve} --created ID` or `{resolve} --not-created`"
        if outcome is Outcome.VANISHED:
            waits_for = (
                "someone to check in the ATS: the job was created, and Bindbee's list does not show it"
            )
            way_out = f"`bindbee-sync ledger release {label}`, only if the job is gone for good"
        elif outcome is Outcome.PENDING:
            waits_for = "the sync after which Bindbee lists it"
            way_out = f"`{apply} --wait`, which asks Bindbee for a sync"
        elif not self.is_absent(record):
            waits_for = (
                f"a sync that begins after {in_utc(_decisive(record))} and lists something new, with the job "
                "or without it"
            )
            way_out = f"`{apply} --settle`, or after a look in the ATS {by_hand}"
        elif near := self.made_about_then(record):
            several = "; ".join(describe_job(job) for job in near)
            waits_for = f"someone to say whether it is one of the jobs created about then: {several}"
            way_out = by_hand
        else:
            waits_for = "a decision: a later sync does not show the job, and none was created about then"
            way_out = f"`{apply} --retry-absent`, or if the ATS has it `{resolve} --created ID`"
        return Hold(since=record.since, waits_for=waits_for, way_out=way_out)


def may_come_until(record: Record) -> datetime:
    """Return the moment, in UTC, until which a job may still come of what the record attempted."""
    return record.intent.deadline + MARGIN if record.intent else record.since


def vanished(files: Sequence[JobFile], snapshot: Snapshot, records: Sequence[Record]) -> frozenset[str]:
    """Return the ids of the live `records` whose job was created, and is gone by the evidence of the list."""
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
