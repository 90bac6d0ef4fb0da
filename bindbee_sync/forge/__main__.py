"""The steps around a plan or an apply in GitHub Actions: `python -m bindbee_sync.forge TASK`.

Values come from variables, so that nothing foreign is an argument or part of a script.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from bindbee_sync.errors import ExitCode, ToolError
from bindbee_sync.forge import drift, outcome, pull_request
from bindbee_sync.forge.run import Run
from bindbee_sync.reports.github import error_annotation

TASKS: dict[str, Callable[[Run], None]] = {
    "offline": pull_request.offline,
    "comment": pull_request.comment,
    "collect": outcome.collect_reviewed,
    "outcome": outcome.tell,
    "drift": drift.report,
}


def main(arguments: list[str]) -> int:
    """Run a task, and return its exit code."""
    task = TASKS.get(arguments[0]) if len(arguments) == 1 else None
    if task is None:
        sys.stderr.write(f"Name one task: {', '.join(TASKS)}.\n")
        return ExitCode.USAGE
    try:
        task(Run(environment=os.environ))
    except ToolError as error:
        sys.stderr.write(f"{error_annotation(error)}\n")
        return error.exit_code
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
