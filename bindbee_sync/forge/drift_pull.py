"""One pull request for a connector that takes the ATS's values into the job files that have drifted.

`import --update` has changed the files in the checkout; here they become one commit on a branch of their own.
It is never merged from here, and a branch that someone else has pushed to is left as it is.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path

from bindbee_sync.errors import ToolError
from bindbee_sync.forge.api import FORBIDDEN, NOT_FOUND, Data, ForgeError
from bindbee_sync.forge.comments import run_link
from bindbee_sync.forge.github import GitHub, author
from bindbee_sync.git import EMAIL, Git, object_id
from bindbee_sync.github_actions import WorkflowStep
from bindbee_sync.planning.model import Outcome
from bindbee_sync.reports.gathered import gather
from bindbee_sync.reports.markdown import drifted_markdown
from bindbee_sync.reports.markup import Md
from bindbee_sync.reports.view import View
from bindbee_sync.text import counted, shorten, visible

REMOTE = "origin"
BRANCH = "bindbee-sync-drift"
LONGEST_NAME = 100
NOT_ALLOWED = (
    "In the repository's settings, Actions, General, let GitHub Actions create pull requests, "
    "and give the job `pull-requests: write`."
)
Blobs = dict[str, tuple[str, str]]
"""The blobs of changed files by path: before, and after."""


def propose(step: WorkflowStep) -> None:
    """Open, update or close the pull request; raises ToolError where there is no plan, or no way to."""
    parts = [part for part in gather([step.path("SYNC_PLAN")], ()) if part.part.view]
    if not parts:
        raise ToolError("There is no plan to report on", hint="See the log of the plan's step.")
    with GitHub.of(step) as github:
        base = str(github.get("")["default_branch"])
        if step.value("GITHUB_REF_NAME") != base:
            raise ToolError(
                f"Drift becomes a pull request on {base} only", hint=f"Run the workflow on {base}."
            )
        for part in parts:
            if part.part.view:
                done = _Proposal(github, step, part.part.view, base).settle()
                print(f"The pull request about drift: {done}")  # noqa: T201 - for the log


class _Proposal:
    def __init__(self, github: GitHub, step: WorkflowStep, view: View, base: str) -> None:
        self.github = github
        self.step = step
        self.view = view
        self.base = base
        self.git = Git(step.path("GITHUB_WORKSPACE"))
        self.branch = f"{BRANCH}/{view.connector_id}"
        self.ref = f"refs/heads/{self.branch}"

    def settle(self) -> str:
        """Return what was done."""
        paths = [job.path for job in self.view.of(Outcome.DRIFTED) if job.path]
        tree, changed = self._changed(paths)
        tip = self._tip()
        if tip and self.git.out("log", "-1", "--format=%ce", tip) != EMAIL:
            return f"someone else has pushed to {self.branch}, so it stays as it is"
        pull = self._find()
        if not changed:
            return self._close(pull, tip)
        if not tip or self._blobs(f"{tip}^", tip) != changed:
            self._push(tree, tip, len(changed))
        return self._open(pull, changed)

    def _changed(self, paths: Collection[str]) -> tuple[str, Blobs]:
        """Return HEAD's tree with these files as they are here, and those that differ."""
        with tempfile.TemporaryDirectory(prefix="bindbee-sync-") as folder:
            index = Path(folder, "index")
            self.git.out("read-tree", "HEAD", index=index)
            if paths:
                named = b"".join(os.fsencode(path) + b"\0" for path in paths)
                self.git.out("update-index", "-z", "--stdin", stdin=named, index=index)
            tree = object_id(self.git.out("write-tree", index=index))
        return tree, self._blobs("HEAD", tree)

    def _blobs(self, before: str, after: str) -> Blobs:
        listed = self.git.raw("diff-tree", "-r", "-z", "--no-renames", before, after)
        words = os.fsdecode(listed).split("\0")
        blobs: Blobs = {}
        for about, path in pairwise(words):
            if about.startswith(":"):
                _, _, old, new, _ = about.split()
                blobs[path] = (old, new)
        return blobs

    def _tip(self) -> str | None:
        listed = self.git.out("ls-remote", "--refs", REMOTE, self.ref)
        if not listed:
            return None
        tip = object_id(listed.split()[0])
        is_shallow = self.git.out("rev-parse", "--is-shallow-repository") == "true"
        depth = ["--depth=2"] if is_shallow else []  # of a whole clone it would cut the history
        self.git.out("fetch", "--quiet", "--no-tags", *depth, REMOTE, tip)
        return tip

    def _push(self, tree: str, tip: str | None, number: int) -> None:
        message = f"Take the ATS's values into {counted(number, 'job file')}"
        commit = object_id(self.git.out("commit-tree", tree, "-p", "HEAD", "-m", message))
        lease = f"--force-with-lease={self.ref}:{tip or ''}"
        self.git.out("push", "--quiet", lease, REMOTE, f"{commit}:{self.ref}")

    def _find(self) -> Data | None:
        owner = self.github.repository.partition("/")[0]
        found = self.github.pages("pulls", state="open", head=f"{owner}:{self.branch}")
        login = self.github.login()
        return next((each for each in found if author(each) == login), None)

    def _open(self, pull: Data | None, changed: Collection[str]) -> str:
        whose = shorten(self.view.customer or self.view.provider or "the ATS", LONGEST_NAME)
        title = visible(f"Take the ATS's values into {counted(len(changed), 'job file')}: {whose}")
        said = {"title": title, "body": drifted_markdown(self.view, changed)}
        if pull is None:
            try:
                made = self.github.create("pulls", {**said, "head": self.branch, "base": self.base})
            except ForgeError as error:
                if error.status == FORBIDDEN:
                    raise ForgeError(error.message, status=error.status, hint=NOT_ALLOWED) from error
                raise
            return f"#{made['number']} opened"
        if all(pull.get(key) == value for key, value in said.items()):
            return f"#{pull['number']} is up to date"
        self.github.edit(f"pulls/{pull['number']}", said)
        return f"#{pull['number']} updated"

    def _close(self, pull: Data | None, tip: str | None) -> str:
        if pull is not None:
            number = pull["number"]
            words = Md("Nothing differs any longer · {}").format(run_link(self.step))
            self.github.create(f"issues/{number}/comments", {"body": words})
            self.github.edit(f"pulls/{number}", {"state": "closed"})
        if tip:
            try:
                self.github.delete(f"git/{self.ref}")
            except ForgeError as error:
                if error.status != NOT_FOUND:
                    raise
        return f"#{pull['number']} closed" if pull else "none is open, and nothing differs"
