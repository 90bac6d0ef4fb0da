"""Cut a report to the size that GitHub takes: lines are kept first, then details; what is cut is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bindbee_sync.reports.markup import Md
from bindbee_sync.text import counted

COMMENT_LIMIT = 65_536
"""Characters of a comment, above which GitHub refuses it."""
BUDGET = 56_000
"""Characters of a whole report; the rest of a comment's limit is for the status above it."""
LONGEST_HEADLINE = 10_000
RESERVE = 700
"""Characters kept for each section that is still to come, so that none is crowded out."""
CUT_NOTE = 120
NOTHING = Md("")


@dataclass(slots=True, kw_only=True)
class Item:
    """A line, and the same with its details, for where there is room."""

    short: Md
    full: Callable[[], Md] | None = None


@dataclass(slots=True, kw_only=True)
class Section:
    """A heading and its items.

    Of all sections, lines are kept in the order of `priority`, then details in the order of `fuller`: the
    lowest number first.
    """

    title: str
    items: list[Item]
    priority: int
    fuller: int = 0
    intro: Md = NOTHING
    level: int = 3
    shown: list[Md] = field(default_factory=list)

    @property
    def heading(self) -> Md:
        """The heading with the words below it."""
        title = Md("{} {}\n\n").format(Md("#" * self.level), self.title)
        return title + (self.intro + Md("\n\n") if self.intro else NOTHING)

    def text(self) -> Md:
        """Return what was kept, and how much was left out."""
        left_out = len(self.items) - len(self.shown)
        lines = self.shown + ([_cut(left_out)] if left_out else [])
        return self.heading + Md("").join(lines) + Md("\n")


def filled(sections: Iterable[Section]) -> list[Section]:
    """Return those that have anything in them."""
    return [section for section in sections if section.items]


def fitted(head: Md, sections: list[Section], foot: Md, budget: int = BUDGET) -> str:
    """Return all of it within `budget`: every section's lines by priority, then details; cuts are counted."""
    room = budget - len(head) - len(foot) - 2 * CUT_NOTE
    room -= sum(len(section.heading) + CUT_NOTE for section in sections)
    reserve = min(RESERVE, max(0, room) // (len(sections) or 1))
    by_priority = sorted(sections, key=lambda section: section.priority)
    for rank, section in enumerate(by_priority):
        kept = room - reserve * (len(by_priority) - rank - 1)
        for item in section.items:
            if len(item.short) > kept:
                break
            section.shown.append(item.short)
            kept -= len(item.short)
            room -= len(item.short)
    without_details = 0
    for section in sorted(sections, key=lambda section: section.fuller):
        for index, item in enumerate(section.items[: len(section.shown)]):
            full = item.full() if item.full and room > 0 else item.short
            if len(full) - len(item.short) <= room:
                section.shown[index] = full
                room -= len(full) - len(item.short)
            else:
                room = 0
            without_details += item.full is not None and section.shown[index] is item.short
    note = Md("> {} shown without details, to stay within GitHub's size limit\n\n").format(
        counted(without_details, "entry", "entries")
    )
    shown = Md("").join(section.text() for section in sections)
    return head + shown + (note if without_details else NOTHING) + foot


def lines_within(lines: Sequence[Md], room: int) -> Md:
    """Return the lines that fit into `room` characters, and how many were left out."""
    shown = NOTHING
    for number, line in enumerate(lines):
        if len(shown) + len(line) > room:
            return shown + _cut(len(lines) - number)
        shown += line
    return shown


def headline_only(report: str) -> str:
    """Return a report's first paragraph; none where that alone would be too long for a comment."""
    headline = report.lstrip().partition("\n\n")[0]
    return headline if len(headline) <= LONGEST_HEADLINE else ""


def _cut(left_out: int) -> Md:
    return Md("- … and {} more, left out to stay within GitHub's size limit\n").format(f"{left_out:,}")
