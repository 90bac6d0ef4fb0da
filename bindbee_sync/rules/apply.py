"""The rule about what a create met; apply reports it."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

REJECTED = Rule(
    id="apply/rejected",
    severity=Severity.ERROR,
    demands="Bindbee and the ATS accept a job that is created.",
    hint="Correct what they object to, then apply again: nothing was created for this job.",
    source="Bindbee API, Create Job: errors",
)
