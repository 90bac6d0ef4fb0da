"""One comment a connector on a pull request: found by its hidden mark and its author, updated in place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bindbee_sync.forge.github import Data, ForgeError, GitHub
from bindbee_sync.github_actions import WorkflowStep, url_path
from bindbee_sync.reports.markup import Md, code, link

TOO_LONG = 422
LIMIT = 65_536
NO_CONNECTOR = "<!-- bindbee-sync:plan: -->"
_MARK = re.compile(r"<!-- bindbee-sync:plan:[^ ]* -->(?=\n|$)")
_BEGIN, _END = "<!-- bindbee-sync:status -->", "<!-- /bindbee-sync:status -->"
_STATUS = re.compile(rf"\n{_BEGIN}.*?{_END}\n", re.DOTALL)


def mark_of(connector_id: str) -> str:
    """Return the hidden mark of a connector's comment; the Markdown report begins with the same."""
    return f"<!-- bindbee-sync:plan:{url_path(connector_id[:100], safe='')} -->"


def mark_in(markdown: str) -> str:
    """Return the mark that a report begins with; that of no connector where it has none."""
    found = _MARK.match(markdown)
    return found.group() if found else NO_CONNECTOR


def with_status(markdown: str, status: Md) -> str:
    """Return a report with `status` as its first words, in place of what it said there before."""
    mark = mark_in(markdown)
    rest = _STATUS.sub("\n", markdown.removeprefix(mark), count=1)
    return f"{mark}\n{_BEGIN}\n\n{status}\n\n{_END}\n{rest.lstrip()}"


def shortened(body: str, where: Md) -> str:
    """Return the report's beginning alone: status and headline."""
    status = _STATUS.search(body)
    head = body[: status.end()] if status else f"{mark_in(body)}\n"
    headline = body[len(head) :].lstrip().partition("\n\n")[0][:2_000]
    return f"{head}\n{headline}\n\nThe plan is too long for a comment: see the {where}.\n"


@dataclass(kw_only=True)
class Comments:
    """The comments of one pull request that are this tool's own, oldest first."""

    github: GitHub
    number: int
    own: list[Data]

    @classmethod
    def of(cls, github: GitHub, number: int) -> Comments:
        """Return those of a pull request; raises ForgeError."""
        login = github.login()
        listed = github.pages(f"issues/{number}/comments")
        own = [each for each in listed if each["user"]["login"] == login and _MARK.match(_body(each))]
        return cls(github=github, number=number, own=sorted(own, key=lambda each: int(each["id"])))

    def find(self, mark: str) -> Data | None:
        """Return the oldest comment with this mark."""
        return next((each for each in self.own if mark_in(_body(each)) == mark), None)

    def put(self, body: str, short: str) -> str:
        """Make or update the comment of the body's mark, and return what was done.

        `short` stands in where GitHub says that the body is too long. Others of the same mark, and that of no
        connector, are deleted. Raises ForgeError.
        """
        if len(body) > LIMIT:
            body = short
        try:
            done = self._put(body)
        except ForgeError as error:
            if error.status != TOO_LONG or body == short:
                raise
            done = f"{self._put(short)}, in its short form"
        kept = self.find(mark_in(body))
        for each in self.own:
            if each is not kept and mark_in(_body(each)) in (mark_in(body), NO_CONNECTOR):
                self.github.delete(f"issues/comments/{each['id']}")
        return done

    def _put(self, body: str) -> str:
        found = self.find(mark_in(body))
        if found is None:
            self.github.create(f"issues/{self.number}/comments", {"body": body})
            return "made"
        if _body(found).strip() == body.strip():
            return "left as it is"
        self.github.edit(f"issues/comments/{found['id']}", {"body": body})
        return "updated"


def body_of(comment: Data | None) -> str:
    """Return a comment's text; an empty one where there is none."""
    return "" if comment is None else _body(comment)


def _body(comment: Data) -> str:
    return str(comment.get("body") or "").replace("\r\n", "\n")


def run_link(step: WorkflowStep) -> Md:
    """Return a link to the run's page."""
    return link(Md("run"), step.run_url) if step.run_url else Md("run")


def commit_link(step: WorkflowStep, sha: str) -> Md:
    """Return a link to a commit of the repository."""
    short, home = code(sha[:7]), step.repository_url
    return link(short, f"{home}/commit/{url_path(sha)}") if home else short
