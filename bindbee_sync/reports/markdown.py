"""The plan as GitHub's Markdown: for a comment on a pull request, and for a step's summary.

A comment has a limit. The counts and the verdict always stand; then come the errors, then a line for each
job, then what there is to unfold, as far as the room goes. What is left out is counted and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bindbee_sync import __version__
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.model import OPEN_OUTCOMES, Outcome
from bindbee_sync.reports.markup import Md, code, fold, link, pre, table, url_path
from bindbee_sync.reports.view import SHOWN_ELSEWHERE, WORDS, JobView, View
from bindbee_sync.text import counted, shorten

BUDGET = 60_000
"""Characters of a whole report; GitHub refuses a comment above 65,536."""
RESERVE = 700
"""Characters kept for each section that is still to come, so that none is crowded out."""
CUT_NOTE = 120
LONGEST_TEXT = 400
CREATES = WORDS[Outcome.CREATE]
LONGEST_DESCRIPTION = 6_000

NOTHING = Md("")

Locate = Callable[[Place], str]


def relative(place: Place) -> str:
    """Return a link to a place from the repository's root: where no forge is known."""
    return f"{url_path(place.path)}#L{place.line}"


def plan_markdown(view: View, locate: Locate = relative, *, marker: bool = True) -> str:
    """Return the report, of at most `BUDGET` characters. `locate` gives the URL of a file's line.

    It begins with a hidden mark of its connector, so that a comment is found again and updated.
    """
    return _fitted(_head(view, marker=marker), _sections(view, locate), _foot(view))


def findings_markdown(headline: str, diagnostics: Iterable[Diagnostic], locate: Locate = relative) -> str:
    """Return findings alone, as `validate` has them, within the same budget."""
    findings = list(diagnostics)
    sections = [
        _findings(title, [each for each in findings if each.is_error is grave], locate, priority=rank)
        for rank, (title, grave) in enumerate((("Errors", True), ("Warnings", False)))
    ]
    return _fitted(Md("**{}**\n\n").format(headline), [each for each in sections if each.items], NOTHING)


def error_markdown(error: ToolError) -> str:
    """Return what a command came to that could not finish."""
    where = Md("{}: ").format(error.where) if error.where else NOTHING
    hint = Md("\n{}\n").format(shorten(error.hint, LONGEST_TEXT)) if error.hint else NOTHING
    return Md("**Error: {}{}**\n{}").format(where, shorten(error.message, LONGEST_TEXT), hint)


@dataclass(slots=True, kw_only=True)
class _Item:
    """A line, and what it becomes where there is room."""

    short: Md
    full: Callable[[], Md] | None = None


@dataclass(slots=True, kw_only=True)
class _Section:
    """A heading and its items. A lower `priority` is served first; `fuller` is served after all lines."""

    title: str
    items: list[_Item]
    priority: int
    fuller: int = 0
    intro: Md = NOTHING
    level: int = 3
    shown: list[Md] = field(default_factory=list)

    @property
    def heading(self) -> Md:
        title = Md("{} {}\n\n").format(Md("#" * self.level), self.title)
        return title + (self.intro + Md("\n\n") if self.intro else NOTHING)

    def text(self) -> Md:
        """Return what was chosen, with what was left out, counted."""
        left_out = len(self.items) - len(self.shown)
        cut = Md("- … and {} more, left out here for want of room.\n").format(f"{left_out:,}")
        lines = self.shown + ([cut] if left_out else [])
        return self.heading + Md("").join(lines) + Md("\n")


def _fitted(head: Md, sections: list[_Section], foot: Md) -> str:
    """Fill the room: every section's lines by priority, then what unfolds; say what was cut."""
    room = BUDGET - len(head) - len(foot) - 2 * CUT_NOTE
    room -= sum(len(section.heading) + CUT_NOTE for section in sections)
    by_priority = sorted(sections, key=lambda section: section.priority)
    for rank, section in enumerate(by_priority):
        kept = room - RESERVE * (len(by_priority) - rank - 1)
        for item in section.items:
            if len(item.short) > kept:
                break
            section.shown.append(item.short)
            kept -= len(item.short)
            room -= len(item.short)
    folded = 0
    for section in sorted(sections, key=lambda section: section.fuller):
        for index, item in enumerate(section.items[: len(section.shown)]):
            full = item.full() if item.full and room > 0 else item.short
            if len(full) - len(item.short) <= room:
                section.shown[index] = full
                room -= len(full) - len(item.short)
            else:
                room = 0
            folded += item.full is not None and section.shown[index] is item.short
    note = Md("> {} shown without details for want of room.\n\n").format(counted(folded, "entry", "entries"))
    return head + Md("").join(section.text() for section in sections) + (note if folded else NOTHING) + foot


def _head(view: View, *, marker: bool) -> Md:
    mark = Md(f"<!-- bindbee-sync:plan:{url_path(view.connector_id[:100], safe='')} -->\n")
    counts = [(word, number) for word, number in view.counts.items() if number or word == CREATES]
    return Md("").join(
        [
            mark if marker else NOTHING,
            Md("**{}.**\n\n").format(shorten(view.headline, LONGEST_TEXT)),
            *(Md("{}\n\n").format(shorten(note, LONGEST_TEXT)) for note in view.notes),
            table(["", "Count"], [(word, f"{number:,}") for word, number in counts]),
            Md("\n**Verdict:** {}\n\n").format(view.verdict),
        ]
    )


