"""Job files, each with its folder's defaults: from a folder, or from text."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from bindbee_sync.desired.discover import SourceFile, discover
from bindbee_sync.desired.fields import DEFAULT_FIELDS, Layer, read_fields
from bindbee_sync.desired.tree import MAX_BYTES, YamlError
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import Desired, JobFile, JobSpec
from bindbee_sync.rules.yaml import SYNTAX

Read = Callable[[], bytes | str]
"""Returns the content of a file; may raise OSError."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Fields that jobs inherit from the `_defaults.yaml` in and above their folder, and its faults."""

    layer: Layer = field(default_factory=Layer)
    faults: tuple[Diagnostic, ...] = ()


NO_DEFAULTS = Defaults()


class FolderDefaults:
    """Inheritance: of the `_defaults.yaml` in and above a job's folder the nearest wins, by field.

    `own` returns a reader of the folder's own `_defaults.yaml` and its path as shown, None where it has none.
    Folders are paths below the jobs folder.
    """

    def __init__(self, own: Callable[[PurePosixPath], tuple[Read, str] | None]) -> None:
        self._own = own
        self._known: dict[PurePosixPath, Defaults] = {}

    def of(self, folder: PurePosixPath) -> Defaults:
        """Return what jobs in `folder` inherit; raises nothing."""
        inherited = NO_DEFAULTS
        # From the top and without recursion: folders may be nested deeper than Python's stack.
        for each in (*reversed(folder.parents), folder):
            if each not in self._known:
                own = self._own(each)
                self._known[each] = _defaults(*own, inherited) if own else inherited
            inherited = self._known[each]
        return inherited


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
    )


def load_text(
    content: bytes | str, *, address: str, path: str | None = None, defaults: Defaults = NO_DEFAULTS
) -> JobFile:
    """Return the job file with this content; raises nothing, its faults are its diagnostics."""
    return _job_file(lambda: content, address, path or f"jobs/{address}.yaml", defaults)


def load_defaults(content: bytes | str, *, path: str, outer: Defaults = NO_DEFAULTS) -> Defaults:
    """Return what jobs inherit from a `_defaults.yaml` with this content; `outer` is what it inherits itself.

    Raises nothing; the faults of both are in `faults`.
    """
    return _defaults(lambda: content, path, outer)


def _job_file(read: Read, address: str, path: str, defaults: Defaults) -> JobFile:
    layer, findings, readable = _layer(read, path, JobSpec.model_fields, address)
    # A broken file with its folder's defaults would look like a job that no one wrote.
    if readable:
        layer = layer.over(defaults.layer)
    # One of each rule, as a config may switch one rule off: the others must still stop the job.
    inherited = {fault.rule: fault for fault in reversed(defaults.faults)}
    return JobFile(
        address=address,
        path=path,
        spec=JobSpec.model_validate(
            {name: value for name, value in layer.fields.items() if value is not None}
        ),
        values=layer.values,
        keys=layer.keys,
        diagnostics=tuple(
            sorted(
                (*findings, *(replace(fault, address=address) for fault in inherited.values())),
                key=lambda finding: finding.sort_key,
            )
        ),
        readable=readable,
    )


def _defaults(read: Read, path: str, outer: Defaults) -> Defaults:
    layer, faults, _ = _layer(read, path, DEFAULT_FIELDS, None)
    return Defaults(layer.over(outer.layer), (*outer.faults, *faults))


def _layer(
    read: Read, path: str, known: Collection[str], address: str | None
) -> tuple[Layer, tuple[Diagnostic, ...], bool]:
    try:
        content = read()
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        layer, findings = read_fields(data, path, known, address)
    except OSError as error:
        message = f"This file can't be read: {error.strerror}"
        hint = "Check that it is there and who may read it."
        return Layer(), (SYNTAX.at(Place(path), message, hint=hint, address=address),), False
    except YamlError as error:
        broken = SYNTAX.at(error.place, error.message, hint=error.hint, address=address)
        return Layer(), (broken,), False
    return layer, findings, True


def _open(source: SourceFile | None) -> tuple[Read, str] | None:
    return (partial(_read, source), source.path) if source else None


def _read(source: SourceFile) -> bytes:
    # One byte more than is allowed, so that a file that is too large is seen to be, and not read to its end.
    with source.file.open("rb") as file:
        return file.read(MAX_BYTES + 1)
