"""The three imports: new files, a job into an existing file, the ATS's values into drifted files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.errors import ToolError
from bindbee_sync.importing.adopt import adopted
from bindbee_sync.importing.choose import JobFilter, Skipped, choose, find_job, is_named
from bindbee_sync.importing.file_names import assign_addresses, is_address
from bindbee_sync.importing.folder import JobsFolder
from bindbee_sync.importing.new_files import FilesForJobs
from bindbee_sync.importing.update import Update
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Ledger
from bindbee_sync.planning.model import Plan
from bindbee_sync.schema import SCHEMA_FILE


@dataclass(frozen=True, kw_only=True)
class Written:
    """A job file that was written or changed, and the job that it manages."""

    address: str
    path: str
    job: Job


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The result of an import; `held` and `of_status` are those of the choice.

    `failed` has the error of each file that should have been changed and was not.
    """

    written: tuple[Written, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failed: tuple[ToolError, ...] = ()
    held: int = 0
    of_status: Mapping[str, int] = field(default_factory=dict)


class Importer:
    """Import into the jobs folder at `jobs`, by the `plan` that was made of `snapshot` and `ledger`."""

    def __init__(self, plan: Plan, snapshot: Snapshot, ledger: Ledger, *, jobs: Path, root: Path) -> None:
        self._plan = plan
        self._snapshot = snapshot
        self._ledger = ledger
        self._root = root
        self._folder = JobsFolder(jobs, root)
        managed = {entry.job.id: entry.job for entry in plan.entries if entry.job}
        self._jobs = [*plan.unmanaged, *managed.values()]

    def new_files(self, wanted: JobFilter, *, by_department: bool, dry_run: bool = False) -> Imported:
        """Write files for the `wanted` jobs; see `choose`. A dry run writes nothing. Raises ToolError."""
        maker = FilesForJobs(
            self._folder,
            self._plan.directory,
            provider=self._plan.provider,
            by_department=by_department,
            schema=self._root / SCHEMA_FILE,
        )
        known = assign_addresses(self._jobs, maker.folder_of, dict(self._asked_for_by_record(wanted.jobs)))
        choice = choose(self._plan, self._ledger.live, self._snapshot, wanted=wanted, addresses=known)
        written = []
        skipped = list(choice.skipped)
        for made in maker.make(choice.jobs, known):
            if isinstance(made, Skipped):
                skipped.append(made)
            else:
                if not dry_run:
                    self._folder.create(made.address, made.text)
                path = self._folder.path(made.address)
                written.append(Written(address=made.address, path=path, job=made.job))
        return Imported(
            written=tuple(written),
            skipped=tuple(skipped),
            held=choice.held,
            of_status=choice.of_status,
        )

    def into(self, address: str, identifier: str) -> Imported:
        """Let the file at `address` manage the job with that id or remote id. Raises ToolError."""
        entry = next((entry for entry in self._plan.entries if entry.address == address), None)
        if entry is None:
            raise ToolError(
                "There is no job file at this address",
                where=address,
                hint="An address is a file's path below the jobs folder, without suffix.",
            )
        if not entry.file.readable:
            raise _unreadable(entry.file)
        job = find_job(self._jobs, identifier)
        if job is None:
            raise ToolError(
                "No listed job has this id",
                where=identifier,
                hint="`bindbee-sync plan --unmanaged` lists jobs with their ids. Templates are not jobs.",
            )
        holder = next((each for each in self._plan.entries if each.job and each.job.id == job.id), None)
        if holder and holder.address != address:
            raise ToolError(
                f"{holder.file.path} already manages this job ({holder.reason})",
                where=identifier,
                hint="Two files can't manage the same job: remove one of them.",
            )
        file = entry.file
        defaults = self._folder.defaults_of(file)
        return Imported(
            written=self._rewrite(file, job, lambda content: adopted(file, content, job, defaults))
        )

    def update(self, selects: Callable[[str], bool]) -> Imported:
        """Copy the ATS's values into the selected files where they differ.

        A file that can't be changed stays as it is, and is in `failed`. Raises ToolError where none of the
        selected files manages a listed job.
        """
        chosen = [entry for entry in self._plan.entries if selects(entry.address)]
        if not any(entry.job or not entry.file.readable for entry in chosen):
            raise ToolError(
                "Nothing to update from: no listed job is matched to this file",
                where=chosen[0].file.path if chosen else "",
                hint="`bindbee-sync plan` shows its outcome; `bindbee-sync import --into` adopts a job.",
            )
        written: list[Written] = []
        skipped: list[Skipped] = []
        failed: list[ToolError] = []
        for entry in chosen:
            file, job = entry.file, entry.job
            if not file.readable:
                failed.append(_unreadable(file))
            if job is None or not entry.changes:
                continue
            if job.confidential and not file.spec.confidential:
                reason = (
                    f"it is confidential, and others can read {file.path}; if that is intended, write "
                    "`confidential: true` there"
                )
                skipped.append(Skipped(job=job, reason=reason))
                continue
            defaults = self._folder.defaults_of(file)
            update = Update(file, job, defaults, self._plan.directory, provider=self._plan.provider)
            fields = [change.field for change in entry.changes]
            try:
                written += self._rewrite(file, job, partial(update.content, fields=fields))
            except ToolError as error:
                failed.append(error)
        return Imported(written=tuple(written), skipped=tuple(skipped), failed=tuple(failed))

    def _asked_for_by_record(self, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the id and the address in the ledger of each unmanaged job whose address is `wanted`."""
        missing = {job.id for job in self._plan.unmanaged}
        for record, job in self._plan.listed_records:
            address = record.address or ""
            is_wanted = any(is_named(address, text) for text in wanted)
            if job.id in missing and is_address(address) and is_wanted:
                yield job.id, address

    def _rewrite(self, file: JobFile, job: Job, change: Callable[[bytes], bytes]) -> tuple[Written, ...]:
        path = self._root / file.path
        before = path.read_bytes()
        after = change(before)
        if after == before:
            return ()
        self._folder.rewrite(path, file.path, after)
        return (Written(address=file.address, path=file.path, job=job),)


def _unreadable(file: JobFile) -> ToolError:
    return ToolError(
        "This file can't be read",
        where=file.path,
        hint="Fix what `bindbee-sync validate` reports about it first.",
    )
