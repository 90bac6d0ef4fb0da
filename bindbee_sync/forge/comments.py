"""One comment for each connector on a pull request: found by mark and author, updated in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bindbee_sync.forge.api import Data, ForgeError
from bindbee_sync.reports.marks import mark_in
from bindbee_sync.reports.markup import Md, code, link
from bindbee_sync.reports.truncation import COMMENT_LIMIT, headline_only

TOO_LONG = 422
_BEGIN, _END = "<!-- bindbee-sync:status -->", "<!-- /bindbee-sync:status -->"
_STATUS = re.compile(rf"\n{_BEGIN}.*?{_END}\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text of a comment: its mark, a status that every run replaces, and the report of the plan."""

    mark: str
    status: Md
    report: str

    @classmethod
    def updated(cls, before: str, mark: str, status: Md) -> Body:
        """Return the text `before` with a new status; it may be a report alone, or empty."""
        report = _STATUS.sub("\n", before.removeprefix(mark), count=1).strip()
        return cls(mark=mark, status=status, report=report)

    def text(self) -> str:
        """Return the whole text."""
        return f"{self._head}\n{self.report}\n"

    def short(self, where: Md) -> str:
        """Return mark, status and headline: for a comment that is too long. `where` leads to the whole."""
        headline = headline_only(self.report)
        return f"{self._head}\n{headline}\n\nThe plan is too long for a comment: see the {where}.\n"

    @property
    def _head(self) -> str:
        return f"{self.mark}\n{_BEGIN}\n\n{self.status}\n\n{_END}\n"


class Conversation(Protocol):
    """The comments on a pull request, or a merge request's notes."""

    @property
    def shown(self) -> str:
        """The pull request as people write it, e.g. `#7`."""

    def own(self) -> list[Data]:
        """Return those that the token's own account wrote, with `id` and `body`; raises ForgeError."""

    def create(self, text: str) -> None:
        """Add a comment; raises ForgeError."""

    def edit(self, comment: Data, text: str) -> None:
        """Replace the text of a comment; raises ForgeError."""

    def delete(self, comment: Data) -> None:
        """Delete a comment; raises ForgeError."""


class Run(Protocol):
    """The step or job that comments: its variables, and where people find it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables."""

    @property
    def run_url(self) -> str | None:
        """The run's page; None where the variables do not name it."""

    def commit_url(self, sha: str) -> str | None:
        """Return the page of a commit; None where the variables do not name the repository."""

    def path(self, name: str) -> Path:
        """Return a variable that names a file or folder; raises ConfigError where it is not set."""


@dataclass(kw_only=True)
class Comments:
    """The tool's own comments on one pull request, the oldest first."""

    conversation: Conversation
    own: list[Data]

    @classmethod
    def of(cls, conversation: Conversation) -> Comments:
        """Return those of a pull request; raises ForgeError.

        The author counts as well as the mark: anyone may write a comment that begins with a mark, and it must
        be neither edited nor deleted, nor shown as this tool's word.
        """
        own = [each for each in conversation.own() if mark_in(_body(each))]
        return cls(conversation=conversation, own=sorted(own, key=lambda each: int(each["id"])))

    def text(self, mark: str) -> str:
        """Return the text of the comment with this mark; an empty one where there is none."""
        found = self._find(mark)
        return "" if found is None else _body(found)

    def put(self, body: Body, where: Md, *, instead_of: str | None = None) -> str:
        """Create or update the comment of the body's mark, and return what was done; raises ForgeError.

        Its short form is put where the whole is too long. Other comments with this mark are deleted, as are
        those with the mark `instead_of`; comments of other connectors are left alone.
        """
        text, short = body.text(), body.short(where)
        if len(text) > COMMENT_LIMIT:
            text = short
        try:
            done = self._put(body.mark, text)
        except ForgeError as error:
            if error.status != TOO_LONG or text == short:
                raise
            done = f"{self._put(body.mark, short)}, in its short form"
        kept = self._find(body.mark)
        for each in self.own:
            if each is not kept and mark_in(_body(each)) in (body.mark, instead_of):
                self.conversation.delete(each)
        return done

    def _find(self, mark: str) -> Data | None:
        return next((each for each in self.own if mark_in(_body(each)) == mark), None)

    def _put(self, mark: str, text: str) -> str:
        found = self._find(mark)
        if found is None:
            self.conversation.create(text)
            return "created"
        if _body(found).strip() == text.strip():
            return "left as it is"
        self.conversation.edit(found, text)
        return "updated"


def run_link(run: Run) -> Md:
    """Return a link to the run's page."""
    return link(Md("run"), run.run_url) if run.run_url else Md("run")


def commit_link(run: Run, sha: str) -> Md:
    """Return a link to a commit of the repository."""
    short, url = code(sha[:7]), run.commit_url(sha)
    return link(short, url) if url else short


def _body(comment: Data) -> str:
    return str(comment.get("body") or "").replace("\r\n", "\n")
