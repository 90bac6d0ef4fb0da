"""Errors that end a command: what happened, where, and what to do now."""

from __future__ import annotations

from bindbee_sync.diagnostics import Diagnostic, with_connector


class ToolError(Exception):
    """An error that a user can cause, and can fix.

    `message` says what happened, `where` names the file, URL or variable it is about, `hint` what to do now.
    """

    finding: Diagnostic | None = None
    """The broken rule, where it is one of a rule with an id."""

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def name_connector(self, prefix: str) -> None:
        """Name the connector in the commands of the remedy; `prefix` is e.g. `acme:`, or empty."""
        self.hint = self.hint and with_connector(self.hint, prefix)
        self.finding = self.finding and self.finding.of_connector(prefix)

    @property
    def prefix(self) -> str:
        """The beginning of the shown message: `where`, unless the message begins with it already."""
        return f"{self.where}: " if self.where and not self.message.startswith(self.where) else ""


class FindingError(ToolError):
    """A broken rule without which nothing else can be judged."""

    def __init__(self, finding: Diagnostic) -> None:
        place = finding.place
        where = f"{place.path}:{place.line}:{place.column}" if place else None
        super().__init__(finding.message, hint=finding.hint, where=where)
        self.finding = finding


class ConfigError(ToolError):
    """The config file or an environment variable can't be used."""


class ApiError(ToolError):
    """Bindbee could not be reached, or answered a read with an error."""


class GitError(ToolError):
    """git can't be run, or failed."""


class LedgerError(ToolError):
    """The ledger can't be read, locked or written."""
