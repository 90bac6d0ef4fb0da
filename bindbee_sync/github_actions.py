"""A step of a GitHub workflow: its variables, its event, its files, and the commands that its runner reads.

A runner reads commands from every line that is printed, so foreign text is escaped here, and kept from
beginning a command wherever else it is printed. A runner keeps the first 10 errors and 10 warnings of a step
and drops the rest silently; it drops a summary above 1 MiB whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from bindbee_sync.ci_variables import CiVariables
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.errors import ConfigError, ToolError
from bindbee_sync.text import counted, shorten, visible

MOST_ANNOTATIONS = 10
LONGEST_MESSAGE = 4_096
LARGEST_SUMMARY = 1 << 20
LARGEST_EVENT = 32 << 20
"""Bytes; GitHub delivers no event above 25 MB."""


@dataclass(frozen=True, kw_only=True)
class WorkflowStep(CiVariables):
    """The environment of a step."""

    @classmethod
    def current(cls, environment: Mapping[str, str]) -> Self | None:
        """Return the step that this runs in; None outside GitHub Actions."""
        return cls(environment=environment) if environment.get("GITHUB_ACTIONS") == "true" else None

    def remedy(self, name: str) -> str:
        """Return what to do where this variable is not set."""
        if name == "GITHUB_TOKEN":
            return "In the workflow, give this step `env: GITHUB_TOKEN: ${{ github.token }}`."
        return "Run this in GitHub Actions, through the action's inputs."

    @property
    def event(self) -> dict[str, Any]:
        """The event that started the run; raises ConfigError where it can't be read."""
        path = self.path("GITHUB_EVENT_PATH")
        try:
            with path.open("rb") as file:
                # Bounded, as the file decides its own size: of a larger one the parse fails.
                data = json.loads(file.read(LARGEST_EVENT))
        except (OSError, ValueError, RecursionError) as error:
            raise ConfigError(
                "The event can't be read",
                where=str(path),
                hint="GitHub writes this file: run this in a workflow.",
            ) from error
        return data if isinstance(data, dict) else {}

    @property
    def repository_url(self) -> str | None:
        """The repository's page; None where the variables do not name it."""
        server, repository = (self.environment.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY"))
        return f"{url_path(server, safe='/:')}/{url_path(repository)}" if server and repository else None

    @property
    def run_url(self) -> str | None:
        """The run's page; None where the variables do not name it."""
        home, run = self.repository_url, self.environment.get("GITHUB_RUN_ID")
        return f"{home}/actions/runs/{url_path(run)}" if home and run else None

    def commit_url(self, sha: str) -> str | None:
        """Return the page of a commit; None where the variables do not name the repository."""
        home = self.repository_url
        return f"{home}/commit/{url_path(sha)}" if home else None

    @property
    def files_url(self) -> str | None:
        """The page below which the commit's files are shown; None where the variables do not name it.

        In a pull request it is that of the head: the merge that is checked out was never pushed.
        """
        home, sha = self.repository_url, self._head() or self.environment.get("GITHUB_SHA")
        return f"{home}/blob/{url_path(sha, safe='')}" if home and sha else None

    def annotations(self, findings: Sequence[Diagnostic], root: Path) -> Iterator[str]:
        """Yield the lines that annotate each finding's file, at most 10 errors and 10 warnings.

        Paths in findings are relative to `root`; GitHub wants them relative to the workspace.
        """
        prefix = self._prefix(root)
        for name, chosen in (
            ("error", [each for each in findings if each.is_error]),
            ("warning", [each for each in findings if not each.is_error]),
        ):
            shown = chosen if len(chosen) <= MOST_ANNOTATIONS else chosen[: MOST_ANNOTATIONS - 1]
            for finding in shown:
                at = finding.place
                place = at and Place(prefix + at.path, at.line, at.column)
                yield command(name, finding.message, finding.hint, title=finding.rule, place=place)
            if len(shown) < len(chosen):
                more = counted(len(chosen) - len(shown), f"more {name}")
                yield command(name, f"{more}: see the step's summary or its log")

    def summarize(self, markdown: str) -> None:
        """Append to the step's summary, unless that would make it too large to be shown; raises OSError."""
        path = self._file("GITHUB_STEP_SUMMARY")
        if path is None:
            return
        before = path.stat().st_size if path.exists() else 0
        data = f"{markdown}\n".encode(errors="replace")
        if before + len(data) < LARGEST_SUMMARY:
            with path.open("ab") as file:
                file.write(data)

    def output(self, values: Mapping[str, str | int]) -> None:
        """Set the step's outputs, each on one line, so that a value can't set another. Raises OSError."""
        path = self._file("GITHUB_OUTPUT")
        if path is not None:
            with path.open("a", encoding="utf-8") as file:
                file.writelines(f"{name}={' '.join(str(value).split())}\n" for name, value in values.items())

    def _file(self, name: str) -> Path | None:
        value = self.environment.get(name)
        return Path(value) if value else None

    def _prefix(self, root: Path) -> str:
        workspace = self.environment.get("GITHUB_WORKSPACE")
        below = relpath(root, workspace) if workspace else "."
        return "" if below == "." or below.startswith("..") else f"{Path(below).as_posix()}/"

    def _head(self) -> str | None:
        try:
            sha = self.event["pull_request"]["head"]["sha"]
        except (ConfigError, KeyError, TypeError):
            return None
        return sha if isinstance(sha, str) else None


def error_annotation(error: ToolError) -> str:
    """Return the line that annotates a run which could not finish."""
    found = re.fullmatch(r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+)", error.where or "")
    place = Place(found["path"], int(found["line"]), int(found["column"])) if found else None
    return command("error", error.prefix + error.message, error.hint, place=place)


def command(name: str, *texts: str | None, title: str = "bindbee-sync", place: Place | None = None) -> str:
    """Return the line by which the runner shows an error or a warning, of at most 4,096 characters."""
    at = {"file": place.path, "line": str(place.line), "col": str(place.column)} if place else {}
    properties = ",".join(f"{key}={_property(value)}" for key, value in (at | {"title": title}).items())
    message = "\n".join(visible(text) for text in texts if text)
    return f"::{name} {properties}::{_message(message)}"


def url_path(path: str, *, safe: str = "/") -> str:
    """Return a path as part of a URL, in which nothing of it is special but the `safe` characters."""
    return quote(path.encode(errors="surrogateescape"), safe=safe)


def _message(text: str) -> str:
    text = shorten(text, LONGEST_MESSAGE)
    excess = len(_data(text)) - LONGEST_MESSAGE
    return _data(text if excess <= 0 else shorten(text, len(text) - excess))


def _data(text: str) -> str:
    # The runner decodes these; a bare line break would end the command and begin a line of foreign text.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
