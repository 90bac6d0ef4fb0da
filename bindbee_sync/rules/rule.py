"""What a rule is: an id, a default severity, what it demands, what to do, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.job_file import JobFile

FIXED_GROUPS = ("yaml/", "reference/", "identity/", "ledger/", "connector/", "plan/", "apply/")
FIXED_RULES = ("schema/type",)


Check = Callable[["Rule", JobFile], Iterator[Diagnostic]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand on a job file. `provider` is None where it holds for every ATS.

    `check` yields where a job that would be created breaks the rule; rules that need more than the file
    (the lists, the other files, the ledger) have none and are checked where that is known.
    """

    id: str
    severity: Severity
    demands: str
    hint: str
    source: str
    provider: str | None = None
    check: Check | None = None

    @property
    def lowerable(self) -> bool:
        """Whether a config may make it, or a finding of it, less grave than it is."""
        return not self.id.startswith(FIXED_GROUPS) and self.id not in FIXED_RULES

    @property
    def page(self) -> str:
        """Its page in the documentation, as a path in this project's repository."""
        return f"docs/rules/{self.id.replace('/', '-')}.md"

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
        """Return the finding that this rule is broken at `place`."""
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
