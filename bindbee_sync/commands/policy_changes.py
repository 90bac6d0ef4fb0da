"""The connectors whose jobs a changed rule of the team judges otherwise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.config import POLICIES, Config, Settings
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.desired.revision import contents_at, touched_since
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.own_rules import own_rules_offline
from bindbee_sync.planning.selection import EVERYTHING
from bindbee_sync.policies.load import load_policies, read_policies
from bindbee_sync.policies.policy import Policies


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
