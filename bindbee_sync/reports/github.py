"""The report to GitHub Actions: annotations on files, the step's summary, the step's outputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rich.console import Console

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.github_actions import WorkflowStep, error_annotation
from bindbee_sync.planning.merging import merged
from bindbee_sync.reports.markdown import Locate, error_markdown
from bindbee_sync.reports.text import TextReport

SETTLE = "settle.yml"
"""The workflow, of those that `init` writes, that settles uncertain creates."""


def publish(
    root: Path,
    diagnostics: Iterable[Diagnostic],
    markdown: Callable[[Locate], str],
    outputs: Mapping[str, int],
) -> None:
    """Annotate the findings, append the Markdown to the step's summary, and set the step's outputs.

    Paths in the findings are relative to `root`. Outside GitHub Actions this does nothing.
    """
    step = WorkflowStep.current(os.environ)
    if step is not None:
        for line in step.annotations(merged(diagnostics), root):
            print(line, file=sys.stderr)  # noqa: T201 - a command to the runner
        _write(step, markdown(_locate(step, root)), outputs)


def publish_error(error: ToolError, exit_code: int) -> None:
    """Annotate the run with the error that ended it, and show it in the step's summary and outputs."""
    step = WorkflowStep.current(os.environ)
    if step is not None:
        print(error_annotation(error), file=sys.stderr)  # noqa: T201 - a command to the runner
        _write(step, error_markdown(error), {"exitcode": exit_code})


def _locate(step: WorkflowStep, root: Path) -> Locate:
    has_workflow = (root / ".github/workflows" / SETTLE).is_file()
    page = step.repository_url
    return Locate(
        files=step.files_url,
        settle=f"{page}/actions/workflows/{SETTLE}" if page and has_workflow else None,
    )


def _write(step: WorkflowStep, markdown: str, outputs: Mapping[str, int]) -> None:
    try:
        step.output(outputs)
        step.summarize(markdown)
    except OSError as error:  # a report that can't be written changes nothing about what the command did
        report = TextReport(Console(stderr=True, highlight=False, markup=False, emoji=False))
        report.line(f"The step's summary or outputs could not be written: {error.strerror}")
