"""Rules about departments, offices, people and templates that a file names; planning checks them."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

LISTS = "Bindbee API: departments, offices, remote-users"

NOT_FOUND = Rule(
    id="reference/not-found",
    severity=Severity.ERROR,
    demands="Every department, office and person that a file names exists.",
    hint="Correct the name or id.",
    source=LISTS,
)
AMBIGUOUS = Rule(
    id="reference/ambiguous",
    severity=Severity.ERROR,
    demands="A name means only one department, office, person or template.",
    hint="Write the id of the right one.",
    source=LISTS,
)
USER_DISABLED = Rule(
    id="reference/user-disabled",
    severity=Severity.ERROR,
    demands="Every person that a job names has an active account.",
    hint="Name someone whose account is active.",
    source="Bindbee API, remote-users: disabled",
)
