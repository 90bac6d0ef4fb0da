"""A plan as people read it: ids as names, one sentence for a manager. Markdown and HTML show this view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.revision import Base
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.planning.merging import grouped, merge
from bindbee_sync.planning.model import Entry, Hold, OrphanedRecord, Outcome, Plan
from bindbee_sync.rules.drift import NO_UPDATE
from bindbee_sync.rules.ledger import VANISHED
from bindbee_sync.text import counted

WORDS = {
    Outcome.CREATE: "to create",
    Outcome.IN_SYNC: "in sync",
    Outcome.DRIFTED: "different in the ATS",
    Outcome.PENDING: "created, not listed yet",
    Outcome.UNCERTAIN: "uncertain",
    Outcome.VANISHED: "vanished",
    Outcome.BLOCKED: "blocked by an error",
}
TOLD = {
    Outcome.DRIFTED: ("differs from the ATS", "differ from the ATS"),
    Outcome.PENDING: ("is created and not listed yet", "are created and not listed yet"),
    Outcome.UNCERTAIN: ("may or may not have been created", "may or may not have been created"),
    Outcome.VANISHED: ("is not in the ATS's list any more", "are not in the ATS's list any more"),
    Outcome.BLOCKED: ("is blocked by an error", "are blocked by errors"),
}
LABELS = {
    "name": "Name",
    "description": "Description",
    "code": "Code",
    "status": "Status",
    "job_posting_urls": "Posting URLs",
    "confidential": "Confidential",
    "departments": "Department",
    "offices": "Office",
    "hiring_managers": "Hiring manager",
    "recruiters": "Recruiter",
    "template_id": "Template",
    "remote_user_id": "Created by",
    "openings": "Openings",
}
IN_HEADLINE = ("name", "code", "description")
SHOWN_ELSEWHERE = (NO_UPDATE.id, VANISHED.id)
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field in which a file and its job differ, in words."""

    label: str
    actual: str
    desired: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job file, or an open record without one (`path` is None).

    `facts` are its fields in words, but for name, code and description. `changed`: whether this revision
    changed it, None where no base was named.
    """

    address: str
    path: str | None
    outcome: Outcome
    name: str
    code: str | None = None
    departments: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    openings: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    differences: tuple[Difference, ...] = ()
    reason: str | None = None
    hold: Hold | None = None
    age: str = ""
    changed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is told of a place, and whether this revision changed a file that it is about."""

    diagnostic: Diagnostic
    changed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmanagedView:
    """A job in the ATS that no file stands for; of a confidential one `name` and `code` are not told."""

    name: str
    code: str | None
    status: str
    id: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A plan in words. `notes` qualify the headline; `counts` are in the order in which they are shown.

    `listed` are the jobs in the ATS that no file stands for, None where they are to be counted only.
    """

    connector_id: str
    provider: str
    made_at: datetime
    last_sync: datetime | None
    headline: str
    verdict: str
    notes: tuple[str, ...]
    counts: Mapping[str, int]
    jobs: tuple[JobView, ...]
    findings: tuple[Finding, ...]
    unmanaged: int
    unmanaged_closed: int
    listed: tuple[UnmanagedView, ...] | None
    base: Base | None

    def of(self, *outcomes: Outcome) -> tuple[JobView, ...]:
        """Return the jobs of these outcomes."""
        return tuple(job for job in self.jobs if job.outcome in outcomes)

    def parts(self) -> Iterator[tuple[str, View]]:
        """Yield what this revision changed, then what was so before; without a base all at once."""
        if self.base is None:
            yield "", self
            return
        for changed, title in ((True, "In this change"), (False, "Was so before this change")):
            yield (
                title,
                replace(
                    self,
                    jobs=tuple(job for job in self.jobs if job.changed is changed),
                    findings=tuple(each for each in self.findings if each.changed is changed),
                ),
            )


def plan_view(plan: Plan, base: Base | None = None, *, unmanaged: bool = False) -> View:
    """Return the plan in words; `base` tells what this revision changed from what was so before.

    `unmanaged` lists the jobs that no file stands for.
    """
    summary = plan.summary
    jobs = tuple(_job(entry, plan, base) for entry in plan.entries)
    orphaned = tuple(_orphaned(each, plan.created_at, base) for each in plan.orphaned)
    findings = tuple(
        Finding(
            diagnostic=merge(group),
            changed=None if base is None else any(each.address in base.changed for each in group),
        )
        for group in grouped(plan.diagnostics)
    )
    errors = len(plan.to_fix)
    return View(
        connector_id=plan.connector.id,
        provider=plan.provider,
        made_at=plan.created_at,
        last_sync=plan.connector.last_sync_start_time,
        headline=_headline(plan, jobs),
        verdict=_verdict(plan),
        notes=tuple(_notes(plan, base)),
        counts={
            **{WORDS[outcome]: summary[outcome] for outcome in Outcome},
            "errors": errors,
            "warnings": len(findings) - errors,
        },
        jobs=(*jobs, *orphaned),
        findings=findings,
        unmanaged=summary["unmanaged"],
        unmanaged_closed=summary["unmanaged_closed"],
        listed=tuple(map(_unmanaged, plan.unmanaged)) if unmanaged else None,
        base=base,
    )


def in_words(value: object, names: Mapping[str, str]) -> str:
    """Return a field's value as people write it, with the names of ids."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return in_words(value.get("value"), names)
    if isinstance(value, list | tuple):
        return ", ".join(in_words(each, names) for each in value) or "none"
    return names.get(value, value) if isinstance(value, str) else str(value)


