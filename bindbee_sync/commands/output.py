"""A command's answer: text or one JSON document on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Concatenate, ParamSpec

from rich.console import Console

from bindbee_sync.commands.choices import Answer
from bindbee_sync.commands.progress import Progress
from bindbee_sync.config import DEFAULT_NAME, Settings
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, INTERRUPTED, ExitCode, with_output_lost
from bindbee_sync.output_files import write_output
from bindbee_sync.reports.document import Document, as_text, error_document
from bindbee_sync.reports.github import publish_error
from bindbee_sync.reports.text import TextReport
from bindbee_sync.waits import showing_waits

WIDE = 10_000
"""Columns of an output that is no terminal: nothing is wrapped there."""

_NOT_FINISHED = ToolError(
    "The command has not finished, or it was killed",
    hint="Run it again; after an apply, `bindbee-sync plan` shows the current state.",
)

Options = ParamSpec("Options")


@dataclass
class Output:
    """A command's output: its answer, the consoles, the progress line.

    `connector` is the name of the one that the run is about, where the config names any and one is chosen;
    `prefix` is the beginning of its addresses where the config names several.
    """

    answer: Answer = field(default_factory=Answer)
    progress: Progress = field(default_factory=Progress)
    document: Document | None = None
    connector: str | None = None
    prefix: str = ""

    def about(self, chosen: Sequence[Settings]) -> None:
        """Let an error that ends the run name the connector, where one of the config's is chosen."""
        names = [settings.name for settings in chosen]
        self.connector = names[0] if len(names) == 1 and names != [DEFAULT_NAME] else None
        self.prefix = chosen[0].prefix if self.connector else ""

    @property
    def is_json(self) -> bool:
        """True where standard output is to hold one JSON document."""
        return self.answer.format == "json"

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

    def write(self, document: Callable[[], Document]) -> None:
        """Make the JSON document where one is wanted: print it, and keep it for the file."""
        if self.is_json:
            print(as_text(self.keep(document)))  # noqa: T201 - this is the answer
        elif self.answer.json_into:
            self.keep(document)

    def keep(self, document: Callable[[], Document]) -> Document:
        """Make the JSON document, and keep it for the file."""
        self.document = document()
        return self.document

    def begin(self) -> None:
        """Write to the file that nothing is known yet; raises ToolError where it can't be written.

        Before the work, so that an apply does not find that out after it has created jobs, and so that no
        document of an earlier run is taken for one of a run that was killed.
        """
        self.document = error_document(_NOT_FINISHED)
        try:
            self._save()
        except ToolError:
            self.answer = replace(self.answer, json_into=None)
            raise

    def finish(self, code: ExitCode) -> ExitCode:
        """Write the file, and return the exit code: a failure where it can't be written any more."""
        try:
            self._save()
        except ToolError as error:
            self.error(error)
            return ExitCode(with_output_lost(code))
        return code

    def _save(self) -> None:
        if self.answer.json_into and self.document:
            write_output(self.answer.json_into, as_text(self.document) + "\n", "JSON document")

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
        error.name_connector(self.prefix)
        self.write(lambda: error_document(error, self.connector))
        self.error(error)
        publish_error(error, exit_code)
        return exit_code


def answering(
    command: Callable[Concatenate[Output, Options], ExitCode],
) -> Callable[Concatenate[Answer, Options], ExitCode]:
    """Let a command be called with the form of its answer; an error or an interrupt is an answer, too."""

    @wraps(command)
    def answered(answer: Answer, /, *args: Options.args, **options: Options.kwargs) -> ExitCode:
        output = Output(answer)
        try:
            output.begin()
            with showing_waits(output.wait):
                code = command(output, *args, **options)
        except ToolError as error:
            code = output.fail(error, FAILED)
        except KeyboardInterrupt:
            code = output.fail(ToolError("Interrupted"), INTERRUPTED)
        finally:
            output.quiet()
        return output.finish(code)

    return answered


def stdin_is_terminal() -> bool:
    """Return whether there is a person to ask."""
    return sys.stdin is not None and sys.stdin.isatty()
