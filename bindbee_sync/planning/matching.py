"""The match of files to jobs and records: one decision for all files together, in seven steps.

1. `sync.id`, `sync.remote_id`.
2. The address's record, where the code agrees; where neither has a code, where the folded name agrees.
3. The code, exact, of a remote job or a record.
4. The address's record, where the folded name agrees.
5. A file without code: the folded name of a record.
6. The address's record: where neither has a code, a rename; else a person is asked.
7. A file without code: the folded name of exactly one remote job that is not closed.

Each step is taken for all files before the next one, and what an earlier step claimed can't be claimed again.
With a loop over files instead, the file that comes first would take by its name what another has by its code,
and a second job would be created for that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from shlex import quote

from bindbee_sync.bindbee.models import Job
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.matching_steps import STEPS, Claim, Index, Step, Unresolved
from bindbee_sync.planning.settling import Settlement
from bindbee_sync.planning.targets import Target, all_targets, describe, describe_job
from bindbee_sync.rules import identity

BY_SYNC, BY_ADDRESS_ALONE, BY_NAME_ALONE = 1, 6, 7
"""Numbers of steps that others have to know."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """The target that a file manages, the step that found it, and the reason in words."""

    file: JobFile
    target: Target
    step: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Matching:
    """The decision: `matches` by the file's path, `unresolved` the paths of files that only seem to be new.

    `targets` are everything that a file could manage.
    """

    targets: tuple[Target, ...]
    matches: Mapping[str, Match]
    unresolved: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def claimed(self) -> dict[Target, JobFile]:
        """The targets that files are matched to, each with the first of these files."""
        claimed: dict[Target, JobFile] = {}
        for found in self.matches.values():
            claimed.setdefault(found.target, found.file)
        return claimed

    @property
    def unmanaged(self) -> tuple[Target, ...]:
        """The targets that no file is matched to."""
        claimed = self.claimed
        return tuple(target for target in self.targets if target not in claimed)


def match(
    files: Sequence[JobFile],
    jobs: Sequence[Job],
    records: Sequence[Record],
    settlement: Settlement,
    prefix: str = "",
) -> Matching:
    """Return which of the `jobs` (templates left out) and live `records` each file manages.

    Addresses in commands to paste begin with `prefix`.
    """
    targets = tuple(all_targets(jobs, records, settlement))
    index = Index.of(files, jobs, targets, prefix)
    ordered = sorted(files, key=lambda file: (file.address, file.path))
    so_far = Matching(targets=targets, matches={}, unresolved=frozenset(), diagnostics=())
    for number, step in enumerate(STEPS, start=1):
        so_far = _after(number, step, so_far, ordered, index)
    decided = _with_own_records(so_far, ordered, index)
    return replace(
        decided, diagnostics=(*decided.diagnostics, *_several_candidates(decided, ordered, prefix))
    )


def _after(number: int, step: Step, so_far: Matching, files: Sequence[JobFile], index: Index) -> Matching:
    """Return the matching after one more step for all files that are still open."""
    claimed = so_far.claimed
    answers = [
        (file, answer)
        for file in files
        if file.path not in so_far.matches and file.path not in so_far.unresolved
        if (answer := step(file, index, claimed)) is not None
    ]
    claims = [(file, answer) for file, answer in answers if isinstance(answer, Claim)]
    found = {
        file.path: Match(file=file, target=claim.target, step=number, reason=claim.reason)
        for file, claim in claims
    }
    unresolved = {file.path for file, answer in answers if isinstance(answer, Unresolved)}
    return replace(
        so_far,
        matches={**so_far.matches, **found},
        unresolved=so_far.unresolved | unresolved,
        diagnostics=(
            *so_far.diagnostics,
            *(finding for _, answer in answers for finding in answer.findings),
            *_rival_claims(claims, number),
        ),
    )


def _rival_claims(claims: Sequence[tuple[JobFile, Claim]], step: int) -> Iterator[Diagnostic]:
    """Yield that files claim the same target in one step: all of them are matched to it, each in error.

    Were one of them preferred, the others would count as new, and the job be created again for each.
    """
    claimants: dict[Target, list[JobFile]] = defaultdict(list)
    for file, claim in claims:
        claimants[claim.target].append(file)
    for target, files in claimants.items():
        if len(files) > 1:
            paths = ", ".join(file.path for file in files)
            for file in files:
                yield identity.DUPLICATE_TARGET.at(
                    _place(file, step),
                    f"{len(files)} files match {describe(target)}: {paths}",
                    address=file.address,
                )


def _with_own_records(so_far: Matching, files: Sequence[JobFile], index: Index) -> Matching:
    """Match a file that is unresolved, because of an error, to its address's record if that is still free.

    Else the record would look orphaned, as if its file were gone, while it only has to be corrected.
    """
    matches = dict(so_far.matches)
    claimed = set(so_far.claimed)
    for file in files:
        target = index.by_address.get(file.address)
        if target and target not in claimed and file.path not in matches:
            claimed.add(target)
            matches[file.path] = Match(
                file=file, target=target, step=BY_ADDRESS_ALONE, reason="the ledger: this file"
            )
    return replace(so_far, matches=matches)


def _several_candidates(decided: Matching, files: Sequence[JobFile], prefix: str) -> Iterator[Diagnostic]:
    """Yield that a file's earlier create may be any of several listed jobs: only a person can tell which."""
    for file in files:
        found = decided.matches.get(file.path)
        if found and found.target.candidates:
            several = "; ".join(describe_job(job) for job in found.target.candidates)
            yield identity.AMBIGUOUS_REMOTE.on(
                file,
                message=f"Several listed jobs may be the one that was created for this file: {several}",
                hint="Find out in the ATS which of them it is, then run "
                f"`bindbee-sync ledger resolve {quote(prefix + file.address)} --created ID`.",
            )


def _place(file: JobFile, step: int) -> Place:
    if step == BY_SYNC:
        return file.place("sync", "id" if file.spec.sync.id is not None else "remote_id")
    return file.place("code") if file.spec.code is not None else file.place("name")
