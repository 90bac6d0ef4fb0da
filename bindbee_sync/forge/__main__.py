"""The steps before and after a plan or an apply in GitHub Actions: `python -m bindbee_sync.forge TASK`.

Values come from variables, so that foreign text is never an argument or a part of a script.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, WRONG_USAGE, Ending
from bindbee_sync.forge import drift, outcome, pull_request
from bindbee_sync.github_actions import WorkflowStep, error_annotation
from bindbee_sync.waits import showing_waits

TASKS: dict[str, Callable[[WorkflowStep], None]] = {
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
        return WRONG_USAGE
    try:
        with showing_waits(lambda line: print(line, file=sys.stderr)):  # noqa: T201 - for the log
            task(WorkflowStep(environment=os.environ))
    except ToolError as error:
        sys.stderr.write(f"{error_annotation(error)}\n")
        return FAILED
    return Ending().exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