def joined(words: Sequence[str]) -> str:
    """Return e.g. `Sales, Engineering and Finance`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def age(span: timedelta) -> str:
    """Return how long that is, in its largest unit."""
    minutes = max(0, int(span.total_seconds() // 60))
    for unit, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size:
            return counted(minutes // size, unit)
    return counted(minutes, "minute")


def _job(entry: Entry, plan: Plan, base: Base | None) -> JobView:
    spec = entry.file.spec
    values: dict[str, object] = (
        entry.payload.fields if entry.payload else spec.model_dump(mode="json", exclude_none=True)
    )
    return JobView(
        address=entry.address,
        path=entry.file.path,
        outcome=entry.outcome,
        name=spec.name or "",
        code=spec.code,
        departments=_names(values.get("departments"), plan.names),
        offices=_names(values.get("offices"), plan.names),
        openings=spec.openings,
        facts=tuple(
            (LABELS[field], in_words(values[field], plan.names))
            for field in CREATE_FIELDS
            if field in values and field not in IN_HEADLINE
        ),
        description=spec.description,
        differences=tuple(
            Difference(
                label=LABELS[change.field],
                actual=in_words(change.actual, plan.names),
                desired=in_words(change.desired, plan.names),
            )
            for change in entry.changes
        ),
        reason=entry.reason,
        hold=entry.hold,
        age=age(plan.created_at - entry.hold.since) if entry.hold else "",
        changed=None if base is None else entry.address in base.changed,
    )


def _orphaned(orphan: OrphanedRecord, now: datetime, base: Base | None) -> JobView:
    record = orphan.record
    return JobView(
        address=record.label,
        path=None,
        outcome=orphan.outcome,
        name=record.listed_name or record.name or "",
        code=record.listed_code or record.code,
        hold=orphan.hold,
        age=age(now - orphan.hold.since),
        changed=None if base is None else record.label in base.removed,
    )


def _unmanaged(job: Job) -> UnmanagedView:
    name, code = ("(confidential)", None) if job.confidential else (job.name or "(no name)", job.code)
    return UnmanagedView(name=name, code=code, status=job.status or "no status", id=job.id)


def _names(value: object, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(str(each), str(each)) for each in value) if isinstance(value, list) else ()


def _headline(plan: Plan, jobs: Iterable[JobView]) -> str:
    """Return the plan in one sentence, for somebody who has never seen one."""
    summary = plan.summary
    creates = [job for job in jobs if job.outcome is Outcome.CREATE]
    told = [
        f"{number} {one if number == 1 else many}"
        for outcome, (one, many) in TOLD.items()
        if (number := summary[outcome])
    ]
    would = "would" if plan.errors else "will"
    if creates:
        start = f"{counted(len(creates), 'job')} {would} be created{_where(creates)}"
    elif told:
        start = "No job will be created"
    else:
        start = f"Nothing to do: {counted(summary[Outcome.IN_SYNC], 'job file')}, all as in the ATS"
    return "; ".join([start, *told])


def _where(creates: Iterable[JobView]) -> str:
    known = Counter(name for job in creates for name in job.departments)
    named = [name for name, _ in known.most_common(MOST_NAMED)]
    if len(known) > MOST_NAMED:
        named = [*named[:-1], counted(len(known) - MOST_NAMED + 1, "other department")]
    return f" in {joined(named)}" if named else ""


def _verdict(plan: Plan) -> str:
    if plan.errors:
        return f"Can't be applied: {counted(len(plan.to_fix), 'error')} to mend first."
    if not plan.creates:
        return "An apply would create nothing."
    if not plan.trusted:
        return "Apply will refuse as things are: the list of jobs can't be trusted, see the warnings."
    return "Can be applied."


def _notes(plan: Plan, base: Base | None) -> Iterator[str]:
    if base is None:
        return
    mine = Counter(
        entry.outcome for entry in plan.entries if entry.address in base.changed - base.moved.keys()
    )
    told = [f"{mine[outcome]} {WORDS[outcome]}" for outcome in Outcome if mine[outcome]]
    moved = [f"{old} to {new}" for new, old in base.moved.items()]
    told += [f"{len(moved)} moved"] if moved else []
    since = f"compared with {base.revision} ({base.commit[:7]})"
    yield f"Of these, this change's own ({since}): {', '.join(told) or 'none'}."
    if moved:
        more = [f"{len(moved) - MOST_NAMED} more"] if len(moved) > MOST_NAMED else []
        named = joined([*moved[:MOST_NAMED], *more])
        yield f"This change moves {counted(len(moved), 'job file')}; no job is created by that: {named}."
    if base.removed:
        yield f"This change removes {counted(len(base.removed), 'job file')}; no job is deleted by that."
