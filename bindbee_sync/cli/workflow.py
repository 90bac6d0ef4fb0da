"""What a command tells the workflow that it runs in; outside GitHub Actions nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bindbee_sync.errors import ToolError

if TYPE_CHECKING:
    from bindbee_sync.diagnostics import Diagnostic
    from bindbee_sync.reports.github import Actions
    from bindbee_sync.reports.markdown import Locate


def publish(
    root: Path,
    diagnostics: Iterable[Diagnostic],
    markdown: Callable[[Locate], str],
    outputs: Mapping[str, int],
) -> None:
    """Annotate the findings, append the Markdown to the step's summary, and set the step's outputs."""
    actions = _actions(root)
    if actions is not None:
        for line in actions.annotations(diagnostics):
            print(line, file=sys.stderr)  # noqa: T201 - a command to the runner
        _write(actions, markdown(actions.locate), outputs)


def publish_error(error: ToolError, exit_code: int) -> None:
    """Annotate what a command could not finish for, and say so in the step's summary and outputs."""
    actions = _actions(Path.cwd())
    if actions is not None:
        from bindbee_sync.reports.github import error_annotation
        from bindbee_sync.reports.markdown import error_markdown

        print(error_annotation(error), file=sys.stderr)  # noqa: T201 - a command to the runner
        _write(actions, error_markdown(error), {"exitcode": exit_code})


def _actions(root: Path) -> Actions | None:
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return None
    from bindbee_sync.reports.github import Actions

    return Actions.found(os.environ, root)


def _write(actions: Actions, markdown: str, outputs: Mapping[str, int]) -> None:
    """Write the step's files; that one can't be written does not change what the command came to."""
    try:
        actions.output(outputs)
        actions.summarize(markdown)
    except OSError as error:
        from rich.console import Console

        from bindbee_sync.reports.text import TextReport

        words = f"The step's summary or outputs could not be written: {error.strerror}"
        TextReport(Console(stderr=True, highlight=False, markup=False, emoji=False)).line(words)
