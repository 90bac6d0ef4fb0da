"""Before and after the apply of a merge: the reviewed plan files that it is held to, and its results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bindbee_sync.create_result import CreateResult
from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.forge.api import ForgeError
from bindbee_sync.forge.comments import Body, Comments, Conversation, Run, run_link
from bindbee_sync.forge.documents import PULLS, objects, read_json
from bindbee_sync.forge.github import GitHub, PullRequest
from bindbee_sync.forge.gitlab import GitLab, MergeRequest, PipelineJob
from bindbee_sync.forge.reviewed import LeftOutError, Pull, applied_branch, collect, merged_pulls
from bindbee_sync.github_actions import WorkflowStep, command
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.model import StepKind
from bindbee_sync.reports.applied import REFUSED, results_text
from bindbee_sync.reports.document import step_of
from bindbee_sync.reports.markdown import result_line, step_item
from bindbee_sync.reports.marks import gathering_mark, plan_mark
from bindbee_sync.reports.markup import Md, code
from bindbee_sync.reports.plan_view import step_view
from bindbee_sync.reports.truncation import lines_within
from bindbee_sync.reports.vocabulary import RESULTS
from bindbee_sync.reviewing.plan_file import PlanFile, plan_files, read_plan_file
from bindbee_sync.text import shorten, visible

ROOM_FOR_RESULTS, ROOM_FOR_ERRORS, ROOM_FOR_STEPS = 3_000, 2_500, 2_500
"""Characters of a comment's status."""
Document = Mapping[str, Any]
Results = Mapping[str, Document]


def collect_reviewed(step: WorkflowStep) -> None:
    """Fill a folder with reviewed plan files for `apply --reviewed FOLDER`; an empty one allows no create."""
    folder = step.path("SYNC_REVIEWED")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        # A repository's own files, or those of an earlier run, would count as reviewed.
        raise ConfigError(
            "The folder for reviewed plans is not empty",
            where=str(folder),
            hint="Name a new folder below `${{ runner.temp }}`.",
        )
    event = step.event
    pushed = [str(each["id"]) for each in objects(event.get("commits"))]
    if event.get("after"):
        pushed.append(str(event["after"]))
    workflow, artifact = step.value("SYNC_WORKFLOW"), step.value("SYNC_ARTIFACT")
    found = 0
    with GitHub.of(step) as github:
        branch = applied_branch(github, workflow)
        merged_into = merged_pulls(github, branch=branch, commits=pushed)
        for note in merged_into.notes:
            print(command("warning", note))  # noqa: T201 - for the log
        for pull in merged_into.pulls:
            try:
                path = collect(github, pull, workflow=workflow, artifact=artifact, folder=folder)
            except LeftOutError as error:
                # It stops no other pull request's plan; what it would have held is `plan/not-reviewed`.
                text = f"#{pull.number} was left out: {error.message}"
                print(command("warning", text, error.hint))  # noqa: T201 - for the log
            else:
                found += path is not None
                _log(pull, path)
    lines = [f"{pull.number} {'pushed' if pull.pushed else 'earlier'}\n" for pull in merged_into.pulls]
    (folder / PULLS).write_text("".join(lines), encoding="utf-8")
    numbers = [str(pull.number) for pull in merged_into.pulls if pull.pushed]
    step.output({"pulls": " ".join(numbers), "files": found})


def tell(step: WorkflowStep) -> None:
    """Show in the pull requests that they are being applied, or the results; a failure fails no run."""
    with GitHub.of(step) as github:
        _tell_all(step, lambda number: PullRequest(github, number))


def tell_on_gitlab(job: PipelineJob) -> None:
    """Show the results in the merge requests' notes; a refused note fails no apply: it is logged."""
    with GitLab.of(job) as gitlab:
        _tell_all(job, lambda iid: MergeRequest(gitlab, iid))


