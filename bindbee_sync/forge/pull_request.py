"""The comment with a pull request's plan, and the summary of a pull request that gets no secrets."""

from __future__ import annotations

import os
from pathlib import Path

from bindbee_sync.config import DEFAULT_NAME, load_config
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.desired.revision import Base, compare_with
from bindbee_sync.errors import ConfigError
from bindbee_sync.forge.api import ForgeError
from bindbee_sync.forge.comments import Body, Comments, Conversation, Run, commit_link, run_link
from bindbee_sync.forge.documents import read_json
from bindbee_sync.forge.github import GitHub, PullRequest
from bindbee_sync.forge.gitlab import GitLab, MergeRequest, PipelineJob, in_log
from bindbee_sync.github_actions import WorkflowStep, command, url_path
from bindbee_sync.job_file import JobFile
from bindbee_sync.reports.marks import MANY, failed_mark, gathering_mark, mark_in, plan_mark
from bindbee_sync.reports.markup import Md, link, table
from bindbee_sync.text import counted, shorten

MOST_ROWS = 200


def comment(step: WorkflowStep) -> None:
    """Put the plan's report on the pull request. A refused comment fails no plan: it is logged."""
    pull = step.event.get("pull_request") or {}
    if "number" not in pull:
        raise ConfigError(
            "This run is not for a pull request",
            where="GITHUB_EVENT_PATH",
            hint="Comment in a workflow that runs `on: pull_request`.",
        )
    commits = {"head": str(pull["head"]["sha"]), "base": str(pull["base"]["sha"])}
    try:
        with GitHub.of(step) as github:
            done = put_report(step, PullRequest(github, int(pull["number"])), **commits)
    except ForgeError as error:
        print(command("warning", f"No comment: {error.message}", error.hint))  # noqa: T201 - for the log
    else:
        print(f"The comment was {done}.")  # noqa: T201 - for the log


def comment_on_gitlab(job: PipelineJob) -> None:
    """Put the plan's report on the merge request. A refused note fails no plan: it is logged."""
    iid = int(job.value("CI_MERGE_REQUEST_IID"))
    # With merged results, what is checked out is a commit that no one pushed.
    head = job.environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or job.value("CI_COMMIT_SHA")
    try:
        with GitLab.of(job) as gitlab:
            base = job.value("CI_MERGE_REQUEST_DIFF_BASE_SHA")
            done = put_report(job, MergeRequest(gitlab, iid), head=head, base=base)
    except ForgeError as error:
        print(in_log(error, "No comment: "))  # noqa: T201 - for the log
    else:
        print(f"The comment was {done}.")  # noqa: T201 - for the log


def put_report(run: Run, conversation: Conversation, *, head: str, base: str) -> str:
    """Put the plan's report into its comment, and return what was done; raises ForgeError."""
    report = run.path("SYNC_MARKDOWN")
    markdown = report.read_text(encoding="utf-8") if report.exists() else ""
    config, result = (run.environment.get(name, "") for name in ("SYNC_CONFIG", "SYNC_RESULT"))
    named = read_json(Path(result)).get("connector") if result else None
    name = str(named.get("name")) if isinstance(named, dict) else DEFAULT_NAME
    # A failure of the only connector of a config does not name it.
    failed = failed_mark(config, "" if name == DEFAULT_NAME else name)
    mark = mark_in(markdown)
    if mark == plan_mark(MANY):  # two fleets on one pull request have a comment each
        markdown, mark = markdown.removeprefix(mark), gathering_mark(config)
    comments = Comments.of(conversation)
    if _changes_nothing(run):
        return _withdraw(comments, run, head=head, base=base)
    status = _planned(run, "Planned" if mark else "Not planned", head=head, base=base)
    body = Body.updated(markdown or "The plan failed: see the run's log.", mark or failed, status)
    # A failed plan is known by its config alone: it did not get as far as the connector.
    return comments.put(body, run_link(run), instead_of=failed)


def _changes_nothing(step: Run) -> bool:
    """Return whether the plan was about no connector at all: `--changed-since` found no change."""
    document = read_json(Path(step.environment.get("SYNC_PLAN") or os.devnull))
    return document.get("plans") == [] and not document.get("failed")


def _withdraw(comments: Comments, step: Run, *, head: str, base: str) -> str:
    """Say in an earlier comment that its plan is gone, and return what was done.

    Without a plan the connector is not known: of several comments, none can be told to be this run's.
    """
    if len(comments.own) != 1:
        return "left out: this pull request changes nothing that bindbee-sync reads"
    mark = mark_in(str(comments.own[0]["body"])) or ""
    status = _planned(step, "Nothing to plan", head=head, base=base)
    report = "This pull request changes nothing that bindbee-sync reads."
    return comments.put(Body(mark=mark, status=status, report=report), run_link(step))


def offline(step: WorkflowStep) -> None:
    """List, without asking the ATS, the job files that a pull request adds, changes, moves and removes."""
    settings = load_config(_config(step), step.environment, Path.cwd()).only
    desired = load_jobs(settings.jobs, settings.root)
    base = compare_with(step.value("SYNC_BASE"), desired, settings.jobs, settings.root)
    rows = [
        (shorten(file.spec.name or "", 120), shorten(_where(file, base), 160))
        for file in desired.files
        if file.address in base.changed
    ]
    rows += [("(removed; its job stays as it is)", shorten(address, 160)) for address in base.removed]
    summary = Md("**{}**\n\n").format(
        "This pull request changes no job file"
        if not rows
        else f"This pull request adds, changes, moves or removes {counted(len(rows), 'job file')}"
    )
    if rows:
        summary += table(["Job", "File"], rows[:MOST_ROWS])
        left_out = len(rows) - MOST_ROWS
        summary += Md("\n… and {} more\n").format(left_out) if left_out > 0 else Md("")
    summary += Md(
        "\nChecked without the ATS: a pull request from a fork or from Dependabot gets no secrets. Only the "
        "plan of a branch of this repository shows whether a job exists already and names are known.\n"
    )
    step.summarize(summary)


def _where(file: JobFile, base: Base) -> str:
    old = base.moved.get(file.address)
    return f"{file.path}, moved from {old}" if old else file.path


def _config(step: WorkflowStep) -> Path | None:
    named = step.environment.get("SYNC_CONFIG")
    return Path(named) if named else None


def _planned(step: Run, word: str, *, head: str, base: str) -> Md:
    status = Md("**{}** for {} on {} · {}").format(
        word, commit_link(step, head), commit_link(step, base), run_link(step)
    )
    page = step.environment.get("SYNC_REPORT_URL", "")
    if page:
        status += Md(" · {}").format(link(Md("report as a page"), url_path(page, safe="/:")))
    return status
