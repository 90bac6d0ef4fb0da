"""A job file by itself: its references, its findings, and whether a job is to be created for it."""

from __future__ import annotations

from dataclasses import dataclass

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.references import References, check_references, resolve
from bindbee_sync.planning.world import World
from bindbee_sync.rules.registry import check_new_job


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A job file with its resolved references, and the `findings` on it by itself.

    `is_new` where a job is to be created for it; `retries` is then the absent create that is sent again.
    """

    file: JobFile
    references: References
    is_new: bool
    retries: Record | None
    findings: tuple[Diagnostic, ...]


def judge(file: JobFile, world: World) -> Judged:
    """Return the file with its references resolved, and all that is wrong with it by itself."""
    retries = _absent_create(file, world)
    is_matched = file.path in world.matching.matches or file.path in world.matching.unresolved
    is_new = retries is not None or not is_matched
    references = resolve(file, world.directory)
    # An unreadable file has an empty spec: rules about creating would object to what could not be read.
    creates = is_new and file.readable
    return Judged(
        file=file,
        references=references,
        is_new=is_new,
        retries=retries,
        findings=(
            *file.diagnostics,
            *check_references(file, references, world.directory, provider=world.provider, exists=not creates),
            *(check_new_job(file, world.provider, offline=False) if creates else ()),
        ),
    )


def _absent_create(file: JobFile, world: World) -> Record | None:
    """Return the record of the file's earlier create, where that is to be sent again."""
    found = world.match_of(file)
    if not world.options.retry_absent or found is None or found.target.job is not None:
        return None
    record = found.target.record
    # With several candidates the job was probably created: only a person can say which of them it is.
    if record is None or found.target.candidates or not world.evidence.may_be_sent_again(record):
        return None
    return record
