"""A plan in a file, to be reviewed and then applied exactly.

It is the plan's JSON document with a seal: an id, by which the ledger knows whether it was applied, and a
checksum, which shows that it was changed. The seal is no signature: anyone who writes a file can seal it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bindbee_sync.errors import ToolError
from bindbee_sync.output_files import write_output
from bindbee_sync.planning.payload import Payload
from bindbee_sync.planning.selection import Selection
from bindbee_sync.reports.document import FORMAT_VERSION, Document, as_text
from bindbee_sync.strict_json import parse_strictly
from bindbee_sync.text import shorten

MAX_BYTES = 256 << 20
AGAIN = "Make a new one with `bindbee-sync plan --out FILE`."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan as it was reviewed: the payloads of its creates by address.

    `scope` are the addresses that the plan was limited to, None where it was for all files.
    """

    path: str
    id: str
    made_at: datetime
    connector_id: str
    connector_name: str
    scope: frozenset[str] | None
    creates: Mapping[str, Payload]

    @property
    def selection(self) -> Selection:
        """The job files that the plan was about."""
        return Selection(self.scope)


def sealed(document: Document, scope: Iterable[str] | None) -> Document:
    """Return a plan's document with its seal; `scope` are the addresses that it was limited to, if it was."""
    seal = {"id": str(uuid4()), "scope": None if scope is None else sorted(scope)}
    with_seal = document | {"plan_file": seal}
    return with_seal | {"plan_file": seal | {"checksum": _checksum(with_seal)}}


def write_plan_file(path: Path, document: Document) -> None:
    """Write a sealed plan, or the `plans` of many, whole or not at all; raises ToolError where it can't."""
    write_output(path, as_text(document) + "\n", "plan file")


def plan_files(path: Path) -> list[Path]:
    """Return the file at `path`; of a folder, all the plan files in it, which may be none."""
    return sorted(path.glob("*.json")) if path.is_dir() else [path]


def read_plan_file(path: Path) -> list[PlanFile]:
    """Return the plans in a file, one for each connector.

    Raises ToolError where it holds none, was altered, or is of another format.
    """
    where = str(path)
    data = _parse(path)
    plans = data.get("plans") if "plan_file" not in data else [data]
    if not isinstance(plans, list) or not all(isinstance(each, dict) for each in plans):
        raise ToolError("This is not a plan file", where=where, hint=AGAIN)
    return [_plan(each, where) for each in plans]


def _plan(data: dict[str, Any], where: str) -> PlanFile:
    if not isinstance(data.get("plan_file"), dict):
        raise ToolError("This is not a plan file", where=where, hint=AGAIN)
    version = data.get("format_version")
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise ToolError(
            f"The plan file has another format than {FORMAT_VERSION}: {shorten(json.dumps(version), 20)}",
            where=where,
            hint=f"Use the version of bindbee-sync that wrote it. Or: {AGAIN}",
        )
    try:
        held = _Held.model_validate(data)
        is_altered = held.plan_file.checksum != _checksum(data)
    except (ValidationError, ValueError, RecursionError) as error:  # what can be nested deeper than written
        raise _altered(where) from error
    if is_altered:
        raise _altered(where)
    try:
        creates = {
            entry.address: Payload.of(entry.payload)
            for entry in held.entries
            if entry.outcome == "create" and entry.payload is not None
        }
    except ValueError as error:  # a number beyond what JSON can write: no request can carry it
        raise _altered(where) from error
    return PlanFile(
        path=where,
        id=held.plan_file.id,
        made_at=held.created_at,
        connector_id=held.connector.id,
        connector_name=held.connector.name,
        scope=None if held.plan_file.scope is None else frozenset(held.plan_file.scope),
        creates=creates,
    )


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Seal(_Part):
    id: str
    checksum: str
    scope: list[str] | None


class _Connector(_Part):
    id: str
    name: str = "default"


class _Entry(_Part):
    address: str
    outcome: str
    payload: dict[str, Any] | None


class _Held(_Part):
    created_at: AwareDatetime
    connector: _Connector
    entries: list[_Entry]
    plan_file: _Seal


def _checksum(document: Mapping[str, Any]) -> str:
    """Return the checksum of everything but itself; white space does not count, the order of keys does."""
    seal = {key: value for key, value in document["plan_file"].items() if key != "checksum"}
    content = json.dumps({**document, "plan_file": seal}, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{sha256(content.encode()).hexdigest()}"


def _parse(path: Path) -> dict[str, Any]:
    where = str(path)
    try:
        # Without waiting for a writer: a pipe in a folder of plan files would hold the run for ever.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:  # noqa: PTH123 - of a descriptor
            is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
            content = stream.read(MAX_BYTES + 1) if is_file else b""
    except OSError as error:
        raise ToolError(
            f"The plan file can't be read: {error.strerror or error}", where=where, hint="Check the path."
        ) from error
    try:
        data = parse_strictly(content)
    except ValueError as error:
        raise ToolError("This is not a plan file, or it is damaged", where=where, hint=AGAIN) from error
    if not isinstance(data, dict):
        raise ToolError("This is not a plan file", where=where, hint=AGAIN)
    return data


def _altered(where: str) -> ToolError:
    return ToolError("The plan file was altered after it was written", where=where, hint=AGAIN)
