"""The plan files that were reviewed in merge requests, as far as GitLab's own records bind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bindbee_sync.errors import ConfigError, ToolError
from bindbee_sync.forge.api import NOT_FOUND, DownloadTooLargeError, ForgeError
from bindbee_sync.forge.documents import PULLS
from bindbee_sync.forge.gitlab import GitLab, PipelineJob, in_log
from bindbee_sync.github_actions import url_path
from bindbee_sync.reviewing.plan_file import read_plan_file
from bindbee_sync.times import rfc3339

LOOK_BACK = timedelta(days=14)
MOST = 100
"""Merge requests, the newest."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _MergeRequest(_Data):
    iid: int
    sha: str
    """The head of its branch when it was merged."""
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    merged_at: AwareDatetime | None = None
    source_project_id: int | None = None  # none where the fork was deleted
    target_project_id: int
    target_branch: str


class _Pipeline(_Data):
    id: int
    sha: str
    ref: str
    status: str
    created_at: AwareDatetime


class _Job(_Data):
    id: int
    name: str
    status: str
    finished_at: AwareDatetime | None = None


_Kind = TypeVar("_Kind", bound=_Data)


def collect_reviewed(job: PipelineJob) -> None:
    """Fill a folder with reviewed plan files for `apply --reviewed FOLDER`; an empty one allows no create."""
    folder = job.path("SYNC_REVIEWED")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        # A repository's own files, or those of an earlier run, would count as reviewed.
        raise ConfigError(
            "The folder for reviewed plans is not empty", where=str(folder), hint="Name a new folder."
        )
    name, artifact = job.value("SYNC_JOB"), job.value("SYNC_ARTIFACT")
    commit = job.environment.get("CI_COMMIT_SHA")
    lines: list[str] = []
    with GitLab.of(job) as gitlab:
        for request in _merged(gitlab, job.value("CI_DEFAULT_BRANCH")):
            made = (request.merge_commit_sha, request.squash_commit_sha, request.sha)
            lines.append(f"{request.iid} {'pushed' if commit in made else 'earlier'}\n")
            path = folder / f"merge-request-{request.iid}.json"
            try:
                found = _fetch(gitlab, request, name, artifact, path)
            except (DownloadTooLargeError, _LeftOutError) as error:
                # It stops no other's plan; what it would have held is `plan/not-reviewed`.
                print(in_log(error, f"!{request.iid} was left out: "))  # noqa: T201 - for the log
            else:
                print(f"!{request.iid}: {'1 reviewed plan' if found else 'no plan of its head'}")  # noqa: T201 - as above
    (folder / PULLS).write_text("".join(lines), encoding="utf-8")


class _LeftOutError(ToolError):
    """A plan file that can't count."""


def _merged(gitlab: GitLab, branch: str) -> list[_MergeRequest]:
    """Return the merge requests that were merged into a branch lately, the newest first."""
    since = datetime.now(UTC) - LOOK_BACK
    listed = gitlab.pages(
        "merge_requests", state="merged", target_branch=branch, updated_after=rfc3339(since)
    )
    # The query's conditions are checked again: one that GitLab ignored would let a foreign plan in.
    found = [
        (each.merged_at, each)
        for each in (_parsed(_MergeRequest, data) for data in listed)
        if each.merged_at
        and each.merged_at >= since
        and each.target_branch == branch
        # A fork's pipeline follows the fork's own configuration: it can keep anything as its plan.
        and each.source_project_id == each.target_project_id
    ]
    return [each for _, each in sorted(found, key=lambda pair: pair[0], reverse=True)[:MOST]]


def _fetch(gitlab: GitLab, request: _MergeRequest, name: str, artifact: str, path: Path) -> bool:
    """Write the newest plan file of a merge request's head, and return whether there was one."""
    for pipeline in _pipelines(gitlab, request):
        for job in (_parsed(_Job, each) for each in gitlab.pages(f"pipelines/{pipeline.id}/jobs")):
            # A job that was retried after the merge made another plan than the one that was reviewed.
            is_timely = job.finished_at and request.merged_at and job.finished_at <= request.merged_at
            if job.name != name or job.status != "success" or not is_timely:
                continue
            try:
                path.write_bytes(gitlab.download(f"jobs/{job.id}/artifacts/{url_path(artifact)}"))
                read_plan_file(path)
            except ForgeError as error:
                if error.status != NOT_FOUND:
                    raise
                raise _LeftOutError(
                    f"Job {job.id} keeps no {artifact}, or it has expired", hint="Open a new merge request."
                ) from error
            except ToolError as error:
                path.unlink()
                raise _LeftOutError(error.message, hint=error.hint) from error
            return True
    return False


def _pipelines(gitlab: GitLab, request: _MergeRequest) -> Iterator[_Pipeline]:
    """Yield the merge request's own successful pipelines on its head, the newest first."""
    listed = gitlab.pages(f"merge_requests/{request.iid}/pipelines")
    found = [_parsed(_Pipeline, each) for each in listed]
    for each in sorted(found, key=lambda each: each.id, reverse=True):
        # A branch's pipeline has the same commit, and variables that a person chose.
        is_own = each.ref == f"refs/merge-requests/{request.iid}/head" and each.sha == request.sha
        if is_own and each.status == "success":
            yield each


def _parsed(kind: type[_Kind], data: object) -> _Kind:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise ForgeError(
            f"GitLab's answer can't be read: {kind.__name__.strip('_')}, {field}", hint="Run it again."
        ) from error
