"""What one attempt to create a job came to. The default is `Uncertain`.

| answer | when |
|---|---|
| `Created` | any complete 2xx, whatever its body |
| `Rejected` | a 4xx with a JSON body, but 408, 409 and 429 |
| `Throttled` | 429: refused before anything was forwarded |
| `NotSent` | connection refused, DNS, TLS: nothing can have reached the server |
| `Uncertain` | everything else |
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The job exists. `id` and `remote_id` are known only where the answer says so."""

    status: int
    id: str | None = None
    remote_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """One entry of a 422: the field that `loc` names (after `body`), and Bindbee's words."""

    loc: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The job was refused. `by_ats` where the ATS was asked, and may have kept part of it."""

    status: int
    by_ats: bool
    detail: str
    faults: tuple[FieldFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The rate limit was reached; seconds to wait, by the server's word."""

    retry_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """No byte of the request can have reached the server."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """Nobody knows whether the job was made."""

    detail: str
    status: int | None = None


CreateAnswer = Created | Rejected | Throttled | NotSent | Uncertain
