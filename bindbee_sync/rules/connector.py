"""Rules about the connector: whether it is the customer that is meant, and its list can be trusted.

A job that is missing from a stale or partial list may exist, and creating it again would make a second one.
A job created at another customer is public there, and can't be taken back.
"""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

LAG = "Bindbee lists a synced copy, up to a day old; a first or running sync lists only part of it"
ALLOW = "If you know that the list is right, `bindbee-sync apply --allow-stale-list` continues anyway."


def _rule(name: str, demands: str, hint: str) -> Rule:
    return Rule(
        id=f"connector/{name}",
        severity=Severity.WARNING,
        demands=demands,
        hint=f"{hint} {ALLOW}",
        source=LAG,
    )


NOT_READY = _rule(
    "not-ready",
    "The connector is linked to an ATS.",
    "Complete or relink it in Bindbee's dashboard, then run `bindbee-sync apply --refresh`.",
)
NEVER_SYNCED = _rule(
    "never-synced",
    "Bindbee has read the ATS at least once.",
    "Wait for the first sync, or start one with `bindbee-sync apply --refresh`.",
)
LIST_MOVED = _rule(
    "list-moved",
    "No sync runs while the jobs are listed.",
    "Run again when the sync is over; `bindbee-sync apply --refresh` waits for it.",
)
SYNC_FAILED = _rule(
    "sync-failed",
    "The last sync succeeded.",
    "See Bindbee's dashboard for the reason; `bindbee-sync apply --refresh` starts another sync.",
)
STALE_LIST = _rule(
    "stale-list",
    "The list of jobs is not too old.",
    "`bindbee-sync apply --refresh` asks Bindbee for a new list first.",
)
LIST_PROBLEMS = frozenset(rule.id for rule in (NOT_READY, NEVER_SYNCED, LIST_MOVED, SYNC_FAILED, STALE_LIST))
"""Rules by which an apply refuses a list, unless it is told that the list is right."""

WRONG_CONNECTOR = Rule(
    id="connector/wrong-connector",
    severity=Severity.ERROR,
    demands="The token opens the connector that the config or the ledger means.",
    hint="Set the token of the customer that is meant.",
    source="bindbee-sync's own promise: nothing is listed or created at another customer than the one meant",
)
REPOINTED = Rule(
    id="connector/repointed",
    severity=Severity.WARNING,
    demands="A change of jobs leaves alone where they are created.",
    hint="Check that this is meant: the jobs of this connector are created at the customer named here.",
    source="A pin, a region or a jobs folder decides at which customer jobs are created",
)
