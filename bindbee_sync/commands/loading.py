"""The first step of every command: settings and job files, read without a network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.selection import selection
from bindbee_sync.commands.strays import find_strays
from bindbee_sync.config import Config, Settings, load_config
from bindbee_sync.desired.discover import Found
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.errors import ToolError
from bindbee_sync.job_file import Desired
from bindbee_sync.planning.selection import EVERYTHING, Selection
from bindbee_sync.policies.load import load_policies
from bindbee_sync.policies.policy import NO_POLICIES, Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The job files under one configuration, and those among them that a command is about."""

    settings: Settings
    desired: Desired
    selects: Selection = EVERYTHING
    policies: Policies = NO_POLICIES


@dataclass(frozen=True, slots=True)
class Strays:
    """The files that no connector reads, and the connector in whose part the run names them, once."""

    found: Found
    named_by: str | None

    @classmethod
    def of(cls, config: Config, choice: Choice, chosen: Sequence[Settings]) -> Self:
        """Return those of a run; of several shards, the first one names them."""
        is_first = choice.shard is None or choice.shard[0] == 1
        return cls(find_strays(config), chosen[0].name if chosen and is_first else None)

    def beside(self, loaded: Loaded) -> Loaded:
        """Return a connector's job files with what is to be said of the files beside its folder."""
        desired = loaded.desired
        named = self.found.diagnostics if loaded.settings.name == self.named_by else []
        desired = replace(
            desired,
            diagnostics=(*desired.diagnostics, *named),
            unread=desired.unread | self.found.unread,
        )
        return replace(loaded, desired=desired)


def read_config(config: Path | None) -> Config:
    """Return the settings from `config`, else from the nearest config file; raises ToolError."""
    try:
        folder = Path.cwd()
    except FileNotFoundError as error:
        raise ToolError("The working directory does not exist any more", hint="cd somewhere else.") from error
    return load_config(config, os.environ, folder)


def read_one(config: Path | None, choice: Choice) -> Settings:
    """Return the settings of the one connector that a command is about; raises ToolError for several."""
    found = read_config(config)
    return replace(found, connectors=choose(found, choice)).only


def own_rules(chosen: Sequence[Settings]) -> Policies:
    """Return the team's own rules, which all connectors share; raises ToolError where they can't be read."""
    if not chosen:  # --changed-since found no change
        return NO_POLICIES
    return load_policies(chosen[0].policies, chosen[0].root, chosen[0].policy_places)


def load(
    settings: Settings,
    paths: Iterable[Path] = (),
    targets: Iterable[str] = (),
    policies: Policies = NO_POLICIES,
) -> Loaded:
    """Return the job files; raises ToolError where they can't be read, or a PATH or target matches none."""
    return narrowed(settings, load_jobs(settings.jobs, settings.root), paths, targets, policies)


def narrowed(
    settings: Settings, desired: Desired, paths: Iterable[Path], targets: Iterable[str], policies: Policies
) -> Loaded:
    """Return the job files and the selection; raises ToolError where a PATH or target matches none."""
    return Loaded(
        settings=settings,
        desired=desired,
        selects=selection(desired, settings, paths, targets),
        policies=policies,
    )
