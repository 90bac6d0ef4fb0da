"""Job files, each with its folder's defaults: from a folder, or from text."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from bindbee_sync.desired.defaults import NO_DEFAULTS, Defaults, FolderDefaults, Read, read_layer
from bindbee_sync.desired.discover import SourceFile, discover
from bindbee_sync.desired.parsing import MAX_BYTES
from bindbee_sync.job_file import Desired, JobFile, JobSpec


def load_jobs(jobs_dir: Path, root: Path) -> Desired:
    """Return every job file below `jobs_dir`; a fault in one is a diagnostic and hides no other.

    Paths are relative to `root`. Raises ToolError where the folder can't be listed.
    """
    found = discover(jobs_dir, root)
    sources = {folder.path: folder.defaults for folder in found.folders}
    defaults = FolderDefaults(lambda folder: _open(sources.get(folder)))
    files: list[JobFile] = []
    diagnostics = dict.fromkeys(found.diagnostics)
    for folder in found.folders:
        inherited = defaults.of(folder.path)
        diagnostics |= dict.fromkeys(inherited.faults)
        files += (_job_file(partial(_read, job), job.address, job.path, inherited) for job in folder.jobs)
    return Desired(
        files=tuple(sorted(files, key=lambda file: (file.address, file.path))),
        diagnostics=tuple(sorted(diagnostics, key=lambda finding: finding.sort_key)),
        unread=frozenset(found.unread),
    )


def load_text(
    content: bytes | str, *, address: str, path: str | None = None, defaults: Defaults = NO_DEFAULTS
) -> JobFile:
    """Return the job file with this content; raises nothing, its faults are its diagnostics."""
    return _job_file(lambda: content, address, path or f"jobs/{address}.yaml", defaults)


def _job_file(read: Read, address: str, path: str, defaults: Defaults) -> JobFile:
    layer, findings, readable = read_layer(read, path, JobSpec.model_fields, address)
    # A broken file with its folder's defaults would look like a job that no one wrote.
    if readable:
        layer = layer.over(defaults.layer)
    if defaults.faults:
        # One of each rule, as a config may switch one rule off: the others must still stop the job.
        inherited = {fault.rule: fault for fault in reversed(defaults.faults)}
        findings = (*findings, *(replace(fault, address=address) for fault in inherited.values()))
    return JobFile(
        address=address,
        path=path,
        spec=JobSpec.model_validate(
            {name: value for name, value in layer.fields.items() if value is not None}
        ),
        locate=layer.locate,
        diagnostics=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        readable=readable,
    )


def _open(source: SourceFile | None) -> tuple[Read, str] | None:
    return (partial(_read, source), source.path) if source else None


def _read(source: SourceFile) -> bytes:
    with open(source.file, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib takes as long as the read
        # One byte more than is allowed of a file that is too large: it is not read to its end.
        return file.read(MAX_BYTES + 1) if os.fstat(file.fileno()).st_size > MAX_BYTES else file.read()