def _tell_all(run: Run, conversation: Callable[[int], Conversation]) -> None:
    """Update the comments of all pull requests whose plan files were collected."""
    listed = run.path("SYNC_REVIEWED") / PULLS
    if not listed.exists():
        raise ConfigError(
            "No reviewed plans were collected",
            where=str(listed.parent),
            hint="Collect them first: see the step before it.",
        )
    document = read_json(run.path("SYNC_RESULT")) if run.environment.get("SYNC_RESULT") else None
    paths = _paths(run)
    for line in listed.read_text(encoding="utf-8").splitlines():
        number, how = line.split(" ")
        for path in paths.get(int(number), ()):
            _tell(run, conversation(int(number)), path, document, pushed=how == "pushed")


def _tell(
    run: Run, conversation: Conversation, path: Path, document: Document | None, *, pushed: bool
) -> None:
    """Update the comment of a reviewed plan file: its connector's, or the one comment of many."""
    mine: dict[str, Document] = {}
    parts: list[Document] = []
    files = read_plan_file(path)
    is_gathered = "plans" in read_json(path)
    for file in files:
        part = None if document is None else _of_connector(document, file)
        if part is not None:
            parts.append(part)
            entries = {str(each.get("address")): each for each in objects(part.get("entries"))}
            prefix = f"{file.connector_name}:" if is_gathered else ""
            mine |= {prefix + address: entries.get(address, {}) for address in file.creates}
    if document is not None and not parts:
        return  # This run applied another connector's plan: its results are not this one's.
    # An earlier pull request has news only where this run dealt with a job that was left undone.
    if pushed or any(each.get("result") for each in mine.values()):
        whole = None if document is None else _together(parts) if is_gathered else parts[0]
        mark = gathering_mark(_config(run)) if is_gathered else plan_mark(files[0].connector_id)
        _put(conversation, mark, _status(run, whole, mine), run)


def _together(parts: Sequence[Document]) -> Document:
    """Return the results of several connectors as one; errors that ended one begin with its name."""
    ended = [
        f"{(each.get('connector') or {}).get('name')}: {each['error'].get('message')}"
        for each in parts
        if isinstance(each.get("error"), dict)
    ]
    together: dict[str, Any] = {
        key: [item for each in parts for item in objects(each.get(key))] for key in ("diagnostics", "steps")
    }
    return together | ({"error": {"message": "; ".join(ended)}} if ended else {"error": None})


def _paths(run: Run) -> dict[int, list[Path]]:
    """Return the collected plan files by pull request: `collect` named each after its own."""
    paths: dict[int, list[Path]] = {}
    for path in plan_files(run.path("SYNC_REVIEWED")):
        if number := re.search(r"\d+", path.name):
            paths.setdefault(int(number[0]), []).append(path)
    return paths


def _of_connector(document: Document, file: PlanFile) -> Document | None:
    """Return the part of the results that is about a plan's connector; where they name none, all of them.

    One that failed before its id was known is there by its name: its comment must not keep "Applying".
    """
    failed = [
        {"connector": {"id": None, "name": each.get("connector")}, "error": each.get("error")}
        for each in objects(document.get("failed"))
    ]
    parts = [
        each
        for each in [*objects(document.get("plans")), *failed, document]
        if isinstance(each.get("connector"), dict)
    ]
    known = ((each["connector"].get("id"), each["connector"].get("name"), each) for each in parts)
    return next(
        (
            each
            for id_, name, each in known
            if id_ == file.connector_id or (not id_ and name == file.connector_name)
        ),
        None if parts else document,
    )


def _config(run: Run) -> str:
    return run.environment.get("SYNC_CONFIG", "")


