"""The connectors that a command is about: by name, by path, by what changed, or as one of even shards."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from bindbee_sync.commands.changes import changed_since
from bindbee_sync.commands.choices import Choice
from bindbee_sync.config import Config, Settings
from bindbee_sync.errors import ToolError
from bindbee_sync.text import did_you_mean, shorten


def choose(
    config: Config, choice: Choice, paths: Iterable[Path] = (), targets: Iterable[str] = ()
) -> tuple[Settings, ...]:
    """Return the chosen connectors, in the config's order; by default all of them.

    A path chooses the connector that it lies in, and a target `acme:sales/*` the connector `acme`. Raises
    ToolError where a name or a path chooses none, or a revision can't be read.
    """
    chosen = _by_name(config, choice.names)
    paths, named = tuple(paths), {name for target in targets if (name := prefix_of(target))}
    if named:
        chosen = [each for each in chosen if each.name in {found.name for found in _by_name(config, named)}]
    if paths and len(config.connectors) > 1:
        holding = {each.name for path in paths for each in _holding(config, path)}
        chosen = [each for each in chosen if each.name in holding]
    if choice.changed_since is not None:
        chosen = changed_since(config, choice.changed_since, chosen)
    if choice.shard is not None:
        index, count = choice.shard
        chosen = chosen[index - 1 :: count]
    return tuple(chosen)


def prefix_of(target: str) -> str | None:
    """Return the connector's name that a target begins with, if it does."""
    name, colon, _ = target.partition(":")
    return name if colon else None


def without_prefix(target: str) -> str:
    """Return a target's address."""
    return target.rpartition(":")[2]


def of_connector(targets: Iterable[str], name: str) -> list[str]:
    """Return the addresses among `targets` that concern the connector called `name`."""
    return [without_prefix(each) for each in targets if prefix_of(each) in (None, name)]


def paths_in(paths: Iterable[Path], settings: Settings) -> list[Path]:
    """Return the paths inside a connector's jobs folder; none where one holds the whole folder."""
    real = [Path(os.path.realpath(path)) for path in paths]
    if any(settings.jobs.is_relative_to(path) for path in real):
        return []
    return [path for path in real if path.is_relative_to(settings.jobs)]


def _by_name(config: Config, names: Collection[str]) -> list[Settings]:
    if not names:
        return list(config.connectors)
    found: set[str] = set()
    for name in names:
        matching = {each.name for each in config.connectors if fnmatchcase(each.name, name)}
        if not matching:
            known = [each.name for each in config.connectors]
            raise ToolError(
                f"The config names no connector '{shorten(name, 60)}'",
                where="--connector",
                hint=did_you_mean(name, known) or f"Its connectors: {shorten(', '.join(known), 200)}.",
            )
        found |= matching
    return [each for each in config.connectors if each.name in found]


def _holding(config: Config, path: Path) -> list[Settings]:
    found = [each for each in config.connectors if _meets(path, each)]
    if not found:
        raise ToolError(
            "No connector's jobs folder holds this path",
            where=str(path),
            hint="`bindbee-sync connectors` lists each connector's jobs folder.",
        )
    return found


def _meets(path: Path, settings: Settings) -> bool:
    real = Path(os.path.realpath(path))
    return real.is_relative_to(settings.jobs) or settings.jobs.is_relative_to(real)
