"""The meaning of the answer to one attempt to create a job. The default is uncertain.

| answer | when |
|---|---|
| created | any complete 2xx, whatever its body |
| rejected, not by the ATS | 401, 403, 404, 405, 413, 415 with a JSON object; a 422 all about the body |
| rejected by the ATS | another 4xx with a JSON body, but 408, 409 and 429 |
| `Throttled` | 429: refused before anything was forwarded |
| `NotSent` | connection refused, DNS, TLS: nothing can have reached the server |
| uncertain | everything else |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bindbee_sync.bindbee.pacing import date_of, pause_asked
from bindbee_sync.bindbee.wire import on_one_line, parse_json
from bindbee_sync.create_result import CreateResult, FieldFault, Result
from bindbee_sync.ids import is_uuid
from bindbee_sync.text import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

RATE_WINDOW = 60.0
EXCERPT = 200
MOST_FAULTS = 50
DEEPEST_FIELD = 10
_BEFORE_ATS = frozenset({401, 403, 404, 405, 413, 415})
_MAY_HAVE_ARRIVED = frozenset({408, 409})
_REMOTE_ID = re.compile(r"[\x21-\x7e]{1,200}")
_DIGITS = re.compile(r"[0-9]{1,40}")
_LARGEST_INDEX = 10**9
_WRAPPERS = ("data", "job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The rate limit was reached; `retry_after` is in seconds."""

    retry_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """No byte of the request can have reached the server."""

    detail: str


CreateAnswer = Result | Throttled | NotSent


def classify(
    status: int, headers: Mapping[str, str], body: bytes, clean: Callable[[str], str] = on_one_line
) -> CreateAnswer:
    """Return the meaning of a complete answer to a create. Half an answer is uncertain, and not for this.

    `clean` makes a text from the server fit to be shown: it takes secrets out. Raises nothing.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    ok, value = _json_of(headers, body)
    if 200 <= status < 300:  # noqa: PLR2004 (a range of statuses)
        return _created(status, value)
    if status == 429:  # noqa: PLR2004 (a status)
        asked = pause_asked(headers, date_of(headers))
        return Throttled(retry_after=RATE_WINDOW if asked is None else asked)
    if 400 <= status < 500 and status not in _MAY_HAVE_ARRIVED and ok:  # noqa: PLR2004 (a range of statuses)
        return Result(
            became=CreateResult.REJECTED,
            status=status,
            by_ats=not _refused_early(status, value),
            detail=explain(body, clean),
            faults=tuple(_faults(value, clean)),
        )
    words = explain(body, clean) or "no body"
    return Result(became=CreateResult.UNCERTAIN, status=status, detail=f"the answer was {status}: {words}")


def explain(body: bytes, clean: Callable[[str], str] = on_one_line) -> str:
    """Return an error body in words: its `detail`, a list's faults with their fields, else its beginning."""
    match _json_of({}, body)[1]:
        case {"detail": str(detail)} if detail.strip():
            return clean(detail)
        case {"detail": [_, *_]} as value if faults := list(_faults(value, clean)):
            return clean("; ".join(_sentence(fault) for fault in faults))
        case _:
            return shorten(clean(body.decode(errors="replace")), EXCERPT)


def _sentence(fault: FieldFault) -> str:
    return f"{'.'.join(map(str, fault.loc))}: {fault.message}" if fault.loc else fault.message


def _json_of(headers: Mapping[str, str], body: bytes) -> tuple[bool, object]:
    """Return whether the body is JSON, and its value; a gateway's HTML page is not."""
    if "html" in headers.get("content-type", "").lower():
        return False, None
    try:
        return True, parse_json(body)
    except ValueError:
        return False, None


def _refused_early(status: int, value: object) -> bool:
    """Return whether Bindbee refused by itself: by one of a few statuses, or by a 422 all about the body."""
    if status in _BEFORE_ATS:
        return isinstance(value, dict)
    match value:
        case {"detail": [_, *_] as entries} if status == 422:  # noqa: PLR2004 (a status)
            return all(_is_about_body(entry) for entry in entries)
        case _:
            return False


def _is_about_body(entry: object) -> bool:
    match entry:
        case {"loc": ["body", *_]}:
            return True
        case _:
            return False


def _faults(value: object, clean: Callable[[str], str]) -> Iterator[FieldFault]:
    entries = value.get("detail") if isinstance(value, dict) else None
    # Bounded, as what an answer holds must not cost more than a moment before its outcome is recorded.
    for entry in entries[:MOST_FAULTS] if isinstance(entries, list) else ():
        match entry:
            case {"loc": list(loc), "msg": str(message)}:
                field = loc[1:] if _is_about_body(entry) else loc
                shown = tuple(
                    clean(part) if isinstance(part, str) else part
                    for part in field[:DEEPEST_FIELD]
                    if isinstance(part, str) or (isinstance(part, int) and abs(part) <= _LARGEST_INDEX)
                )
                yield FieldFault(loc=shown, message=clean(message))


def _created(status: int, value: object) -> Result:
    """Return the result of a 2xx, with the new job's ids; a value that does not look like an id is none."""
    created = partial(Result, became=CreateResult.CREATED, status=status)
    match value:
        case str(text) if is_uuid(text):
            return created(id=text)
        case str() | int() if _DIGITS.fullmatch(str(value)):
            return created(remote_id=str(value))
        case dict():
            places = [value, *(value[key] for key in _WRAPPERS if isinstance(value.get(key), dict))]
            ids = [i for p in places if isinstance(i := p.get("id"), str) and is_uuid(i)]
            remote_ids = [i for p in places if (i := _remote_id(p.get("remote_id")))]
            return created(id=next(iter(ids), None), remote_id=next(iter(remote_ids), None))
        case _:
            return created()


def _remote_id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) if _REMOTE_ID.fullmatch(str(value)) else None
