"""What every command needs: settings, output, a way to Bindbee, and errors turned into words and codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.completion import addresses
from bindbee_sync.cli.progress import Progress
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, INTERRUPTED, ExitCode

WIDE = 10_000
"""Columns of an output that is no terminal: nothing is wrapped there."""

if TYPE_CHECKING:
    from rich.console import Console

    from bindbee_sync.bindbee.client import Bindbee
    from bindbee_sync.bindbee.models import Connector
    from bindbee_sync.bindbee.snapshot import Snapshot
    from bindbee_sync.config import Settings
    from bindbee_sync.desired.load import Desired
    from bindbee_sync.ledger.store import Store
    from bindbee_sync.planning.options import PlanOptions
    from bindbee_sync.planning.selection import Selection
    from bindbee_sync.reports.document import Document


class Format(StrEnum):
    """How a command answers."""

    TEXT = "text"
    JSON = "json"


class PlanFormat(StrEnum):
    """How a plan is shown."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The config file; else the nearest bindbee-sync.yaml."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, or one JSON document.")]
TargetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="ADDRESS",
        help="Only this job; repeatable, globs are fine.",
        autocompletion=addresses,
    ),
]


@dataclass
class Session:
    """One run of a command: where it runs, and how it answers."""

    format: Format | PlanFormat
    config: Path | None = None
    progress: Progress = field(default_factory=Progress)

    @property
    def is_json(self) -> bool:
        """Whether standard output is to hold one JSON document."""
        return self.format == "json"

    def settings(self) -> Settings:
        """Return the settings; raises ToolError."""
        from bindbee_sync.config import load_settings

        try:
            folder = Path.cwd()
        except FileNotFoundError as error:
            raise ToolError(
                "The working directory does not exist any more", hint="cd somewhere else."
            ) from error
        return load_settings(self.config, os.environ, folder)

    def out(self) -> Console:
        """Return the console for what was asked for."""
        from rich.console import Console

        at_terminal = sys.stdout is not None and sys.stdout.isatty()
        return Console(highlight=False, markup=False, emoji=False, width=None if at_terminal else WIDE)

    def err(self) -> Console:
        """Return the console for progress and errors."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say(self, text: str, style: str = "dim") -> None:
        """Write a line about the run to standard error."""
        from bindbee_sync.reports.text import TextReport

        TextReport(self.err()).line(text, style)

    def write(self, document: Document) -> None:
        """Write the JSON document."""
        from bindbee_sync.reports.document import as_text

        print(as_text(document))  # noqa: T201 - this is the answer

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turn a ToolError or an interrupt into the answer of its format, and its exit code."""
        try:
            yield
        except ToolError as error:
            self._fail(error, FAILED)
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt as interrupt:
            self._fail(ToolError("Interrupted"), INTERRUPTED)
            raise typer.Exit(INTERRUPTED) from interrupt
        finally:
            self.quiet()

    def quiet(self) -> None:
        """Take the progress line away, before something else is written."""
        self.progress.hide()

    def _fail(self, error: ToolError, exit_code: ExitCode) -> None:
        from bindbee_sync.reports.document import error_document
        from bindbee_sync.reports.github import publish_error
        from bindbee_sync.reports.text import TextReport

        self.quiet()
        if self.is_json:
            self.write(error_document(error))
        TextReport(self.err()).error(error)
        publish_error(error, exit_code)

    @contextmanager
    def bindbee(self, settings: Settings) -> Iterator[Bindbee]:
        """Connect with the secrets of the environment, showing progress on a terminal."""
        from bindbee_sync.bindbee.client import Bindbee
        from bindbee_sync.config import read_secrets

        secrets = read_secrets(os.environ)
        with Bindbee(
            base_url=settings.base_url,
            api_key=secrets.api_key,
            connector_token=secrets.connector_token,
            timeout=settings.timeout,
            on_progress=lambda name, count: self.progress.show(f"Reading {name}: {count}"),
        ) as api:
            yield api


def needs(desired: Desired) -> dict[str, bool]:
    """Return which lists the job files refer to."""
    specs = [file.spec for file in desired.files]
    return {
        "departments": any(spec.departments for spec in specs),
        "offices": any(spec.offices for spec in specs),
        "users": any(spec.hiring_managers or spec.recruiters or spec.remote_user_id for spec in specs),
    }


def look(api: Bindbee, desired: Desired, settings: Settings, *, everything: bool = False) -> Snapshot:
    """Return what Bindbee lists; raises ToolError where it is another ATS than the config says.

    Lists that no job file refers to are read only where `everything` is asked for.
    """
    from bindbee_sync.bindbee.fetch import fetch_snapshot

    wanted = needs(desired)
    snapshot = fetch_snapshot(api, **(dict.fromkeys(wanted, True) if everything else wanted))
    detected_provider(snapshot.connector, settings)
    return snapshot


def detected_provider(connector: Connector, settings: Settings) -> str:
    """Return the connector's ATS; raises ConfigError where it is another one than the config says."""
    from bindbee_sync.bindbee.models import provider_of
    from bindbee_sync.errors import ConfigError

    detected = provider_of(connector.integration_slug)
    if settings.provider is not None and provider_of(settings.provider) != detected:
        raise ConfigError(
            f"The config says that the ATS is {settings.provider}, and the connector's is {detected}",
            where="provider",
            hint="Use the token of the right connector, or correct `provider`.",
        )
    return detected


def options(settings: Settings, selects: Selection, **more: bool) -> PlanOptions:
    """Return the plan's options from the settings."""
    from bindbee_sync.planning.options import PlanOptions

    return PlanOptions(
        severities=settings.severities,
        ignore_changes=settings.ignore_changes,
        max_list_age=settings.max_list_age,
        selects=selects,
        **more,
    )


def open_store(settings: Settings) -> Store:
    """Return the ledger that the settings name."""
    from bindbee_sync.ledger.file_store import FileStore
    from bindbee_sync.ledger.git_store import GitStore
    from bindbee_sync.ledger.location import GitLedger

    if isinstance(settings.ledger, GitLedger):
        return GitStore(settings.ledger, settings.root)
    return FileStore(settings.ledger, settings.ledger_shown)


def load(settings: Settings) -> Desired:
    """Return the job files; raises ToolError where the jobs folder can't be read."""
    from bindbee_sync.desired.load import load_jobs

    return load_jobs(settings.jobs, settings.root)


def stdin_is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
