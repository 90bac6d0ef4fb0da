"""Collect the reviewed plan files of the pull requests whose merge is applied now.

Anyone who can run a workflow can upload an artifact of any name and content, so neither proves anything. A
plan file counts only where what GitHub itself records fits: the run's repository, branch, workflow file and
event, the commit that was the pull request's head when it was merged, and times that leave one pull request,
one base branch and one attempt. Otherwise a plan that no one reviewed would decide what is created.
"""

from __future__ import annotations

import stat
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bindbee_sync.errors import ConfigError, ToolError
from bindbee_sync.forge.api import NOT_FOUND, DownloadTooLargeError, ForgeError, TooManyPagesError
from bindbee_sync.forge.github import GitHub
from bindbee_sync.github_actions import url_path
from bindbee_sync.reviewing.plan_file import read_plan_file
from bindbee_sync.text import counted
from bindbee_sync.times import in_utc
from bindbee_sync.waits import report_wait

PAUSES = (1.0, 2.0, 4.0)
"""Seconds to wait: GitHub knows only after a while which pull request a new commit belongs to."""
MOST_COMMITS = 50
LOOK_BACK = timedelta(days=14)
"""For pull requests merged earlier: a cancelled run may have left some of their jobs undone."""
MOST_PULLS = 100
"""Each costs up to five requests, and a workflow's token has a thousand an hour."""
DELAY = timedelta(minutes=2)
"""The longest time that GitHub takes from an event to the run that it starts."""
LARGEST_PLAN = 64 << 20
GONE = frozenset({NOT_FOUND, 410})
BASE_CHANGES = frozenset({"base_ref_changed", "automatic_base_change_succeeded"})
PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
AGAIN = "Open a pull request whose plan shows the jobs that are missing."


class LeftOutError(ToolError):
    """A plan file of a pull request that can't count as reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A merged pull request: its head's commit and branch, when it was opened and merged.

    `own` is false for one from a fork. `pushed` is true where it came with this push, by the commit `via`.
    """

    number: int
    head: str
    head_branch: str
    opened: datetime
    merged: datetime
    own: bool
    pushed: bool
    via: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedPulls:
    """Merged pull requests: those of a push first, the recent ones then; `notes` say what was left out."""

    pulls: list[Pull]
    notes: list[str]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Repository(_Data):
    full_name: str


class _Side(_Data):
    ref: str
    sha: str
    repo: _Repository | None = None  # none where the fork was deleted


class _Pull(_Data):
    number: int
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    merged_at: AwareDatetime | None = None
    base: _Side
    head: _Side


class _Run(_Data):
    id: int
    event: str
    path: str
    head_sha: str
    head_branch: str | None = None
    head_repository: _Repository | None = None
    conclusion: str | None = None
    created_at: AwareDatetime
    run_started_at: AwareDatetime
    """When the newest attempt began; `created_at` is of the first one."""


class _Artifact(_Data):
    id: int
    name: str
    expired: bool
    created_at: AwareDatetime


class _Event(_Data):
    event: str
    created_at: AwareDatetime


_Kind = TypeVar("_Kind", bound=_Data)


def applied_branch(github: GitHub, workflow: str) -> str:
    """Return the default branch, whatever ref runs: anyone may merge into a branch that is not protected.

    Raises ConfigError where that branch does not have the workflow that plans.
    """
    branch = str(github.get("")["default_branch"])
    try:
        github.get(f"contents/.github/workflows/{url_path(workflow, safe='')}", ref=branch)
    except ForgeError as error:
        if error.status != NOT_FOUND:
            raise
        raise ConfigError(
            f"The branch {branch} has no workflow {workflow}",
            where="workflow",
            hint="Set the action's `workflow` to the file in .github/workflows that plans pull requests.",
        ) from error
    return branch


