"""Lists in pages, as the API gives them: filters, cursors, and the ways in which a walk can go wrong."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    NaiveDatetime,
    TypeAdapter,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bindbee_sync.sandbox.seed import Document
    from bindbee_sync.sandbox.settings import Behaviour

MOMENT = TypeAdapter(datetime)


class Cursor(BaseModel):
    """The start of the next page; with `gap`, an empty one comes first."""

    after: int = Field(default=0, ge=0, lt=2**63)
    gap: bool = False

    def text(self) -> str:
        """As the client sees it."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()


def _read_cursor(text: str) -> Cursor:
    try:
        return Cursor.model_validate_json(base64.urlsafe_b64decode(text.encode()))
    except ValueError:
        raise ValueError("no cursor that was given out here") from None


class Query(BaseModel):
    """The parameters of the lists; others are dropped without a word."""

    page_size: int = Field(default=50, ge=1, le=200)
    cursor: Annotated[Cursor, BeforeValidator(_read_cursor)] = Cursor()
    include_raw_data: bool = False
    include_custom_fields: bool = False
    modified_after: AwareDatetime | NaiveDatetime | None = None
    ids: str | None = None
    remote_id: str | None = None
    code: str | None = None
    status: str | None = None
    offices: str | None = None
    email: str | None = None
    connector_token: str | None = None
    is_active: bool | None = None
    origin_id: str | None = None


KNOWN: dict[str, frozenset[str]] = {
    "jobs": frozenset({"ids", "modified_after", "remote_id", "code", "status", "offices"}),
    "departments": frozenset({"ids", "modified_after"}),
    "offices": frozenset({"ids", "modified_after", "remote_id"}),
    "remote-users": frozenset({"ids", "modified_after", "email"}),
    "connectors": frozenset({"connector_token", "is_active", "origin_id"}),
}


def fits(kind: str, query: Query) -> Callable[[Document], bool]:
    """Return the test that the query's filters are, as far as this list knows them."""
    wanted = query.model_dump(include=set(KNOWN[kind]), exclude_none=True)

    def test(item: Document) -> bool:
        return all(_fits(item, key, value) for key, value in wanted.items())

    return test


def _fits(item: Document, key: str, value: Any) -> bool:  # noqa: ANN401 - a filter's value is text, a truth value or a moment
    match key:
        case "ids":
            return item["id"] in value.split(",")
        case "offices":
            return any(office in value.split(",") for office in item["offices"])
        case "email":
            return bool((item["email"] or "").lower() == value.lower())
        case "modified_after":
            zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
            return bool(MOMENT.validate_python(item["modified_at"]) > zoned)
        case _:
            return bool(item[key] == value)


def page(
    items: Callable[[int], Iterable[tuple[int, Document]]],
    kind: str,
    query: Query,
    settings: Behaviour | None = None,
) -> Document:
    """Build one page; `items` gives what lies behind a position, `settings` the faults of a walk."""
    cursor = query.cursor
    size = min(query.page_size, settings.page_limit) if settings else query.page_size
    walk = settings.walk if settings else "steady"
    if cursor.gap:
        return {"cursor": Cursor(after=cursor.after).text(), "page_size": 0, "items": []}
    test = fits(kind, query)
    found = list(islice((pair for pair in items(cursor.after) if test(pair[1])), size + 1))
    shown, more = found[:size], len(found) > size
    following = None
    if walk == "loops":
        following = Cursor(after=cursor.after)
    elif more:
        back = 2 if walk == "repeats" and size > 1 else 1
        following = Cursor(after=shown[-back][0], gap=walk == "gaps")
    return {
        "cursor": following.text() if following else None,
        "page_size": len(shown),
        "items": [as_asked(item, query) for _, item in shown],
    }


def as_asked(item: Document, query: Query) -> Document:
    """Add what was asked for."""
    return item | {"custom_fields": {}} if query.include_custom_fields and "custom_fields" in item else item


def faults_of(error: ValidationError, where: str) -> list[dict[str, Any]]:
    """Show what is wrong with an input, in the API's form."""
    faults: list[dict[str, Any]] = json.loads(error.json(include_url=False))
    return [{**fault, "loc": [where, *fault["loc"]]} for fault in faults]
