"""Text for people at a terminal: the answer first, then what to do. Foreign text is always made visible."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.text import Text

from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.model import Outcome, StepKind
from bindbee_sync.reports.applied import Applied, known_by, summary_lines
from bindbee_sync.reports.view import JobView, UnmanagedView, View
from bindbee_sync.reports.vocabulary import OUTCOMES, RESULTS, Term
from bindbee_sync.text import counted, shorten, visible
from bindbee_sync.times import in_utc

LONGEST_VALUE = 100
MOST_FINDINGS = 1_000
"""Findings that are shown: a terminal keeps no more lines than these have."""


class TextReport:
    """Writes to one console."""

    def __init__(self, console: Console, prefix: str = "") -> None:
        self._console, self._prefix = console, prefix

    def plan(self, view: View) -> None:
        """Write the plan: its headline, what would happen to each file, then the findings.

        With a base, what this revision changed comes first, apart from the rest.
        """
        self.line(f"{view.ats}: {view.summary}", "bold")
        if not view.ready and not view.counts["errors"]:
            self.line(view.verdict, "yellow")
        self.line(_context(view), "dim")
        if view.base or any(job.is_news for job in view.jobs):
            self.space()
        for title, part in view.parts():
            jobs = [job for job in part.jobs if job.is_news]
            moved = view.base.moved if view.base and part.is_own else {}
            if title:
                self.line(f"{title}:{'' if jobs or moved else ' nothing'}", "bold")
            for new, old in moved.items():
                self.line(f"  > moved     {self._prefix}{new}  from {old}")
            for job in jobs:
                self._job(job)
        if view.listed is not None:
            self._unmanaged(view.listed)
        self.steps(view)
        self.diagnostics(finding.diagnostic for finding in view.findings)

    def steps(self, view: View) -> None:
        """Write what is left to do by hand in the ATS."""
        if not view.steps:
            return
        self.space()
        self.line(f"{view.to_do}:", "bold")
        for step in view.steps:
            coded = f" [{step.code}]" if step.code else ""
            self.line(f"  {shorten(step.name, LONGEST_VALUE)}{coded}: {step.action}", "yellow")
            self.line(f"      {step.reason}", "dim")
            if step.kind is StepKind.CLOSE and step.byline:
                self.line(f"      {shorten(' · '.join(step.byline), LONGEST_VALUE)}")
            if where := step.url or step.known:
                self.line(f"      {where}")

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write findings, grouped by file; one that several jobs inherit once, and of very many the first."""
        found = merged(diagnostics)
        for path, findings in groupby(found[:MOST_FINDINGS], key=lambda f: f.place.path if f.place else None):
            self.space()
            if path:
                self._line(Text(visible(path), style="underline"))
            for finding in findings:
                self._finding(finding)
        if len(found) > MOST_FINDINGS:
            self.space()
            self.line(
                f"{len(found) - MOST_FINDINGS:,} more findings; `--format json` has all of them", "bold"
            )

    def applied(self, view: View, applied: Applied) -> None:
        """Write what an apply did that has ended: its results, and what to do next."""
        self.space()
        for job in view.jobs:
            if job.path is not None and (result := applied.results.get(job.address)):
                self.result(
                    job.address, result, known_by(view.provider, result, applied.urls.get(job.address))
                )
        self.diagnostics(applied.rejected)
        self.space()
        for line in summary_lines(applied):
            self.line(line)
        if applied.error is not None:
            self.error(applied.error)

    def result(self, address: str, result: Result, known: str) -> None:
        """Write the result of one create; `known` are the new job's ids and its page."""
        line = _signed(RESULTS[result.became], self._prefix + address)
        line.append(visible(f"  {known}" if known else "", keep=""), style="dim")
        self._line(line)
        if result.detail and result.became is not CreateResult.CREATED:
            self._line(Text(f"      {visible(shorten(result.detail, 500))}", style="dim"))

    def space(self) -> None:
        """Write an empty line."""
        self._line(Text())

    def line(self, text: str, style: str = "") -> None:
        """Write one line of the tool's own words."""
        self._line(Text(visible(text), style=style))

    def error(self, error: ToolError) -> None:
        """Write what went wrong, where, and what to do now."""
        line = Text("Error: ", style="bold red")
        line.append(visible(error.prefix))
        line.append(visible(error.message))
        if error.finding:
            line.append(f"  [{error.finding.rule}]", style="dim")
        self._line(line)
        if error.hint:
            self._line(Text(f"  {visible(error.hint)}", style="cyan"))

    def _job(self, job: JobView) -> None:
        line = _signed(OUTCOMES[job.outcome], self._prefix + job.address)
        about = _about(job)
        if about:
            line.append(f"  {visible(about)}")
        self._line(line)
        for difference in job.differences:
            self.line(f"      {difference.sentence}")
        if job.reason and job.outcome is not Outcome.CREATE:
            self.line(f"      matched by {job.reason}", "dim")
        if job.hold:
            self.line(f"      since {in_utc(job.hold.since)}, waits for {job.hold.waits_for}")
            self.line(f"      to settle it: {job.hold.way_out}", "cyan")

    def _unmanaged(self, jobs: tuple[UnmanagedView, ...]) -> None:
        self.space()
        self.line("Jobs in the ATS that no file manages:" + " none" * (not jobs), "bold")
        for job in jobs:
            code = f"  {job.code}" if job.code else ""
            self.line(f"  {job.name}{code}  {job.status}  id {job.id}")

    def _finding(self, finding: Diagnostic) -> None:
        at = f"{finding.place.line}:{finding.place.column}" if finding.place else "-"
        line = Text(f"  {at:>7}  ")
        line.append(f"{finding.severity:<7}", style="bold red" if finding.is_error else "yellow")
        line.append(f"  {visible(finding.message)}")
        line.append(f"  [{finding.rule}]", style="dim")
        self._line(line)
        if finding.hint:
            self._line(Text(f"                    {visible(finding.hint)}", style="cyan"))

    def _line(self, text: Text) -> None:
        if text.plain.lstrip().startswith("::"):  # to GitHub's runner a command
            text = Text("| ").append_text(text)
        if self._console.color_system is None:  # a pipe: nothing is left for rich to do, which takes its time
            self._console.file.write(f"{text.plain}\n")
        else:
            self._console.print(text, soft_wrap=True)


def _context(view: View) -> str:
    listed = (
        f"As of {in_utc(view.last_sync)}" if view.last_sync else "No list yet: Bindbee never read the ATS"
    )
    unmanaged = f"{counted(view.unmanaged, 'open job')} and {view.unmanaged_closed} closed"
    return f"{listed}; {unmanaged} that no file manages"


def _signed(term: Term, address: str) -> Text:
    line = Text(f"  {term.sign} {term.word:<9} ", style=term.style)
    line.append(visible(address), style="bold")
    return line


def _about(job: JobView) -> str:
    parts = [job.name, f"[{job.code}]" if job.code else "", *job.about]
    parts.append(f"({job.removed})" if job.removed else "")
    return "  ".join(shorten(part, LONGEST_VALUE) for part in parts if part)
