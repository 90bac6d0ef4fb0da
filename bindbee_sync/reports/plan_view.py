"""How the view of a plan is made: ids become names, and one headline says what matters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.revision import Base
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.ids import is_uuid
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.planning.merging import grouped, merge
from bindbee_sync.planning.model import (
    Change,
    Entry,
    OrphanedRecord,
    Outcome,
    Plan,
    Step,
    StepKind,
)
from bindbee_sync.reports.view import (
    Difference,
    Finding,
    JobView,
    StepView,
    UnmanagedView,
    View,
    byline,
    is_warning,
)
from bindbee_sync.reports.vocabulary import FIELDS, OUTCOMES, ats_name, provider_name, value_text
from bindbee_sync.rules.connector import REPOINTED
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.text import counted, joined, shorten
from bindbee_sync.times import span_text

IN_HEADLINE = ("name", "code", "description")
RESPONSIBLE = ("hiring_managers", "recruiters", "remote_user_id")
"""The fields that say whom to ask about a job, the first that is set."""
MOST_NAMED = 3
LONGEST_VALUE = 200
"""Characters of a value in the middle of a sentence."""


def plan_view(plan: Plan, base: Base | None = None, *, unmanaged: bool = False) -> View:
    """Return the plan in words; with `base`, what this revision changed is shown apart from the rest.

    `unmanaged` lists the jobs that no file manages.
    """
    return view_of(
        connector_id=plan.connector.id,
        customer=plan.connector.end_user,
        provider=plan.provider,
        made_at=plan.created_at,
        last_sync=plan.connector.last_sync_start_time,
        trusted=plan.trusted,
        summary=plan.summary,
        jobs=[job_view(entry, plan, base) for entry in plan.entries],
        orphaned=[_orphaned(each, plan.created_at, base) for each in plan.orphaned],
        diagnostics=plan.diagnostics,
        listed=tuple(map(_unmanaged, plan.unmanaged)) if unmanaged else None,
        steps=[step_view(step, plan.names, base) for step in plan.steps],
        base=base,
    )


def view_of(  # noqa: PLR0913 - all that a view is made of, whether from a plan or from its document
    *,
    connector_id: str,
    customer: str | None,
    provider: str,
    made_at: datetime,
    last_sync: datetime | None,
    trusted: bool,
    summary: Mapping[str, int],
    jobs: Sequence[JobView],
    orphaned: Sequence[JobView],
    diagnostics: Iterable[Diagnostic],
    listed: tuple[UnmanagedView, ...] | None,
    steps: Sequence[StepView],
    base: Base | None,
) -> View:
    """Return the view of these parts, with what is true of all of them together."""
    findings = tuple(
        Finding(
            diagnostic=merge(group),
            changed=None if base is None else any(_is_own(each, base) for each in group),
        )
        for group in grouped(diagnostics, lambda each: base is None or _is_own(each, base))
    )
    by_address: defaultdict[str | None, list[str]] = defaultdict(list)
    for each in diagnostics:
        if each.is_error:
            by_address[each.address].append(each.message)
    by_hand: defaultdict[str, list[str]] = defaultdict(list)
    for step in steps:
        by_hand[step.address].append(step.action)
    jobs = [
        replace(job, errors=_first(by_address[job.address]))
        if job.outcome is Outcome.BLOCKED
        else replace(job, by_hand=tuple(by_hand[job.address]))
        if job.address in by_hand
        else job
        for job in jobs
    ]
    errors = sum(finding.diagnostic.is_error for finding in findings)
    warnings = sum(is_warning(finding.diagnostic) for finding in findings)
    creates = summary[Outcome.CREATE]
    obstacle = _obstacle(errors, creates, trusted=trusted)
    bylines = {job.address: replace(job, openings=None).byline for job in jobs}
    return View(
        connector_id=connector_id,
        customer=customer or "",
        provider=provider,
        ats=ats_name(provider, customer),
        made_at=made_at,
        last_sync=last_sync,
        headline=_headline(jobs, steps, errors, trusted=trusted),
        others=_others(jobs, orphaned, steps, errors, trusted=trusted),
        verdict=obstacle or ("Ready to apply" if creates else "Nothing to apply"),
        ready=obstacle is None,
        notes=tuple(_notes(jobs, base)),
        counts={
            **{OUTCOMES[outcome].word: summary[outcome] for outcome in Outcome},
            "errors": errors,
            "warnings": warnings,
        },
        jobs=(*jobs, *orphaned),
        findings=findings,
        unmanaged=summary["unmanaged"],
        unmanaged_closed=summary["unmanaged_closed"],
        listed=listed,
        steps=tuple(
            step if step.kind is StepKind.CLOSE else replace(step, byline=bylines.get(step.address, ()))
            for step in steps
        ),
        takes_description="description" not in pack_of(provider).not_taken,
        to_do=f"To do in {provider_name(provider)}",
        base=base,
    )


def _first(messages: Sequence[str]) -> tuple[str, ...]:
    more = len(messages) - MOST_NAMED
    return (*messages[:MOST_NAMED], *([f"{counted(more, 'more error')}"] if more > 0 else []))


def _is_own(finding: Diagnostic, base: Base) -> bool:
    own_rules = {rule for rules in base.policies.values() for rule in rules}
    path = finding.place.path if finding.place else None
    return (
        finding.address in base.changed
        or finding.rule == REPOINTED.id
        or finding.rule in own_rules
        or path in base.policies
        or (finding.address is None and path in base.others)
    )


def job_view(entry: Entry, plan: Plan, base: Base | None) -> JobView:
    """Return an entry in words."""
    spec = entry.file.spec
    values: Mapping[str, object] = entry.payload.fields if entry.payload else {}
    return JobView(
        address=entry.address,
        path=entry.file.path,
        outcome=entry.outcome,
        name=spec.name or (_shown_name(entry.job) if entry.job else ""),
        code=spec.code,
        departments=_names(_value("departments", entry, plan.names), plan.names),
        offices=_names(_value("offices", entry, plan.names), plan.names),
        openings=spec.openings,
        responsible=_responsible(lambda field: _value(field, entry, plan.names), plan.names),
        facts=facts(values, plan.names, pack_of(plan.provider).not_taken, plan.provider),
        description=spec.description,
        differences=tuple(difference(change, plan.names) for change in entry.changes),
        reason=entry.reason,
        hold=entry.hold,
        age=span_text(plan.created_at - entry.hold.since) if entry.hold else "",
        changed=None if base is None else entry.address in base.changed,
    )


def _value(field: str, entry: Entry, names: Mapping[str, str]) -> object:
    """Return a field as it is sent, else as its file has it, else what its job in the ATS names there."""
    desired = entry.payload.fields.get(field) if entry.payload else None
    resolved = [each.value for each in entry.references.get(field, ())]
    job = entry.job if entry.job and not entry.job.confidential else None
    listed = [each for each in getattr(job, field, None) or () if each in names]
    return desired or resolved or getattr(entry.file.spec, field) or listed


def _responsible(value_of: Callable[[str], object], names: Mapping[str, str]) -> str:
    for field in RESPONSIBLE:
        value = value_of(field)
        people = _names([value] if isinstance(value, str) else value, names)
        # An id that Bindbee lists no name for tells no reader whom to ask.
        if named := [each for each in people if not is_uuid(each)]:
            return f"{FIELDS[field]}: {', '.join(named)}"
    return ""


def _orphaned(orphan: OrphanedRecord, now: datetime, base: Base | None) -> JobView:
    record = orphan.record
    return JobView(
        address=record.label,
        path=None,
        outcome=orphan.outcome,
        name=record.listed_name or record.name or "",
        code=record.listed_code or record.code,
        hold=orphan.hold,
        age=span_text(now - orphan.hold.since),
        changed=None if base is None else record.label in base.removed,
    )


def difference(change: Change, names: Mapping[str, str]) -> Difference:
    """Return a change in words."""
    actual, desired = (
        shorten(value_text(value, names, quoted=True), LONGEST_VALUE)
        for value in (change.actual, change.desired)
    )
    return Difference(
        label=FIELDS[change.field],
        actual=value_text(change.actual, names),
        desired=value_text(change.desired, names),
        sentence=f"{change.field}: {actual} in the ATS, {desired} in the file",
    )


def step_view(step: Step, names: Mapping[str, str], base: Base | None) -> StepView:
    """Return the step in words."""
    label = FIELDS[step.field].lower() if step.field else ""
    old, new = (shorten(_in_sentence(value, names), LONGEST_VALUE) for value in (step.old, step.new))
    action = {
        StepKind.CHANGE: f"change {label} from {old} to {new}",
        StepKind.CLOSE: "close this job",
        StepKind.SET: f"set {label} to {new}",
    }[StepKind.SET if step.kind is StepKind.CHANGE and step.old is None else step.kind]
    ids = [f"id {step.remote_id}" if step.remote_id else "", f"Bindbee id {step.id}" if step.id else ""]
    return StepView(
        kind=step.kind,
        address=step.address,
        name=step.name or "(confidential)",
        code=step.code,
        known=", ".join(each for each in ids if each),
        action=action,
        reason=step.reason,
        url=step.url,
        changed=None if base is None else _is_touched(step, base),
        byline=_byline(step.values or {}, names),
    )


def _byline(values: Mapping[str, object], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return where a job with these values is, for how many people, and whom to ask."""
    departments, offices = (_names(values.get(field), names) for field in ("departments", "offices"))
    openings = values.get("openings")
    number = openings if isinstance(openings, int) else None
    return byline(departments, offices, number, _responsible(values.get, names))


