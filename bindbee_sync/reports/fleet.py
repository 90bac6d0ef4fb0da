"""Many connectors in one answer: a table with a line for each, then the details of those that have any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from bindbee_sync.create_result import CreateResult
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.model import OPEN_OUTCOMES, Outcome
from bindbee_sync.reports.applied import REFUSED, Applied, results_text
from bindbee_sync.reports.document import Document, diagnostics_data, error_data, new_document
from bindbee_sync.reports.markdown import Locate, applied_markdown, plan_markdown, relative
from bindbee_sync.reports.marks import MANY, plan_mark
from bindbee_sync.reports.markup import Md, details, words
from bindbee_sync.reports.truncation import BUDGET, NOTHING, Item, Section, fitted
from bindbee_sync.reports.view import View
from bindbee_sync.reports.vocabulary import OUTCOMES
from bindbee_sync.text import counted, shorten

HEADINGS = ("Connector", "Customer", "To create", "Drifted", "Open", "Verdict")
MOST_NAMED = 5
LONGEST_NAME = 100
LONGEST_TEXT = 400
SHORTER_TEXTS = (60, 0)
"""Characters of a reason in a connector's line, where all lines would not fit into a comment otherwise."""
LEAST_DETAILS = 2_000
"""Characters that the details of a connector have at least, however many there are."""
HEADING_ROOM = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPart:
    """One connector in a report of many: its plan, and what an apply did with it; or the error that ended it.

    `failed` where its part of the run counts as a failure.
    """

    name: str
    failed: bool
    view: View | None = None
    document: Mapping[str, object] | None = None
    applied: Applied | None = None
    error: ToolError | None = None

    @property
    def verdict(self) -> str:
        """The part in a few words, for the last column."""
        if self.view is None:
            return "failed"
        if self.applied is not None:
            return _verdict_of(self.applied)
        if errors := self.view.counts["errors"]:
            return counted(errors, "error")
        if not self.view.ready:
            return "can't be applied yet: see the warnings"
        verdict = "can be applied" if self.view.of(Outcome.CREATE) else "nothing to create"
        return f"{verdict}, but --fail-on matches" if self.failed else verdict

    @property
    def has_details(self) -> bool:
        """True where there is more to show than the line in the table."""
        return self.view is None or bool(
            self.view.findings
            or self.view.steps
            or (self.applied and (self.applied.results or self.failed))
            or any(job.is_news for job in self.view.jobs)
        )


def _verdict_of(applied: Applied) -> str:
    if applied.refusal is not None:
        return shorten(f"{REFUSED[0].lower()}{REFUSED[1:]}{applied.refusal}", LONGEST_NAME)
    results = Counter(str(each.became) for each in applied.results.values())
    done = results_text(results) if results else ""
    if applied.error is not None or applied.interrupted:
        stopped = "interrupted" if applied.interrupted else "stopped by an error"
        return f"{done}, then {stopped}" if done else stopped
    if applied.uncertain_before and not results.get(CreateResult.UNCERTAIN):
        return f"{done or 'nothing to do'}; an earlier create is uncertain"
    return done or "nothing to do"


def summed(parts: Iterable[FleetPart]) -> dict[str, int]:
    """Return the sum of all plans' summaries."""
    views = [part.view for part in parts if part.view is not None]
    return {str(each): sum(view.counts[OUTCOMES[each].word] for view in views) for each in Outcome} | {
        "unmanaged": sum(view.unmanaged for view in views),
        "unmanaged_closed": sum(view.unmanaged_closed for view in views),
    }


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
    name = shorten(part.name, LONGEST_NAME)
    if part.view is None:
        return (name, "", "", "", "", part.verdict)
    counts = part.view.counts
    return (
        name,
        shorten(part.view.customer, LONGEST_NAME) or "(no name)",
        str(counts[OUTCOMES[Outcome.CREATE].word]),
        str(counts[OUTCOMES[Outcome.DRIFTED].word]),
        str(len(part.view.of(*OPEN_OUTCOMES))),
        part.verdict,
    )


def fleet_headline(parts: Sequence[FleetPart]) -> str:
    """Return the run in one sentence; those that failed are named."""
    creates = sum(
        len(part.view.of(Outcome.CREATE)) for part in parts if part.view and not part.view.counts["errors"]
    )
    failing = [shorten(part.name, LONGEST_NAME) for part in parts if part.failed]
    start = f"{counted(len(parts), 'connector')}, {_created(parts) or counted(creates, 'job') + ' to create'}"
    more = f" and {len(failing) - MOST_NAMED} more" if len(failing) > MOST_NAMED else ""
    return f"{start}; failed: {', '.join(failing[:MOST_NAMED])}{more}" if failing else start


