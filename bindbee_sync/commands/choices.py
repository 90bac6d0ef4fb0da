"""Choices that options offer, without any import that would slow down `--help`."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """Formats of a command's answer."""

    TEXT = "text"
    JSON = "json"


class PlanFormat(StrEnum):
    """Formats of a plan."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class ListKind(StrEnum):
    """Lists of what a job file refers to by name."""

    DEPARTMENTS = "departments"
    OFFICES = "offices"
    USERS = "users"
    TEMPLATES = "templates"


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
