"""The ledgers of a config's other connectors, where each connector has a ledger of its own.

A connector that is renamed gets a ledger that knows nothing. What it had created and is not listed yet would
be created again, so a ledger without a record of a connector is not believed before its siblings were asked.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping
from pathlib import Path

from bindbee_sync.git import Git, object_id
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.ledger.git_branch import folder_of
from bindbee_sync.ledger.location import ANY, GitLedger

_NAME = r"([a-z0-9][a-z0-9-]*)"


def name_with_records(location: Path | GitLedger, connector_id: str, root: Path) -> str | None:
    """Return the name whose ledger has records of the connector, None where no sibling has any.

    `location` has `{connector}` in the place of a name. Raises LedgerError or GitError where a sibling can't
    be read.
    """
    if isinstance(location, GitLedger):
        return _in_branches(location, root).get(folder_of(connector_id))
    return _in_files(location).get(connector_id)


def _in_files(location: Path) -> Mapping[str, str]:
    before, _, after = str(location).partition(ANY)
    found: dict[str, str] = {}
    for path in sorted(glob.glob(f"{glob.escape(before)}*{glob.escape(after)}")):  # noqa: PTH207 - absolute
        name = re.fullmatch(re.escape(before) + _NAME + re.escape(after), path)
        if name and Path(path).is_file():  # a lock beside a ledger is no ledger
            for event in FileStore(Path(path), path).read():
                found.setdefault(event.connector_id, name[1])
    return found


def _in_branches(location: GitLedger, root: Path) -> Mapping[str, str]:
    """Return a name by the folder that its branch keeps a connector's records in."""
    before, _, after = location.branch.partition(ANY)
    git = Git(root)
    tips: dict[str, str] = {}
    for line in git.out("ls-remote", "--quiet", location.remote, f"refs/heads/{before}*{after}").splitlines():
        commit, _, ref = line.partition("\t")
        name = re.fullmatch(re.escape(f"refs/heads/{before}") + _NAME + re.escape(after), ref)
        if name:
            tips[name[1]] = object_id(commit)
    if not tips:
        return {}
    shallow = git.out("rev-parse", "--is-shallow-repository") == "true"
    # The commits alone: two runs at once that moved the same references would get in each other's way.
    git.out(
        "fetch",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        *(["--depth=1"] if shallow else []),
        location.remote,
        *tips.values(),
    )
    return {
        folder: name
        for name, commit in tips.items()
        for folder in git.out("ls-tree", "--name-only", commit).splitlines()
    }
