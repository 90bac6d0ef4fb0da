"""Around the plan of a pull request: its comment, and what can be said of one without secrets."""

from __future__ import annotations

from pathlib import Path

from bindbee_sync.config import load_settings
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.desired.revision import Base, compare_with
from bindbee_sync.errors import ConfigError
from bindbee_sync.forge.comments import (
    NO_CONNECTOR,
    Comments,
    commit_link,
    mark_in,
    run_link,
    shortened,
    with_status,
)
from bindbee_sync.forge.github import ForgeError, GitHub
from bindbee_sync.github_actions import WorkflowStep, command, url_path
from bindbee_sync.job_file import JobFile
from bindbee_sync.reports.markup import Md, link, table
from bindbee_sync.text import shorten

MOST_ROWS = 200


def comment(step: WorkflowStep) -> None:
    """Put the plan's report on the pull request. That a comment is refused fails no plan: it is said."""
    pull = step.event.get("pull_request") or {}
    if "number" not in pull:
        raise ConfigError(
            "This run is of no pull request",
            where="GITHUB_EVENT_PATH",
            hint="Comment in a workflow that runs `on: pull_request`.",
        )
    report = step.path("SYNC_MARKDOWN")
    markdown = report.read_text(encoding="utf-8") if report.exists() else ""
    status = _planned(
        step,
        head=str(pull["head"]["sha"]),
        base=str(pull["base"]["sha"]),
        made=mark_in(markdown) != NO_CONNECTOR,
    )
    body = with_status(markdown or "The plan could not be made: the run's log says why.\n", status)
    try:
        with GitHub.of(step) as github:
            done = Comments.of(github, int(pull["number"])).put(body, shortened(body, run_link(step)))
    except ForgeError as error:
        print(command("warning", f"No comment: {error.message}. {error.hint or ''}"))  # noqa: T201 - for the log
    else:
        print(f"The comment was {done}.")  # noqa: T201 - a word for the log


def offline(step: WorkflowStep) -> None:
    """Tell, without asking anybody, which jobs a pull request adds, changes, moves and removes."""
    settings = load_settings(_config(step), step.environment, Path.cwd())
    desired = load_jobs(settings.jobs, settings.root)
    base = compare_with(step.value("SYNC_BASE"), desired, settings.jobs, settings.root)
    rows = [
        (shorten(file.spec.name or "", 120), shorten(_where(file, base), 160))
        for file in desired.files
        if file.address in base.changed
    ]
    rows += [("removed; its job is left as it is", shorten(address, 160)) for address in base.removed]
    told = Md("**{}**\n\n").format(
        "No job file is changed by this pull request."
        if not rows
        else f"Job files that this pull request adds, changes, moves or removes: {len(rows)}."
    )
    if rows:
        told += table(["Job", "File"], rows[:MOST_ROWS])
        left_out = len(rows) - MOST_ROWS
        told += Md("\n… and {} more.\n").format(left_out) if left_out > 0 else Md("")
    told += Md(
        "\nChecked without asking the ATS: a pull request from a fork, or from Dependabot, gets no secrets. "
        "Whether a job exists already, or a name is known, shows in a plan of this repository's own.\n"
    )
    step.summarize(told)


def _where(file: JobFile, base: Base) -> str:
    old = base.moved.get(file.address)
    return f"{file.path}, moved from {old}" if old else file.path


def _config(step: WorkflowStep) -> Path | None:
    named = step.environment.get("SYNC_CONFIG")
    return Path(named) if named else None


def _planned(step: WorkflowStep, *, head: str, base: str, made: bool) -> Md:
    word = "Planned" if made else "Not planned"
    status = Md("**{}** for {} on {} · {}").format(
        word, commit_link(step, head), commit_link(step, base), run_link(step)
    )
    page = step.environment.get("SYNC_REPORT_URL", "")
    if page:
        status += Md(" · {}").format(link(Md("the jobs as a page"), url_path(page, safe="/:")))
    return status
