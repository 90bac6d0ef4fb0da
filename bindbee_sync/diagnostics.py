"""A finding about one place, in the form that every stage reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

_COMMAND = re.compile(r"`bindbee-sync (apply|import|lookup|ledger (?:show|resolve|release))(?=[ `])([^`]*)`")
"""A command to paste that is about one connector."""


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

    def of_connector(self, prefix: str) -> Diagnostic:
        """Return the finding with the connector in the commands of its hint; `prefix` is e.g. `acme:`."""
        return replace(self, hint=with_connector(self.hint, prefix)) if prefix and self.hint else self

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


def with_connector(text: str, prefix: str) -> str:
    """Return `text` with `--connector` in each command to paste that does not name its connector.

    `prefix` is e.g. `acme:`, and empty where the config has one connector only.
    """
    name = prefix.removesuffix(":")

    def named(found: re.Match[str]) -> str:
        command, rest = found.groups()
        is_named = not name or prefix in rest or "--connector" in rest
        return found[0] if is_named else f"`bindbee-sync {command} --connector {name}{rest}`"

    return _COMMAND.sub(named, text)
