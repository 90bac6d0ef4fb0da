"""Rules about a team's own rules: the files in `policies/`."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

SOURCE = "bindbee-sync's own format of policies"

INVALID = Rule(
    id="policy/invalid",
    severity=Severity.ERROR,
    demands="A policy file holds one rule that compiles, and whose examples come out as written.",
    hint="Correct the policy file at this place; `bindbee-sync schema --document policy` describes its keys.",
    source=SOURCE,
)
FAILED = Rule(
    id="policy/failed",
    severity=Severity.ERROR,
    demands="A team's own rule gives true or false for every job that it applies to.",
    hint="Change the rule, so that it has an answer for this job, too. A rule without an answer is no pass.",
    source=SOURCE,
)
BUDGET = Rule(
    id="policy/budget",
    severity=Severity.ERROR,
    demands="A team's own rules are done with all jobs of a connector within their time.",
    hint="Make this rule simpler, e.g. with a shorter pattern or without a list inside another.",
    source=SOURCE,
)
UNTESTED = Rule(
    id="policy/untested",
    severity=Severity.WARNING,
    demands="A policy file has an example that passes and one that fails.",
    hint="Add the missing kind under `examples`: `passes` and `fails` are lists of jobs.",
    source=SOURCE,
)
