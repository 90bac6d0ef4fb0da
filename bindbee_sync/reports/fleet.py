"""Many connectors in one answer: a table with a line for each, then the details of those that have any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.model import OPEN_OUTCOMES, Outcome, Plan
from bindbee_sync.reports.document import Document, diagnostics_data, error_data, new_document
from bindbee_sync.reports.markdown import Locate, applied_markdown, plan_markdown, relative
from bindbee_sync.reports.marks import plan_mark
from bindbee_sync.reports.markup import Md, details, words
from bindbee_sync.reports.truncation import NOTHING, Item, Section, fitted
from bindbee_sync.reports.view import View
from bindbee_sync.text import counted, shorten

HEADINGS = ("Connector", "Customer", "To create", "Drifted", "Open", "Verdict")
MANY = "many"
"""The key of the mark of a gathering, in the place of a connector's id, which is a UUID."""
MOST_NAMED = 5
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPart:
    """One connector in a report of many: its plan, and what an apply did with it; or the error that ended it.

    `failed` where its part of the run counts as a failure.
    """

    name: str
    failed: bool
    plan: Plan | None = None
    document: Document | None = None
    view: View | None = None
    applied: ApplyReport | None = None
    error: ToolError | None = None

    @property
    def verdict(self) -> str:
        """The part in a few words, for the last column."""
        if self.plan is None:
            return "failed"
        if self.plan.errors:
            return counted(len(self.plan.to_fix), "error")
        if self.applied is not None:
            return "failed" if self.failed else "applied"
        return "can be applied" if self.plan.creates else "nothing to create"

    @property
    def has_details(self) -> bool:
        """True where there is more to show than the line in the table."""
        return self.plan is None or bool(
            self.plan.diagnostics
            or self.plan.orphaned
            or self.plan.steps
            or any(entry.outcome is not Outcome.IN_SYNC for entry in self.plan.entries)
        )


def summed(parts: Iterable[FleetPart]) -> dict[str, int]:
    """Return the sum of all plans' summaries."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part.plan.summary if part.plan else {})
    return {key: total[key] for key in (*map(str, Outcome), "unmanaged", "unmanaged_closed")}


def fleet_document(parts: Sequence[FleetPart]) -> Document:
    """Return the document of a run over several connectors: each one's own, and those that failed."""
    return new_document(
        summary=summed(parts),
        plans=[part.document for part in parts if part.document is not None],
        failed=[_failed(part.name, part.error) for part in parts if part.error is not None],
    )


def _failed(name: str, error: ToolError) -> Document:
    found = [error.finding] if error.finding else []
    return {"connector": name, "error": error_data(error), "diagnostics": diagnostics_data(found)}


def fleet_row(part: FleetPart) -> tuple[str, ...]:
    """Return a part's line of the table, in the order of HEADINGS."""
    if part.plan is None:
        return (part.name, "", "", "", "", part.verdict)
    summary = part.plan.summary
    outcomes = [entry.outcome for entry in part.plan.entries] + [each.outcome for each in part.plan.orphaned]
    return (
        part.name,
        part.plan.connector.end_user or "(no name)",
        str(summary[Outcome.CREATE]),
        str(summary[Outcome.DRIFTED]),
        str(sum(outcome in OPEN_OUTCOMES for outcome in outcomes)),
        part.verdict,
    )


def fleet_headline(parts: Sequence[FleetPart]) -> str:
    """Return the run in one sentence; those that failed are named."""
    creates = sum(len(part.plan.creates) for part in parts if part.plan and not part.plan.errors)
    failing = [part.name for part in parts if part.failed]
    start = f"{counted(len(parts), 'connector')}, {counted(creates, 'job')} to create"
    more = f" and {len(failing) - MOST_NAMED} more" if len(failing) > MOST_NAMED else ""
    return f"{start}; failed: {', '.join(failing[:MOST_NAMED])}{more}" if failing else start


def fleet_diagnostics(parts: Iterable[FleetPart]) -> list[Diagnostic]:
    """Return the findings of all parts, with those that ended one."""
    return [finding for part in parts for finding in _findings(part)]


def _findings(part: FleetPart) -> Iterator[Diagnostic]:
    if part.plan is not None:
        yield from part.plan.diagnostics
    elif part.error is not None and part.error.finding is not None:
        yield part.error.finding


def fleet_markdown(parts: Sequence[FleetPart], locate: Locate = relative) -> str:
    """Return the run as Markdown, within a comment's size.

    A line for each connector comes first; then, as far as there is room, the details of each.
    """
    head = plan_mark(MANY) + Md("\n**{}**\n\n").format(fleet_headline(parts))
    ordered = sorted(parts, key=lambda part: not part.failed)
    items = [Item(short=_line(part), full=partial(_unfolded, part, locate)) for part in ordered]
    return fitted(head, [Section(title="Connectors", items=items, priority=0)] if items else [], NOTHING)


def _line(part: FleetPart) -> Md:
    name, customer, creates, drifted, still_open, verdict = fleet_row(part)
    if part.plan is None:
        reason = f"{part.error.prefix}{part.error.message}" if part.error else verdict
        return Md("- **{}**: failed: {}\n").format(name, shorten(reason, LONGEST_TEXT))
    counts = f"{creates} to create, {drifted} drifted, {still_open} open"
    return Md("- **{}**, {}: {}; {}\n").format(name, shorten(customer, 100), counts, verdict)


def _unfolded(part: FleetPart, locate: Locate) -> Md:
    if part.error is not None:
        return _line(part) + Md("  {}\n").format(words(shorten(part.error.hint or "", LONGEST_TEXT)))
    if part.view is None or not part.has_details:
        return _line(part)
    whole = (
        plan_markdown(part.view, locate)
        if part.applied is None
        else applied_markdown(part.view, part.applied, locate)
    )
    body = whole.partition("\n")[2]  # its first line is the mark of a comment of its own
    return _line(part) + Md("\n") + details(Md("{}").format(part.name), Md(body)) + Md("\n")


def fleet_view(parts: Sequence[FleetPart]) -> View:
    """Return all plans as one: the head of a page about many connectors."""
    views = [part.view for part in parts if part.view is not None]
    counts: Counter[str] = Counter()
    for view in views:
        counts.update(view.counts)
    failing = any(part.failed for part in parts)
    return View(
        connector_id=MANY,
        ats=counted(len(parts), "connector"),
        made_at=max((view.made_at for view in views), default=datetime.now(UTC)),
        last_sync=min((view.last_sync for view in views if view.last_sync), default=None),
        headline=fleet_headline(parts),
        verdict="Some connectors can't be applied" if failing else "Every connector can be applied",
        ready=not failing,
        notes=(),
        counts=dict(counts),
        jobs=tuple(job for view in views for job in view.jobs),
        findings=tuple(finding for view in views for finding in view.findings),
        unmanaged=sum(view.unmanaged for view in views),
        unmanaged_closed=sum(view.unmanaged_closed for view in views),
        listed=None,
        steps=tuple(step for view in views for step in view.steps),
        to_do="To do by hand",
        base=None,
    )


def titled_views(parts: Iterable[FleetPart]) -> Iterator[tuple[str, View]]:
    """Yield the view of each connector, of what a revision changed and of the rest, with its title."""
    for part in parts:
        if part.view is None:
            continue
        for title, view in part.view.parts():
            name = f"{part.name}: {part.view.ats}"
            yield f"{name}, {title[:1].lower()}{title[1:]}" if title else name, replace(view, listed=None)