def _in_sentence(value: object, names: Mapping[str, str]) -> str:
    """Return e.g. `'Ana Roy' and 'Bo Li'`."""
    if isinstance(value, list | tuple) and value:
        return joined([value_text(each, names, quoted=True) for each in value])
    return value_text(value, names, quoted=True)


def _is_touched(step: Step, base: Base) -> bool:
    return step.address in base.changed or step.address in base.removed


def _unmanaged(job: Job) -> UnmanagedView:
    return UnmanagedView(
        name=_shown_name(job) or "(no name)",
        code=None if job.confidential else job.code,
        status=job.status or "no status",
        id=job.id,
    )


def facts(
    values: Mapping[str, object], names: Mapping[str, str], to_set: Collection[str], provider: str
) -> tuple[tuple[str, str], ...]:
    """Return the fields of a job in words, but for those of the headline; its ATS takes no `to_set`."""
    by_hand = f" (not taken by {provider_name(provider)})"
    return tuple(
        (FIELDS[field] + by_hand * (field in to_set), value_text(values[field], names))
        for field in CREATE_FIELDS
        if field in values and field not in IN_HEADLINE
    )


def _shown_name(job: Job) -> str:
    # A report is read by more people than may see a confidential job in the ATS.
    return "(confidential)" if job.confidential else job.name or ""


