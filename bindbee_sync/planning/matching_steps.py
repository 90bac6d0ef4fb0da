"""The seven steps of matching: each answers for one file, from what earlier steps claimed for all files.

A step returns a claim to a target, that the file is unresolved, or None, which leaves it to the next step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Self

from bindbee_sync.bindbee.models import Job
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.settling import jobs_named_by_sync
from bindbee_sync.planning.targets import WAIT, Target, describe, its_line, same_or_another
from bindbee_sync.rules import identity
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A file's claim to a target, with the reason in words and what is wrong with it."""

    target: Target
    reason: str
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Unresolved:
    """A file that names or resembles something which can't be determined: it only seems to be new."""

    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, kw_only=True)
class Index:
    """The targets by what a step looks for; `by_sync` has by a file's path the one that its `sync` names.

    Addresses in commands to paste begin with `prefix`.
    """

    by_sync: Mapping[str, Target]
    by_address: Mapping[str, Target]
    by_code: Mapping[str, Sequence[Target]]
    by_name: Mapping[str, Sequence[Target]]
    prefix: str

    @classmethod
    def of(
        cls, files: Sequence[JobFile], jobs: Sequence[Job], targets: Iterable[Target], prefix: str
    ) -> Self:
        """Return the index of `targets`."""
        by_job: dict[str, Target] = {}
        by_address: dict[str, Target] = {}
        by_code: dict[str, list[Target]] = defaultdict(list)
        by_name: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            if target.job:
                by_job[target.job.id] = target
            for record in target.records:
                if record.address:
                    by_address[record.address] = target
            for code in target.codes:
                by_code[code].append(target)
            for name in target.names:
                by_name[name].append(target)
        named = jobs_named_by_sync(files, jobs)
        return cls(
            by_sync={path: by_job[job.id] for path, job in named.items()},
            by_address=by_address,
            by_code=dict(by_code),
            by_name=dict(by_name),
            prefix=prefix,
        )


Claimed = Mapping[Target, JobFile]
"""The targets that earlier steps gave away, each with its first claimant."""

Step = Callable[[JobFile, Index, Claimed], Claim | Unresolved | None]


def _by_sync(file: JobFile, index: Index, _claimed: Claimed) -> Claim | Unresolved | None:
    # First: a person who writes an id has looked, and no likeness of names or codes outweighs that.
    sync = file.spec.sync
    if sync.id is None and sync.remote_id is None:
        return None
    target = index.by_sync.get(file.path)
    if target and target.job:
        is_by_id = (sync.id or "").casefold() == target.job.id.casefold()
        return Claim(target=target, reason="sync.id" if is_by_id else "sync.remote_id")
    # An id that is not listed is a typing mistake or a job that is gone, never a wish for a new job.
    key = "id" if sync.id is not None else "remote_id"
    message = f"No listed job has the {key} '{sync.id or sync.remote_id}' that this file names"
    return Unresolved((identity.ID_NOT_FOUND.on(file, "sync", key, message=message),))


def _by_address_and_code(file: JobFile, index: Index, claimed: Claimed) -> Claim | None:
    # Before the code alone: of two records with one code, a file keeps the one at its own address.
    target = _own(file, index, claimed)
    if target is None:
        return None
    code = file.spec.code
    if code in target.codes:
        return Claim(target=target, reason=f"the ledger: this file, code {code}{_renamed(file, target)}")
    if code is None and not target.codes and _name(file) in target.names:
        return Claim(target=target, reason="the ledger: this file, same name")
    # A code that can't be read looks like none: the file would then be matched by its name, perhaps to a job
    # that another file manages by its code.
    if _hides_its_code(file):
        return Claim(target=target, reason="the ledger: this file, which has an error")
    return None


def _by_code(file: JobFile, index: Index, claimed: Claimed) -> Claim | Unresolved | None:
    # Before the name: names change and repeat, and a code is what a moved and renamed file is known by.
    code = file.spec.code
    if code is None:
        return None
    found = index.by_code.get(code)
    if not found:
        return None
    held = next((target for target in found if target in claimed), None)
    if held:
        # Not new: a copied file whose code was left in it would have the same job created again.
        message = f"Code '{code}' is that of {describe(held)}, which {claimed[held].path} manages"
        return Unresolved((identity.DUPLICATE_TARGET.on(file, "code", message=message),))
    if len(found) > 1:
        return _ambiguous(file, index, found, "code")
    return Claim(target=found[0], reason=f"code {code}{_moved(file, found[0])}{_renamed(file, found[0])}")


