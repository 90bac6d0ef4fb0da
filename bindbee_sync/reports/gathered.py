"""Documents of many runs, gathered into one answer that fails where one is missing or can't be used."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bindbee_sync.exit_codes import Ending, ExitCode, worst
from bindbee_sync.planning.model import OPEN_OUTCOMES, Outcome
from bindbee_sync.reports.document import FORMAT_VERSION, Document, new_document
from bindbee_sync.reports.fleet import LONGEST_TEXT, MANY
from bindbee_sync.reports.marks import plan_mark
from bindbee_sync.reports.markup import Md, words
from bindbee_sync.reports.truncation import NOTHING, Item, Section, fitted
from bindbee_sync.text import counted, shorten

AGAIN = "Run its plan or apply again, and gather every document."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One connector's document, or the error in its place."""

    name: str
    document: dict[str, Any] | None = None
    error: str | None = None
    hint: str | None = None

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The entries of its document."""
        return list(self.document["entries"]) if self.document else []

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that the document deserves."""
        results = [each["result"] for each in self.entries if each.get("result")]
        findings = self.document["diagnostics"] if self.document else []
        failed = self.error is not None or any(each.get("severity") == "error" for each in findings)
        uncertain = "uncertain" in results
        return Ending(
            failed=failed or bool({"rejected", "not_tried"} & set(results)),
            uncertain=uncertain,
            sent=uncertain,
        ).exit_code


def gather(paths: Iterable[Path], expected: Collection[str]) -> list[Gathered]:
    """Return every connector's document, errors first; one that was expected and is missing is an error."""
    found = [each for path in paths for each in _read(path)]
    seen: Counter[str] = Counter(_key(each) for each in found if each.document)
    twice = {each.name for each in found if each.document and seen[_key(each)] > 1}
    # Neither of two documents is known to be the right one: the newer one may be of another commit.
    found = [each for each in found if each.name not in twice]
    missing = set(expected) - {each.name for each in found} - twice
    problems = [
        *(
            Gathered(name=name, error="Nothing was reported for this connector", hint=AGAIN)
            for name in sorted(missing)
        ),
        *(
            Gathered(name=name, error="It was reported more than once", hint="Give one document for each.")
            for name in sorted(twice)
        ),
    ]
    return [*problems, *sorted(found, key=lambda each: each.exit_code is ExitCode.OK)]


def gathered_exit_code(parts: Iterable[Gathered]) -> ExitCode:
    """Return the worst of all exit codes."""
    return worst(part.exit_code for part in parts)


def gathered_document(parts: Sequence[Gathered]) -> Document:
    """Return the document of many connectors."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part.document["summary"] if part.document else {})
    return new_document(
        summary={key: total[key] for key in (*map(str, Outcome), "unmanaged", "unmanaged_closed")},
        plans=[part.document for part in parts if part.document],
        failed=[
            {"connector": part.name, "error": {"message": part.error, "hint": part.hint}, "diagnostics": []}
            for part in parts
            if part.error
        ],
    )


def gathered_headline(parts: Sequence[Gathered]) -> str:
    """Return the whole in one sentence."""
    creates = sum(each["outcome"] == "create" for part in parts for each in part.entries)
    failing = sum(part.exit_code is not ExitCode.OK for part in parts)
    start = f"{counted(len(parts), 'connector')}, {counted(creates, 'job')} to create"
    return f"{start}; {failing} failed" if failing else start


def gathered_line(part: Gathered) -> str:
    """Return a connector in one line."""
    if part.document is None:
        return f"failed: {shorten(part.error or '', LONGEST_TEXT)}"
    outcomes = Counter(each["outcome"] for each in part.entries)
    still_open = sum(outcomes[str(each)] for each in OPEN_OUTCOMES)
    customer = shorten(str(part.document["connector"].get("customer") or "(no name)"), 100)
    counts = f"{outcomes['create']} to create, {outcomes['drifted']} drifted, {still_open} open"
    verdict = f"; failed: {shorten(part.error, LONGEST_TEXT)}" if part.error else ""
    errors = sum(each.get("severity") == "error" for each in part.document["diagnostics"])
    return f"{customer}: {counts}{verdict}" + (f"; {counted(errors, 'error')}" if errors else "")


def gathered_markdown(parts: Sequence[Gathered]) -> str:
    """Return one comment for all, within GitHub's size limit."""
    head = plan_mark(MANY) + Md("\n**{}**\n\n").format(gathered_headline(parts))
    items = [Item(short=_short(part), full=partial(_full, part)) for part in parts]
    return fitted(head, [Section(title="Connectors", items=items, priority=0)] if items else [], NOTHING)


def _short(part: Gathered) -> Md:
    return Md("- **{}**: {}\n").format(shorten(part.name, 100), gathered_line(part))


def _full(part: Gathered) -> Md:
    lines = [Md("  {}\n").format(words(shorten(part.hint, LONGEST_TEXT)))] if part.hint else []
    for each in part.entries:
        if each["outcome"] != "in_sync":
            fields = ", ".join(str(change.get("field")) for change in each.get("changes") or [])
            about = f"{each['outcome']}{': ' + fields if fields else ''}"
            lines.append(Md("  - {}: {}\n").format(shorten(str(each.get("address")), 160), about))
    return _short(part) + Md("").join(lines)


def _key(part: Gathered) -> str:
    connector = part.document["connector"] if part.document else {}
    return str(connector.get("id") or part.name)


def _read(path: Path) -> Iterator[Gathered]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        yield Gathered(name=str(path), error="This file can't be read as a JSON document", hint=AGAIN)
        return
    if not isinstance(data, dict) or data.get("format_version") != FORMAT_VERSION:
        yield Gathered(name=str(path), error="This is no document of a plan or an apply", hint=AGAIN)
        return
    plans, failed = data.get("plans", [data]), data.get("failed", [])
    if not isinstance(plans, list) or not isinstance(failed, list):
        yield Gathered(name=str(path), error="This is no document of a plan or an apply", hint=AGAIN)
        return
    for each in plans:
        yield _one(path, each)
    for each in failed:
        name = each.get("connector") if isinstance(each, dict) else None
        yield Gathered(name=str(name or path), error=_error(each) or "It failed", hint=AGAIN)


def _one(path: Path, data: object) -> Gathered:
    error = _error(data)
    if isinstance(data, dict) and isinstance(data.get("connector"), dict) and _is_plan(data):
        return Gathered(name=str(data["connector"].get("name")), document=data, error=error, hint=None)
    return Gathered(name=str(path), error=error or "This is no document of a plan or an apply", hint=AGAIN)


def _is_plan(data: dict[str, Any]) -> bool:
    lists = [data.get("entries"), data.get("diagnostics")]
    if not all(isinstance(each, list) and all(isinstance(item, dict) for item in each) for each in lists):
        return False
    summary = data.get("summary")
    counts = isinstance(summary, dict) and all(isinstance(each, int) for each in summary.values())
    return counts and all(isinstance(each.get("outcome"), str) for each in data["entries"])


def _error(data: object) -> str | None:
    error = data.get("error") if isinstance(data, dict) else None
    return str(error.get("message")) if isinstance(error, dict) else None
