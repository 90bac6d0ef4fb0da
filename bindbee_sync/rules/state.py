"""Rules about the connector's list and about the ledger; they decide whether a plan can be applied."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

LAG = "Bindbee lists a synced copy, up to a day old; a first or running sync lists only part of it"
CREATE = "A create that may have happened must not be sent again"
REVIEWED = "bindbee-sync's own promise: what apply sends is what the plan showed"
ALLOW = "`apply --allow-stale-list` goes on all the same, if you know that the list is right."


def _connector(name: str, demands: str, hint: str) -> Rule:
    return Rule(
        id=f"connector/{name}",
        severity=Severity.WARNING,
        demands=demands,
        hint=f"{hint} {ALLOW}",
        source=LAG,
    )


NOT_READY = _connector(
    "not-ready",
    "The connector is linked to an ATS.",
    "Complete or relink it in Bindbee's dashboard, then `apply --refresh`.",
)
NEVER_SYNCED = _connector(
    "never-synced",
    "Bindbee has read the ATS at least once.",
    "Wait for the first sync, or start one with `apply --refresh`.",
)
LIST_MOVED = _connector(
    "list-moved",
    "No sync runs while the jobs are listed.",
    "Run again when the sync is over; `apply --refresh` waits for it.",
)
SYNC_FAILED = _connector(
    "sync-failed",
    "The last sync succeeded.",
    "See Bindbee's dashboard for the reason; `apply --refresh` starts another sync.",
)
STALE_LIST = _connector(
    "stale-list",
    "The list of jobs is not too old.",
    "`apply --refresh` asks Bindbee for a new one first.",
)
VANISHED = Rule(
    id="ledger/vanished",
    severity=Severity.WARNING,
    demands="A job that was made is listed.",
    hint="Look in the ATS. If the job is gone for good: `bindbee-sync ledger release ADDRESS`.",
    source=CREATE,
)
REJECTED_UNCHANGED = Rule(
    id="ledger/rejected-unchanged",
    severity=Severity.ERROR,
    demands="A job that the ATS refused is changed before it is sent again.",
    hint="Change what the ATS objected to, or `apply --retry-rejected` once the ATS itself was changed.",
    source="Some creates are several steps in the ATS: a refused one may have left a part behind",
)
REFUSED_BY_ATS = Rule(
    id="ledger/refused-by-ats",
    severity=Severity.WARNING,
    demands="The ATS did not refuse this job before.",
    hint="Look in the ATS whether a part of the job was kept.",
    source="Some creates are several steps in the ATS: a refused one may have left a part behind",
)
TOO_MANY = Rule(
    id="plan/too-many",
    severity=Severity.ERROR,
    demands="An apply creates no more jobs than `max_creates` allows.",
    hint="See if the plan is meant; if it is, `apply --max-creates N`.",
    source="bindbee-sync's own promise",
)
PLAN_CHANGED = Rule(
    id="plan/changed",
    severity=Severity.ERROR,
    demands="An apply of a plan file creates what that file creates, and nothing else.",
    hint="Make a new plan with `bindbee-sync plan --out FILE`, and have it reviewed.",
    source=REVIEWED,
)
APPLIED_BEFORE = Rule(
    id="plan/applied-before",
    severity=Severity.ERROR,
    demands="A plan file is applied once.",
    hint="`bindbee-sync plan` shows what is left; `apply --reviewed FILE` creates of it what this file has.",
    source=REVIEWED,
)
OTHER_CONNECTOR = Rule(
    id="plan/other-connector",
    severity=Severity.ERROR,
    demands="A plan file is applied to the connector that it was made for.",
    hint="Set BINDBEE_CONNECTOR_TOKEN to that connector's token, or make a new plan for this one.",
    source=REVIEWED,
)
NOT_REVIEWED = Rule(
    id="plan/not-reviewed",
    severity=Severity.ERROR,
    demands="`apply --reviewed` creates only what stands, address and payload, in a reviewed plan file.",
    hint="Have a plan that creates it reviewed (`bindbee-sync plan --out FILE`); name it with --reviewed.",
    source=REVIEWED,
)
REJECTED = Rule(
    id="apply/rejected",
    severity=Severity.ERROR,
    demands="Bindbee and the ATS accept a job that is created.",
    hint="Correct what is objected to, then apply again: nothing was created for it.",
    source="Bindbee API, Create Job: errors",
)

RULES = (
    NOT_READY,
    NEVER_SYNCED,
    LIST_MOVED,
    SYNC_FAILED,
    STALE_LIST,
    VANISHED,
    REJECTED_UNCHANGED,
    REFUSED_BY_ATS,
    TOO_MANY,
    PLAN_CHANGED,
    APPLIED_BEFORE,
    OTHER_CONNECTOR,
    NOT_REVIEWED,
    REJECTED,
)