def _by_address_and_name(file: JobFile, index: Index, claimed: Claimed) -> Claim | None:
    # After the code: where the new code is that of another job, the file means that one.
    target = _own(file, index, claimed)
    if target and _name(file) in target.names:
        return Claim(target=target, reason="the ledger: this file, same name; its code has changed")
    return None


def _by_name_of_record(file: JobFile, index: Index, claimed: Claimed) -> Claim | Unresolved | None:
    # Before the address alone: a file that was moved is found by its name, and the one that took over its
    # old address must not get its record.
    found = [target for target in _namesakes(file, index, claimed) if target.records]
    if len(found) > 1:
        return _ambiguous(file, index, found, "name")
    if found:
        return Claim(target=found[0], reason=f"the ledger: same name{_moved(file, found[0])}")
    return None


def _by_address_alone(file: JobFile, index: Index, claimed: Claimed) -> Claim | None:
    # Nothing but the address is left. Without codes that is a rename; with one, the file may have been
    # written over for another opening: guessed wrong, that opening would never be created, or the old job
    # be created a second time.
    target = _own(file, index, claimed)
    if target is None:
        return None
    reason = f"the ledger: this file{_renamed(file, target)}"
    if file.spec.code is None and not target.codes:
        return Claim(target=target, reason=reason)
    repurposed = identity.REPURPOSED.at(
        file.place("code") if file.spec.code else file.place("name"),
        f"This file managed {describe(target)}, and now has another code and name",
        hint=_repurposed_hint(file, target, index.prefix),
        address=file.address,
    )
    return Claim(target=target, reason=reason, findings=(repurposed,))


def _by_name_of_job(file: JobFile, index: Index, claimed: Claimed) -> Claim | Unresolved | None:
    # Last: a name alone is the weakest sign, and a closed job of the name is one that has been filled.
    found = [target for target in _namesakes(file, index, claimed) if target.job and not target.job.is_closed]
    if len(found) > 1:
        return _ambiguous(file, index, found, "name")
    return Claim(target=found[0], reason="name") if found else None


STEPS: tuple[Step, ...] = (
    _by_sync,
    _by_address_and_code,
    _by_code,
    _by_address_and_name,
    _by_name_of_record,
    _by_address_alone,
    _by_name_of_job,
)


def _own(file: JobFile, index: Index, claimed: Claimed) -> Target | None:
    """Return the target of the record at the file's address, unless it is claimed."""
    target = index.by_address.get(file.address)
    return None if target in claimed else target


def _namesakes(file: JobFile, index: Index, claimed: Claimed) -> list[Target]:
    """Return the unclaimed targets of the file's name; none where it has a code."""
    if file.spec.code is not None:
        return []
    return [
        target
        for target in index.by_name.get(_name(file), ())
        if target not in claimed and not target.is_denied_by(file)
    ]


def _ambiguous(file: JobFile, index: Index, found: Sequence[Target], field: str) -> Unresolved:
    several = "; ".join(describe(target) for target in found)
    ids = [target.known_id or "" for target in found]
    if not all(ids):
        hint = WAIT
    elif field == "name":
        closed = [each.job.id for each in index.by_name[_name(file)] if each.job and each.job.is_closed]
        hint = same_or_another(file, ids, others=closed)
    else:  # a file with their code is none of them only with another code
        hint = f"Write {its_line(file, ids)}. Another job has a code of its own."
    finding = identity.AMBIGUOUS_REMOTE.on(
        file,
        field,
        message=f"Several jobs have the {field} '{getattr(file.spec, field)}': {several}",
        hint=hint,
    )
    return Unresolved((finding,))


def _repurposed_hint(file: JobFile, target: Target, prefix: str) -> str:
    label = prefix + target.record.label if target.record else ""
    if target.job is None:
        return (
            "For a new opening, write a new file. If it is still that job, keep the old code or name "
            "until the job is listed."
        )
    line = its_line(file, [target.job.id])
    return (
        f"For a new opening, write a new file. If it is still that job, write {line}; if the job is over, "
        f"`bindbee-sync ledger release {quote(label)}`."
    )


def _name(file: JobFile) -> str:
    return fold(file.spec.name or "")


def _moved(file: JobFile, target: Target) -> str:
    before = target.record.label if target.record else file.address
    return "" if before == file.address else f"; moved from {before}"


def _renamed(file: JobFile, target: Target) -> str:
    was = target.record.name if target.record else None
    return "" if was is None or fold(was) == _name(file) else f"; renamed from '{was}'"


def _hides_its_code(file: JobFile) -> bool:
    """Return whether the file has no code because of an error, as far as its findings can tell."""
    return file.spec.code is None and any(
        finding.is_error and finding.field in (None, "code", "name") for finding in file.diagnostics
    )
