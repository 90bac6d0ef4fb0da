"""Rules about an ATS of which no one documents what it requires of a new job."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

UNDOCUMENTED = Rule(
    id="provider/undocumented",
    severity=Severity.WARNING,
    demands="Bindbee or the ATS documents what the ATS requires of a new job.",
    hint="Create one job first, look at it in the ATS, and then create the others.",
    source="Bindbee's Create Job page, and the public documentation of each ATS",
)
