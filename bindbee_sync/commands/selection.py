"""The job files that a command is about, from its PATHs and targets."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from bindbee_sync.config import Settings
from bindbee_sync.desired.discover import SUFFIXES
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.job_file import DEFAULTS_NAME, Desired, JobFile
from bindbee_sync.planning.selection import EVERYTHING, Selection
from bindbee_sync.rules.files import IGNORED
from bindbee_sync.text import composed


def selection(
    desired: Desired, settings: Settings, paths: Iterable[Path], targets: Iterable[str]
) -> Selection:
    """Return what PATHs and targets select; raises ToolError where one matches no job.

    A folder's `_defaults.yaml` selects the jobs that inherit from it. A file that is no job is selected for
    the findings on it.
    """
    paths, targets = tuple(paths), tuple(targets)
    if not paths and not targets:
        return EVERYTHING
    addresses: set[str] = set()
    others: list[Diagnostic] = []
    only_ignored = True
    for path in paths:
        jobs = _jobs_at(path, desired, settings)
        named = _others_at(path, desired, settings)
        alone = not named and _is_defaults(path, settings)
        addresses |= jobs if named or alone else some(jobs, str(path))
        others += named
        only_ignored &= not (jobs or alone) and all(each.rule == IGNORED.id for each in named)
    for target in targets:
        addresses |= some(meant(desired.files, target), target)
    if only_ignored and not targets:
        raise ToolError(f"No job file matches. {others[0].message}", where=str(paths[0]), hint=others[0].hint)
    return Selection(frozenset(addresses), frozenset(each.place.path for each in others if each.place))


def some(found: set[str], wanted: str) -> set[str]:
    """Return the addresses `found`; raises ToolError where `wanted` matched none."""
    if not found:
        raise ToolError(
            "No job file matches",
            where=wanted,
            hint="Name a job file, a folder of them, or an address: a path below the jobs folder without "
            "suffix, e.g. `sales/sales-manager`.",
        )
    return found


def meant(files: Iterable[JobFile], target: str) -> set[str]:
    """Return the addresses of the files of which `target` is the address or path, else a glob of one.

    It counts however it is composed. One that is an address is no glob: `a[1]` would mean `a1`, too, and an
    apply would create what no one named.
    """
    wanted = composed(target)
    names = {file.address: (file.address, composed(file.path)) for file in files}
    exact = {address for address, known in names.items() if wanted in known}
    return exact or {
        address for address, known in names.items() if any(fnmatchcase(name, wanted) for name in known)
    }


def inside_jobs(connectors: Collection[Settings], wanted: str) -> tuple[Settings, str] | None:
    """Return the connector whose jobs folder the path `wanted` is in, and its address there.

    Without a suffix it is a path only where it begins with the jobs folder, which has no folder of that name.
    """
    is_file = wanted.endswith(SUFFIXES)
    for settings in connectors:
        for start in (Path.cwd(), settings.root) if is_file else (settings.root,):
            plain = Path(os.path.normpath(start / wanted))
            # As written first: the link in `jobs/link/x.yaml` is refused, and not followed.
            for path in (plain, Path(os.path.realpath(plain.parent)) / plain.name):
                if path == settings.jobs or not path.is_relative_to(settings.jobs):
                    continue
                if is_file or not (settings.jobs / wanted).parent.is_dir():
                    below = path.relative_to(settings.jobs).as_posix()
                    return settings, below[: below.rindex(".")] if is_file else below
    return None


def _jobs_at(path: Path, desired: Desired, settings: Settings) -> set[str]:
    wanted = _real(path)
    wanted = wanted.parent if wanted.name == DEFAULTS_NAME else wanted
    return {file.address for file in desired.files if _real(settings.root / file.path).is_relative_to(wanted)}


def _others_at(path: Path, desired: Desired, settings: Settings) -> list[Diagnostic]:
    """Return the findings on files that are no jobs, there or below."""
    wanted = (_real(path), _entry(path))
    return [
        finding
        for finding in desired.diagnostics
        if finding.place and any(map(_entry(settings.root / finding.place.path).is_relative_to, wanted))
    ]


def _is_defaults(path: Path, settings: Settings) -> bool:
    inside = _entry(path).is_relative_to(_real(settings.jobs))
    return path.name == DEFAULTS_NAME and path.is_file() and inside


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _entry(path: Path) -> Path:
    """Return the path of the file itself, even where it is a link that leads elsewhere."""
    return _real(path.parent) / path.name