def merged_pulls(
    github: GitHub, *, branch: str, commits: Iterable[str], pauses: Iterable[float] = PAUSES
) -> MergedPulls:
    """Return the pull requests of the pushed commits, and those merged into `branch` recently."""
    shas = list(dict.fromkeys(commits))[-MOST_COMMITS:]
    found = _of_commits(github, branch, shas)
    for pause in pauses:
        if found or not shas:
            break
        report_wait(pause, f"GitHub to know the pull request of commit {shas[-1][:12]}")
        time.sleep(pause)
        found = _of_commits(github, branch, [shas[-1], *_merged_in(github, shas[-1])])
    notes = []
    seen = datetime.now(UTC)
    since = seen - LOOK_BACK
    try:
        for data in github.pages("pulls", state="closed", base=branch, sort="updated", direction="desc"):
            pull = _parsed(_Pull, data)
            seen = pull.updated_at
            # A merge is an update: no pull request after this one was merged since.
            if seen < since:
                break
            merged = _merged(pull, github.repository, branch, via=None)
            if merged and merged.merged >= since:
                found.setdefault(merged.number, merged)
    except TooManyPagesError:
        notes.append(f"Pull requests last updated before {in_utc(seen)} were left out")
    pulls = sorted(found.values(), key=lambda each: (each.pushed, each.merged), reverse=True)
    if len(pulls) > MOST_PULLS:
        left_out = ", ".join(f"#{each.number}" for each in pulls[MOST_PULLS:])
        notes.append(f"Only the newest {MOST_PULLS} merged pull requests count; left out: {left_out}")
    return MergedPulls(pulls=pulls[:MOST_PULLS], notes=notes)


def collect(github: GitHub, pull: Pull, *, workflow: str, artifact: str, folder: Path) -> Path | None:
    """Write the plan file that was reviewed in a pull request, and return its path; None where it has none.

    Raises LeftOutError where there is one that can't count, and ForgeError where GitHub can't be asked.
    """
    try:
        found = _only_candidate(github, pull, workflow, artifact)
        if found is None:
            return None
        run, held = found
        _check_alone(github, pull, run)
        content = _only_member(github.download(f"actions/artifacts/{held.id}/zip"))
    except ForgeError as error:
        # The whole step fails where GitHub does, but not by what one pull request brings about.
        if error.status not in GONE and not isinstance(error, (DownloadTooLargeError, TooManyPagesError)):
            raise
        raise LeftOutError(error.message, hint=error.hint) from error
    path = folder / f"pull-{pull.number}-run-{run.id}.json"
    path.write_bytes(content)
    try:
        read_plan_file(path)
    except ToolError as error:
        path.unlink()
        raise LeftOutError(error.message, hint=AGAIN) from error
    return path


def _of_commits(github: GitHub, branch: str, shas: Iterable[str]) -> dict[int, Pull]:
    found: dict[int, Pull] = {}
    for sha in shas:
        for data in github.get(f"commits/{sha}/pulls"):
            pull = _merged(_parsed(_Pull, data), github.repository, branch, via=sha)
            if pull:
                found.setdefault(pull.number, pull)
    return found


def _merged_in(github: GitHub, sha: str) -> list[str]:
    """Return the commits that a merge commit brought in: its parents but the first."""
    parents = github.get(f"commits/{sha}")["parents"]
    return [str(parent["sha"]) for parent in parents[1:]]


def _merged(pull: _Pull, repository: str, branch: str, *, via: str | None) -> Pull | None:
    """Return a pull request that was merged into `branch`, else None."""
    if pull.merged_at is None or pull.base.ref != branch:
        return None
    return Pull(
        number=pull.number,
        head=pull.head.sha,
        head_branch=pull.head.ref,
        opened=pull.created_at,
        merged=pull.merged_at,
        own=pull.head.repo is not None and pull.head.repo.full_name == repository,
        pushed=via is not None,
        via=via,
    )


def _only_candidate(
    github: GitHub, pull: Pull, workflow: str, artifact: str
) -> tuple[_Run, _Artifact] | None:
    found = list(_candidates(github, pull, workflow, artifact))
    if len(found) > 1:
        # The newest is no better than the others: anyone who can start a run would decide.
        runs = ", ".join(str(run.id) for run, _ in found)
        raise LeftOutError(
            f"{len(found)} plan files fit (runs {runs}); which of them was reviewed can't be determined",
            hint=f"Delete the runs whose plan was not reviewed, and run this again. Or: {AGAIN}",
        )
    return found[0] if found else None


