"""A command's answer: text or one JSON document on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec

from rich.console import Console

from bindbee_sync.commands.choices import Format, PlanFormat
from bindbee_sync.commands.progress import Progress
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, INTERRUPTED, ExitCode
from bindbee_sync.reports.document import Document, as_text, error_document
from bindbee_sync.reports.github import publish_error
from bindbee_sync.reports.text import TextReport
from bindbee_sync.waits import showing_waits

WIDE = 10_000
"""Columns of an output that is no terminal: nothing is wrapped there."""

Options = ParamSpec("Options")


@dataclass
class Output:
    """A command's output: the format, the consoles, the progress line."""

    format: Format | PlanFormat = Format.TEXT
    progress: Progress = field(default_factory=Progress)

    @property
    def is_json(self) -> bool:
        """True where standard output is to hold one JSON document."""
        return self.format == "json"

    def out(self) -> Console:
        """Return the console for the answer."""
        at_terminal = sys.stdout is not None and sys.stdout.isatty()
        return Console(highlight=False, markup=False, emoji=False, width=None if at_terminal else WIDE)

    def err(self) -> Console:
        """Return the console for progress and errors."""
        return Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say(self, text: str, style: str = "dim") -> None:
        """Write a line about the run to standard error."""
        TextReport(self.err()).line(text, style)

    def error(self, error: ToolError) -> None:
        """Write an error and its remedy to standard error."""
        TextReport(self.err()).error(error)

    def write(self, document: Document) -> None:
        """Write the JSON document."""
        print(as_text(document))  # noqa: T201 - this is the answer

    def quiet(self) -> None:
        """Take the progress line away, before something else is written."""
        self.progress.hide()

    def wait(self, line: str) -> None:
        """Write a line about a wait to standard error, also where that is no terminal."""
        self.quiet()
        self.say(line)

    def fail(self, error: ToolError, exit_code: ExitCode) -> ExitCode:
        """Answer with an error, and return the exit code that goes with it."""
        self.quiet()
        if self.is_json:
            self.write(error_document(error))
        self.error(error)
        publish_error(error, exit_code)
        return exit_code


def answering(
    command: Callable[Concatenate[Output, Options], ExitCode],
) -> Callable[Concatenate[Format | PlanFormat, Options], ExitCode]:
    """Let a command be called with a format; an error or an interrupt becomes its answer and exit code."""

    @wraps(command)
    def answered(
        output_format: Format | PlanFormat, /, *args: Options.args, **options: Options.kwargs
    ) -> ExitCode:
        output = Output(output_format)
        try:
            with showing_waits(output.wait):
                return command(output, *args, **options)
        except ToolError as error:
            return output.fail(error, FAILED)
        except KeyboardInterrupt:
            return output.fail(ToolError("Interrupted"), INTERRUPTED)
        finally:
            output.quiet()

    return answered


def stdin_is_terminal() -> bool:
    """Return whether there is a person to ask."""
    return sys.stdin is not None and sys.stdin.isatty()
