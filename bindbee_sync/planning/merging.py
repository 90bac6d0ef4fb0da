"""Findings on a value that several jobs inherit, merged into one: it is one thing to fix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import DEFAULTS_NAME
from bindbee_sync.rules.registry import RULES

MOST_NAMED = 3


def merged(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return each finding once, in order; one on an inherited value names the jobs that inherit it."""
    return tuple(merge(group) for group in grouped(findings))


def grouped(findings: Iterable[Diagnostic]) -> Iterable[Sequence[Diagnostic]]:
    """Return the findings in groups that say the same of the same value."""
    groups: dict[object, list[Diagnostic]] = defaultdict(list)
    for each in findings:
        about = None if _is_inherited(each) else each.address
        groups[each.place, each.rule, each.severity, each.message, about].append(each)
    return groups.values()


def merge(group: Sequence[Diagnostic]) -> Diagnostic:
    """Return findings that say the same as one. Of hints for one job each, the rule's own is left."""
    first = group[0]
    jobs = [each.address for each in group if each.address]
    if not jobs or not _is_inherited(first):
        return first
    more = f" and {len(jobs) - MOST_NAMED} more" if len(jobs) > MOST_NAMED else ""
    message = f"{first.message} (inherited by {', '.join(jobs[:MOST_NAMED])}{more})"
    rule = RULES.get(first.rule)  # None of a rule that only another version has
    hint = first.hint if rule is None or len({each.hint for each in group}) == 1 else rule.hint
    return replace(first, message=message, hint=hint, address=None)


def _is_inherited(finding: Diagnostic) -> bool:
    return finding.place is not None and finding.place.path.rpartition("/")[2] == DEFAULTS_NAME
