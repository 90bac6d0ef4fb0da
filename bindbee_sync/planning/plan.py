"""Make a plan: from job files, Bindbee's lists and the ledger to what stands against each file.

Pure: values in, a value out. It opens no file, sends nothing, and is told the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from bindbee_sync.bindbee.models import Job, provider_of
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.bindbee.wire import encode_payload
from bindbee_sync.desired.load import Desired
from bindbee_sync.desired.model import CREATE_FIELDS, JobFile
from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning import collisions, holds
from bindbee_sync.planning.compare import differences
from bindbee_sync.planning.duplicates import duplicates
from bindbee_sync.planning.matching import Matching, Target, match
from bindbee_sync.planning.model import Entry, Hold, Loose, Outcome, Plan, Standing
from bindbee_sync.planning.references import Directory, Resolved, resolve
from bindbee_sync.planning.settling import settle
from bindbee_sync.planning.templates import Templates, find_templates
from bindbee_sync.planning.trust import doubts
from bindbee_sync.rules import identity, state
from bindbee_sync.rules.registry import check_new_job, with_severities
from bindbee_sync.text import fold, shorten


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a plan may be told besides its inputs.

    `selects` says which addresses are shown, judged and created; matching sees every file all the same.
    """

    severities: Mapping[str, Severity] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    max_list_age: float = 36
    selects: Callable[[str], bool] = lambda _: True
    retry_absent: bool = False
    retry_rejected: bool = False


def make_plan(
    desired: Desired, snapshot: Snapshot, ledger: Ledger, *, now: datetime, options: Options
) -> Plan:
    """Return the plan for `desired` against what Bindbee lists and what the ledger of this connector holds.

    `now` (UTC) is when it is made. The same inputs give the same plan, in the same order.
    """
    return _Planner(desired, snapshot, ledger, now, options).plan()


def payload_digest(payload: Mapping[str, object]) -> str:
    """Return what tells one payload from another: the SHA-256 of the body that is sent."""
    return sha256(encode_payload(payload)).hexdigest()


