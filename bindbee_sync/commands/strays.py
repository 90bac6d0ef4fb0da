"""Files beside the connectors' jobs folders, which no connector reads."""

from __future__ import annotations

import os
from pathlib import Path

from bindbee_sync.config import Config
from bindbee_sync.desired.discover import Found, strays


def find_strays(config: Config) -> Found:
    """Return what would be a job file in the folder that the connectors' jobs folders are in, by path."""
    others = {each.jobs for each in config.connectors} | {each.policies for each in config.connectors}
    found = [strays(above, others, config.root) for above in parents(config)]
    findings = dict.fromkeys(finding for each in found for finding in each.diagnostics)
    return Found(
        diagnostics=sorted(findings, key=lambda finding: finding.sort_key),
        unread={address for each in found for address in each.unread},
    )


def parents(config: Config) -> list[Path]:
    """Return the folders that hold jobs folders and should hold nothing else.

    These are the top level's `jobs`, and what all connectors' folders have in common; but never the config's
    own folder or one above it, which hold all sorts of files.
    """
    if not config.is_named:
        return []
    folder = config.connectors[0].folder.resolve()
    jobs = [each.jobs for each in config.connectors]
    candidates = dict.fromkeys(((folder / config.file.values.jobs).resolve(), Path(os.path.commonpath(jobs))))
    return [
        each
        for each in candidates
        if not folder.is_relative_to(each) and any(each in own.parents for own in jobs)
    ]
