"""A run of a workflow, by the variables that GitHub sets: values come from there, never as arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bindbee_sync.errors import ConfigError
from bindbee_sync.forge.github import GitHub
from bindbee_sync.reports.markup import Md, code, link, url_path
from bindbee_sync.text import visible

LARGEST_EVENT = 32 << 20


@dataclass(frozen=True, kw_only=True)
class Run:
    """The environment of a step."""

    environment: Mapping[str, str]

    def value(self, name: str) -> str:
        """Return a variable; raises ConfigError where it is not set."""
        value = self.environment.get(name, "")
        if not value:
            raise ConfigError(
                f"{name} is not set",
                where=name,
                hint="In the workflow: `env: GITHUB_TOKEN: ${{ github.token }}` at this step."
                if name == "GITHUB_TOKEN"
                else "This runs in GitHub Actions, through the action's inputs.",
            )
        return value

    def path(self, name: str) -> Path:
        """Return a variable that names a file or folder; raises ConfigError where it is not set."""
        return Path(self.value(name))

    def github(self) -> GitHub:
        """Return the API for this run's repository; raises ConfigError."""
        api_url = self.value("GITHUB_API_URL")
        graphql_url = self.value("GITHUB_GRAPHQL_URL")
        for url in (api_url, graphql_url):
            parts = urlsplit(url)
            if parts.scheme != "https" and parts.hostname != "127.0.0.1":
                raise ConfigError(
                    "GitHub's API is reached over https only",
                    where="GITHUB_API_URL",
                    hint="GitHub sets it: remove what sets it otherwise.",
                )
        return GitHub(
            api_url=api_url,
            graphql_url=graphql_url,
            repository=self.repository,
            token=SecretStr(self.value("GITHUB_TOKEN")),
        )

    @property
    def repository(self) -> str:
        """The repository, as `owner/name`."""
        return self.value("GITHUB_REPOSITORY")

    @property
    def event(self) -> dict[str, Any]:
        """What set this run off; raises ConfigError where it can't be read."""
        path = self.path("GITHUB_EVENT_PATH")
        try:
            if path.stat().st_size > LARGEST_EVENT:
                return {}
            data = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ConfigError(
                "The event can't be read", where=str(path), hint="GitHub writes it: run this in a workflow."
            ) from error
        return data if isinstance(data, dict) else {}

    @property
    def link(self) -> Md:
        """A link to the run's page."""
        return link(Md("run"), f"{self._home}/actions/runs/{url_path(self.value('GITHUB_RUN_ID'))}")

    def commit(self, sha: str) -> Md:
        """Return a link to a commit of the repository."""
        return link(code(sha[:7]), f"{self._home}/commit/{url_path(sha)}")

    def output(self, values: Mapping[str, str | int]) -> None:
        """Set outputs: numbers, and words of our own, on one line each."""
        with self.path("GITHUB_OUTPUT").open("a", encoding="utf-8") as stream:
            stream.writelines(f"{name}={' '.join(str(value).split())}\n" for name, value in values.items())

    def summarize(self, markdown: str) -> None:
        """Append to the step's summary."""
        with self.path("GITHUB_STEP_SUMMARY").open("a", encoding="utf-8") as stream:
            stream.write(f"{markdown}\n")

    @property
    def _home(self) -> str:
        return f"{self.value('GITHUB_SERVER_URL')}/{url_path(self.repository)}"


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; an empty one where there is none."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def warning(text: str) -> str:
    """Return the line that warns of something in the run's log and on its page."""
    return f"::warning title=bindbee-sync::{visible(text).replace('%', '%25')}"


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list."""
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield each
