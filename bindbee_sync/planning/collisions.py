"""New jobs with the name of a job that exists or may exist: asked about, never created in passing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.matching import Matching
from bindbee_sync.planning.targets import Target, describe
from bindbee_sync.rules.identity import NAME_COLLISION
from bindbee_sync.text import fold, fold_code


def find(new: Iterable[JobFile], matching: Matching, faulty: AbstractSet[str | None]) -> Iterator[Diagnostic]:
    """Yield where a file of `new` would make a job beside one that it may well be.

    Not closed, listed or still to be listed, and not stood for by a file without an error (`faulty` are the
    addresses with one); for a file without a code, whoever stands for it.
    """
    targets = [target for target in matching.targets if target.job is None or not target.job.is_closed]
    by_name: dict[str, list[Target]] = defaultdict(list)
    by_code: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        for folded_name in {fold(target.job.name or "")} if target.job else target.names:
            by_name[folded_name].append(target)
        for folded_code in {fold_code(code) for code in target.codes}:
            by_code[folded_code].append(target)
    settled = {found.target for found in matching.matches.values() if found.file.address not in faulty}

    for file in new:
        code, name = file.spec.code, fold(file.spec.name or "")
        for target in by_name.get(name, []) if name else []:
            if (code is None or target not in settled) and not _is_its_own(file, target, matching):
                yield _collision(file, target, "name")
                break
        else:
            for target in by_code.get(fold_code(code), []) if code else []:
                if target not in settled and not _is_its_own(file, target, matching):
                    yield _collision(file, target, "code")
                    break


def _is_its_own(file: JobFile, target: Target, matching: Matching) -> bool:
    """Whether the file says that it is another job, or takes the place of just this absent create."""
    found = matching.matches.get(file.path)
    return target.is_denied_by(file) or (found is not None and found.target is target)


def _collision(file: JobFile, target: Target, field: str) -> Diagnostic:
    return NAME_COLLISION.at(
        file.place(field),
        f"This would make a second job beside {describe(target)}",
        hint=_hint(target, field),
        address=file.address,
        field=field,
    )


def _hint(target: Target, field: str) -> str:
    known = target.job.id if target.job else next((r.job_id for r in target.records if r.job_id), None)
    if known is None:
        return "Wait for the sync that lists it (`bindbee-sync plan` shows it as pending or uncertain)."
    if field == "code":
        return (
            f"If it is that job, write its code exactly; if it is another, `sync.distinct_from: [{known}]`."
        )
    return (
        f"If it is that job, write `sync: {{id: {known}}}`; if another, `sync: {{distinct_from: [{known}]}}`."
    )
