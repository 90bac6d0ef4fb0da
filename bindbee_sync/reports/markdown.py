"""The plan as GitHub's Markdown: for a comment on a pull request, and for a step's summary.

A comment has a limit. Headline, counts and verdict are always shown; then come the errors, a line for each
job, and details, as far as the limit allows. Whatever is left out is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from bindbee_sync import __version__
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.errors import ToolError
from bindbee_sync.github_actions import url_path
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.model import OPEN_OUTCOMES, Outcome
from bindbee_sync.reports.applied import Applied, summary_lines
from bindbee_sync.reports.marks import plan_mark
from bindbee_sync.reports.markup import Md, code, details, link, pre, table, words
from bindbee_sync.reports.truncation import BUDGET, NOTHING, Item, Section, filled, fitted
from bindbee_sync.reports.view import JobView, StepView, UnmanagedView, View, is_warning
from bindbee_sync.reports.vocabulary import BY_HAND, NO_UPDATE, OUTCOMES, RESULTS, UNMANAGED, UNRESOLVED
from bindbee_sync.text import counted, shorten
from bindbee_sync.times import in_utc

LONGEST_TEXT = 400
LONGEST_DESCRIPTION = 6_000
LAST = 100
"""The priority of what may be left out first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locate:
    """Where things are for the reader of a report.

    `files` is the URL of the repository's files; without one, links lead from its root. `settle` is the page
    of the workflow that settles uncertain creates, if the repository has one.
    """

    files: str | None = None
    settle: str | None = None

    def __call__(self, place: Place) -> str:
        """Return the URL of a file's line."""
        path = f"{url_path(place.path)}#L{place.line}"
        return f"{self.files}/{path}" if self.files else path


DRIFT_TAKEN = Md(
    "These jobs were changed in the ATS, and their files still say what was there before. Merge this to take "
    "the ATS's values into the files. It creates no job and changes none, and no workflow merges it.\n\n"
    "To keep what a file says, change the job in the ATS instead: the next run leaves it out here.\n\n"
    "GitHub starts no checks on a pull request that a workflow opened. To start them, close it and open it "
    "again.\n\n"
)
relative = Locate()
"""Links from the repository's root: where no forge is known."""


def plan_markdown(view: View, locate: Locate = relative, budget: int = BUDGET) -> str:
    """Return the report, of `budget` characters if that is possible. `locate` gives the URL of a file's line.

    It begins with the hidden mark of its connector, by which its comment is found and updated.
    """
    head = Md("").join(
        [
            plan_mark(view.connector_id),
            Md("\n**{}: {}**\n\n").format(view.ats, shorten(view.summary, LONGEST_TEXT)),
            *(Md("{}\n\n").format(shorten(note, LONGEST_TEXT)) for note in view.notes),
            _counts(view, "Count"),
            Md("\n**Verdict:** {}\n\n").format(view.verdict),
        ]
    )
    return fitted(head, _sections(view, locate), _foot(view), budget)


def applied_markdown(view: View, applied: Applied, locate: Locate = relative, budget: int = BUDGET) -> str:
    """Return the report of an apply: its summary, the result of each create, then what had been planned."""
    results = Section(
        title="Results",
        items=[
            _result(job, applied.results[job.address], applied.urls.get(job.address))
            for job in view.jobs
            if job.address in applied.results and job.path is not None
        ],
        priority=0,
    )
    sections = [results, _findings("Rejected", merged(applied.rejected), locate, priority=0)]
    first, *more = summary_lines(applied)
    head = plan_mark(view.connector_id) + Md("\n**{}: {}**\n\n").format(view.ats, first)
    head += Md("").join(Md("{}\n\n").format(words(line)) for line in more)
    if applied.error is not None:
        head += error_markdown(applied.error) + Md("\n")
    head += _counts(view, "Planned") + Md("\n")
    return fitted(head, [*filled(sections), *_sections(view, locate, "As planned")], _foot(view), budget)


def drifted_markdown(view: View, taken: Collection[str]) -> str:
    """Return the text of a pull request that takes the ATS's values into the files at the paths `taken`."""
    jobs = view.of(Outcome.DRIFTED)
    sections = [
        Section(
            title=title,
            items=[_drifted(job, relative) for job in jobs if (job.path in taken) is is_taken],
            priority=rank,
            fuller=rank,
        )
        for rank, (title, is_taken) in enumerate((("Taken over", True), ("Left as they are", False)))
    ]
    return fitted(DRIFT_TAKEN, filled(sections), _foot(view))


def findings_markdown(headline: str, diagnostics: Iterable[Diagnostic], locate: Locate = relative) -> str:
    """Return findings alone, as `validate` has them, within the same budget."""
    findings = merged(diagnostics)
    sections = [
        _findings(title, [each for each in findings if each.is_error is grave], locate, priority=rank)
        for rank, (title, grave) in enumerate((("Errors", True), ("Warnings", False)))
    ]
    return fitted(Md("**{}**\n\n").format(headline), filled(sections), NOTHING)


