"""A ledger's events in words for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bindbee_sync.create_result import CreateResult
from bindbee_sync.ledger.events import AttemptOutcome, Event, Intent, Linked, Listed, Released, Resolved
from bindbee_sync.text import shorten

_LONGEST_DETAIL = 500


def in_words(event: Event) -> list[str]:
    """Return lines: the event itself, then who did it, from where, and why."""
    match event:
        case Intent():
            origin = (f"by {event.actor}" if event.actor else "", _named("commit", event.commit))
            first = _phrase("about to be created", *_job(event))
            return [first, *_lines(_phrase("", *origin), event.run_url)]
        case AttemptOutcome():
            return [_result(event), *_lines(event.detail and shorten(event.detail, _LONGEST_DETAIL))]
        case Listed():
            return [_phrase("listed", *_job(event), *_ids(event))]
        case Linked() if event.address is None:
            return ["its job file is gone"]
        case Linked():
            return [_phrase(f"managed by {event.address}", *_job(event))]
        case Resolved():
            result = event.result.replace("_", " ")
            return [
                _phrase(f"resolved by {event.by}", result, *_ids(event)),
                *_lines(_named("why:", event.why)),
            ]
        case Released():
            return [f"released by {event.by}", *_lines(_named("why:", event.why))]
        case _:
            assert_never(event)


def _result(event: AttemptOutcome) -> str:
    status = _named("HTTP", event.status)
    match event.result:
        case CreateResult.CREATED:
            return _phrase("created", *_ids(event))
        case CreateResult.UNCERTAIN:
            return _phrase("sent, and its outcome is not known", status)
        case CreateResult.REJECTED:
            return _phrase("rejected by the ATS" if event.by_ats else "rejected", status)
        case CreateResult.NOT_TRIED:
            return "not tried"


def _job(event: Intent | Listed | Linked) -> tuple[str, str]:
    return (f"'{event.name}'" if event.name else "", _named("code", event.code))


def _ids(event: AttemptOutcome | Listed | Resolved) -> tuple[str, str]:
    return (_named("id", event.id), _named("remote id", event.remote_id))


def _named(what: str, value: str | int | None) -> str:
    return f"{what} {value}" if value else ""


def _phrase(what: str, *known: str) -> str:
    return ": ".join(part for part in (what, ", ".join(filter(None, known))) if part)


def _lines(*lines: str | None) -> Iterator[str]:
    return (line for line in lines if line)
