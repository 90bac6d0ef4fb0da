"""Findings that have one cause, merged into one: a value that several jobs inherit, a person who left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import DEFAULTS_NAME
from bindbee_sync.rules.reference import USER_DISABLED
from bindbee_sync.rules.registry import RULES

MOST_NAMED = 3


def merged(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return each finding once, in order; one on an inherited value names the jobs that inherit it."""
    return tuple(merge(group) for group in grouped(findings))


def grouped(
    findings: Iterable[Diagnostic], is_own: Callable[[Diagnostic], bool] = lambda _: True
) -> Iterable[Sequence[Diagnostic]]:
    """Return the findings in groups that say the same of the same value.

    What no change of a file ends is one group for all jobs; `is_own` tells a finding on what a change touches
    from those that were there before.
    """
    groups: dict[object, list[Diagnostic]] = defaultdict(list)
    for each in findings:
        of_all = _is_of_all(each)
        place = None if of_all else each.place
        about = is_own(each) if of_all else None if _is_inherited(each) else each.address
        groups[place, each.rule, each.severity, each.message, about].append(each)
    return groups.values()


def merge(group: Sequence[Diagnostic]) -> Diagnostic:
    """Return findings that say the same as one. Of hints for one job each, the rule's own is left."""
    first = group[0]
    jobs = list(dict.fromkeys(each.address for each in group if each.address))
    if _is_of_all(first):
        if len(jobs) < 2:  # noqa: PLR2004 - one job is named by its place
            return first
        return replace(first, message=f"{first.message} (in {len(jobs)} jobs: {_named(jobs)})", address=None)
    if not jobs or not _is_inherited(first):
        return first
    message = f"{first.message} (inherited by {_named(jobs)})"
    rule = RULES.get(first.rule)  # None of a rule that only another version has
    hint = first.hint if rule is None or len({each.hint for each in group}) == 1 else rule.hint
    return replace(first, message=message, hint=hint, address=None)


def _named(jobs: Sequence[str]) -> str:
    more = f" and {len(jobs) - MOST_NAMED} more" if len(jobs) > MOST_NAMED else ""
    return f"{', '.join(jobs[:MOST_NAMED])}{more}"


def _is_of_all(finding: Diagnostic) -> bool:
    """Return whether it is about a person who left: a warning on a job that exists, of many jobs at once."""
    return finding.rule == USER_DISABLED.id and not finding.is_error


def _is_inherited(finding: Diagnostic) -> bool:
    return finding.place is not None and finding.place.path.rpartition("/")[2] == DEFAULTS_NAME