def _names(value: object, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(str(each), str(each)) for each in value) if isinstance(value, list | tuple) else ()


def _headline(jobs: Sequence[JobView], steps: Iterable[StepView], errors: int, *, trusted: bool) -> str:
    """Return the plan in one line, for someone who has never seen one; with a base, of this change alone."""
    creates = [job for job in jobs if job.outcome is Outcome.CREATE]
    mine = [job for job in creates if job.changed is not False]
    by_hand = _by_hand(step for step in steps if step.changed is not False)
    if _is_all_in_sync(jobs, errors):
        files = counted(len(jobs), "job file")
        same = f"Nothing to create. {files}, no differences in what can be compared"
        return "; ".join([same, *by_hand])
    parts = [f"Fix {counted(errors, 'error')} first"] if errors else []
    if mine:
        would = _would(errors, trusted=trusted)
        parts.append(f"{_number_of(mine)} {would} be created{_where(mine)}")
    elif not errors:
        parts.append("This change creates no job" if creates else "Nothing to create")
    return "; ".join([*parts, *by_hand])


def _others(
    jobs: Sequence[JobView],
    orphaned: Iterable[JobView],
    steps: Iterable[StepView],
    errors: int,
    *,
    trusted: bool,
) -> str:
    """Return what the headline leaves out, e.g. `2 drifted, 1 uncertain`."""
    earlier = [job for job in jobs if job.outcome is Outcome.CREATE and job.changed is False]
    left = [step for step in steps if step.changed is False]
    parts = []
    if earlier:
        would = _would(errors, trusted=trusted)
        parts.append(f"from before this change, {_number_of(earlier)} {would} be created")
    if left:
        parts.append(f"from before this change, {', '.join(_by_hand(left))}")
    if not _is_all_in_sync(jobs, errors):
        parts.append(_outcomes(job for job in jobs if job.outcome is not Outcome.CREATE))
    if without := _outcomes(orphaned):
        parts.append(f"{without} without a job file")
    return "; ".join(part for part in parts if part)


