"""What an apply came to, in a few lines, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.create_result import CreateResult
from bindbee_sync.text import counted


def summary_lines(applied: ApplyReport) -> Iterator[str]:
    """Yield the outcome first, then the next step for each kind of thing that is left."""
    if applied.refusal is not None:
        yield f"Not applied: {applied.refusal}. Nothing was sent."
        yield from applied.notes
        return
    became = Counter(result.became for result in applied.results.values())
    if not became:
        yield "Nothing to create: nothing was sent."
    else:
        yield f"{counted(became[CreateResult.CREATED], 'job')} created." + "".join(
            f" {became[each]} {each.replace('_', ' ')}."
            for each in CreateResult
            if became[each] and each != "created"
        )
    if became[CreateResult.CREATED] and not applied.notes:
        yield "Bindbee lists a created job after its next sync; until then `plan` shows it as pending."
    if became[CreateResult.UNCERTAIN]:
        yield (
            "Uncertain means that the job may exist. It is held, never sent again by itself: "
            "`bindbee-sync plan` says what it waits for and which command ends the wait."
        )
    elif applied.is_open_before:
        elsewhere = ", ".join((applied.latest or applied.plan).uncertain_elsewhere)
        yield (
            f"A create of an earlier run is still uncertain ({elsewhere}): `bindbee-sync plan` says which "
            "command ends the wait."
            if elsewhere
            else "A create of an earlier run is still uncertain; see above which command ends the wait."
        )
    if became[CreateResult.NOT_TRIED]:
        why = next(r.detail for r in applied.results.values() if r.became is CreateResult.NOT_TRIED)
        yield f"Not tried: {why}. Run `bindbee-sync apply` again for these."
    if applied.interrupted:
        yield "Interrupted."
    yield from applied.notes
