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


def pages(http: HttpClient, path: str, params: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Yield the items of each page; raises `ApiError` where a page can't be had, or the list does not end."""
    where = http.where("GET", path)
    seen: set[str | None] = set()
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        query = {**params, "page_size": PAGE_SIZE} | ({"cursor": cursor} if cursor is not None else {})
        match http.get(path, query):
            case {"items": list(items), "cursor": None | str() as cursor}:
                pass
            case _:
                raise http.not_understood("is not a page of `items` with a `cursor`", where)
        if not all(isinstance(item, dict) for item in items):
            raise http.not_understood("has an item that is not an object", where)
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
