"""A finding about one place, in the form that every stage reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a finding; `OFF` occurs only in a config."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1, columns in code points."""

    path: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A finding: the rule, its severity, what is wrong and what to do.

    `ceiling` is the highest severity that a config may give it.
    """

    rule: str
    severity: Severity
    message: str
    hint: str | None = None
    place: Place | None = None
    address: str | None = None
    field: str | None = None
    ceiling: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """True where it stops an apply."""
        return self.severity is Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str, str]:
        """File, place, rule: the order in which a person fixes findings."""
        place = self.place or Place("", 0, 0)
        about = (self.rule, self.message, self.address or "", self.severity)
        return (place.path, place.line, place.column, *about)
