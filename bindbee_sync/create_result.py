"""The result of a create: one set of words, from the answer through ledger and report to the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CreateResult(StrEnum):
    """The contract's words for the result of a create."""

    CREATED = "created"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """One entry of a 422: the field that `loc` names (after `body`), and Bindbee's words."""

    loc: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of one create, with what the answer said: its status, Bindbee's words, the new job's ids.

    `by_ats` is true where the ATS itself refused the job, and may have kept part of it.
    """

    became: CreateResult
    detail: str | None = None
    status: int | None = None
    by_ats: bool = False
    id: str | None = None
    remote_id: str | None = None
    faults: tuple[FieldFault, ...] = ()
