"""A plan as people read it: ids as names, and one headline. Text, Markdown and HTML all show this view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bindbee_sync.desired.revision import Base
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.planning.model import (
    Hold,
    Outcome,
    StepKind,
)
from bindbee_sync.rules.drift import NO_UPDATE
from bindbee_sync.rules.ledger import VANISHED
from bindbee_sync.text import counted

_SHOWN_ELSEWHERE = (NO_UPDATE.id, VANISHED.id)
"""Rules whose findings repeat what an outcome's own section shows."""


def is_warning(finding: Diagnostic) -> bool:
    """Return whether reports list it among the warnings."""
    return not finding.is_error and finding.rule not in _SHOWN_ELSEWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field in which a file and its job differ, with both values in words."""

    label: str
    actual: str
    desired: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job file, or an open record without one (`path` is None).

    `facts` are the fields of a create in words, but for name, code and description. `responsible` is the
    person to ask, e.g. `Hiring manager: lena.fischer@example.com`. `errors` are the messages of what blocks
    it, `by_hand` what is left to do about it in the ATS. `changed` is true where this revision
    changed it, and None where no base was named.
    """

    address: str
    path: str | None
    outcome: Outcome
    name: str
    code: str | None = None
    departments: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    openings: int | None = None
    responsible: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    differences: tuple[Difference, ...] = ()
    reason: str | None = None
    hold: Hold | None = None
    age: str = ""
    errors: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    changed: bool | None = None

    @property
    def is_news(self) -> bool:
        """True but for a job in sync, unless its file was moved: that it kept its job is worth a line."""
        kept = any(f"; {verb} from " in (self.reason or "") for verb in ("moved", "renamed"))
        return kept or self.outcome is not Outcome.IN_SYNC

    @property
    def removed(self) -> str:
        """What it means, in words, that the file is gone; empty where it is not."""
        if self.path is not None:
            return ""
        # The list does not have the job yet, so that no step says that it has to be closed.
        stays = {
            Outcome.PENDING: "; the job stays open",
            Outcome.UNCERTAIN: "; the job stays open, if it was created",
        }
        return f"its job file is gone{stays.get(self.outcome, '')}"

    @property
    def about(self) -> tuple[str, ...]:
        """Department, office and openings in words, as far as they are known."""
        return byline(self.departments, self.offices, self.openings)

    @property
    def byline(self) -> tuple[str, ...]:
        """What `about` says, and who is responsible: for those who read a report without the files."""
        return byline(self.departments, self.offices, self.openings, self.responsible)


def byline(
    departments: Sequence[str], offices: Sequence[str], openings: int | None, responsible: str = ""
) -> tuple[str, ...]:
    """Return where a job is, for how many people, and whom to ask, as far as it is known."""
    number = "" if openings is None else counted(openings, "opening")
    parts = (", ".join(departments), ", ".join(offices), number, responsible)
    return tuple(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding; `changed` is true where this revision changed a file that it is about."""

    diagnostic: Diagnostic
    changed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """Something to do by hand: for which job, what, and why; `url` is where the ATS shows the job.

    `byline` says where the job is and whom to ask.
    """

    kind: StepKind
    address: str
    name: str
    code: str | None
    known: str
    action: str
    reason: str
    url: str | None
    changed: bool | None
    byline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmanagedView:
    """A job in the ATS that no file manages; the name and code of a confidential one are left out."""

    name: str
    code: str | None
    status: str
    id: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A plan in words.

    `ats` names the customer's ATS, and comes first in every report; `customer` is empty where Bindbee names
    none. `others` counts the outcomes that the
    headline leaves out, and `notes` qualify it. `counts` are in the order of display. `listed` are jobs in
    the ATS that no file manages, None where those are only counted. `steps` are left to do by hand, under the
    title `to_do`. `takes_description` where the ATS's create has a place for one. `is_own` is false in the
    part of a view that this revision did not change.
    """

    connector_id: str
    customer: str
    provider: str
    ats: str
    made_at: datetime
    last_sync: datetime | None
    headline: str
    verdict: str
    ready: bool
    notes: tuple[str, ...]
    counts: Mapping[str, int]
    jobs: tuple[JobView, ...]
    findings: tuple[Finding, ...]
    unmanaged: int
    unmanaged_closed: int
    listed: tuple[UnmanagedView, ...] | None
    steps: tuple[StepView, ...]
    to_do: str
    base: Base | None
    is_own: bool = True
    others: str = ""
    takes_description: bool = True

    @property
    def summary(self) -> str:
        """The headline with the other outcomes, for reports that begin with one line."""
        return f"{self.headline}; {self.others}" if self.others else self.headline

    def of(self, *outcomes: Outcome) -> tuple[JobView, ...]:
        """Return the jobs of these outcomes."""
        return tuple(job for job in self.jobs if job.outcome in outcomes)

    def parts(self) -> Iterator[tuple[str, View]]:
        """Yield what this revision changed, then the rest; without a base all of it, without a title."""
        if self.base is None:
            yield "", self
            return
        for changed, title in ((True, "In this change"), (False, "Already there before this change")):
            yield (
                title,
                replace(
                    self,
                    is_own=changed,
                    jobs=tuple(job for job in self.jobs if job.changed is changed),
                    findings=tuple(each for each in self.findings if each.changed is changed),
                    steps=tuple(each for each in self.steps if each.changed is changed),
                ),
            )
