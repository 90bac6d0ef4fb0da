"""One finding about one place, as every stage reports it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is; `OFF` only ever stands in a config."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; line and column count from 1, columns in code points."""

    path: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A finding: the rule, how grave it is, what is wrong and what to do.

    `ceiling` is the gravest severity that a config may give it.
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
        """Whether it stops an apply."""
        return self.severity is Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str, str]:
        """By file, then by place, then by rule: the order in which a person fixes them."""
        place = self.place or Place("", 0, 0)
        about = (self.rule, self.message, self.address or "", self.severity)
        return (place.path, place.line, place.column, *about)
