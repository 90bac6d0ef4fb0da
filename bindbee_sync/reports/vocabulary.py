"""The words of every report: one for each outcome and result, names of fields, and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bindbee_sync.create_result import CreateResult
from bindbee_sync.planning.model import Outcome
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.text import shorten


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its sign and colour on a terminal, and its meaning for someone who has never read it."""

    word: str
    sign: str
    style: str
    meaning: str

    @property
    def title(self) -> str:
        """The word as a heading."""
        return self.word.capitalize()


OUTCOMES: Mapping[Outcome, Term] = {
    Outcome.CREATE: Term("to create", "+", "green", "It is not in the ATS yet"),
    Outcome.IN_SYNC: Term(
        "in sync", "=", "dim", "Its job has what the file says, as far as Bindbee lists it"
    ),
    Outcome.DRIFTED: Term("drifted", "~", "yellow", "Its job in the ATS differs from the file"),
    Outcome.PENDING: Term("pending", ".", "cyan", "It was created, and Bindbee does not list it yet"),
    Outcome.UNCERTAIN: Term("uncertain", "?", "magenta", "It may or may not have been created"),
    Outcome.VANISHED: Term("vanished", "!", "yellow", "It was created, and Bindbee no longer lists it"),
    Outcome.BLOCKED: Term("blocked", "x", "red", "An error stops it"),
}
RESULTS: Mapping[CreateResult, Term] = {
    CreateResult.CREATED: Term("created", "+", "green", "Bindbee lists it after its next sync"),
    CreateResult.REJECTED: Term("rejected", "x", "red", "It was not created"),
    CreateResult.UNCERTAIN: Term("uncertain", "?", "magenta", "It may or may not have been created"),
    CreateResult.NOT_TRIED: Term("not tried", "-", "dim", "Nothing was sent for it"),
}
BY_HAND = Term("by hand", "", "", "Bindbee can't do it: someone has to, in the ATS")
"""The word for the steps that are left to people."""
UNMANAGED = "unmanaged"
UNRESOLVED = "Unresolved"
"""The heading of what is pending, uncertain or vanished."""
NO_UPDATE = "Bindbee can't update a job: change the file, or change the job in the ATS by hand."
FIELDS = {
    "name": "Name",
    "description": "Description",
    "code": "Code",
    "status": "Status",
    "job_posting_urls": "Posting URLs",
    "confidential": "Confidential",
    "departments": "Department",
    "offices": "Office",
    "hiring_managers": "Hiring manager",
    "recruiters": "Recruiter",
    "template_id": "Template",
    "remote_user_id": "Created by",
    "openings": "Openings",
}


def ats_name(provider: str, customer: str | None) -> str:
    """Return whose ATS it is, e.g. `Greenhouse of Halden Robotics`."""
    name = provider_name(provider)
    return f"{name} of {shorten(customer, 100)}" if customer else name


def provider_name(provider: str) -> str:
    """Return the ATS as people write it, e.g. `Greenhouse`."""
    return pack_of(provider).name


def value_text(value: object, names: Mapping[str, str], *, quoted: bool = False) -> str:
    """Return a field's value as people write it, with the names of ids.

    In a sentence, `quoted` shows where a text or a list begins and ends.
    """
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return value_text(value.get("value"), names, quoted=quoted)
    if isinstance(value, list | tuple):
        items = ", ".join(value_text(each, names, quoted=quoted) for each in value)
        return f"[{items}]" if quoted else items or "none"
    if isinstance(value, str) and value not in names:
        return f"'{value}'" if quoted else value
    return names[value] if isinstance(value, str) else str(value)