def error_markdown(error: ToolError) -> Md:
    """Return the error that ended a command."""
    hint = Md("\n{}\n").format(words(shorten(error.hint, LONGEST_TEXT))) if error.hint else NOTHING
    return Md("**Error: {}{}**\n{}").format(error.prefix, shorten(error.message, LONGEST_TEXT), hint)


def _counts(view: View, title: str) -> Md:
    counts = [
        (word, number)
        for word, number in [*view.counts.items(), (BY_HAND.word, len(view.steps))]
        if number or word == OUTCOMES[Outcome.CREATE].word
    ]
    meanings = {term.word: term.meaning for term in (*OUTCOMES.values(), BY_HAND)}
    return table(["", title, ""], [(word, f"{number:,}", meanings.get(word, "")) for word, number in counts])


def _foot(view: View) -> Md:
    untouched = Md("No job file manages {} and {} closed in the ATS. They stay as they are.\n\n").format(
        counted(view.unmanaged, "open job"), f"{view.unmanaged_closed:,}"
    )
    listed = f"list of {in_utc(view.last_sync)}" if view.last_sync else "no list yet"
    return untouched + Md("<sub>bindbee-sync {}, {}, planned {}</sub>\n").format(
        Md(__version__), listed, in_utc(view.made_at)
    )


def _sections(view: View, locate: Locate, whole: str = "") -> list[Section]:
    """Return the plan's sections; `whole` is the title above them where there is no base."""
    made: list[Section] = []
    for number, (name, part) in enumerate(view.parts()):
        title = name or whole
        sections = filled(_part(part, locate, 2 * number, 4 if title else 3))
        if title:
            intro = NOTHING if sections else Md("Nothing.")
            made.append(Section(title=title, items=[], priority=0, intro=intro))
        made += sections
    if view.listed is not None:
        made.append(_unmanaged(view.listed))
    return made