def _candidates(github: GitHub, pull: Pull, workflow: str, artifact: str) -> Iterator[tuple[_Run, _Artifact]]:
    """Yield the plan files that were made for the pull request's head before it was merged."""
    if not pull.own:
        return  # A fork's runs follow the fork's own workflow files: they can upload anything.
    for run in _runs(github, pull, workflow):
        for data in github.pages(f"actions/runs/{run.id}/artifacts", within="artifacts"):
            held = _parsed(_Artifact, data)
            # One of an earlier attempt, or made after the merge, is not the one that was reviewed.
            is_timely = run.run_started_at <= held.created_at <= pull.merged
            if held.name == artifact and not held.expired and is_timely:
                yield run, held


def _runs(github: GitHub, pull: Pull, workflow: str) -> list[_Run]:
    """Return the successful runs of the plan workflow on the pull request's head."""
    # The query's conditions are checked again: one that GitHub ignored would let a foreign plan in.
    listed = github.pages(
        f"actions/workflows/{url_path(workflow, safe='')}/runs",
        within="workflow_runs",
        event="pull_request",
        head_sha=pull.head,
    )
    return [
        run
        for run in (_parsed(_Run, data) for data in listed)
        if run.event == "pull_request"
        and run.head_sha == pull.head
        and run.head_branch == pull.head_branch
        and run.head_repository is not None
        and run.head_repository.full_name == github.repository
        and run.path.partition("@")[0] == f".github/workflows/{workflow}"
        and run.conclusion == "success"
        and run.created_at >= pull.opened
    ]


def _check_alone(github: GitHub, pull: Pull, run: _Run) -> None:
    """Check that the run can be of this pull request and its base branch alone; raises LeftOutError.

    GitHub does not record which pull request a run is of. One of the same branch into another base has the
    same head, and its runs follow the workflow file of that base, which no one may have reviewed.
    """
    owner = github.repository.partition("/")[0]
    since = run.created_at - DELAY
    for data in github.pages("pulls", state="all", head=f"{owner}:{pull.head_branch}"):
        other = _parsed(_Pull, data)
        was_open = other.created_at <= run.created_at and (other.closed_at or since) >= since
        if other.number != pull.number and was_open:
            raise LeftOutError(
                f"#{other.number} was open for the same branch, {pull.head_branch}, when the plan was made",
                hint=f"The plan may be of that pull request. {AGAIN}",
            )
    for data in github.pages(f"issues/{pull.number}/events"):
        event = _parsed(_Event, data)
        if event.event in BASE_CHANGES and event.created_at >= since:
            raise LeftOutError(
                "Its base branch was changed after its plan was made",
                hint=f"The plan is of another branch's state. {AGAIN}",
            )


def _parsed(kind: type[_Kind], data: object) -> _Kind:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise ForgeError(
            f"GitHub's answer can't be read: {kind.__name__.strip('_').lower()}, {field}",
            hint="Run it again.",
        ) from error


def _only_member(content: bytes) -> bytes:
    """Return the one file that an artifact holds; raises LeftOutError where it holds anything else."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            (member,) = archive.infolist()
            kind = stat.S_IFMT(member.external_attr >> 16)
            # Nothing but what upload-artifact makes: a link's content is a path, and other methods of
            # compression bring their own errors and bombs.
            if kind in (0, stat.S_IFREG) and member.compress_type in PLAIN_METHODS:
                with archive.open(member) as stream:
                    plan = stream.read(LARGEST_PLAN + 1)
                if len(plan) <= LARGEST_PLAN:
                    return plan
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        pass
    raise LeftOutError(
        f"Its artifact is not the archive of one plan file of at most {counted(LARGEST_PLAN >> 20, 'MiB')}",
        hint=AGAIN,
    )
