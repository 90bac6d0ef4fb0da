"""The summary of an apply in a few lines, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.planning.model import Plan
from bindbee_sync.reports.vocabulary import RESULTS, provider_name
from bindbee_sync.text import counted


def summary_lines(applied: ApplyReport) -> Iterator[str]:
    """Yield the headline, then the next step for each kind of thing that is left."""
    if applied.refusal is not None:
        yield f"Not applied: {applied.refusal}; nothing was sent"
        yield from applied.notes
        return
    results: Counter[str] = Counter(result.became for result in applied.results.values())
    yield results_text(results) if results else "Nothing to create; nothing was sent"
    if results[CreateResult.CREATED] and not applied.notes:
        yield "Bindbee lists a created job after its next sync; until then `plan` shows it as pending."
    if results[CreateResult.UNCERTAIN]:
        yield (
            "An uncertain job may exist, so it is never sent again by itself: `bindbee-sync plan` shows what "
            "it waits for, and which command resolves it."
        )
    elif applied.is_open_before:
        elsewhere = ", ".join((applied.latest or applied.plan).uncertain_elsewhere)
        yield (
            f"A create of an earlier run is still uncertain ({elsewhere}): `bindbee-sync plan` shows which "
            "command resolves it."
            if elsewhere
            else "A create of an earlier run is still uncertain; the plan above shows what resolves it."
        )
    if results[CreateResult.NOT_TRIED]:
        why = next(r.detail for r in applied.results.values() if r.became is CreateResult.NOT_TRIED)
        yield f"Not tried: {why}. Run `bindbee-sync apply` again for these."
    if applied.interrupted:
        yield "Interrupted."
    yield from applied.notes


def known_by(plan: Plan, result: Result) -> str:
    """Return the ids of a created job at Bindbee and in the ATS, and where the ATS shows it."""
    remote = f"{provider_name(plan.provider)} id {result.remote_id}" if result.remote_id else ""
    ours = f"Bindbee id {result.id}" if result.id else ""
    return "  ".join(part for part in (remote, ours, plan.url(result.remote_id)) if part)


def results_text(results: Mapping[str, int]) -> str:
    """Return how many creates had each result, e.g. `3 jobs created, 1 rejected`."""
    counts = [(RESULTS[each].word, number) for each in CreateResult if (number := results.get(each, 0))]
    (word, number), *more = counts
    return ", ".join([f"{counted(number, 'job')} {word}", *(f"{number} {word}" for word, number in more)])
