"""The explanation of one job's entry in a plan, as text and as JSON data."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bindbee_sync.job_file import PostingUrl
from bindbee_sync.planning.explain import Explanation, Origin
from bindbee_sync.planning.model import Entry, Outcome
from bindbee_sync.planning.references import Reference
from bindbee_sync.reports.document import Document, diagnostics_data, entry_data
from bindbee_sync.reports.text import TextReport
from bindbee_sync.reports.vocabulary import OUTCOMES, value_text
from bindbee_sync.text import shorten
from bindbee_sync.times import in_utc

LONGEST_VALUE = 100


def explanation_data(explanation: Explanation) -> Document:
    """Return the explanation as JSON data: the plan's entry, each field's origin, the findings."""
    return entry_data(explanation.entry) | {
        "fields": [
            {
                "field": origin.field,
                "value": _plain(origin.value),
                "path": origin.place.path,
                "line": origin.place.line,
                "column": origin.place.column,
                "inherited": origin.inherited,
                "references": [
                    {"written": each.written, "id": each.id, "name": each.name} for each in origin.references
                ],
                "note": origin.note,
            }
            for origin in explanation.origins
        ],
        "diagnostics": diagnostics_data(explanation.diagnostics),
    }


def write_explanation(report: TextReport, explanation: Explanation, names: Mapping[str, str]) -> None:
    """Write the explanation for people; `names` are those of ids."""
    entry = explanation.entry
    report.line(f"{entry.address}: {OUTCOMES[entry.outcome].word}", "bold")
    report.line(f"  {_why(entry)}")
    report.line("")
    report.line("Where each field comes from", "bold")
    if not explanation.origins:
        report.line("  The file sets no field that could be read, and inherits none")
    actual = {change.field: value_text(change.actual, names) for change in entry.changes}
    for origin in explanation.origins:
        _origin(report, origin, actual.get(origin.field))
    report.line("")
    report.line("What apply would send", "bold")
    if entry.payload is None:
        report.line("  Nothing")
    else:
        for line in json.dumps(entry.payload.fields, indent=2, ensure_ascii=False).splitlines():
            report.line(f"  {line}")
    if entry.hold:
        report.line("")
        report.line(f"Held since {in_utc(entry.hold.since)}", "bold")
        report.line(f"  Waits for {entry.hold.waits_for}")
        report.line(f"  To settle it: {entry.hold.way_out}", "cyan")
    report.diagnostics(explanation.diagnostics)


def _why(entry: Entry) -> str:
    if entry.reason:
        job = f" (id {entry.job.id})" if entry.job else ""
        return f"Matched by {entry.reason}{job}" if entry.job or entry.record else entry.reason
    if entry.outcome is Outcome.CREATE:
        return "No listed job and no earlier create has its code, or its name where the name decides"
    return "Not matched to any job"


def _origin(report: TextReport, origin: Origin, actual: str | None) -> None:
    place = f"{origin.place.path}:{origin.place.line}:{origin.place.column}"
    report.line(f"  {origin.field:<18} {shorten(value_text(_plain(origin.value), {}), LONGEST_VALUE)}")
    report.line(f"{'':21}{place}{'  (inherited)' if origin.inherited else ''}", "dim")
    for reference in origin.references:
        report.line(f"{'':21}{_meaning(reference)}")
    if actual is not None:
        report.line(f"{'':21}in the ATS: {actual}", "yellow")
    if origin.note:
        report.line(f"{'':21}{origin.note}", "yellow")


def _meaning(reference: Reference) -> str:
    if reference.id is None:
        return f"{reference.written} is unknown"
    if reference.written == reference.id:
        return f"{reference.id} is {reference.name}" if reference.name else f"{reference.id} has no name"
    return f"{reference.written} is {reference.id}" + (
        f", {reference.name}" if reference.name and reference.name != reference.written else ""
    )


def _plain(value: object) -> object:
    if isinstance(value, PostingUrl):
        return value.model_dump()
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
