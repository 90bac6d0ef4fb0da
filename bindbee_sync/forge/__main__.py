"""The steps around a plan or an apply in GitHub Actions and GitLab CI: `python -m bindbee_sync.forge TASK`.

Values come from variables, so that foreign text is never an argument or a part of a script.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, WRONG_USAGE, Ending
from bindbee_sync.forge import drift, drift_pull, gitlab_reviewed, outcome, pull_request
from bindbee_sync.forge.gitlab import PipelineJob, in_log
from bindbee_sync.github_actions import WorkflowStep, error_annotation
from bindbee_sync.waits import showing_waits

ON_GITHUB: dict[str, Callable[[WorkflowStep], None]] = {
    "offline": pull_request.offline,
    "comment": pull_request.comment,
    "collect": outcome.collect_reviewed,
    "outcome": outcome.tell,
    "drift": drift.report,
    "drift-pull": drift_pull.propose,
}


ON_GITLAB: dict[str, Callable[[PipelineJob], None]] = {
    "comment": pull_request.comment_on_gitlab,
    "collect": gitlab_reviewed.collect_reviewed,
    "outcome": outcome.tell_on_gitlab,
}


def main(arguments: list[str]) -> int:
    """Run a task, and return its exit code."""
    job = PipelineJob.current(os.environ)
    tasks = {name: partial(task, job) for name, task in ON_GITLAB.items()} if job else _on_github()
    task = tasks.get(arguments[0]) if len(arguments) == 1 else None
    if task is None:
        sys.stderr.write(f"Name one task: {', '.join(tasks)}.\n")
        return WRONG_USAGE
    try:
        with showing_waits(lambda line: print(line, file=sys.stderr)):  # noqa: T201 - for the log
            task()
    except ToolError as error:
        shown = in_log(error) if job else error_annotation(error)
        sys.stderr.write(f"{shown}\n")
        return FAILED
    return Ending().exit_code


def _on_github() -> dict[str, Callable[[], None]]:
    step = WorkflowStep(environment=os.environ)
    return {name: partial(task, step) for name, task in ON_GITHUB.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
