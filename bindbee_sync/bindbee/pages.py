"""Walk one of Bindbee's lists, page by page, to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bindbee_sync.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindbee_sync.bindbee.http import HttpClient

CONNECTORS = "/api/ats/v1/connectors"
PAGE_SIZE = "200"
MAX_PAGES = 10_000
MAX_BYTES = 256 << 20
"""Of all pages of a list together: one that goes on for ever must not fill the memory."""
LONGEST_CURSOR = 8_192


def pages(http: HttpClient, path: str, params: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Yield the items of each page; raises `ApiError` where a page can't be had, or the list does not end."""
    where = http.where("GET", path)
    seen: set[str | None] = set()
    cursor: str | None = None
    read = 0
    for _ in range(MAX_PAGES):
        query = {**params, "page_size": PAGE_SIZE} | ({"cursor": cursor} if cursor is not None else {})
        value, size = http.get(path, query)
        read += size
        match value:
            case {"items": list(items), "cursor": None | str() as cursor}:
                pass
            case _:
                raise http.not_understood("is not a page of `items` with a `cursor`", where)
        if not all(isinstance(item, dict) for item in items):
            raise http.not_understood("has an item that is not an object", where)
        if read > MAX_BYTES:
            raise ApiError(
                f"Bindbee's list is larger than {MAX_BYTES >> 20} MiB, or does not end",
                hint="Try again once the running sync is done; if it happens again, tell Bindbee's support.",
                where=where,
            )
        if cursor is not None and not (cursor.isascii() and len(cursor) <= LONGEST_CURSOR):
            raise http.not_understood("has a cursor that can't be sent back", where)
        yield items
        if cursor is None:
            return
        if cursor in seen:  # a list that repeats is not complete: what it lacks would be created again
            break
        seen.add(cursor)
    raise ApiError(
        "Bindbee's list does not end: its pages repeat, or go on for ever",
        hint="Try again once the running sync is done; if it happens again, tell Bindbee's support.",
        where=where,
    )
