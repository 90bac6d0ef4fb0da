"""The connectors that differ from a git revision, by meaning: in their settings, or in a resolved job."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from bindbee_sync.commands.policy_changes import judged_otherwise
from bindbee_sync.commands.strays import find_strays, parents
from bindbee_sync.config import Config, Settings, config_with
from bindbee_sync.config_file import FILE_NAMES
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.desired.revision import compare_with, content_at, merge_base, touched_since
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ConfigError, ToolError
from bindbee_sync.job_file import DEFAULTS_NAME
from bindbee_sync.rules.connector import REPOINTED


def changed_since(config: Config, revision: str, chosen: Sequence[Settings]) -> list[Settings]:
    """Return those of `chosen` that differ from the merge base of `revision` and HEAD.

    The work tree counts, with what is not committed; comments and formatting do not. Raises RevisionError
    where the revision or the merge base is not in this clone.
    """
    commit = merge_base(revision, config.root)
    earlier = _settings_at(config, commit)
    if earlier is None:  # nothing to compare with: what was left out would go unplanned
        return list(chosen)
    same = [each for each in chosen if _same_settings(each, earlier.get(each.name))]
    touched = _by_folder(touched_since(commit, [each.jobs for each in same], config.root), same)
    alike = [each for each in same if not _jobs_differ(each, commit, touched[_folder(each)])]
    kept = {each.name for each in alike} - judged_otherwise(config, commit, alike)
    if _has_new_strays(config, commit):  # or nothing would run, and nothing would name them
        kept -= {each.name for each in chosen[:1]}
    return [each for each in chosen if each.name not in kept]


def gone_since(config: Config, revision: str) -> list[str]:
    """Return the names that the config at the merge base of `revision` and HEAD has, and this one lacks."""
    earlier = _settings_at(config, merge_base(revision, config.root)) or {}
    return [name for name in earlier if name not in {each.name for each in config.connectors}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A connector at a revision: its jobs folder there, and a finding for each setting that now differs.

    `is_same` unless its pin or the region means another customer: then no drift was there before.
    """

    jobs: Path
    findings: tuple[Diagnostic, ...] = ()
    is_same: bool = True


def before(config: Config, revision: str) -> Mapping[str, Before]:
    """Return each connector at `revision`, by name; raises RevisionError where it can't be read."""
    earlier = _settings_at(config, revision)
    if earlier is None:
        message = f"The config in {revision} can't be used, so a changed pin would not be seen"
        finding = REPOINTED.at(config.file.place(), message)
        return {each.name: Before(jobs=each.jobs, findings=(finding,)) for each in config.connectors}
    # A connector that was renamed keeps its folder, and with it the jobs that a new pin would move.
    of_folder = {each.jobs: each for each in earlier.values()}
    heir = _heir(config, earlier)
    return {
        each.name: _before(config, each, was, revision)
        if (was := earlier.get(each.name) or of_folder.get(each.jobs))
        else Before(jobs=heir[1] if heir and heir[0] == each.name else each.jobs)
        for each in config.connectors
    }


def _heir(config: Config, earlier: Mapping[str, Settings]) -> tuple[str, Path] | None:
    """Return the connector that has the files of the one that had no name, and the folder that they were in.

    With files at several connectors, nothing says whose jobs they were; without any, the first one counts.
    """
    if not config.is_named or [each.place for each in earlier.values()] != [None]:
        return None
    (was,) = earlier.values()
    having = [
        each.name for each in config.connectors if each.jobs.is_dir() and any(each.jobs.rglob("*.y*ml"))
    ]
    first, *others = having or [config.connectors[0].name]
    return None if others else (first, was.jobs)


def _before(config: Config, now: Settings, was: Settings, revision: str) -> Before:
    is_other = now.pin is not None and was.pin is not None and _pin(now) != _pin(was)
    return Before(
        jobs=was.jobs,
        findings=tuple(_repointed(config, now, was, revision)),
        is_same=now.region == was.region and not is_other,
    )


def _has_new_strays(config: Config, commit: str) -> bool:
    """Return whether a file that no connector reads may differ from the commit."""
    found = {each.place.path for each in find_strays(config).diagnostics if each.place}
    return bool(found) and not found.isdisjoint(touched_since(commit, parents(config), config.root))


def _repointed(config: Config, now: Settings, before: Settings, revision: str) -> Iterator[Diagnostic]:
    if _pin(now) != _pin(before):
        place = now.pin.place if now.pin else now.place or config.file.place()
        pins = [each.pin.shown if each.pin else "not pinned" for each in (now, before)]
        was = "it" if now.name == before.name else f"'{before.name}', with the same jobs folder,"
        message = f"The connector '{now.name}' is {pins[0]}; in {revision} {was} is {pins[1]}"
        yield REPOINTED.at(place, message)
    if now.region != before.region:
        message = f"The region is {now.region}; in {revision} it is {before.region}"
        yield REPOINTED.at(config.file.place("region"), message)
    if now.jobs != before.jobs:
        message = f"The jobs folder of '{now.name}' is {now.jobs_key}; in {revision} it is {before.jobs_key}"
        loc = ("connectors", now.name, "jobs") if now.place else ("jobs",)
        yield REPOINTED.at(config.file.place(*loc), message)


def _settings_at(config: Config, revision: str) -> dict[str, Settings] | None:
    """Return the settings in `revision` by connector; None where its config can't be used."""
    paths = {config.path: None} | dict.fromkeys(
        config.path.with_name(each) for each in FILE_NAMES if config.path.name in FILE_NAMES
    )
    found = (content_at(revision, path, config.root) for path in paths)
    content = next((each for each in found if each is not None), None)
    try:
        earlier = config_with(config, content, os.environ)
    except ConfigError:
        return None
    return {each.name: each for each in earlier.connectors}


def _same_settings(now: Settings, before: Settings | None) -> bool:
    if before is None or _pin(now) != _pin(before):
        return False
    # Without where each is written, and without the other connectors' pins: those concern only them.
    of_now, of_before = (
        replace(each, place=None, pin=None, pins={}, several=False, policy_places={})
        for each in (now, before)
    )
    return of_now == of_before


def _pin(settings: Settings) -> tuple[str | None, str | None]:
    pin = settings.pin
    return (pin.id and pin.id.casefold(), pin.origin_id) if pin else (None, None)


def _folder(settings: Settings) -> PurePosixPath:
    return PurePosixPath(os.path.relpath(settings.jobs, settings.root))


def _by_folder(
    paths: Iterable[str], connectors: Iterable[Settings]
) -> Mapping[PurePosixPath, Collection[str]]:
    """Return the paths by the jobs folder that they lie in."""
    folders = {_folder(each) for each in connectors}
    found: dict[PurePosixPath, set[str]] = defaultdict(set)
    for path in paths:
        for folder in {PurePosixPath(path), *PurePosixPath(path).parents} & folders:
            found[folder].add(path)
    return found


def _jobs_differ(settings: Settings, commit: str, touched: Collection[str]) -> bool:
    """Return whether a job differs, where the files at `touched` in the jobs folder may."""
    if not touched:
        return False
    try:
        desired = load_jobs(settings.jobs, settings.root)
    except ToolError:  # the jobs are gone, or can't be read: the command itself says why
        return True
    base = compare_with(commit, desired, settings.jobs, settings.root)
    # A file that is no job and should not be there is found on no job, but stops the plan.
    others = {each.place.path for each in desired.diagnostics if each.place}
    stray = {path for path in others & set(touched) if Path(path).name != DEFAULTS_NAME}
    return bool(base.changed or base.removed or stray)
