"""Rules about what the ledger remembers of earlier creates; planning checks them."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

PARTIAL_CREATES = "Some creates take several steps in the ATS: a refused one may have left a part behind"

VANISHED = Rule(
    id="ledger/vanished",
    severity=Severity.WARNING,
    demands="A job that was created is listed.",
    hint="Look for it in the ATS. If it is gone for good, run `bindbee-sync ledger release ADDRESS`.",
    source="A create that may have happened must not be sent again",
)
REJECTED_UNCHANGED = Rule(
    id="ledger/rejected-unchanged",
    severity=Severity.ERROR,
    demands="A job that the ATS refused is changed before it is sent again.",
    hint="Change what the ATS objected to. If the ATS itself was changed, run "
    "`bindbee-sync apply --retry-rejected`.",
    source=PARTIAL_CREATES,
)
REFUSED_BY_ATS = Rule(
    id="ledger/refused-by-ats",
    severity=Severity.WARNING,
    demands="The ATS did not refuse this job before.",
    hint="Check in the ATS whether a part of the job was kept. This warning ends with the create.",
    source=PARTIAL_CREATES,
)