def _foot(view: View) -> Md:
    untouched = Md("In the ATS, {} and {} without a file here: not touched.\n\n").format(
        counted(view.unmanaged, "open job"), counted(view.unmanaged_closed, "closed one")
    )
    listed = _moment(view.last_sync) if view.last_sync else "never"
    return untouched + Md("<sub>bindbee-sync {}, {}, list of {}, planned {}.</sub>\n").format(
        Md(__version__), shorten(view.provider, 60), listed, _moment(view.made_at)
    )


def _sections(view: View, locate: Locate) -> list[_Section]:
    made: list[_Section] = []
    for number, (title, part) in enumerate(view.parts()):
        sections = [each for each in _part(part, locate, 2 * number, 4 if title else 3) if each.items]
        if title:
            intro = NOTHING if sections else Md("Nothing.")
            made.append(_Section(title=title, items=[], priority=0, intro=intro))
        made += sections
    return made


def _part(view: View, locate: Locate, rank: int, level: int) -> Iterator[_Section]:
    findings = [each.diagnostic for each in view.findings]
    errors = [each for each in findings if each.is_error]
    warnings = [each for each in findings if not each.is_error and each.rule not in SHOWN_ELSEWHERE]
    yield _findings("Errors", errors, locate, priority=rank // 2, level=level)
    yield _Section(
        title="New jobs",
        items=[_create(job, locate) for job in view.of(Outcome.CREATE)],
        priority=2 + rank,
        fuller=6 + rank,
        level=level,
    )
    yield _Section(
        title="Waiting for an answer",
        items=[_held(job) for job in view.of(*OPEN_OUTCOMES)],
        priority=2 + rank,
        fuller=2 + rank,
        level=level,
    )
    yield _Section(
        title="Different in the ATS",
        items=[_drifted(job, locate) for job in view.of(Outcome.DRIFTED)],
        priority=3 + rank,
        fuller=3 + rank,
        intro=Md("Bindbee can't update a job: an edit of the file changes nothing there."),
        level=level,
    )
    yield _findings("Warnings", warnings, locate, priority=3 + rank, level=level)


def _create(job: JobView, locate: Locate) -> _Item:
    summary = _summary(job)
    return _Item(
        short=Md("- {}\n").format(summary),
        full=lambda: fold(summary, _preview(job, locate)) + Md("\n"),
    )


def _preview(job: JobView, locate: Locate) -> Md:
    file = ("File", _at(Place(job.path or job.address), locate))
    facts = table(["Field", "Value"], [*((label, _cut(value)) for label, value in job.facts), file])
    text = job.description or ""
    shown = pre(shorten(text, LONGEST_DESCRIPTION)) if text else NOTHING
    if len(text) > LONGEST_DESCRIPTION:
        shown += Md("\n… {} of {} characters shown.\n").format(LONGEST_DESCRIPTION, len(text))
    return facts + Md("\n") + shown


def _summary(job: JobView) -> Md:
    """One line that reads the same in Markdown and in HTML."""
    about = [shorten(", ".join(names), 80) for names in (job.departments, job.offices) if names]
    if job.openings is not None:
        about.append(counted(job.openings, "opening"))
    coded = Md(" <code>{}</code>").format(shorten(job.code, 60)) if job.code else NOTHING
    name = Md("<b>{}</b>").format(shorten(job.name or job.address, 120))
    return Md(" · ").join([name + coded, *map(Md.escape, about)])


def _drifted(job: JobView, locate: Locate) -> _Item:
    line = Md("- {}, {}: {}\n").format(
        _title(job),
        _at(Place(job.path or job.address), locate),
        ", ".join(each.label for each in job.differences),
    )
    return _Item(short=line, full=lambda: line + Md("\n") + _differences(job) + Md("\n"))


def _differences(job: JobView) -> Md:
    rows = ((each.label, _cut(each.actual), _cut(each.desired)) for each in job.differences)
    return table(["Field", "In the ATS", "In the file"], rows)


def _held(job: JobView) -> _Item:
    line = Md("- {}: {}, for {}").format(_title(job), WORDS[job.outcome], job.age)
    if job.path is None:
        line += Md(" (no file any more)")
    hold = job.hold
    if hold is None:
        return _Item(short=line + Md("\n"))
    details = Md("  \n  since {}, waits for {}  \n  To end it: {}\n").format(
        _moment(hold.since), shorten(hold.waits_for, LONGEST_TEXT), code(shorten(hold.way_out, LONGEST_TEXT))
    )
    return _Item(short=line + Md("\n"), full=lambda: line + details)


def _findings(
    title: str, findings: Iterable[Diagnostic], locate: Locate, *, priority: int, level: int = 3
) -> _Section:
    items = []
    for finding in findings:
        at = Md("{} ").format(_at(finding.place, locate)) if finding.place else NOTHING
        line = Md("- {}{} {}").format(at, shorten(finding.message, LONGEST_TEXT), code(finding.rule))
        hint = Md("  \n  {}").format(shorten(finding.hint, LONGEST_TEXT)) if finding.hint else NOTHING
        items.append(_Item(short=line + Md("\n"), full=partial(Md("").join, [line, hint, Md("\n")])))
    return _Section(title=title, items=items, priority=priority, fuller=priority, level=level)


def _title(job: JobView) -> Md:
    return Md("**{}**").format(shorten(job.name or job.address, 120))


def _at(place: Place, locate: Locate) -> Md:
    return link(code(shorten(f"{place.path}:{place.line}", 160)), locate(place))


def _cut(text: str | Md) -> Md:
    return Md.escape(shorten(text, LONGEST_TEXT))


def _moment(moment: datetime) -> Md:
    return Md(f"{moment:%Y-%m-%d %H:%M UTC}")
