"""The one shape that every rule has, and how a rule becomes a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.job_file import JobFile

FIXED_GROUPS = ("yaml/", "reference/", "identity/", "ledger/", "connector/", "plan/", "apply/")
"""Groups whose rules a config can't make less severe: they guard against a second job, or a wrong one."""

FIXED_RULES = ("schema/type", "policy/invalid", "policy/failed", "policy/budget")

Check = Callable[["Rule", JobFile], Iterator[Diagnostic]]
Schema = Mapping[str, Any]

IS_SET: Schema = {"not": {"type": "null"}}
"""JSON Schema of a field that has to be there, in the file or in its folder's defaults."""

IS_DROPPED: Schema = {"deprecated": True}
"""JSON Schema of a field that editors strike through: the ATS takes no notice of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand on a job file. `provider` is None where it holds for every ATS.

    `check` yields where a job that would be created breaks the rule; rules that need more than the file
    (the lists, the other files, the ledger) have none and are checked where that is known. Offline, where
    the job may exist, its findings are at most of severity `offline_ceiling`. `schema` is the
    part of the rule that JSON Schema can state, by field, so that editors show it.
    """

    id: str
    severity: Severity
    demands: str
    hint: str
    source: str
    provider: str | None = None
    check: Check | None = None
    offline_ceiling: Severity = Severity.ERROR
    schema: Mapping[str, Schema] = field(default_factory=dict)

    @property
    def lowerable(self) -> bool:
        """True where a config may make the rule, or a finding of it, less severe."""
        return not self.id.startswith(FIXED_GROUPS) and self.id not in FIXED_RULES

    @property
    def page(self) -> str:
        """Its page in the documentation, as a path in this project's repository."""
        return f"docs/rules/{self.id.replace('/', '-')}.md"

    def on(
        self,
        file: JobFile,
        *loc: str | int,
        message: str,
        place: Place | None = None,
        hint: str | None = None,
        severity: Severity | None = None,
        ceiling: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Return the finding that the value at `loc` in `file` breaks this rule, or the whole file does.

        Its field is the first part of `loc`. `place` is given where it is not that of the value.
        """
        return self.at(
            place or file.place(*loc),
            message,
            hint=hint,
            address=file.address,
            field=str(loc[0]) if loc else None,
            severity=severity,
            ceiling=ceiling,
        )

    def at(
        self,
        place: Place | None,
        message: str,
        *,
        hint: str | None = None,
        address: str | None = None,
        field: str | None = None,
        severity: Severity | None = None,
        ceiling: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Return the finding that this rule is broken at `place`, which is None for the plan as a whole."""
        return Diagnostic(
            rule=self.id,
            severity=severity or self.severity,
            message=message,
            hint=hint or self.hint,
            place=place,
            address=address,
            field=field,
            ceiling=ceiling,
        )
