"""Files that can't be told apart, by themselves: needs neither list nor ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from bindbee_sync.desired.model import JobFile
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.rules import identity
from bindbee_sync.text import fold, same_spelling


def duplicates(files: Iterable[JobFile]) -> Iterator[Diagnostic]:
    """Yield, for each file of a pair that shares address, code or (without codes) name, that it does.

    Files whose `sync` names a job of their own are told apart by that, whatever code or name they share.
    """
    files = tuple(files)
    for file, others in _sharing(files, lambda file: same_spelling(file.address)):
        yield identity.DUPLICATE_ADDRESS.at(
            Place(file.path),
            f"The address '{file.address}' is also that of {_paths(others)}",
            address=file.address,
        )
    for file, others in _sharing(files, lambda file: _blank_to_none(file.spec.code)):
        alike = [other for other in others if not _name_two_jobs(file, other)]
        if alike:
            yield identity.DUPLICATE_CODE.at(
                file.place("code"),
                f"The code '{file.spec.code}' is also that of {_paths(alike)}",
                address=file.address,
                field="code",
            )
    for file, others in _sharing(files, _deciding_name):
        yield identity.DUPLICATE_NAME.at(
            file.place("name"),
            f"The name '{file.spec.name}' is also that of {_paths(others)}, and neither has a code",
            address=file.address,
            field="name",
        )


def _deciding_name(file: JobFile) -> str | None:
    """Return the name by which alone the file would be told from others: not where `sync` names its job."""
    if file.spec.code is not None or job_named(file) is not None:
        return None
    return _blank_to_none(file.spec.name)


def _name_two_jobs(file: JobFile, other: JobFile) -> bool:
    one, two = job_named(file), job_named(other)
    return one is not None and two is not None and one != two


def job_named(file: JobFile) -> str | None:
    """Return the id by which the file's `sync` names its job, if it does."""
    named = file.spec.sync.id or file.spec.sync.remote_id
    return None if named is None else named.casefold()


def _blank_to_none(text: str | None) -> str | None:
    return fold(text or "") or None


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
