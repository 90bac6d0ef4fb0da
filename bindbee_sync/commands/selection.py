"""The job files that a command is about, from its PATHs and targets."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose, prefix_of, without_prefix
from bindbee_sync.config import Config, Settings
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


def one_named(config: Config, choice: Choice, wanted: str) -> tuple[Settings, tuple[str, ...]]:
    """Return the connector that `wanted` is about, and the addresses that `wanted` may mean there.

    `wanted` is an address, one with the connector's name before it, or a job file's path, also of a file that
    is gone. Raises ToolError where several connectors may be meant.
    """
    wanted = composed(wanted)
    name = prefix_of(wanted) if config.is_named else None
    chosen = choose(config, choice, targets=(wanted,) if name else ())
    if not chosen:
        raise ToolError(
            "This address is of another connector than `--connector` names",
            where=wanted,
            hint="Leave out `--connector`: the address begins with its connector's name.",
        )
    inside = None if name else inside_jobs(chosen, wanted)
    if inside is not None:
        settings, below = inside
        return settings, (wanted, below)
    return replace(config, connectors=chosen).only, (without_prefix(wanted) if name else wanted,)


def _jobs_at(path: Path, desired: Desired, settings: Settings) -> set[str]:
    # Composed, as the shell may hand on another composition than the one that the file's name has.
    wanted = Path(composed(str(_real(path))))
    wanted = wanted.parent if wanted.name == DEFAULTS_NAME else wanted
    real = {file.address: composed(str(_real(settings.root / file.path))) for file in desired.files}
    return {address for address, place in real.items() if Path(place).is_relative_to(wanted)}


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
