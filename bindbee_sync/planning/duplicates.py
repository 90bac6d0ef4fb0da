"""Files that can't be told apart, without list and ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules import identity
from bindbee_sync.text import fold, fold_code, same_spelling


def duplicates(files: Iterable[JobFile]) -> Iterator[Diagnostic]:
    """Yield, for each file of a pair that shares address, code or (without codes) name, that it does.

    Files that each name a job under `sync` are told apart by that, whatever code or name they share.
    """
    files = tuple(files)
    for file, others in _sharing(files, lambda file: same_spelling(file.address)):
        message = f"The address '{file.address}' is also used by {_paths(others)}"
        yield identity.DUPLICATE_ADDRESS.on(file, message=message)
    for rule, field, key, more in (
        (identity.DUPLICATE_CODE, "code", _code, ""),
        (identity.DUPLICATE_NAME, "name", _deciding_name, ", and neither has a code"),
    ):
        for file, others in _sharing(files, key):
            same = [other for other in others if not _are_told_apart(file, other)]
            if same:
                value = getattr(file.spec, field)
                yield rule.on(
                    file, field, message=f"The {field} '{value}' is also used by {_paths(same)}{more}"
                )


def same_job(files: Iterable[JobFile]) -> Iterator[Diagnostic]:
    """Yield, for each file whose `sync` names the job that another's names too, that it does."""
    for file, others in _sharing(tuple(files), job_named):
        key = "id" if file.spec.sync.id else "remote_id"
        message = f"{_paths(others)} names the same job"
        yield identity.DUPLICATE_TARGET.on(file, "sync", key, message=message)


def _code(file: JobFile) -> str | None:
    return fold_code(file.spec.code or "") or None


def _deciding_name(file: JobFile) -> str | None:
    """Return the folded name of a file without a code, which has nothing else to be known by."""
    return fold(file.spec.name or "") or None if file.spec.code is None else None


def _are_told_apart(file: JobFile, other: JobFile) -> bool:
    """Return whether each names its job under `sync`; that both name the same one is reported apart."""
    return job_named(file) is not None and job_named(other) is not None


def job_named(file: JobFile) -> str | None:
    """Return the id by which the file's `sync` names its job, if it does."""
    named = file.spec.sync.id or file.spec.sync.remote_id
    return None if named is None else named.casefold()


def _sharing(
    files: tuple[JobFile, ...], key: Callable[[JobFile], str | None]
) -> Iterator[tuple[JobFile, list[JobFile]]]:
    groups: dict[str, list[JobFile]] = defaultdict(list)
    for file in files:
        shared = key(file)
        if shared is not None:
            groups[shared].append(file)
    for group in groups.values():
        for file in group if len(group) > 1 else ():
            yield file, [other for other in group if other is not file]


def _paths(files: Iterable[JobFile]) -> str:
    return ", ".join(sorted(file.path for file in files))
