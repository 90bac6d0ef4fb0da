"""Documents of many runs, gathered into parts of one report; what is missing or unusable is a failed part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, ExitCode, worst
from bindbee_sync.reports.document import FORMAT_VERSION
from bindbee_sync.reports.document_view import ErrorPart, FindingPart, RunDocument
from bindbee_sync.reports.fleet import FleetPart

AGAIN = "Run its plan or apply again, and gather every document."
ONCE = "Gather one document of each connector: leave out those of earlier runs."
NO_DOCUMENT = "This is no document of a plan or an apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A connector's part, its exit code, and its id where that is known."""

    part: FleetPart
    exit_code: ExitCode = FAILED
    id: str | None = None

    def renamed(self, name: str) -> Gathered:
        """Return it under another name."""
        return replace(self, part=replace(self.part, name=name))


def gather(paths: Iterable[Path], expected: Sequence[str]) -> list[Gathered]:
    """Return every connector's part: problems of the gathering first, the rest in the order of `expected`.

    Of a folder all JSON files below it count. A name or id that was expected and is missing is a failed part,
    and so is a connector that is there twice.
    """
    files = [each for path in paths for each in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]
    found = [each for path in files for each in _read(path)]
    names = {name for each in found for name in (each.part.name, each.id)}
    ids = Counter(each.id for each in found if each.id)
    # Neither of two documents is known to be the right one: the newer one may be of another commit.
    twice = dict.fromkeys(each.part.name for each in found if each.id and ids[each.id] > 1)
    problems = [
        *(
            _failed(name, "Nothing was reported for this connector", AGAIN)
            for name in dict.fromkeys(expected)
            if name not in names
        ),
        *(_failed(name, "It was reported more than once", ONCE) for name in twice),
    ]
    place = {name: number for number, name in enumerate(expected)}
    kept = sorted(
        (each for each in found if not each.id or ids[each.id] == 1),
        key=lambda each: min(place.get(name, len(place)) for name in (each.part.name, each.id or "")),
    )
    # Configs without `connectors` call theirs `default`, each of them: the id tells them apart.
    shared = Counter(each.part.name for each in kept)
    told_apart = [
        each.renamed(f"{each.part.name} ({each.id})") if each.id and shared[each.part.name] > 1 else each
        for each in kept
    ]
    return [*problems, *told_apart]


def gathered_exit_code(parts: Iterable[Gathered]) -> ExitCode:
    """Return the worst of all exit codes."""
    return worst(part.exit_code for part in parts)


def _failed(name: str, message: str, hint: str | None) -> Gathered:
    return Gathered(part=FleetPart(name=name, failed=True, error=ToolError(message, hint=hint)))


def _read(path: Path) -> Iterator[Gathered]:
    """Yield the part of each connector in a file."""
    try:
        data = json.loads(path.read_bytes())
        # JSON can escape half a surrogate pair, which nothing could write: it is shown as a question mark.
        data = json.loads(json.dumps(data, ensure_ascii=False).encode(errors="replace"))
    except (OSError, ValueError, RecursionError):
        yield _failed(str(path), "This file can't be read as a JSON document", AGAIN)
        return
    if not isinstance(data, dict) or data.get("format_version") != FORMAT_VERSION:
        yield _failed(str(path), NO_DOCUMENT, AGAIN)
        return
    plans, failed = data.get("plans", [data]), data.get("failed", [])
    if not isinstance(plans, list) or not isinstance(failed, list):
        yield _failed(str(path), NO_DOCUMENT, AGAIN)
        return
    for each in plans:
        yield _part(path, each)
    for each in failed:
        yield _failed_part(path, each)


def _part(path: Path, data: object) -> Gathered:
    try:
        document = RunDocument.model_validate(data)
        if document.is_plan:
            part = FleetPart(
                name=document.connector.name,
                failed=document.exit_code is not ExitCode.OK,
                view=document.view(),
                document=_object(data),
                applied=document.applied(),
            )
            return Gathered(part=part, exit_code=document.exit_code, id=document.connector.id)
    except (ValidationError, RecursionError):  # nested deeper than any plan
        return _failed(str(path), NO_DOCUMENT, AGAIN)
    if document.error is None:
        return _failed(str(path), NO_DOCUMENT, AGAIN)
    name = document.connector.name if "connector" in document.model_fields_set else str(path)
    return _ended(name, document.error, document.diagnostics)


def _failed_part(path: Path, data: object) -> Gathered:
    try:
        given = _object(data)
        findings = [FindingPart.model_validate(each) for each in given.get("diagnostics") or ()]
        return _ended(str(given["connector"]), ErrorPart.model_validate(given["error"]), findings)
    except (ValidationError, KeyError, TypeError):
        return _failed(str(path), NO_DOCUMENT, AGAIN)


def _ended(name: str, given: ErrorPart, findings: Sequence[FindingPart]) -> Gathered:
    failed = _failed(name, given.message, given.hint)
    if findings and failed.part.error:
        failed.part.error.finding = findings[0].diagnostic
    return failed


def _object(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError(NO_DOCUMENT)
    return data
