"""New jobs with the name or code of a job that exists or may exist: a person is asked before one is created.

Matching compares codes exactly and gives a file with a code no job by its name alone. What it leaves as new
may still be a job that is there already: under another code, or under none, as where someone created it in
the ATS by hand, or where the ATS dropped or rewrote the code that was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from bindbee_sync.desired.scalars import scalar
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.matching import Matching
from bindbee_sync.planning.targets import WAIT, Target, describe, same_or_another
from bindbee_sync.rules.identity import NAME_COLLISION
from bindbee_sync.text import fold, fold_code

_LISTED = 10
"""Jobs that a message describes; the others are counted."""


def collisions(
    new: Iterable[JobFile], matching: Matching, in_error: AbstractSet[str | None]
) -> Iterator[Diagnostic]:
    """Yield where a file of `new` would create a job beside one that may be the same.

    That is a job, not closed, or a record that awaits one, unless a file manages it that is not among the
    addresses `in_error`. A file without a code collides with a managed one, too: it has nothing but the name.
    """
    targets = [target for target in matching.targets if target.job is None or not target.job.is_closed]
    by_name: dict[str, list[Target]] = defaultdict(list)
    by_code: dict[str, list[Target]] = defaultdict(list)
    by_closed_name: dict[str, list[Target]] = defaultdict(list)
    for target in matching.targets:
        if target.job and target.job.is_closed:
            by_closed_name[fold(target.job.name or "")].append(target)
    for target in targets:
        # Of a listed job only the name that it has now: the names it was sent or recorded with are history.
        for folded_name in {fold(target.job.name or "")} if target.job else target.names:
            by_name[folded_name].append(target)
        # Folded, unlike in matching: "ENG-1" and "eng 1" are one code to the person who wrote them.
        for folded_code in {fold_code(code) for code in target.codes}:
            by_code[folded_code].append(target)
    managed = {found.target for found in matching.matches.values() if found.file.address not in in_error}

    for file in new:
        code, name = file.spec.code, fold(file.spec.name or "")
        namesakes = [
            target
            for target in (by_name.get(name, ()) if name else ())
            if (code is None or target not in managed) and not _is_ruled_out(file, target, matching)
        ]
        same_code = [
            target
            for target in (by_code.get(fold_code(code), ()) if code else ())
            if target not in managed and not _is_ruled_out(file, target, matching)
        ]
        if namesakes or same_code:
            # All at once: named one by one, each run would ask for another one.
            closed = [
                target.job.id
                for target in (by_closed_name.get(name, ()) if name else ())
                if target.job and not target.is_denied_by(file)
            ]
            found = list(dict.fromkeys(namesakes + same_code))
            yield _collision(file, found, closed, "name" if namesakes else "code")


def _is_ruled_out(file: JobFile, target: Target, matching: Matching) -> bool:
    """Return whether the file says that it is another job, or takes the place of just this absent create."""
    found = matching.matches.get(file.path)
    return target.is_denied_by(file) or (found is not None and found.target is target)


def _collision(file: JobFile, targets: list[Target], closed: list[str], field: str) -> Diagnostic:
    more = len(targets) - _LISTED
    listed = [describe(target) for target in targets[:_LISTED]] + ([f"{more} more"] if more > 0 else [])
    message = f"This would create a second job beside {'; '.join(listed)}"
    return NAME_COLLISION.on(file, field, message=message, hint=_hint(file, targets, closed, field))


def _exact_code(targets: list[Target]) -> str | None:
    """Return the line with the code that was meant, if there is one that may be shown."""
    job = targets[0].job
    if len(targets) > 1 or job is None or not job.code or job.confidential:
        return None
    return f"`code: {scalar(job.code)}`"


def _hint(file: JobFile, targets: list[Target], closed: list[str], field: str) -> str:
    ids = [target.known_id for target in targets]
    known = [each for each in ids if each is not None]
    hints = []
    if known:
        line = _exact_code(targets) if field == "code" else None
        hints.append(same_or_another(file, known, line, others=closed))
    if len(known) < len(ids):
        hints.append(WAIT)
    return " ".join(hints)
