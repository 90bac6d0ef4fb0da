"""Collect the reviewed plan files of the pull requests whose merge is applied now.

Anyone who can run a workflow can upload an artifact of any name, so its name proves nothing. A plan file
counts only where the run that made it fits: the repository's own branch, the workflow's file, the event, and
the commit that was the pull request's head when it was merged. Otherwise a plan that no one reviewed would
decide what is created.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from bindbee_sync.errors import ToolError
from bindbee_sync.forge.github import Data, ForgeError, GitHub
from bindbee_sync.reviewing.plan_file import MAX_BYTES, read_plan_file

PAUSES = (1.0, 2.0, 4.0)
"""Seconds to wait: GitHub knows only after a while which pull request a new commit belongs to."""
MOST_COMMITS = 50
LOOK_BACK = timedelta(days=14)
MOST_RECENT = 20
"""Pull requests merged earlier: a cancelled run may have left some of their jobs undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A merged pull request.

    `own` is false for one from a fork. `pushed` is true where it came with this push, by the commit `via`.
    """

    number: int
    head: str
    own: bool
    pushed: bool
    via: str | None = None


def merged_pulls(
    github: GitHub, *, branch: str, commits: Iterable[str], pauses: Iterable[float] = PAUSES
) -> list[Pull]:
    """Return the pull requests of the pushed commits, then those merged into `branch` recently."""
    shas = list(dict.fromkeys(commits))[-MOST_COMMITS:]
    found = _of_commits(github, branch, shas)
    for pause in pauses:
        if found or not shas:
            break
        time.sleep(pause)
        found = _of_commits(github, branch, [shas[-1], *_merged_in(github, shas[-1])])
    since = datetime.now(UTC) - LOOK_BACK
    listed = github.get(
        "pulls", state="closed", base=branch, sort="updated", direction="desc", per_page=MOST_RECENT
    )
    for data in listed:
        pull = _pull(data, github.repository, branch, via=None)
        if pull and datetime.fromisoformat(data["merged_at"]) > since:
            found.setdefault(pull.number, pull)
    return list(found.values())


def collect(github: GitHub, pull: Pull, *, workflow: str, artifact: str, folder: Path) -> Iterator[Path]:
    """Write and yield the plan files of a pull request's last successful run; raises ForgeError."""
    for run in _runs(github, pull, workflow):
        for found in github.pages(f"actions/runs/{run['id']}/artifacts", within="artifacts"):
            if found["name"] == artifact and not found["expired"]:
                content = _only_member(github.download(f"actions/artifacts/{found['id']}/zip"))
                path = folder / f"pull-{pull.number}-run-{int(run['id'])}.json"
                path.write_bytes(content)
                yield path
        return


def readable(path: Path) -> ToolError | None:
    """Return why a collected file can't be used: another format, or damaged. None where it can."""
    try:
        read_plan_file(path)
    except ToolError as error:
        return error
    return None


def _of_commits(github: GitHub, branch: str, shas: Iterable[str]) -> dict[int, Pull]:
    found: dict[int, Pull] = {}
    for sha in shas:
        for data in github.get(f"commits/{sha}/pulls"):
            pull = _pull(data, github.repository, branch, via=sha)
            if pull:
                found.setdefault(pull.number, pull)
    return found


def _merged_in(github: GitHub, sha: str) -> list[str]:
    """Return the commits that a merge commit brought in: its parents but the first."""
    parents = github.get(f"commits/{sha}")["parents"]
    return [str(parent["sha"]) for parent in parents[1:]]


def _pull(data: Data, repository: str, branch: str, *, via: str | None) -> Pull | None:
    """Return a merged pull request into `branch`, else None."""
    if not data.get("merged_at") or data["base"]["ref"] != branch:
        return None
    source = data["head"].get("repo") or {}
    return Pull(
        number=int(data["number"]),
        head=str(data["head"]["sha"]),
        own=source.get("full_name") == repository,
        pushed=via is not None,
        via=via,
    )


def _runs(github: GitHub, pull: Pull, workflow: str) -> list[Data]:
    """Return the successful runs of the plan workflow on the pull request's head, the newest first."""
    if not pull.own:
        return []  # A fork's runs follow the fork's own workflow files: they can upload anything.
    # The query's conditions are checked again: one that GitHub ignored would let a foreign plan in.
    listed = github.pages(
        f"actions/workflows/{workflow}/runs", within="workflow_runs", event="pull_request", head_sha=pull.head
    )
    good = [
        run
        for run in listed
        if run["event"] == "pull_request"
        and run["head_sha"] == pull.head
        and run["head_repository"]["full_name"] == github.repository
        and str(run["path"]).partition("@")[0] == f".github/workflows/{workflow}"
        and run["conclusion"] == "success"
    ]
    return sorted(good, key=lambda run: int(run["run_number"]), reverse=True)


def _only_member(content: bytes) -> bytes:
    """Return the one file that an artifact holds; raises ForgeError where it holds anything else."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            (member,) = archive.infolist()
            with archive.open(member) as stream:
                return stream.read(MAX_BYTES)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as error:
        raise ForgeError(
            "An artifact is not the archive of one plan file",
            hint="Run the plan workflow of that pull request again.",
        ) from error
