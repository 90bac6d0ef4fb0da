"""The plan as one page for a hiring manager: complete without script, and without a network."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import nh3
from jinja2 import Environment, StrictUndefined, Template
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from bindbee_sync import __version__
from bindbee_sync.create_result import Result
from bindbee_sync.errors import ToolError
from bindbee_sync.output_files import write_output
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.model import OPEN_OUTCOMES, Outcome
from bindbee_sync.reports.applied import Applied, summary_lines
from bindbee_sync.reports.fleet import HEADINGS, FleetPart, fleet_row, fleet_view, titled_views
from bindbee_sync.reports.view import JobView, View, is_warning
from bindbee_sync.reports.vocabulary import NO_UPDATE, OUTCOMES, RESULTS, UNMANAGED, UNRESOLVED, Term
from bindbee_sync.text import counted, visible
from bindbee_sync.times import in_utc

BATCH = 50
"""Jobs that a browser lays out together, once they are near the screen."""
MANY = 100
"""Jobs above which a browser need not lay out all of them at once."""
LONGEST_MARKUP = 30_000
"""Characters of a description above which it is shown as it was written: cleaning deeply nested HTML takes
time that grows with the square of its length."""
IN_BYLINE = ("Department", "Office", "Openings")
KEPT_TAGS = {
    *("p", "div", "br", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("b", "strong", "i", "em", "u", "table", "thead", "tbody", "tr", "th", "td"),
    *("pre", "code", "hr"),
}
_LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|br|ul|ol|li|h[1-6]|b|strong|i|em|u|span|a|table)\b[^<>]*>", re.IGNORECASE
)
_HEADING = re.compile(r"<(/?)h[1-6]>")


def write_page(path: Path, page: str) -> None:
    """Write the page to `path`; raises ToolError where that can't be done."""
    write_output(path, page, "page")


def plan_html(view: View) -> str:
    """Return the page: one document that loads nothing and can run no script but its own."""
    return _page(view, [_Part(title, part) for title, part in view.parts()])


def fleet_html(parts: Sequence[FleetPart]) -> str:
    """Return the page of many connectors: a table of all, then each one's plan."""
    shown: list[_Part] = []
    index = []
    for part in parts:
        index.append(_Row(fleet_row(part), len(shown) + 1 if part.view else None, part.error))
        shown += [
            _Part(title, view, None if number else part.applied)
            for number, (title, view) in enumerate(titled_views(part))
        ]
    return _page(fleet_view(parts), shown, index)


def _page(view: View, parts: list[_Part], index: Sequence[_Row] = ()) -> str:
    # The hashes let this style and script run and no other: a name that escaped its escaping stays text.
    style, script = _read("page.css"), _read("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _template().render(
        view=view,
        parts=parts,
        index=index,
        headings=HEADINGS,
        bars=list(_bars(view)),
        departments=_choices(job.departments for job in view.jobs),
        offices=_choices(job.offices for job in view.jobs),
        outcomes=[outcome for outcome in Outcome if view.of(outcome)],
        terms=OUTCOMES,
        no_update=NO_UPDATE,
        unmanaged=UNMANAGED.capitalize(),
        unresolved=UNRESOLVED,
        batch=BATCH,
        many=len(view.jobs) > MANY,
        in_byline=IN_BYLINE,
        policy=policy,
        style=Markup(style),  # noqa: S704 - the package's own file
        script=Markup(script),  # noqa: S704 - the package's own file
        version=__version__,
    )


@lru_cache(maxsize=256)  # many jobs have the description of their folder or of a template
def description_html(text: str) -> Markup:
    """Return a description as a candidate would read it: HTML cleaned, other text as Markdown."""
    if len(text) > LONGEST_MARKUP:
        return Markup('<div class="text" dir="auto">{}</div>').format(visible(text, keep="\n"))
    html = text if _LOOKS_LIKE_HTML.search(text) else _markdown().render(text)
    clean = visible(nh3.clean(html, tags=KEPT_TAGS, attributes={}), keep="\n")
    clean = _HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", clean)
    return Markup(f'<div class="rich" dir="auto">{clean}</div>')  # noqa: S704 - cleaned by nh3 just above


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of the plan that this revision changed, or the rest, or all of it (without a title)."""

    title: str
    view: View
    applied: Applied | None = None

    @property
    def summary(self) -> list[str]:
        return list(summary_lines(self.applied)) if self.applied else []

    @property
    def results(self) -> list[tuple[str, Term, Result]]:
        results = self.applied.results if self.applied else {}
        names = {job.address: job.name for job in self.view.jobs if job.path}
        return [
            (names.get(address) or address, RESULTS[each.became], each) for address, each in results.items()
        ]

    @property
    def errors(self) -> list[object]:
        found = [each.diagnostic for each in self.view.findings if each.diagnostic.is_error]
        return [*found, *(merged(self.applied.rejected) if self.applied else ())]

    @property
    def warnings(self) -> list[object]:
        return [each.diagnostic for each in self.view.findings if is_warning(each.diagnostic)]

    @property
    def creates(self) -> tuple[JobView, ...]:
        return self.view.of(Outcome.CREATE)

    @property
    def drifted(self) -> tuple[JobView, ...]:
        return self.view.of(Outcome.DRIFTED)

    @property
    def held(self) -> tuple[JobView, ...]:
        return self.view.of(*OPEN_OUTCOMES)

    @property
    def blocked(self) -> tuple[JobView, ...]:
        return self.view.of(Outcome.BLOCKED)

    @property
    def in_sync(self) -> tuple[JobView, ...]:
        return self.view.of(Outcome.IN_SYNC)


@dataclass(frozen=True, slots=True)
class _Row:
    """A connector's line in the index: its cells, the number of its part, and the error that ended it."""

    cells: tuple[str, ...]
    part: int | None
    error: ToolError | None


@dataclass(frozen=True, slots=True)
class _Bar:
    """One part of the chart; `start` and `width` are thousandths of the whole."""

    outcome: Outcome
    word: str
    number: int
    start: float
    width: float


def _bars(view: View) -> Iterator[_Bar]:
    numbers = {outcome: view.counts.get(OUTCOMES[outcome].word, 0) for outcome in Outcome}
    whole, start = sum(numbers.values()), 0.0
    for outcome, number in numbers.items():
        if number:
            width = 1000 * number / whole
            yield _Bar(outcome, OUTCOMES[outcome].word, number, round(start, 2), round(width, 2))
            start += width


def _choices(lists: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """Return each name with its number in the page."""
    return {name: number for number, name in enumerate(sorted({name for names in lists for name in names}))}


@cache
def _markdown() -> MarkdownIt:
    # A line stays a line, as in the file. Links stay text: where they lead has to be seen.
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return reader.enable("table").disable(["code", "image", "link", "autolink", "reference"])


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters["counted"] = counted
    environment.filters["in_utc"] = in_utc
    environment.filters["description"] = description_html
    environment.filters["commands"] = _commands
    return environment.from_string(_read("page.html.j2"))


def _harmless(value: object) -> object:
    """Make everything that is put into the page visible, before it is escaped."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value, keep="\n")


def _commands(text: str) -> Markup:
    """Return `text` with what is between backticks set as code."""
    pieces = visible(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )


def _read(name: str) -> str:
    return (files(__package__) / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