def _created(parts: Iterable[FleetPart]) -> str:
    """Return what became of all creates; empty where nothing was applied."""
    applied = [part.applied for part in parts if part.applied]
    results = Counter(str(each.became) for one in applied for each in one.results.values())
    return (results_text(results) if results else "nothing was created") if applied else ""


def fleet_diagnostics(parts: Iterable[FleetPart]) -> list[Diagnostic]:
    """Return the findings of all parts, with those that ended one."""
    return [finding for part in parts for finding in _findings(part)]


def _findings(part: FleetPart) -> Iterator[Diagnostic]:
    if part.view is not None:
        yield from (each.diagnostic for each in part.view.findings)
    if part.applied is not None:
        yield from part.applied.rejected
    if part.error is not None and part.error.finding is not None:
        yield part.error.finding


def fleet_markdown(parts: Sequence[FleetPart], locate: Locate = relative) -> str:
    """Return the run as Markdown, within a comment's size.

    A line for each connector comes first, the failed ones at the top, shorter where there are very many;
    then, as far as there is room, the details of each.
    """
    head = plan_mark(MANY) + Md("\n**{}**\n\n").format(fleet_headline(parts))
    ordered = sorted(parts, key=lambda part: not part.failed)
    room = BUDGET - len(head) - HEADING_ROOM
    lines = [_line(part, LONGEST_TEXT) for part in ordered]
    for longest in SHORTER_TEXTS:
        if sum(map(len, lines)) > room:
            lines = [_line(part, longest) for part in ordered]
    detailed = sum(part.has_details for part in ordered) or 1
    each = max(LEAST_DETAILS, (room - sum(map(len, lines))) // detailed)
    items = [
        Item(short=line, full=partial(_unfolded, part, line, locate, each))
        for part, line in zip(ordered, lines, strict=True)
    ]
    return fitted(head, [Section(title="Connectors", items=items, priority=0)] if items else [], NOTHING)


def _line(part: FleetPart, longest: int) -> Md:
    """Return a connector in one line; its reason and its customer have at most `longest` characters."""
    name, customer, creates, drifted, still_open, verdict = fleet_row(part)
    if part.view is None:
        reason = f": {shorten(f'{part.error.prefix}{part.error.message}', longest)}" if part.error else ""
        return Md("- **{}**: failed{}\n").format(name, reason if longest else "")
    whose = shorten(customer, min(longest, LONGEST_NAME)) if longest else ""
    if not longest:
        return Md("- **{}**: {}\n").format(name, verdict)
    counts = f"{creates} to create, {drifted} drifted, {still_open} open"
    return Md("- **{}**, {}: {}; {}\n").format(name, whose, counts, verdict)


def _unfolded(part: FleetPart, line: Md, locate: Locate, budget: int) -> Md:
    if part.error is not None and part.error.hint:
        return line + Md("  {}\n").format(words(shorten(part.error.hint, LONGEST_TEXT)))
    if part.view is None or not part.has_details:
        return line
    whole = (
        plan_markdown(part.view, locate, budget)
        if part.applied is None
        else applied_markdown(part.view, part.applied, locate, budget)
    )
    body = whole.partition("\n")[2]  # its first line is the mark of a comment of its own
    title = Md("{}").format(shorten(part.name, LONGEST_NAME))
    return line + Md("\n") + details(title, Md(body)) + Md("\n")


def fleet_view(parts: Sequence[FleetPart]) -> View:
    """Return all plans as one: the head of a page about many connectors."""
    views = [part.view for part in parts if part.view is not None]
    counts: Counter[str] = Counter()
    for view in views:
        counts.update(view.counts)
    return View(
        connector_id=MANY,
        customer="",
        provider="",
        ats=counted(len(parts), "connector"),
        made_at=max((view.made_at for view in views), default=datetime.now(UTC)),
        last_sync=min((view.last_sync for view in views if view.last_sync), default=None),
        headline=fleet_headline(parts),
        verdict=_fleet_verdict(parts),
        ready=not any(part.failed for part in parts),
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


def _fleet_verdict(parts: Sequence[FleetPart]) -> str:
    if any(part.applied for part in parts):
        return "Some connectors failed" if any(part.failed for part in parts) else "No connector failed"
    if any(part.view is None or not part.view.ready for part in parts):
        return "Some connectors can't be applied"
    creates = any(part.view.of(Outcome.CREATE) for part in parts if part.view)
    return "Every connector can be applied" if creates else "Nothing to apply"


def titled_views(part: FleetPart) -> Iterator[tuple[str, View]]:
    """Yield the connector's view, of what a revision changed and of the rest, with its title."""
    if part.view is None:
        return
    for title, view in part.view.parts():
        name = f"{part.name}: {part.view.ats}"
        yield f"{name}, {title[:1].lower()}{title[1:]}" if title else name, replace(view, listed=None)
