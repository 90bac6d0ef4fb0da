"""One issue for each connector about its drift and what waits: opened, updated where that changed, closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bindbee_sync.errors import ToolError
from bindbee_sync.forge.api import FORBIDDEN, NOT_FOUND, Data, ForgeError
from bindbee_sync.forge.comments import run_link
from bindbee_sync.forge.documents import objects, read_json
from bindbee_sync.forge.github import GitHub, author
from bindbee_sync.github_actions import WorkflowStep, url_path
from bindbee_sync.planning.model import StepKind
from bindbee_sync.reports.gathered import gather
from bindbee_sync.reports.markdown import plan_markdown
from bindbee_sync.reports.marks import drift_digest, drift_mark
from bindbee_sync.reports.markup import Md, link, words
from bindbee_sync.reports.view import View
from bindbee_sync.text import counted, shorten, visible
from bindbee_sync.times import in_utc, span_text

OUTCOMES = ("create", "drifted", "vanished", "uncertain")
"""The default branch should have none of these: a merged job that is still to create waits for an apply."""
APPLY = "apply.yml"
"""The file of the workflow that applies."""
LONGEST_NAME = 100


def report(step: WorkflowStep) -> None:
    """Open, update or close the issue of each connector; raises ToolError where there is no plan.

    A connector whose plan failed keeps its issue as it is.
    """
    path = step.path("SYNC_PLAN")
    views = {each.id: each.part.view for each in gather([path], ()) if path.exists()}
    data = read_json(path)
    plans = [each for each in objects(data.get("plans", [data])) if "connector" in each]
    if "plans" not in data and not plans:
        raise ToolError("There is no plan to report on", hint="See the log of the plan's step.")
    different = 0
    with GitHub.of(step) as github:
        for plan in plans:
            different += _report(github, plan, views.get(plan["connector"].get("id")), step)
    step.output({"different": different})


def _report(github: GitHub, plan: Data, view: View | None, step: WorkflowStep) -> int:
    connector = plan["connector"]
    found = list(_differences(plan))
    digest = sha256(json.dumps(found).encode()).hexdigest()
    issue = _find(github, str(connector["id"]))
    if not found:
        done = _close(github, issue, step)
    elif view is None:
        raise ToolError("The plan can't be read", hint="See the log of the plan's step.")
    else:
        waiting = _waiting(plan, github, step)
        body = f"{drift_mark(str(connector['id']), digest)}\n{waiting}{plan_markdown(view)}"
        done = _open(github, issue, connector, digest, body, step)
    print(f"The issue about drift: {done}")  # noqa: T201 - for the log
    return len(found)


def _waiting(plan: Data, github: GitHub, step: WorkflowStep) -> Md:
    """Return what to do about merged jobs that no apply has created; nothing where there are none."""
    count = sum(each.get("outcome") == "create" for each in objects(plan.get("entries")))
    if not count:
        return Md("")
    jobs = f"{counted(count, 'merged job')} {'is' if count == 1 else 'are'}"
    what = Md("**{} not created yet.** {}").format(jobs, _last_apply(github, step))
    return what + Md(" See why it stopped, and run it again.\n\n")


def _last_apply(github: GitHub, step: WorkflowStep) -> Md:
    """Return when the last apply ran, and how it ended, as far as GitHub tells."""
    branch = step.environment.get("GITHUB_REF_NAME", "")
    try:
        listed = github.get(f"actions/workflows/{APPLY}/runs", branch=branch, status="completed", per_page=1)
    except ForgeError as error:
        why = {FORBIDDEN: "the job lacks `actions: read`", NOT_FOUND: f"there is no workflow {APPLY}"}
        return words(f"When the last apply ran is not known: {why.get(error.status, error.message)}.")
    run = next(iter(objects(listed.get("workflow_runs"))), None)
    if run is None:
        return Md("No apply has run yet on {}.").format(branch)
    try:
        at = datetime.fromisoformat(str(run.get("updated_at")))
        when = f"{in_utc(at)}, {span_text(datetime.now(UTC) - at)} before this comparison"
    except (ValueError, TypeError):
        when = "at a time that GitHub does not tell"
    ended = Md("{}").format(str(run.get("conclusion") or "without a result"))
    page = f"{step.repository_url}/actions/runs/{url_path(str(run.get('id')))}"
    return Md("The last apply ended {}: {}.").format(when, link(ended, page))


def _differences(plan: Data) -> Iterator[list[Any]]:
    """Yield what differs, by its meaning: times and the plan's words do not count."""
    for each in [*objects(plan.get("entries")), *objects(plan.get("records"))]:
        if each.get("outcome") in OUTCOMES:
            yield [each.get("address"), each.get("outcome"), each.get("changes")]
    for step in objects(plan.get("steps")):
        if step.get("kind") != StepKind.SET:  # of a create that is still to come
            yield [step.get("address"), step.get("kind"), step.get("field"), step.get("to")]


def _find(github: GitHub, connector_id: str) -> Data | None:
    # Anyone may open an issue that begins with a mark: only this tool's own may be edited or closed.
    login = github.login()
    for issue in github.pages("issues", state="open", sort="created", direction="asc"):
        digest = drift_digest(str(issue.get("body") or ""), connector_id)
        if digest and author(issue) == login and "pull_request" not in issue:
            return issue
    return None


def _open(
    github: GitHub, issue: Data | None, connector: Data, digest: str, body: str, step: WorkflowStep
) -> str:
    if issue is None:
        whose = shorten(
            str(connector.get("customer") or connector.get("provider") or "the ATS"), LONGEST_NAME
        )
        title = visible(f"Job openings differ from the ATS: {whose}")
        return f"#{github.create('issues', {'title': title, 'body': body})['number']} opened"
    number = issue["number"]
    if drift_digest(str(issue["body"]), str(connector["id"])) == digest:
        return f"#{number} is up to date"
    github.edit(f"issues/{number}", {"body": body})
    github.create(
        f"issues/{number}/comments", {"body": Md("The drift has changed · {}").format(run_link(step))}
    )
    return f"#{number} updated"


def _close(github: GitHub, issue: Data | None, step: WorkflowStep) -> str:
    if issue is None:
        return "none is open, and nothing differs"
    number = issue["number"]
    github.create(
        f"issues/{number}/comments", {"body": Md("Nothing differs any longer · {}").format(run_link(step))}
    )
    github.edit(f"issues/{number}", {"state": "closed", "state_reason": "completed"})
    return f"#{number} closed"
