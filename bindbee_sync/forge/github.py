"""A client for the part of GitHub's API that reviews need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import SecretStr

from bindbee_sync.forge.api import Data, ForgeApi, check_host
from bindbee_sync.github_actions import WorkflowStep

WORKFLOWS_OWN = "github-actions[bot]"
"""The login of a workflow's own token."""


class GitHub(ForgeApi):
    """One repository on GitHub."""

    name = "GitHub"
    forbidden = "Give the job the `permissions` that this needs."
    artifact = "Is `artifact` the name of the plan workflow's artifact?"

    def __init__(self, *, api_url: str, graphql_url: str, repository: str, token: SecretStr) -> None:
        self.repository = repository
        self._graphql_url = graphql_url
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token.get_secret_value()}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        super().__init__(api_url, headers)

    @classmethod
    def of(cls, step: WorkflowStep) -> Self:
        """Return the API for the step's repository; raises ConfigError."""
        urls = [step.value("GITHUB_API_URL"), step.value("GITHUB_GRAPHQL_URL")]
        for url in urls:
            check_host(cls.name, "GITHUB_API_URL", url)
        return cls(
            api_url=urls[0],
            graphql_url=urls[1],
            repository=step.value("GITHUB_REPOSITORY"),
            token=SecretStr(step.value("GITHUB_TOKEN")),
        )

    def login(self) -> str:
        """Return the token's login, e.g. `github-actions[bot]`."""
        answer = self.json(self.send("POST", self._graphql_url, {"query": "query { viewer { login } }"}))
        viewer = (answer.get("data") or {}).get("viewer") or {}
        return str(viewer.get("login") or WORKFLOWS_OWN)

    def edit(self, path: str, body: Data) -> None:
        """Change the data at `path`; raises ForgeError."""
        self.send("PATCH", self.url(path), body)

    def url(self, path: str) -> str:
        """Return the URL of the repository's data at `path`, relative to the API's."""
        return f"repos/{self.repository}/{path}".rstrip("/")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The comments on a pull request."""

    github: GitHub
    number: int

    @property
    def shown(self) -> str:
        """The pull request as people write it, e.g. `#7`."""
        return f"#{self.number}"

    def own(self) -> list[Data]:
        """Return those of the token's own login; raises ForgeError."""
        login = self.github.login()
        listed = self.github.pages(f"issues/{self.number}/comments")
        return [each for each in listed if author(each) == login]

    def create(self, text: str) -> None:
        """Add a comment; raises ForgeError."""
        self.github.create(f"issues/{self.number}/comments", {"body": text})

    def edit(self, comment: Data, text: str) -> None:
        """Replace the text of a comment; raises ForgeError."""
        self.github.edit(f"issues/comments/{comment['id']}", {"body": text})

    def delete(self, comment: Data) -> None:
        """Delete a comment; raises ForgeError."""
        self.github.delete(f"issues/comments/{comment['id']}")


def author(data: Data) -> str | None:
    """Return the login of who wrote a comment or an issue; None where the account was deleted."""
    login = (data.get("user") or {}).get("login")
    return None if login is None else str(login)
