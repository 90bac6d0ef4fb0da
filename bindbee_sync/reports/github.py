"""What GitHub Actions hears: annotations, the step's summary, the step's outputs.

A runner reads commands from every line that is printed, so text of others is escaped here, and kept from
beginning one wherever else it is printed. It keeps the first 10 errors and 10 warnings of a step and drops
the rest without a word; a summary above 1 MiB it drops whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import Self

from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.merging import merged
from bindbee_sync.reports.markdown import Locate, relative
from bindbee_sync.reports.markup import url_path
from bindbee_sync.text import counted, shorten, visible

MOST_ANNOTATIONS = 10
LONGEST_MESSAGE = 4_096
LARGEST_SUMMARY = 1 << 20
LARGEST_EVENT = 10 << 20


@dataclass(frozen=True, kw_only=True)
class Actions:
    """A step of a workflow, as its environment describes it.

    `prefix` leads from the workspace to what paths in reports are relative to.
    """

    prefix: str = ""
    blob_url: str | None = None
    summary_file: Path | None = None
    output_file: Path | None = None

    @classmethod
    def found(cls, environment: Mapping[str, str], root: Path) -> Self | None:
        """Return the step that this runs in, None elsewhere; paths in reports are relative to `root`."""
        if environment.get("GITHUB_ACTIONS") != "true":
            return None
        workspace = environment.get("GITHUB_WORKSPACE")
        below = relpath(root, workspace) if workspace else "."
        return cls(
            prefix="" if below == "." or below.startswith("..") else f"{Path(below).as_posix()}/",
            blob_url=_blob_url(environment),
            summary_file=_file(environment, "GITHUB_STEP_SUMMARY"),
            output_file=_file(environment, "GITHUB_OUTPUT"),
        )

    @property
    def locate(self) -> Locate:
        """The URL of a place: at the head commit where the forge is known, else relative."""
        base = self.blob_url
        return relative if base is None else lambda place: f"{base}/{relative(place)}"

    def annotations(self, diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
        """Yield the lines that annotate each finding's file, at most 10 errors and 10 warnings."""
        findings = merged(diagnostics)
        for command, chosen in (
            ("error", [each for each in findings if each.is_error]),
            ("warning", [each for each in findings if not each.is_error]),
        ):
            told = chosen if len(chosen) <= MOST_ANNOTATIONS else chosen[: MOST_ANNOTATIONS - 1]
            for finding in told:
                message = _lines(finding.message, finding.hint)
                yield _command(command, message, finding.rule, self._shown(finding.place))
            if len(told) < len(chosen):
                more = counted(len(chosen) - len(told), f"more {command}")
                yield _command(command, f"{more}: see the step's summary or its log.", "bindbee-sync", None)

    def summarize(self, markdown: str) -> None:
        """Append to the step's summary, unless that would make it too large to be shown; raises OSError."""
        if self.summary_file is None:
            return
        before = self.summary_file.stat().st_size if self.summary_file.exists() else 0
        data = f"{markdown}\n".encode(errors="replace")
        if before + len(data) < LARGEST_SUMMARY:
            with self.summary_file.open("ab") as file:
                file.write(data)

    def output(self, values: Mapping[str, int]) -> None:
        """Set the step's outputs: numbers only, so that nothing foreign is among them. Raises OSError."""
        if self.output_file is not None:
            with self.output_file.open("a", encoding="utf-8") as file:
                file.writelines(f"{name}={int(number)}\n" for name, number in values.items())

    def _shown(self, place: Place | None) -> Place | None:
        return place and Place(self.prefix + place.path, place.line, place.column)


def error_annotation(error: ToolError) -> str:
    """Return the line that annotates a run which could not finish."""
    found = re.fullmatch(r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+)", error.where or "")
    place = Place(found["path"], int(found["line"]), int(found["column"])) if found else None
    return _command("error", _lines(error.prefix + error.message, error.hint), "bindbee-sync", place)


def _command(name: str, message: str, title: str, place: Place | None) -> str:
    properties = {"title": title}
    if place:
        at = {"file": place.path, "line": str(place.line), "col": str(place.column)}
        properties = at | properties
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {told}::{_message(message)}"


def _lines(*texts: str | None) -> str:
    return "\n".join(visible(text) for text in texts if text)


def _message(text: str) -> str:
    """Return the escaped message, of at most 4,096 characters."""
    text = shorten(text, LONGEST_MESSAGE)
    excess = len(_data(text)) - LONGEST_MESSAGE
    return _data(text if excess <= 0 else shorten(text, len(text) - excess))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    return Path(value) if value else None


def _blob_url(environment: Mapping[str, str]) -> str | None:
    """Return where the commit's files are shown: a pull request's head, as its merge was never pushed."""
    server, repository, sha = (
        environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")
    )
    sha = _head_of_pull_request(environment) or sha
    if not (server and repository and sha):
        return None
    return f"{url_path(server, safe='/:')}/{url_path(repository)}/blob/{url_path(sha, safe='')}"


def _head_of_pull_request(environment: Mapping[str, str]) -> str | None:
    file = _file(environment, "GITHUB_EVENT_PATH")
    try:
        if file is None or file.stat().st_size > LARGEST_EVENT:
            return None
        sha = json.loads(file.read_bytes())["pull_request"]["head"]["sha"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return sha if isinstance(sha, str) else None