def _put(conversation: Conversation, mark: str, status: Md, run: Run) -> None:
    try:
        comments = Comments.of(conversation)
        body = Body.updated(comments.text(mark), mark, status)
        done = comments.put(body, run_link(run))
    except ForgeError as error:
        text = f"No comment on {conversation.shown}: {error.message}"
        print(command("warning", text) if isinstance(run, WorkflowStep) else visible(text))  # noqa: T201 - for the log
    else:
        print(f"{conversation.shown}: the comment was {done}.")  # noqa: T201 - for the log


def _status(step: Run, document: Document | None, mine: Results) -> Md:
    if document is None:
        return Md("**Applying** · {}").format(run_link(step))
    results = Counter(str(each.get("result")) for each in mine.values() if each.get("result") in RESULTS)
    error = document.get("error")
    if results:
        part = "Applied in part" if results.keys() & {"created", "uncertain"} else "Not applied"
        word = "Applied" if set(results) == {"created"} else part
        word = "Applied in part" if error and word == "Applied" else word
        lead = Md("**{}**: {} · {}").format(word, results_text(results), run_link(step))
        if isinstance(error, dict):
            lead += Md("\n\nFailed: {}").format(shorten(str(error.get("message")), 1_000))
    elif not document or error:
        message = str(error.get("message")) if isinstance(error, dict) else "the run did not finish"
        reason = message.removeprefix(REFUSED)
        lead = Md("**Not applied**: {} · {}").format(shorten(reason, 500), run_link(step))
    else:
        lead = Md("**Applied**: nothing was left to create · {}").format(run_link(step))
    lines = lines_within(list(_lines(mine)), ROOM_FOR_RESULTS)
    errors = lines_within(list(_errors(document)), ROOM_FOR_ERRORS)
    steps = lines_within(list(_steps(document, mine)), ROOM_FOR_STEPS)
    steps = Md("To do in the ATS:\n\n") + steps if steps else steps
    return Md("\n\n").join(part for part in (lead, lines, steps, errors) if part)


def _lines(mine: Results) -> Iterator[Md]:
    for each in mine.values():
        if each.get("result") in RESULTS:
            result = CreateResult(each["result"])
            name = str((each.get("payload") or {}).get("name") or each.get("address"))
            line = result_line(
                shorten(name, 120),
                result,
                remote_id=each.get("remote_id"),
                id_=each.get("id"),
                url=each.get("url"),
            )
            if each.get("detail") and result is not CreateResult.CREATED:
                line += Md(": {}").format(shorten(str(each["detail"]), 300))
            yield line + Md("\n")


def _steps(document: Document, mine: Results) -> Iterator[Md]:
    """Yield what is left to do by hand, without the fields of jobs that another pull request creates."""
    for each in objects(document.get("steps")):
        if each.get("kind") != StepKind.SET or each.get("address") in mine:
            yield step_item(step_view(step_of(each), {}, None)).short


def _errors(document: Document) -> Iterator[Md]:
    """Yield the errors that stopped it, or that Bindbee answered with."""
    found = map(_diagnostic, objects(document.get("diagnostics")))
    for each in merged(each for each in found if each.is_error):
        where = each.address or (each.place.path if each.place else "")
        yield Md("- {} {} {}\n").format(code(each.rule), shorten(where, 160), shorten(each.message, 500))


def _diagnostic(data: Mapping[str, Any]) -> Diagnostic:
    path, address = data.get("path"), data.get("address")
    return Diagnostic(
        rule=str(data.get("rule")),
        severity=Severity.ERROR if data.get("severity") == "error" else Severity.WARNING,
        message=str(data.get("message")),
        place=Place(str(path), data.get("line") or 1, data.get("column") or 1) if path else None,
        address=str(address) if address else None,
    )


def _log(pull: Pull, path: Path | None) -> None:
    via = f"found by commit {pull.via[:12]}" if pull.via else "merged recently"
    plan = "1 reviewed plan" if path else "no plan that was made for its head before the merge"
    what = plan if pull.own else "from a fork, so it has no reviewed plan"
    print(f"#{pull.number} ({via}): {what}")  # noqa: T201 - for the log
