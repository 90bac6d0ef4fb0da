"""The rule about differences between a file and the job that it manages; planning checks it."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

NO_UPDATE = Rule(
    id="drift/no-update",
    severity=Severity.WARNING,
    demands="A file agrees with the job that it manages.",
    hint="Change the job in the ATS, or take its values: `bindbee-sync import --update ADDRESS`.",
    source="Bindbee API: no update of jobs",
)
