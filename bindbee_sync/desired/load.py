"""Job files, each with its folder's defaults: from a folder, or from text."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bindbee_sync.desired.discover import Source, discover
from bindbee_sync.desired.fields import DEFAULT_FIELDS, Layer, read_fields
from bindbee_sync.desired.tree import MAX_BYTES, YamlError
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import JobFile, JobSpec
from bindbee_sync.rules.yaml import SYNTAX

_Read = Callable[[], bytes | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """All job files, by address, and the findings that belong to none of them."""

    files: tuple[JobFile, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What jobs inherit from the `_defaults.yaml` in and above their folder, and the faults of these."""

    layer: Layer = field(default_factory=Layer)
    faults: tuple[Diagnostic, ...] = ()


NO_DEFAULTS = Defaults()


def load_jobs(jobs_dir: Path, root: Path) -> Desired:
    """Return every job file below `jobs_dir`; what is wrong with one is a diagnostic and hides no other.

    Paths are relative to `root`. Raises ToolError where the folder can't be listed.
    """
    found = discover(jobs_dir, root)
    defaults: list[Defaults] = []
    files: list[JobFile] = []
    diagnostics = dict.fromkeys(found.diagnostics)
    for folder in found.folders:
        inherited = NO_DEFAULTS if folder.parent is None else defaults[folder.parent]
        if folder.defaults:
            inherited = _defaults(partial(_read, folder.defaults), folder.defaults.path, inherited)
        defaults.append(inherited)
        diagnostics |= dict.fromkeys(inherited.faults)
        files += (_job(partial(_read, job), job.address, job.path, inherited) for job in folder.jobs)
    return Desired(
        files=tuple(sorted(files, key=lambda file: (file.address, file.path))),
        diagnostics=tuple(sorted(diagnostics, key=lambda finding: finding.sort_key)),
    )


def load_text(
    content: bytes | str, *, address: str, path: str | None = None, defaults: Defaults = NO_DEFAULTS
) -> JobFile:
    """Return the job file of which this is the content; raises nothing, faults are its diagnostics."""
    return _job(lambda: content, address, path or f"jobs/{address}.yaml", defaults)


def load_defaults(content: bytes | str, *, path: str, outer: Defaults = NO_DEFAULTS) -> Defaults:
    """Return what jobs below a `_defaults.yaml` of this content inherit; `outer` is what it inherits itself.

    Raises nothing; the faults of both are in `faults`.
    """
    return _defaults(lambda: content, path, outer)


def _job(read: _Read, address: str, path: str, defaults: Defaults) -> JobFile:
    layer, findings, readable = _layer(read, path, JobSpec.model_fields, address)
    if readable:
        layer = layer.over(defaults.layer)
    inherited = {
        fault.rule: fault for fault in reversed(defaults.faults)
    }  # so that no severity lets one through
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


def _defaults(read: _Read, path: str, outer: Defaults) -> Defaults:
    layer, faults, _ = _layer(read, path, DEFAULT_FIELDS, None)
    return Defaults(layer.over(outer.layer), (*outer.faults, *faults))


def _layer(
    read: _Read, path: str, known: Collection[str], address: str | None
) -> tuple[Layer, tuple[Diagnostic, ...], bool]:
    try:
        content = read()
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        layer, findings = read_fields(data, path, known, address)
    except OSError as error:
        message = f"This file can't be read: {error.strerror}."
        hint = "Check that it is there and who may read it."
        return Layer(), (SYNTAX.at(Place(path), message, hint=hint, address=address),), False
    except YamlError as error:
        return (
            Layer(),
            (SYNTAX.at(error.place, error.message, hint=error.hint, address=address),),
            False,
        )
    return layer, findings, True


def _read(source: Source) -> bytes:
    with source.file.open("rb") as file:
        return file.read(MAX_BYTES + 1)
