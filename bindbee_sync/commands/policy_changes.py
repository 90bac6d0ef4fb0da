"""Own rules that differ from a git revision, and the connectors whose jobs they judge otherwise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.config import POLICIES, Config, Settings
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.desired.parsing import MAX_BYTES
from bindbee_sync.desired.revision import Base, contents_at, touched_since
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.own_rules import own_rules_offline
from bindbee_sync.planning.selection import EVERYTHING
from bindbee_sync.policies.load import SUFFIXES, load_policies, read_policies
from bindbee_sync.policies.policy import Policies


def with_policies(base: Base, policies: Policies, settings: Settings, default: Path) -> Base:
    """Return the base with the files of own rules that differ from it; `default` is where they may have been.

    Raises RevisionError where the revision can't be read.
    """
    folder, root = settings.policies or default, settings.root
    touched = touched_since(base.commit, [folder], root)
    before = contents_at(base.commit, folder, root) if touched else {}
    now = {path: content for path in touched if (content := _content(root / path, folder)) is not None}
    return replace(
        base,
        # A file that was only moved is no change: its rule is checked as before.
        policies={
            path: tuple(each.rule.id for each in policies.policies if each.rule.source == path)
            for path, content in sorted(now.items())
            if content not in before.values()
        },
        removed_policies=tuple(
            path for path in sorted(before.keys() & touched - now.keys()) if before[path] not in now.values()
        ),
    )


def judged_otherwise(config: Config, commit: str, chosen: Collection[Settings]) -> set[str]:
    """Return the names of those of `chosen` on which the rules and those of `commit` find something else.

    What can't be judged without Bindbee counts as judged otherwise. Raises ToolError where rules can't be
    read.
    """
    if not chosen:
        return set()
    folder = next(iter(chosen)).policies or config.path.with_name(POLICIES)
    if not touched_since(commit, [folder], config.root):
        return set()
    now = load_policies(folder if folder.exists() else None, config.root, {})
    before = read_policies(contents_at(commit, folder, config.root), {})
    if [each.message for each in now.findings] != [each.message for each in before.findings]:
        return {each.name for each in chosen}
    now, before = _without(now, before), _without(before, now)
    return {each.name for each in chosen if _differ(each, now, before)}


def _content(path: Path, folder: Path) -> bytes | None:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    if hidden or not path.name.lower().endswith(SUFFIXES):
        return None
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError:  # it is gone, or the rules themselves say why it can't be read
        return None


def _without(policies: Policies, others: Policies) -> Policies:
    """Return the policies that are not the same among the others."""
    same = {each.meaning for each in others.policies}
    return Policies(policies=tuple(each for each in policies.policies if each.meaning not in same))


def _differ(settings: Settings, now: Policies, before: Policies) -> bool:
    if not (now.policies or before.policies):
        return False
    try:
        files = load_jobs(settings.jobs, settings.root).files
    except ToolError:  # the jobs are gone, or can't be read: the command itself says why
        return True
    found = []
    for policies in (now, before):
        judged = own_rules_offline(
            files,
            policies,
            connector=settings.name,
            provider=provider_of(settings.provider) if settings.provider else None,
            severities=settings.severities,
            selects=EVERYTHING,
        )
        if judged.unknown:
            return True
        found.append({replace(each, place=None) for each in judged.findings})
    return found[0] != found[1]
