"""Job files for unmanaged jobs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.defaults import Defaults
from bindbee_sync.desired.load import load_text
from bindbee_sync.importing.choose import Skipped
from bindbee_sync.importing.file_names import free_address, slug
from bindbee_sync.importing.folder import JobsFolder
from bindbee_sync.importing.render import job_text
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.compare import COMPARABLE, differences
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.references import resolve
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A job file to write."""

    address: str
    job: Job
    text: str


class FilesForJobs:
    """Make job files for `folder`, with names from `directory` and a line that points editors to `schema`."""

    def __init__(
        self,
        folder: JobsFolder,
        directory: Directory,
        *,
        provider: str,
        by_department: bool,
        schema: Path,
    ) -> None:
        self._folder = folder
        self._directory = directory
        self._provider = provider
        self._by_department = by_department
        self._schema = schema

    def folder_of(self, job: Job) -> str:
        """Return the folder of the job's file, below the jobs folder."""
        if not self._by_department or not job.departments:
            return ""
        item = self._directory.departments.by_id(job.departments[0])
        return self._folder.subfolder(slug(item.label)) if item else ""

    def make(self, jobs: Iterable[Job], addresses: Mapping[str, str]) -> Iterator[NewFile | Skipped]:
        """Yield a file for each job, or the reason why it can't have one."""
        taken = self._folder.taken()
        for job in sorted(jobs, key=lambda job: (addresses[job.id], job.id)):
            address = free_address(job, self.folder_of(job), addresses[job.id], taken)
            taken |= {fold(address)}
            below = PurePosixPath(address).parent
            defaults = self._folder.defaults(below)
            inherited = [name for name in COMPARABLE if defaults.layer.fields.get(name) is not None]
            schema = os.path.relpath(self._schema, self._folder.base / below).replace(os.sep, "/")
            text = job_text(job, self._directory, schema=schema, inherited=inherited)
            fault = self._fault(load_text(text, address=address, defaults=defaults), job, defaults)
            if fault is None:
                yield NewFile(address=address, job=job, text=text)
            else:
                yield Skipped(job=job, reason=f"it can't be written as a job file: {fault}")

    def _fault(self, file: JobFile, job: Job, defaults: Defaults) -> str | None:
        """Return how the file, read back, differs from the job; faults of the defaults are not its own."""
        own = [finding for finding in file.diagnostics if finding.is_error and not defaults.faults]
        if own or not file.readable:
            return file.diagnostics[0].message
        references = resolve(file, self._directory)
        changes = differences(file, references, job, provider=self._provider, ignored=())
        if changes:
            return f"{', '.join(change.field for change in changes)} would differ"
        return None if file.spec.sync.id == job.id else "its id would differ"
