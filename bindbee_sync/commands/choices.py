"""Choices that options offer, without any import that would slow down `--help`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer


class Format(StrEnum):
    """Formats of a command's answer."""

    TEXT = "text"
    JSON = "json"


class PlanFormat(StrEnum):
    """Formats of a plan."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Answer:
    """The format of a command's answer, and the file that gets the JSON document as well, if any."""

    format: Format | PlanFormat = Format.TEXT
    json_into: Path | None = None


class ListKind(StrEnum):
    """Lists of what a job file refers to by name."""

    DEPARTMENTS = "departments"
    OFFICES = "offices"
    USERS = "users"
    TEMPLATES = "templates"


class DocumentKind(StrEnum):
    """Commands that answer with a JSON document, and the policy file."""

    NEW = "new"
    VALIDATE = "validate"
    PLAN = "plan"
    APPLY = "apply"
    IMPORT = "import"
    LOOKUP = "lookup"
    CONNECTORS = "connectors"
    REPORT = "report"
    LEDGER = "ledger"
    RULES = "rules"
    DOCTOR = "doctor"
    POLICY = "policy"


class LedgerKind(StrEnum):
    """Places for the ledger."""

    GIT = "git"
    FILE = "file"


class Seed(StrEnum):
    """Contents that the sandbox starts with."""

    COMPANY = "company"
    EMPTY = "empty"


class RawData(StrEnum):
    """Versions of Harvest, the ATS's own API."""

    V1 = "v1"
    V3 = "v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the command line says of connectors: names or globs, `(I, N)` of a shard, a revision, a number.

    `everything` is `--all`. `parallel` connectors are worked on at a time.
    """

    names: Collection[str] = ()
    shard: tuple[int, int] | None = None
    changed_since: str | None = None
    everything: bool = False
    parallel: int = 4


def parse_shard(text: str | None) -> tuple[int, int] | None:
    """Return I and N of `I/N`; raises BadParameter."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise typer.BadParameter(f"'{text[:40]}' is not I/N with I from 1 to N, e.g. 2/4")
    return int(found[1]), int(found[2])