class _Planner:
    def __init__(
        self, desired: Desired, snapshot: Snapshot, ledger: Ledger, now: datetime, options: Options
    ) -> None:
        self.files = desired.files
        self.snapshot = snapshot
        self.ledger = ledger
        self.now = now
        self.options = options
        self.provider = provider_of(snapshot.connector.integration_slug)
        self.templates: Templates = find_templates(snapshot.jobs, self.files)
        self.jobs = [job for job in snapshot.jobs if job.id not in self.templates.ids]
        settlement = settle(self.files, self.jobs, ledger.live)
        self.settlement = settlement
        self.matching: Matching = match(self.files, self.jobs, ledger.live, settlement)
        self.directory = Directory(snapshot, self.templates.jobs)
        self.resolved: dict[str, Resolved] = {}
        self.doubts = tuple(doubts(snapshot, max_list_age=options.max_list_age))
        self.findings = [*desired.diagnostics, *self.doubts]

    def plan(self) -> Plan:
        self._judge_files()
        faulty = self._addresses_in_error()
        new = [file for file in self.files if self._is_new(file)]
        self.findings += collisions.find(new, self.matching, faulty)
        self.unmanaged = self._unmanaged()
        entries = [self._entry(file) for file in self.files if self.options.selects(file.address)]
        diagnostics = tuple(
            finding
            for finding in with_severities(self.findings, self.options.severities)
            if finding.address is None or self.options.selects(finding.address)
        )
        blocked = {finding.address for finding in diagnostics if finding.is_error}
        return Plan(
            created_at=self.now,
            connector=self.snapshot.connector,
            provider=self.provider,
            entries=tuple(_blocked(entry) if entry.address in blocked else entry for entry in entries),
            diagnostics=diagnostics,
            unmanaged=self.unmanaged,
            loose=tuple(self._loose()),
            names=self.directory.names,
            standings=tuple(self._standings(self._addresses_in_error())),
            sightings=tuple(self._sightings()),
            trusted=not self.doubts,
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
        return file.path not in self.matching.matches and file.path not in self.matching.stuck

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
            if by_name or (self._is_new(file) and self.templates.has_namesake(file)):
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
        if found is None:
            return self._create(file)
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
                identity.NO_UPDATE.at(
                    file.place(changes[0].field),
                    f"The job in the ATS differs in: {fields}. This file changes nothing there",
                    hint="If this is meant to be another opening, write a new file for it. " * reused
                    + identity.NO_UPDATE.hint,
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
        outcome = holds.outcome_of(record, self.snapshot)
        if outcome is Outcome.VANISHED:
            self.findings.append(
                state.VANISHED.at(
                    file.place("name"),
                    "The job that was made for this file is not in Bindbee's list any more",
                    hint=state.VANISHED.hint.replace("ADDRESS", record.label),
                    address=file.address,
                )
            )
        hold = self._hold(record, outcome)
        absent = outcome is Outcome.UNCERTAIN and self._is_absent(record) and not target.doubtful
        if self.options.retry_absent and absent and not self._made_about_then(record):
            return self._create(file, retries=record)
        return Entry(file=file, outcome=outcome, record=record, reason=reason, hold=hold)

    def _hold(self, record: Record, outcome: Outcome) -> Hold:
        return holds.hold(record, outcome, absent=self._is_absent(record), near=self._made_about_then(record))

    def _is_absent(self, record: Record) -> bool:
        return holds.is_absent(record, self.snapshot)

    def _made_about_then(self, record: Record) -> tuple[Job, ...]:
        known = {job.id for job in self.settlement.jobs.values()}
        return holds.made_about_then(record, [job for job in self.unmanaged if job.id not in known])

    def _create(self, file: JobFile, retries: Record | None = None) -> Entry:
        if not self._is_new(file) and retries is None:
            return Entry(file=file, outcome=Outcome.BLOCKED)
        if retries is not None:
            self.findings += self._judge_new(file)
        payload = self._payload(file)
        self.findings += self._closed_namesakes(file)
        self.findings += self._refusals(file, payload)
        reason = "sent before, and by the evidence of a later sync not created" if retries else None
        return Entry(file=file, outcome=Outcome.CREATE, payload=payload, retries=retries, reason=reason)

    def _payload(self, file: JobFile) -> dict[str, object]:
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
        return payload

    def _closed_namesakes(self, file: JobFile) -> Iterator[Diagnostic]:
        name = fold(file.spec.name or "")
        closed = [job for job in self.jobs if job.is_closed and name and fold(job.name or "") == name]
        if closed:
            yield identity.CLOSED_NAMESAKE.at(
                file.place("name"),
                f"A closed job has the name '{shorten(file.spec.name or '', 60)}' (id {closed[0].id})",
                address=file.address,
                field="name",
            )

    def _refusals(self, file: JobFile, payload: Mapping[str, object]) -> Iterator[Diagnostic]:
        same = self.ledger.refused_payload(payload_digest(payload))
        before = same or self.ledger.refusal(file.address)
        if before is None:
            return
        yield state.REFUSED_BY_ATS.at(
            file.place(),
            f"The ATS refused this job on {before.since:%Y-%m-%d %H:%M UTC}: {before.detail}",
            address=file.address,
        )
        if same and not self.options.retry_rejected:
            yield state.REJECTED_UNCHANGED.at(
                file.place(),
                "The ATS refused exactly this job before, and nothing in it has changed",
                address=file.address,
            )

    def _loose(self) -> Iterator[Loose]:
        managed = {found.target for found in self.matching.matches.values()}
        for target in self.matching.targets:
            if target.job is None and target not in managed:
                record = target.records[-1]
                outcome = holds.outcome_of(record, self.snapshot)
                yield Loose(record=record, outcome=outcome, hold=self._hold(record, outcome))

    def _standings(self, faulty: set[str | None]) -> Iterator[Standing]:
        for file in self.files:
            found = self.matching.matches.get(file.path)
            if found and file.address not in faulty:
                yield Standing(file=file, job=found.target.job, record=found.target.record)

    def _sightings(self) -> Iterator[tuple[Record, Job]]:
        for record in self.ledger.live:
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
