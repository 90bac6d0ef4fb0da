"""Files that can't be told apart, without list and ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules import identity
from bindbee_sync.text import fold, fold_code, same_spelling

_NAMED = 5


def duplicates(files: Iterable[JobFile]) -> Iterator[Diagnostic]:
    """Yield, for each file of a pair that shares address, code or (without codes) name, that it does.

    Files that each name a job under `sync` are told apart by that, whatever code or name they share.
    """
    files = tuple(files)
    for group in _sharing(files, lambda file: same_spelling(file.address)):
        for file in group:
            message = f"The address '{file.address}' is also used by {_others(file, group, len(group) - 1)}"
            yield identity.DUPLICATE_ADDRESS.on(file, message=message)
    for rule, field, key, more in (
        (identity.DUPLICATE_CODE, "code", _code, ""),
        (identity.DUPLICATE_NAME, "name", _deciding_name, ", and neither has a code"),
    ):
        for group in _sharing(files, key):
            by_no_id = [file for file in group if job_named(file) is None]
            for file in group:
                # Of two that each name a job under `sync`, that tells them apart; that both name the same one
                # is reported apart.
                is_named = job_named(file) is not None
                same, number = (by_no_id, len(by_no_id)) if is_named else (group, len(group) - 1)
                if number:
                    value = getattr(file.spec, field)
                    message = f"The {field} '{value}' is also used by {_others(file, same, number)}{more}"
                    yield rule.on(file, field, message=message)


def same_job(files: Iterable[JobFile]) -> Iterator[Diagnostic]:
    """Yield, for each file whose `sync` names the job that another's names too, that it does."""
    for group in _sharing(files, job_named):
        for file in group:
            key = "id" if file.spec.sync.id else "remote_id"
            message = f"{_others(file, group, len(group) - 1)} names the same job"
            yield identity.DUPLICATE_TARGET.on(file, "sync", key, message=message)


def _code(file: JobFile) -> str | None:
    return fold_code(file.spec.code or "") or None


def _deciding_name(file: JobFile) -> str | None:
    """Return the folded name of a file without a code, which has nothing else to be known by."""
    return fold(file.spec.name or "") or None if file.spec.code is None else None


def job_named(file: JobFile) -> str | None:
    """Return the id by which the file's `sync` names its job, if it does."""
    named = file.spec.sync.id or file.spec.sync.remote_id
    return None if named is None else named.casefold()


def _sharing(files: Iterable[JobFile], key: Callable[[JobFile], str | None]) -> Iterator[Sequence[JobFile]]:
    """Yield the files that share a key, by path."""
    groups: dict[str, list[JobFile]] = defaultdict(list)
    for file in files:
        shared = key(file)
        if shared is not None:
            groups[shared].append(file)
    for group in groups.values():
        if len(group) > 1:
            yield sorted(group, key=lambda file: file.path)


def _others(file: JobFile, group: Sequence[JobFile], number: int) -> str:
    """Return the first of the `number` files in `group` that are not `file`, and how many more there are.

    With all of them in each message, what a large group costs would grow with its square.
    """
    named = list(islice((other.path for other in group if other is not file), _NAMED))
    more = [f"{number - len(named)} more"] if number > len(named) else []
    return ", ".join([*named, *more])
