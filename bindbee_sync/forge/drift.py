"""One issue a connector about what differs from the ATS: opened, updated where that changed, closed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from bindbee_sync.errors import ToolError
from bindbee_sync.forge.comments import run_link
from bindbee_sync.forge.documents import objects, read_json
from bindbee_sync.forge.github import Data, GitHub
from bindbee_sync.github_actions import WorkflowStep, url_path
from bindbee_sync.reports.markup import Md

OUTCOMES = ("drifted", "vanished", "uncertain")
_MARK = re.compile(r"<!-- bindbee-sync:drift:([^ ]*) ([0-9a-f]{64}) -->(?=\r?\n|$)")


def report(step: WorkflowStep) -> None:
    """Open, update or close the issue. Raises ToolError where there is no plan to tell from."""
    plan = read_json(step.path("SYNC_PLAN"))
    if "connector" not in plan:
        raise ToolError("The plan could not be made", hint="See the log of the step before.")
    connector = url_path(str(plan["connector"]["id"])[:100], safe="")
    found = list(_differences(plan))
    digest = sha256(json.dumps(found).encode()).hexdigest()
    with GitHub.of(step) as github:
        issue = _find(github, connector)
        if not found:
            done = _close(github, issue, step)
        else:
            markdown = step.path("SYNC_MARKDOWN").read_text(encoding="utf-8")
            body = Md("<!-- bindbee-sync:drift:{} {} -->\n").format(Md(connector), Md(digest)) + Md(markdown)
            done = _open(github, issue, digest, body, step)
    print(f"The issue about drift: {done}.")  # noqa: T201 - a word for the log
    step.output({"different": len(found)})


def _differences(plan: Data) -> Iterator[list[Any]]:
    """Yield what differs, by what it means: neither times nor order of the day count."""
    for each in [*objects(plan.get("entries")), *objects(plan.get("records"))]:
        if each.get("outcome") in OUTCOMES:
            yield [each.get("address"), each.get("outcome"), each.get("changes")]


def _find(github: GitHub, connector: str) -> Data | None:
    login = github.login()
    for issue in github.pages("issues", state="open", sort="created", direction="asc"):
        mark = _MARK.match(str(issue.get("body") or ""))
        if mark and mark[1] == connector and issue["user"]["login"] == login and "pull_request" not in issue:
            return issue
    return None


def _open(github: GitHub, issue: Data | None, digest: str, body: str, step: WorkflowStep) -> str:
    if issue is None:
        title = "Job openings differ from the ATS"
        return f"#{github.create('issues', {'title': title, 'body': body})['number']} was opened"
    number = issue["number"]
    mark = _MARK.match(str(issue["body"]))
    if mark and mark[2] == digest:
        return f"#{number} stands as it is"
    github.edit(f"issues/{number}", {"body": body})
    github.create(
        f"issues/{number}/comments", {"body": Md("What differs has changed · {}").format(run_link(step))}
    )
    return f"#{number} was updated"


def _close(github: GitHub, issue: Data | None, step: WorkflowStep) -> str:
    if issue is None:
        return "there is none, and nothing differs"
    number = issue["number"]
    github.create(
        f"issues/{number}/comments", {"body": Md("Nothing differs any more · {}").format(run_link(step))}
    )
    github.edit(f"issues/{number}", {"state": "closed", "state_reason": "completed"})
    return f"#{number} was closed"
