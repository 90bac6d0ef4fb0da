"""Rules about whether a plan may be applied; apply checks them before it sends anything."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

REVIEWED = "bindbee-sync's own promise: what apply sends is what the plan showed"


def _rule(name: str, demands: str, hint: str, *, source: str = REVIEWED) -> Rule:
    return Rule(id=f"plan/{name}", severity=Severity.ERROR, demands=demands, hint=hint, source=source)


TOO_MANY = _rule(
    "too-many",
    "An apply creates no more jobs than `max_creates` allows.",
    "Check that you want all of them; if you do, run `bindbee-sync apply --max-creates N`.",
    source="bindbee-sync's own promise",
)
PLAN_CHANGED = _rule(
    "changed",
    "An apply of a plan file creates what that file creates, and nothing else.",
    "Make a new plan with `bindbee-sync plan --out FILE`, and have it reviewed.",
)
APPLIED_BEFORE = _rule(
    "applied-before",
    "A plan file is applied once.",
    "`bindbee-sync plan` shows what is left; `bindbee-sync apply --reviewed FILE` creates the part "
    "of it that is in this file.",
)
OTHER_CONNECTOR = _rule(
    "other-connector",
    "A plan file is applied to the connector that it was made for.",
    "Set BINDBEE_CONNECTOR_TOKEN to that connector's token, or make a new plan for this one.",
)
NOT_REVIEWED = _rule(
    "not-reviewed",
    "`apply --reviewed` creates only what a reviewed plan file has, with the same address and payload.",
    "Have a plan that creates it reviewed (`bindbee-sync plan --out FILE`), and name it with `--reviewed`.",
)