def _part(view: View, locate: Locate, rank: int, level: int) -> Iterator[Section]:
    findings = [each.diagnostic for each in view.findings]
    errors = [each for each in findings if each.is_error]
    warnings = [each for each in findings if is_warning(each)]
    yield _findings("Errors", errors, locate, priority=rank // 2, level=level)
    yield Section(
        title=view.to_do,
        items=[step_item(step) for step in view.steps],
        priority=1 + rank,
        fuller=1 + rank,
        level=level,
    )
    yield Section(
        title=OUTCOMES[Outcome.CREATE].title,
        items=[_create(job, locate) for job in view.of(Outcome.CREATE)],
        priority=2 + rank,
        fuller=6 + rank,
        level=level,
    )
    yield Section(
        title=UNRESOLVED,
        items=[_held(job, locate) for job in view.of(*OPEN_OUTCOMES)],
        priority=2 + rank,
        fuller=2 + rank,
        level=level,
    )
    yield Section(
        title=OUTCOMES[Outcome.BLOCKED].title,
        items=[_blocked(job, locate) for job in view.of(Outcome.BLOCKED)],
        priority=2 + rank,
        fuller=2 + rank,
        level=level,
    )
    yield Section(
        title=OUTCOMES[Outcome.DRIFTED].title,
        items=[_drifted(job, locate) for job in view.of(Outcome.DRIFTED)],
        priority=3 + rank,
        fuller=3 + rank,
        intro=Md(NO_UPDATE),
        level=level,
    )
    yield _findings("Warnings", warnings, locate, priority=3 + rank, level=level)


def step_item(step: StepView) -> Item:
    """Return what is left to do by hand, with the reason where there is room."""
    coded = Md(" {}").format(code(shorten(step.code, 60))) if step.code else NOTHING
    name = Md("**{}**").format(shorten(step.name, 120))
    named = link(name, step.url) if step.url else name
    line = Md("- {}{}: {}").format(named, coded, shorten(step.action, LONGEST_TEXT))
    known = Md(" ({})").format(step.known) if step.known else NOTHING
    parts = [Md.escape(shorten(part, 80)) for part in step.byline]
    who = Md("{}  \n  ").format(Md(" · ").join(parts)) if parts else NOTHING
    more = Md("  \n  {}{}{}").format(who, step.reason, known)
    return Item(short=line + Md("\n"), full=lambda: line + more + Md("\n"))


def _unmanaged(jobs: tuple[UnmanagedView, ...]) -> Section:
    """Return the section that is shortened first: nothing happens to these jobs."""
    return Section(
        title=UNMANAGED.capitalize(),
        items=[Item(short=_unmanaged_line(job)) for job in jobs],
        priority=LAST,
        intro=NOTHING if jobs else Md("None."),
    )


def _unmanaged_line(job: UnmanagedView) -> Md:
    coded = Md(" {}").format(code(shorten(job.code, 60))) if job.code else NOTHING
    name, status = shorten(job.name, 120), shorten(job.status, 60)
    return Md("- {}{} · {} · {}\n").format(name, coded, status, code(shorten(job.id, 60)))


def _create(job: JobView, locate: Locate) -> Item:
    summary = _summary(job)
    return Item(
        short=Md("- {}\n").format(summary),
        full=lambda: details(summary, _preview(job, locate)) + Md("\n"),
    )


def _preview(job: JobView, locate: Locate) -> Md:
    file = ("File", _at(Place(job.path or job.address), locate))
    facts = table(["Field", "Value"], [*((label, _cut(value)) for label, value in job.facts), file])
    text = job.description or ""
    shown = pre(shorten(text, LONGEST_DESCRIPTION)) if text else NOTHING
    if len(text) > LONGEST_DESCRIPTION:
        shown += Md("\n… {} of {} characters shown.\n").format(LONGEST_DESCRIPTION, len(text))
    return facts + Md("\n") + shown


def _result(job: JobView, result: Result, url: str | None) -> Item:
    name = shorten(job.name or job.address, 120)
    line = result_line(name, result.became, remote_id=result.remote_id, id_=result.id, url=url)
    more = Md(": {}").format(shorten(result.detail, LONGEST_TEXT)) if result.detail else NOTHING
    return Item(short=line + more + Md("\n"))


def result_line(
    name: str, became: CreateResult, *, remote_id: str | None, id_: str | None, url: str | None
) -> Md:
    """Return the result of one create, with a link to its job in the ATS and its ids."""
    title = Md("**{}**").format(name)
    ids = [code(remote_id)] if remote_id else []
    ids += [Md("Bindbee {}").format(code(id_))] if id_ else []
    known = Md(" (id {})").format(Md(", ").join(ids)) if ids else NOTHING
    return Md("- {} {}{}").format(link(title, url) if url else title, RESULTS[became].word, known)


def _summary(job: JobView) -> Md:
    """Return one line that reads the same in Markdown and in HTML: `<summary>` may be read as either."""
    coded = Md(" <code>{}</code>").format(shorten(job.code, 60)) if job.code else NOTHING
    name = Md("<b>{}</b>").format(shorten(job.name or job.address, 120))
    return Md(" · ").join([name + coded, *(Md.escape(shorten(part, 80)) for part in job.byline)])


def _drifted(job: JobView, locate: Locate) -> Item:
    line = Md("- {}, {}: {}\n").format(
        _summary(job),
        _at(Place(job.path or job.address), locate),
        ", ".join(each.label for each in job.differences),
    )
    return Item(short=line, full=lambda: line + Md("\n") + _differences(job) + Md("\n"))


def _differences(job: JobView) -> Md:
    rows = ((each.label, _cut(each.actual), _cut(each.desired)) for each in job.differences)
    return table(["Field", "In the ATS", "In the file"], rows)


def _blocked(job: JobView, locate: Locate) -> Item:
    at = _at(Place(job.path or job.address), locate)
    line = Md("- {}, {}\n").format(_summary(job), at)
    more = [Md("  - {}\n").format(shorten(each, LONGEST_TEXT)) for each in job.errors]
    return Item(short=line, full=lambda: Md("").join([line, *more]))


def _held(job: JobView, locate: Locate) -> Item:
    line = Md("- {}: {} for {}").format(_summary(job), OUTCOMES[job.outcome].word, job.age)
    if job.removed:
        line += Md(" ({})").format(job.removed)
    hold = job.hold
    if hold is None:
        return Item(short=line + Md("\n"))
    command = words(shorten(hold.way_out, LONGEST_TEXT))
    if job.outcome is Outcome.UNCERTAIN and locate.settle:
        command = Md("{}, or in a terminal {}").format(link(Md("run the workflow"), locate.settle), command)
    more = Md("  \n  since {}, waits for {}  \n  To settle it: {}\n").format(
        in_utc(hold.since), shorten(hold.waits_for, LONGEST_TEXT), command
    )
    return Item(short=line + Md("\n"), full=lambda: line + more)


def _findings(
    title: str, findings: Iterable[Diagnostic], locate: Locate, *, priority: int, level: int = 3
) -> Section:
    items = []
    for finding in findings:
        at = Md("{} ").format(_at(finding.place, locate)) if finding.place else NOTHING
        line = Md("- {}{} {}").format(at, shorten(finding.message, LONGEST_TEXT), code(finding.rule))
        hint = Md("  \n  {}").format(words(shorten(finding.hint, LONGEST_TEXT))) if finding.hint else NOTHING
        items.append(Item(short=line + Md("\n"), full=partial(Md("").join, [line, hint, Md("\n")])))
    return Section(title=title, items=items, priority=priority, fuller=priority, level=level)


def _at(place: Place, locate: Locate) -> Md:
    return link(code(shorten(f"{place.path}:{place.line}", 160)), locate(place))


def _cut(text: str | Md) -> Md:
    return Md.escape(shorten(text, LONGEST_TEXT))