def _outcomes(jobs: Iterable[JobView]) -> str:
    found = Counter(job.outcome for job in jobs)
    return ", ".join(f"{found[outcome]} {OUTCOMES[outcome].word}" for outcome in Outcome if found[outcome])


def _would(errors: int, *, trusted: bool) -> str:
    return "would" if errors or not trusted else "will"


def _is_all_in_sync(jobs: Iterable[JobView], errors: int) -> bool:
    return {job.outcome for job in jobs} == {Outcome.IN_SYNC} and not errors


def _number_of(creates: Sequence[JobView]) -> str:
    """Return how many jobs there are, and how many openings where that is another number."""
    openings = [job.openings or 1 for job in creates]
    jobs = counted(len(creates), "job")
    return jobs if sum(openings) == len(creates) else f"{jobs}, {counted(sum(openings), 'opening')},"


def _by_hand(steps: Iterable[StepView]) -> list[str]:
    kinds = Counter(step.kind for step in steps)
    words = {
        StepKind.CHANGE: counted(kinds[StepKind.CHANGE], "change") + " to make",
        StepKind.CLOSE: counted(kinds[StepKind.CLOSE], "job") + " to close",
        StepKind.SET: counted(kinds[StepKind.SET], "field") + " to set",
    }
    found = [words[kind] for kind in StepKind if kinds[kind]]
    return [f"{', '.join(found)} by hand"] if found else []


def _where(creates: Iterable[JobView]) -> str:
    known = Counter(name for job in creates for name in job.departments)
    named = [name for name, _ in known.most_common(MOST_NAMED)]
    if len(known) > MOST_NAMED:
        named = [*named[:-1], counted(len(known) - MOST_NAMED + 1, "other department")]
    return f" in {joined(named)}" if named else ""


def _obstacle(errors: int, creates: int, *, trusted: bool) -> str | None:
    """Return why an apply would refuse this plan, None where nothing is in its way."""
    if errors:
        return "Nothing can be applied until the errors are fixed"
    if creates and not trusted:
        return "Apply would refuse: the list of jobs can't be trusted, see the warnings"
    return None


def _notes(jobs: Iterable[JobView], base: Base | None) -> Iterator[str]:
    if base is None:
        return
    mine = _outcomes(job for job in jobs if job.address in base.changed - base.moved.keys())
    moved = [f"{old} to {new}" for new, old in base.moved.items()]
    counts = [mine, f"{len(moved)} moved" if moved else ""]
    yield (
        f"This change, compared with {base.revision} ({base.commit[:7]}): "
        f"{', '.join(filter(None, counts)) or 'no job file of its own'}."
    )
    if moved:
        yield f"This change moves {counted(len(moved), 'job file')}, which creates no job: {_few(moved)}."
    if base.removed:
        yield f"This change removes {counted(len(base.removed), 'job file')}, which deletes no job."
    if base.policies:
        own = sorted({rule for rules in base.policies.values() for rule in rules})
        yield f"This change adds or edits {_few(own or sorted(base.policies))}, which is about every job."
    if base.removed_policies:
        yield f"This change removes {_few(base.removed_policies)}, so that its rule is no longer checked."


def _few(names: Sequence[str]) -> str:
    return joined(names, at_most=MOST_NAMED)
