"""Text for people at a terminal: the answer first, then what to do. Foreign text is always made visible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from rich.console import Console
from rich.text import Text

from bindbee_sync.bindbee.models import Job
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.desired.revision import Base
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.model import Entry, Hold, OrphanedRecord, Outcome, Plan
from bindbee_sync.text import counted, shorten, visible

SIGNS = {
    Outcome.CREATE: ("+", "create", "green"),
    Outcome.IN_SYNC: ("=", "in sync", "dim"),
    Outcome.DRIFTED: ("~", "drifted", "yellow"),
    Outcome.PENDING: (".", "pending", "cyan"),
    Outcome.UNCERTAIN: ("?", "uncertain", "magenta"),
    Outcome.VANISHED: ("!", "vanished", "yellow"),
    Outcome.BLOCKED: ("x", "blocked", "red"),
}
RESULT_SIGNS = {
    CreateResult.CREATED: ("+", "created", "green"),
    CreateResult.REJECTED: ("x", "rejected", "red"),
    CreateResult.UNCERTAIN: ("?", "uncertain", "magenta"),
    CreateResult.NOT_TRIED: ("-", "not tried", "dim"),
}
LONGEST_VALUE = 100


class TextReport:
    """Writes to one console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def plan(self, plan: Plan, *, unmanaged: bool = False, base: Base | None = None) -> None:
        """Write the plan: a summary, then what would happen to each file, then the findings.

        With a `base`, what this revision changed comes first, apart from what was so before.
        """
        self._line(Text(headline(plan), style="bold"))
        self._line(_context(plan))
        told = [entry for entry in plan.entries if entry.outcome is not Outcome.IN_SYNC]
        if told or plan.orphaned:
            self.space()
        if base is None:
            self._entries(told, plan.names)
        else:
            changed = [entry for entry in told if entry.address in base.changed]
            nothing = "" if changed or base.moved else " nothing"
            self.line(f"In this change, compared with {base.revision}:{nothing}", "bold")
            for new, old in base.moved.items():
                self.line(f"  > moved     {new}  from {old}")
            self._entries(changed, plan.names)
            before = [entry for entry in told if entry.address not in base.changed]
            self.line("Was so before:" + " nothing" * (not before), "bold")
            self._entries(before, plan.names)
        for orphan in plan.orphaned:
            self._orphaned(orphan)
        if unmanaged:
            self._unmanaged(plan.unmanaged)
        self.diagnostics(plan.diagnostics)

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write findings, grouped by file; one that several jobs inherit once."""
        for path, findings in groupby(merged(diagnostics), key=lambda f: f.place.path if f.place else None):
            self.space()
            if path:
                self._line(Text(visible(path), style="underline"))
            for finding in findings:
                self._finding(finding)

    def result(self, entry: Entry, result: Result) -> None:
        """Write what became of one create."""
        line = _signed(*RESULT_SIGNS[result.became], entry.address)
        identity = f"  id {result.id}" if result.id else f"  {result.remote_id}" if result.remote_id else ""
        line.append(visible(identity, keep=""), style="dim")
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
        self._line(line)
        if error.hint:
            self._line(Text(f"  {visible(error.hint)}", style="cyan"))

    def _entries(self, entries: Iterable[Entry], names: Mapping[str, str]) -> None:
        for entry in entries:
            self._entry(entry, names)

    def _entry(self, entry: Entry, names: Mapping[str, str]) -> None:
        line = _signed(*SIGNS[entry.outcome], entry.address)
        about = _about(entry, names)
        if about:
            line.append(f"  {visible(about)}")
        self._line(line)
        for change in entry.changes:
            actual, desired = (_value(value, names) for value in (change.actual, change.desired))
            self._line(Text(f"      {change.field}: {actual} in the ATS, {desired} in the file"))
        if entry.reason and entry.outcome is not Outcome.CREATE:
            self._line(Text(f"      stands for it by {visible(entry.reason)}", style="dim"))
        self._hold(entry.hold)

    def _orphaned(self, orphan: OrphanedRecord) -> None:
        line = _signed(*SIGNS[orphan.outcome], orphan.record.label)
        line.append("  (no file any more)", style="dim")
        self._line(line)
        self._hold(orphan.hold)

    def _hold(self, hold: Hold | None) -> None:
        if hold:
            self._line(
                Text(f"      since {hold.since:%Y-%m-%d %H:%M UTC}, waits for {visible(hold.waits_for)}")
            )
            self._line(Text(f"      to end it: {visible(hold.way_out)}", style="cyan"))

    def _unmanaged(self, jobs: tuple[Job, ...]) -> None:
        self.space()
        self.line("Jobs in the ATS that no file stands for:" + " none" * (not jobs), "bold")
        for job in jobs:
            status = visible(job.status or "no status")
            if job.confidential:
                self._line(Text(f"  (confidential)  {status}  id {job.id}"))
            else:
                code = f"  {visible(job.code)}" if job.code else ""
                self._line(Text(f"  {visible(job.name or '(no name)')}{code}  {status}  id {job.id}"))

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
        self._console.print(text, soft_wrap=True)


def headline(plan: Plan) -> str:
    """Return the plan in one sentence."""
    summary = plan.summary
    if plan.errors:
        start = f"{counted(len(plan.to_fix), 'error')}: nothing can be applied."
    elif plan.creates:
        start = f"{counted(len(plan.creates), 'job')} will be created."
    else:
        start = "Nothing to create."
    counts = [
        f"{summary[outcome]} {SIGNS[outcome][1]}"
        for outcome in Outcome
        if summary[outcome] and not (outcome is Outcome.CREATE and not plan.errors)
    ]
    return f"{start} {', '.join(counts).capitalize()}." if counts else start


def _context(plan: Plan) -> Text:
    synced = plan.connector.last_sync_start_time
    listed = f"as of {synced:%Y-%m-%d %H:%M UTC}" if synced else "never read yet"
    counts = plan.summary
    rest = (
        f"{counted(counts['unmanaged'], 'open job')} and {counts['unmanaged_closed']} closed without a file"
    )
    return Text(f"{visible(plan.provider)}, {listed}; {rest}.", style="dim")


def _signed(sign: str, word: str, style: str, address: str) -> Text:
    line = Text(f"  {sign} {word:<9} ", style=style)
    line.append(visible(address), style="bold")
    return line


def _about(entry: Entry, names: Mapping[str, str]) -> str:
    if entry.payload is None:
        known = entry.job.name if entry.job and not entry.job.confidential else None
        return shorten(entry.file.spec.name or known or "", LONGEST_VALUE)
    payload = entry.payload.fields
    parts = [str(payload.get("name", "")), f"[{payload['code']}]" if "code" in payload else ""]
    for field in ("departments", "offices"):
        parts += [names.get(str(each), str(each)) for each in _listed(payload.get(field))]
    openings = payload.get("openings")
    parts.append(counted(openings, "opening") if isinstance(openings, int) else "")
    return "  ".join(shorten(part, LONGEST_VALUE) for part in parts if part)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _value(value: object, names: Mapping[str, str]) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each, names) for each in value) + "]"
    if isinstance(value, dict):
        return _value(value.get("value"), names)
    if isinstance(value, str):
        known = names.get(value)
        return visible(known) if known else f"'{visible(shorten(value, LONGEST_VALUE))}'"
    return str(value).lower() if isinstance(value, bool) else str(value)
