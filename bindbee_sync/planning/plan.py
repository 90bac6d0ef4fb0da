"""Make a plan: from job files, Bindbee's lists and the ledger to what stands against each file.

Pure: values in, a value out. It opens no file, sends nothing, and is told the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from shlex import quote

from bindbee_sync.bindbee.models import Job, provider_of
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.desired.load import Desired
from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import CREATE_FIELDS, JobFile
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning import collisions, holds
from bindbee_sync.planning.compare import differences
from bindbee_sync.planning.duplicates import duplicates
from bindbee_sync.planning.list_problems import list_problems
from bindbee_sync.planning.matching import Matching, match
from bindbee_sync.planning.model import Entry, Link, OrphanedRecord, Outcome, Plan
from bindbee_sync.planning.payload import Payload
from bindbee_sync.planning.references import Directory, Resolved, resolve
from bindbee_sync.planning.selection import EVERYTHING, Selection, selected
from bindbee_sync.planning.settling import settle
from bindbee_sync.planning.targets import Target, describe_job
from bindbee_sync.planning.templates import Templates, find_templates
from bindbee_sync.rules import drift, identity
from bindbee_sync.rules.ledger import REFUSED_BY_ATS, REJECTED_UNCHANGED, VANISHED
from bindbee_sync.rules.registry import check_new_job, with_config_severities, with_severities
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """What a plan may be told besides its inputs.

    `selects` says which addresses are shown, judged and created; matching sees every file all the same.
    """

    severities: Mapping[str, Severity] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    max_list_age: float = 36
    selects: Selection = EVERYTHING
    retry_absent: bool = False
    retry_rejected: bool = False


def make_plan(
    desired: Desired, snapshot: Snapshot, ledger: Ledger, *, now: datetime, options: PlanOptions
) -> Plan:
    """Return the plan for `desired` against what Bindbee lists and what the ledger of this connector holds.

    `now` (UTC) is when it is made. The same inputs give the same plan, in the same order.
    """
    return _Planner(desired, snapshot, ledger, now, options).plan()


class _Planner:
    def __init__(
        self, desired: Desired, snapshot: Snapshot, ledger: Ledger, now: datetime, options: PlanOptions
    ) -> None:
        self.files = with_config_severities(desired.files, options.severities)
        self.snapshot = snapshot
        self.ledger = ledger
        self.now = now
        self.options = options
        self.provider = provider_of(snapshot.connector.integration_slug)
        self.templates: Templates = find_templates(snapshot.jobs, self.files)
        template_ids = self.templates.ids
        self.jobs = sorted(
            (job for job in snapshot.jobs if job.id not in template_ids), key=lambda job: job.id
        )
        self.records = sorted(ledger.live, key=lambda record: (record.since, record.id))
        self.settlement = settle(self.files, self.jobs, self.records)
        self.matching: Matching = match(self.files, self.jobs, self.records, self.settlement)
        self.closed: dict[str, list[Job]] = defaultdict(list)
        for job in self.jobs:
            if job.is_closed:
                self.closed[fold(job.name or "")].append(job)
        self.unmanaged = self._unmanaged()
        self.evidence = holds.Evidence(snapshot, self.unmanaged)
        self.retried = dict(self._retried()) if options.retry_absent else {}
        self.directory = Directory(snapshot, self.templates.jobs)
        self.resolved: dict[str, Resolved] = {}
        self.list_problems = tuple(list_problems(snapshot, max_list_age=options.max_list_age))
        self.findings = [*desired.diagnostics, *self.list_problems]

    def plan(self) -> Plan:
        self._judge_files()
        faulty = self._addresses_in_error()
        new = [file for file in self.files if self._is_new(file)]
        self.findings += collisions.find(new, self.matching, faulty)
        entries = [self._entry(file) for file in self.files if self.options.selects(file.address)]
        judged_findings = with_severities(self.findings, self.options.severities)
        diagnostics = selected(judged_findings, self.files, self.options.selects)
        blocked = {finding.address for finding in diagnostics if finding.is_error}
        return Plan(
            created_at=self.now,
            connector=self.snapshot.connector,
            provider=self.provider,
            entries=tuple(_blocked(entry) if entry.address in blocked else entry for entry in entries),
            diagnostics=diagnostics,
            unmanaged=self.unmanaged,
            orphaned=tuple(self._orphaned()),
            names=self.directory.names,
            links=tuple(self._links(self._addresses_in_error())),
            listed_records=tuple(self._listed_records()),
            trusted=not self.list_problems,
            uncertain_elsewhere=tuple(self._uncertain_elsewhere()),
        )

    def _judge_files(self) -> None:
        """Add what is wrong with each file by itself, and with its references, whatever it stands for."""
        self.findings += duplicates(self.files)
        self.findings += self.matching.diagnostics
        self.findings += self._unverifiable_templates()
        for file in self.files:
            self.findings += file.diagnostics
            if self._is_new(file) and file.readable:
                self.findings += self._judge_new(file)
            else:
                self.findings += self._resolve(file, exists=True)

    def _judge_new(self, file: JobFile) -> Iterator[Diagnostic]:
        yield from self._resolve(file, exists=False)
        yield from check_new_job(file, self.provider, offline=False)

    def _resolve(self, file: JobFile, *, exists: bool) -> tuple[Diagnostic, ...]:
        resolved = resolve(file, self.directory, provider=self.provider, exists=exists)
        self.resolved[file.path] = resolved
        return resolved.diagnostics

    def _is_new(self, file: JobFile) -> bool:
        """Whether nothing matches the file, or only a create that is absent and is to be sent again."""
        if file.path in self.retried:
            return True
        return file.path not in self.matching.matches and file.path not in self.matching.unresolved

    def _retried(self) -> Iterator[tuple[str, Record]]:
        for path, found in self.matching.matches.items():
            target, record = found.target, found.target.record
            if (
                target.job is None
                and record
                and not target.doubtful
                and self.evidence.may_be_sent_again(record)
            ):
                yield path, record

    def _addresses_in_error(self) -> set[str | None]:
        found = with_severities(self.findings, self.options.severities)
        return {finding.address for finding in found if finding.is_error}

    def _unverifiable_templates(self) -> Iterator[Diagnostic]:
        if self.provider != "greenhouse" or self.templates.verifiable or not self.snapshot.jobs:
            return
        rule = identity.UNVERIFIABLE_TEMPLATES
        yield rule.at(None, "Bindbee does not say which of the listed jobs are templates")
        for file in self.files:
            found = self.matching.matches.get(file.path)
            by_name = found is not None and found.step == 7  # noqa: PLR2004 - the seventh step: by name alone
            unlisted = file.path not in self.matching.unresolved and (
                found is None or found.target.job is None
            )
            if by_name or (unlisted and self.templates.has_namesake(file)):
                yield rule.at(
                    file.place("code") if file.spec.code else file.place("name"),
                    "The job of this name or code may be a template: Bindbee does not say which ones are",
                    address=file.address,
                    field="code" if file.spec.code else "name",
                    severity=Severity.ERROR,
                )

    def _unmanaged(self) -> tuple[Job, ...]:
        managed = {found.target for found in self.matching.matches.values()}
        return tuple(
            sorted(
                (t.job for t in self.matching.targets if t.job and t not in managed),
                key=lambda job: (fold(job.name or ""), job.id),
            )
        )

    def _entry(self, file: JobFile) -> Entry:
        found = self.matching.matches.get(file.path)
        if file.path in self.retried:
            return self._create(file, retries=self.retried[file.path])
        if found is None:
            return self._create(file) if self._is_new(file) else Entry(file=file, outcome=Outcome.BLOCKED)
        target, reason = found.target, found.reason
        if target.job is None:
            return self._held(file, target, reason)
        if target.job.is_closed and found.step > 1:
            self.findings.append(
                identity.CLOSED_TARGET.at(
                    file.place("code") if file.spec.code else file.place("name"),
                    f"The job that this file stands for ({reason}) is {target.job.status}",
                    address=file.address,
                )
            )
        changes = differences(
            file,
            self.resolved[file.path].ids,
            target.job,
            provider=self.provider,
            ignored=self.options.ignore_changes,
        )
        if changes:
            fields = ", ".join(change.field for change in changes)
            reused = any(change.field in ("name", "code") for change in changes)
            self.findings.append(
                drift.NO_UPDATE.at(
                    file.place(changes[0].field),
                    f"The job in the ATS differs in: {fields}. This file changes nothing there",
                    hint="If this is meant to be another opening, write a new file for it. " * reused
                    + drift.NO_UPDATE.hint.replace("ADDRESS", quote(file.address)),
                    address=file.address,
                    field=changes[0].field,
                )
            )
        return Entry(
            file=file,
            outcome=Outcome.DRIFTED if changes else Outcome.IN_SYNC,
            job=target.job,
            record=target.record,
            reason=reason,
            changes=changes,
        )

    def _held(self, file: JobFile, target: Target, reason: str) -> Entry:
        record = target.records[-1]
        outcome = self.evidence.outcome_of(record)
        if outcome is Outcome.VANISHED:
            self.findings.append(
                VANISHED.at(
                    file.place("name"),
                    "The job that was made for this file is not in Bindbee's list any more",
                    hint=VANISHED.hint.replace("ADDRESS", quote(record.label)),
                    address=file.address,
                )
            )
        hold = self.evidence.hold(record)
        return Entry(file=file, outcome=outcome, record=record, reason=reason, hold=hold)

    def _create(self, file: JobFile, retries: Record | None = None) -> Entry:
        payload = self._payload(file)
        self.findings += self._closed_namesakes(file)
        self.findings += self._refusals(file, payload)
        reason = "sent before, and by the evidence of a later sync not created" if retries else None
        return Entry(file=file, outcome=Outcome.CREATE, payload=payload, retries=retries, reason=reason)

    def _payload(self, file: JobFile) -> Payload:
        ids = self.resolved[file.path].ids
        payload: dict[str, object] = {}
        for name in CREATE_FIELDS:
            value = getattr(file.spec, name)
            if value is None:
                continue
            if name == "job_posting_urls":
                payload[name] = [url.model_dump() for url in value]
            elif isinstance(value, tuple):
                payload[name] = list(ids[name])
            else:
                payload[name] = ids[name][0] if name in ids else value
        return Payload.of(payload)

    def _closed_namesakes(self, file: JobFile) -> Iterator[Diagnostic]:
        name = fold(file.spec.name or "")
        closed = self.closed.get(name) if name else None
        if closed:
            yield identity.CLOSED_NAMESAKE.at(
                file.place("name"),
                f"A closed job has this name: {describe_job(closed[0])}",
                address=file.address,
                field="name",
            )

    def _refusals(self, file: JobFile, payload: Payload) -> Iterator[Diagnostic]:
        same = self.ledger.refused_payload(payload.digest)
        before = same or self.ledger.refusal(file.address)
        if before is None:
            return
        yield REFUSED_BY_ATS.at(
            file.place(),
            f"The ATS refused this job on {before.since:%Y-%m-%d %H:%M UTC}: {before.detail}",
            address=file.address,
        )
        if same and not self.options.retry_rejected:
            yield REJECTED_UNCHANGED.at(
                file.place(),
                "The ATS refused exactly this job before, and nothing in it has changed",
                address=file.address,
            )

    def _orphaned(self) -> Iterator[OrphanedRecord]:
        managed = {found.target for found in self.matching.matches.values()}
        for target in self.matching.targets:
            if target.job is None and target not in managed:
                record = target.records[-1]
                outcome = self.evidence.outcome_of(record)
                yield OrphanedRecord(record=record, outcome=outcome, hold=self.evidence.hold(record))

    def _uncertain_elsewhere(self) -> Iterator[str]:
        for file in self.files:
            found = self.matching.matches.get(file.path)
            if found and found.target.job is None and not self.options.selects(file.address):
                record = found.target.records[-1]
                if self.evidence.outcome_of(record) is Outcome.UNCERTAIN:
                    yield file.address

    def _links(self, faulty: set[str | None]) -> Iterator[Link]:
        for file in self.files:
            found = self.matching.matches.get(file.path)
            if found and file.address not in faulty:
                yield Link(file=file, job=found.target.job, record=found.target.record)

    def _listed_records(self) -> Iterator[tuple[Record, Job]]:
        for record in self.records:
            job = self.settlement.jobs.get(record.id)
            if job:
                yield record, job


def _blocked(entry: Entry) -> Entry:
    return Entry(
        file=entry.file,
        outcome=Outcome.BLOCKED,
        job=entry.job,
        record=entry.record,
        reason=entry.reason,
        changes=entry.changes,
        hold=entry.hold,
    )
