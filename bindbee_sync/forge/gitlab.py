"""A client for the part of GitLab's API that reviews need, and the job of a pipeline that it works for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import SecretStr

from bindbee_sync.ci_variables import CiVariables
from bindbee_sync.errors import ToolError
from bindbee_sync.forge.api import Data, ForgeApi, check_host
from bindbee_sync.github_actions import url_path
from bindbee_sync.text import visible

TOKEN = "GITLAB_TOKEN"  # noqa: S105 - the variable's name
_COMMAND = re.compile(r"^([ \t]*)/", re.MULTILINE)
_REFERENCE = re.compile(r"(\(<[^>\n]*>\))|(&#(?:33|38|126);|%)(?=\w|&#34;)")
"""A link, to be left as it is, or what begins `!1`, `&1`, `~label` and `%milestone` of GitLab's own."""


@dataclass(frozen=True, kw_only=True)
class PipelineJob(CiVariables):
    """The environment of a job of a pipeline."""

    @classmethod
    def current(cls, environment: Mapping[str, str]) -> Self | None:
        """Return the job that this runs in; None outside GitLab CI."""
        return cls(environment=environment) if environment.get("GITLAB_CI") == "true" else None

    def remedy(self, name: str) -> str:
        """Return what to do where this variable is not set."""
        if name == TOKEN:
            return f"Add a project access token with the scope `api` as the masked variable {TOKEN}."
        return "Run this in a job of a merge request's pipeline, as examples/gitlab does."

    @property
    def run_url(self) -> str | None:
        """The job's page; None where the variables do not name it."""
        url = self.environment.get("CI_JOB_URL")
        return url_path(url, safe="/:") if url else None

    def commit_url(self, sha: str) -> str | None:
        """Return the page of a commit of the project; None where the variables do not name it."""
        home = self.environment.get("CI_PROJECT_URL")
        return f"{url_path(home, safe='/:')}/-/commit/{url_path(sha)}" if home else None


class GitLab(ForgeApi):
    """One project on GitLab."""

    name = "GitLab"
    forbidden = "Give the token the role and the scope that this needs: see examples/gitlab."
    artifact = "Is it the artifact of the job that plans?"

    def __init__(self, *, api_url: str, project: str, token: SecretStr) -> None:
        self.project = project
        super().__init__(api_url, {"PRIVATE-TOKEN": token.get_secret_value()})

    @classmethod
    def of(cls, job: PipelineJob) -> Self:
        """Return the API for the job's project; raises ConfigError."""
        url = job.value("CI_API_V4_URL")
        check_host(cls.name, "CI_API_V4_URL", url)
        return cls(api_url=url, project=job.value("CI_PROJECT_ID"), token=SecretStr(job.value(TOKEN)))

    def user_id(self) -> int:
        """Return the id of the token's own user; raises ForgeError."""
        return int(self.json(self.send("GET", "user"))["id"])

    def download(self, path: str) -> bytes:
        """Return a file; raises ForgeError. The API serves it itself, or redirects to where it is stored."""
        return self.content(self.url(path))

    def url(self, path: str) -> str:
        """Return the URL of the project's data at `path`, relative to the API's."""
        return f"projects/{url_path(self.project, safe='')}/{path}".rstrip("/")


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """The notes of a merge request."""

    gitlab: GitLab
    iid: int

    @property
    def shown(self) -> str:
        """The merge request as people write it, e.g. `!7`."""
        return f"!{self.iid}"

    def own(self) -> list[Data]:
        """Return those of the token's own user; raises ForgeError."""
        user = self.gitlab.user_id()
        listed = self.gitlab.pages(self._notes, sort="asc", order_by="created_at")
        return [each for each in listed if (each.get("author") or {}).get("id") == user]

    def create(self, text: str) -> None:
        """Add a note; raises ForgeError."""
        self.gitlab.create(self._notes, {"body": _inert(text)})

    def edit(self, comment: Data, text: str) -> None:
        """Replace the text of a note; raises ForgeError."""
        self.gitlab.send("PUT", self.gitlab.url(f"{self._notes}/{comment['id']}"), {"body": _inert(text)})

    def delete(self, comment: Data) -> None:
        """Delete a note; raises ForgeError."""
        self.gitlab.delete(f"{self._notes}/{comment['id']}")

    @property
    def _notes(self) -> str:
        return f"merge_requests/{self.iid}/notes"


def in_log(error: ToolError, before: str = "Error: ") -> str:
    """Return the text of an error for the job's log."""
    lines = [f"{before}{error.prefix}{visible(error.message)}", *([f"  {error.hint}"] if error.hint else [])]
    return "\n".join(lines)


def _inert(text: str) -> str:
    """Return Markdown in which nothing is a quick action or a reference of GitLab's own.

    A job's description may have a line `/merge`. What GitHub has as well is escaped already.
    """
    text = _REFERENCE.sub(lambda found: found[1] or f"{found[2]}&#8203;", text)
    return _COMMAND.sub(r"\1&#47;", text)
