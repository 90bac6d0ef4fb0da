"""What became of each create of an apply."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bindbee_sync.bindbee.outcomes import FieldFault


class Became(StrEnum):
    """The words of the contract for what became of a create."""

    CREATED = "created"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one create: in a word, in Bindbee's words, and the ids where the answer had them."""

    became: Became
    detail: str | None = None
    status: int | None = None
    by_ats: bool = False
    id: str | None = None
    remote_id: str | None = None
    faults: tuple[FieldFault, ...] = ()
