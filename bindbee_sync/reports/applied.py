"""The summary of an apply in a few lines, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.reports.vocabulary import RESULTS, provider_name
from bindbee_sync.rules.apply import REJECTED
from bindbee_sync.text import counted

REFUSED = "Not applied: "
"""The beginning of the message of an apply that sent nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What reports show of an apply beside its plan: results by address, and why it stopped.

    `urls` are where the ATS shows the created jobs, by address.
    `rejected` are Bindbee's objections. `uncertain_before` where a create of an earlier run is still
    uncertain; `elsewhere` are the addresses of those that the plan was not asked about.
    """

    results: Mapping[str, Result]
    urls: Mapping[str, str | None]
    rejected: tuple[Diagnostic, ...]
    refusal: str | None
    error: ToolError | None
    notes: tuple[str, ...]
    uncertain_before: bool
    elsewhere: tuple[str, ...] = ()
    interrupted: bool = False

    @classmethod
    def of(cls, report: ApplyReport) -> Self:
        """Return what reports show of an apply."""
        return cls(
            results=report.results,
            urls={each: report.plan.url(result.remote_id) for each, result in report.results.items()},
            rejected=tuple(each for each in report.diagnostics if each.rule == REJECTED.id),
            refusal=report.refusal,
            error=report.error,
            notes=tuple(report.notes),
            uncertain_before=report.is_open_before,
            elsewhere=(report.latest or report.plan).uncertain_elsewhere,
            interrupted=report.interrupted,
        )


def summary_lines(applied: Applied) -> Iterator[str]:
    """Yield the headline, then the next step for each kind of thing that is left."""
    if applied.refusal is not None:
        yield f"{REFUSED}{applied.refusal}; nothing was sent"
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
    elif applied.uncertain_before:
        yield (
            f"A create of an earlier run is still uncertain ({', '.join(applied.elsewhere)}): "
            "`bindbee-sync plan` shows which command resolves it."
            if applied.elsewhere
            else "A create of an earlier run is still uncertain; the plan above shows what resolves it."
        )
    if results[CreateResult.NOT_TRIED]:
        why = next(r.detail for r in applied.results.values() if r.became is CreateResult.NOT_TRIED)
        yield f"Not tried: {why}. Run `bindbee-sync apply` again for these."
    if applied.interrupted:
        yield "Interrupted."
    yield from applied.notes


def known_by(provider: str, result: Result, url: str | None) -> str:
    """Return the ids of a created job at Bindbee and in the ATS, and where the ATS shows it."""
    remote = f"{provider_name(provider)} id {result.remote_id}" if result.remote_id else ""
    ours = f"Bindbee id {result.id}" if result.id else ""
    return "  ".join(part for part in (remote, ours, url) if part)


def results_text(results: Mapping[str, int]) -> str:
    """Return how many creates had each result, e.g. `3 jobs created, 1 rejected`."""
    counts = [(RESULTS[each].word, number) for each in CreateResult if (number := results.get(each, 0))]
    (word, number), *more = counts
    return ", ".join([f"{counted(number, 'job')} {word}", *(f"{number} {word}" for word, number in more)])
