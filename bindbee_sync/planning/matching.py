"""Which job each file stands for: one decision for all files together, in seven steps.

1. `sync.id`, `sync.remote_id`.
2. The address's record, where the code agrees; where neither has a code, where the folded name agrees.
3. The code, exact, of a remote job or a record.
4. The address's record, where the folded name agrees.
5. A file without code: the folded name of a record.
6. The address's record: where neither has a code, a rename; else it is asked.
7. A file without code: the folded name of exactly one remote job that is not closed.

Each step is taken for all files before the next one; what an earlier step gave is not given again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from shlex import quote

from bindbee_sync.bindbee.models import Job
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Record
from bindbee_sync.planning.settling import Settlement, claims
from bindbee_sync.planning.targets import Target, all_targets, describe, describe_job
from bindbee_sync.rules import identity
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class Match:
    """The target that a file stands for, and why in words."""

    file: JobFile
    target: Target
    step: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Matching:
    """The decision: `matches` by the file's path, `unresolved` the paths of files that only seem to be new.

    `targets` are all that there were to stand for.
    """

    matches: Mapping[str, Match]
    unresolved: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    targets: tuple[Target, ...]


def match(
    files: Sequence[JobFile], jobs: Sequence[Job], records: Sequence[Record], settlement: Settlement
) -> Matching:
    """Return which of the `jobs` (templates left out) and live `records` each file stands for."""
    return _Matcher(files, jobs, records, settlement).decide()


@dataclass
class _Index:
    """Targets by what a step looks for."""

    by_job: dict[str, Target] = field(default_factory=dict)
    by_address: dict[str, Target] = field(default_factory=dict)
    by_code: dict[str, list[Target]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Target]] = field(default_factory=lambda: defaultdict(list))


class _Matcher:
    def __init__(
        self,
        files: Sequence[JobFile],
        jobs: Sequence[Job],
        records: Sequence[Record],
        settlement: Settlement,
    ) -> None:
        self._files = sorted(files, key=lambda file: (file.address, file.path))
        self._jobs = jobs
        self._targets = tuple(all_targets(jobs, records, settlement))
        self._given: set[Target] = set()
        self._matches: dict[str, Match] = {}
        self._unresolved: set[str] = set()
        self._diagnostics: list[Diagnostic] = []
        self._index = _Index()
        for target in self._targets:
            if target.job:
                self._index.by_job[target.job.id] = target
            for record in target.records:
                if record.address:
                    self._index.by_address[record.address] = target
            for code in target.codes:
                self._index.by_code[code].append(target)
            for name in target.names:
                self._index.by_name[name].append(target)

    def decide(self) -> Matching:
        claimed = claims(self._files, self._jobs)
        steps = (
            lambda file: self._by_sync(file, claimed),
            self._address_by_code,
            self._by_code,
            self._address_by_name,
            self._record_by_name,
            self._address_renamed,
            self._job_by_name,
        )
        for number, step in enumerate(steps, start=1):
            taken = [
                (file, target, reason)
                for file in self._files
                if file.path not in self._matches and file.path not in self._unresolved
                for target, reason in step(file)
            ]
            self._give(number, taken)
        self._leave_records_to_files_in_error()
        self._report_doubtful()
        return Matching(
            matches=self._matches,
            unresolved=frozenset(self._unresolved),
            diagnostics=tuple(self._diagnostics),
            targets=self._targets,
        )

    def _give(self, step: int, taken: list[tuple[JobFile, Target, str]]) -> None:
        takers: dict[Target, list[JobFile]] = defaultdict(list)
        for file, target, reason in taken:
            takers[target].append(file)
            self._matches[file.path] = Match(file=file, target=target, step=step, reason=reason)
        self._given.update(takers)
        for target, files in takers.items():
            if len(files) > 1:
                paths = ", ".join(file.path for file in files)
                for file in files:
                    self._say(
                        identity.DUPLICATE_TARGET,
                        file,
                        f"{len(files)} files stand for {describe(target)}: {paths}",
                        at=_place(file, step),
                    )

    def _by_sync(self, file: JobFile, claimed: Mapping[str, Job]) -> Iterator[tuple[Target, str]]:
        sync = file.spec.sync
        if sync.id is None and sync.remote_id is None:
            return
        job = claimed.get(file.path)
        if job:
            named = "sync.id" if (sync.id or "").casefold() == job.id.casefold() else "sync.remote_id"
            yield self._index.by_job[job.id], named
            return
        field_name = "id" if sync.id is not None else "remote_id"
        self._unresolved.add(file.path)
        self._say(
            identity.ID_NOT_FOUND,
            file,
            f"No listed job has the {field_name} '{sync.id or sync.remote_id}' that this file names",
            at=file.place("sync", field_name),
            field_name="sync",
        )

    def _address_by_code(self, file: JobFile) -> Iterator[tuple[Target, str]]:
        target = self._own(file)
        if target is None:
            return
        if file.spec.code is not None and file.spec.code in target.codes:
            yield target, f"the ledger: this file, code {file.spec.code}{_renamed(file, target)}"
        elif file.spec.code is None and not target.codes and _name(file) in target.names:
            yield target, "the ledger: this file, same name"
        elif _hides_its_code(file):
            yield target, "the ledger: this file, which has an error"

    def _by_code(self, file: JobFile) -> Iterator[tuple[Target, str]]:
        code = file.spec.code
        found = self._index.by_code.get(code, []) if code is not None else []
        given = [target for target in found if target in self._given]
        if given:
            self._unresolved.add(file.path)
            holder = self._holder(given[0])
            self._say(
                identity.DUPLICATE_TARGET,
                file,
                f"Code '{code}' is that of {describe(given[0])}, for which {holder} stands",
                at=file.place("code"),
                field_name="code",
            )
        elif len(found) > 1:
            self._ambiguous(file, found, f"code '{code}'", file.place("code"), "code")
        elif found:
            yield found[0], f"code {code}{_moved(file, found[0])}{_renamed(file, found[0])}"

    def _address_by_name(self, file: JobFile) -> Iterator[tuple[Target, str]]:
        target = self._own(file)
        if target and _name(file) in target.names:
            yield target, "the ledger: this file, same name; its code has changed"

    def _record_by_name(self, file: JobFile) -> Iterator[tuple[Target, str]]:
        found = [target for target in self._namesakes(file) if target.records]
        if len(found) > 1:
            self._ambiguous(file, found, f"name '{file.spec.name}'", file.place("name"), "name")
        elif found:
            yield found[0], f"the ledger: same name{_moved(file, found[0])}"

    def _address_renamed(self, file: JobFile) -> Iterator[tuple[Target, str]]:
        target = self._own(file)
        if target is None:
            return
        yield target, f"the ledger: this file{_renamed(file, target)}"
        if file.spec.code is not None or target.codes:
            self._say(
                identity.REPURPOSED,
                file,
                f"This file stood for {describe(target)}, and now has another code and name",
                at=file.place("code") if file.spec.code else file.place("name"),
                hint=self._repurposed_hint(target),
            )

    def _job_by_name(self, file: JobFile) -> Iterator[tuple[Target, str]]:
        found = [target for target in self._namesakes(file) if target.job and not target.job.is_closed]
        if len(found) > 1:
            self._ambiguous(file, found, f"name '{file.spec.name}'", file.place("name"), "name")
        elif found:
            yield found[0], "name"

    def _own(self, file: JobFile) -> Target | None:
        target = self._index.by_address.get(file.address)
        return None if target in self._given else target

    def _namesakes(self, file: JobFile) -> list[Target]:
        """Return the targets of its name that are still to be given, where a name decides at all."""
        if file.spec.code is not None or not _name(file):
            return []
        return [
            target
            for target in self._index.by_name.get(_name(file), [])
            if target not in self._given and not target.is_denied_by(file)
        ]

    def _ambiguous(
        self, file: JobFile, found: Iterable[Target], what: str, at: Place, field_name: str
    ) -> None:
        self._unresolved.add(file.path)
        several = "; ".join(describe(target) for target in found)
        self._say(
            identity.AMBIGUOUS_REMOTE,
            file,
            f"Several jobs have the {what}: {several}",
            at=at,
            field_name=field_name,
            hint="Say with `sync.id` which of them it is." if field_name == "code" else None,
        )

    def _leave_records_to_files_in_error(self) -> None:
        """Let a file that could not be matched, for an error, still stand for its address's record."""
        for file in self._files:
            target = self._own(file)
            if target and file.path not in self._matches:
                self._give(6, [(file, target, "the ledger: this file")])

    def _report_doubtful(self) -> None:
        for file in self._files:
            found = self._matches.get(file.path)
            if found and found.target.doubtful:
                several = "; ".join(describe_job(job) for job in found.target.doubtful)
                self._say(
                    identity.AMBIGUOUS_REMOTE,
                    file,
                    f"Several listed jobs may be the one that was created for this file: {several}",
                    at=Place(file.path),
                    hint=f"Look in the ATS which of them it is, then "
                    f"`bindbee-sync ledger resolve {quote(file.address)} --created ID`.",
                )

    def _repurposed_hint(self, target: Target) -> str:
        label = target.record.label if target.record else ""
        if target.job is None:
            return (
                "For a new opening, write a new file. If it is still that job, keep the old code or name "
                "until the job is listed."
            )
        return (
            f"For a new opening, write a new file. If it is still that job, write its id under `sync.id`; "
            f"if the job is over, `bindbee-sync ledger release {quote(label)}`."
        )

    def _holder(self, target: Target) -> str:
        return next(match.file.path for match in self._matches.values() if match.target is target)

    def _say(
        self,
        rule: Rule,
        file: JobFile,
        message: str,
        *,
        at: Place,
        field_name: str | None = None,
        hint: str | None = None,
    ) -> None:
        self._diagnostics.append(rule.at(at, message, address=file.address, field=field_name, hint=hint))


def _name(file: JobFile) -> str:
    return fold(file.spec.name or "")


def _moved(file: JobFile, target: Target) -> str:
    if target.record is None:
        return ""
    before = target.record.label
    return "" if before == file.address else f"; moved from {before}"


def _renamed(file: JobFile, target: Target) -> str:
    was = target.record.name if target.record else None
    return "" if was is None or fold(was) == _name(file) else f"; renamed from '{was}'"


def _hides_its_code(file: JobFile) -> bool:
    """Whether the file has no code for an error that may be the reason."""
    return file.spec.code is None and any(
        finding.is_error and finding.field in (None, "code", "name") for finding in file.diagnostics
    )


def _place(file: JobFile, step: int) -> Place:
    if step == 1:
        sync = file.spec.sync
        return file.place("sync", "id" if sync.id is not None else "remote_id")
    if file.spec.code is not None:
        return file.place("code")
    return file.place("name")
