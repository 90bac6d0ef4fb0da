"""The server's clock and rate limit, as its answers' headers tell them."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bindbee_sync.clock import ticks

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_RETRY_AFTER = 3600.0
MAX_PAUSE_TO_RESET = 120.0
MAX_RESET = 65.0
CLOCKS_APART = 60.0


def wall() -> float:
    """Return the wall clock's time, in seconds since 1970."""
    return time.time()


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return the `date` header in UTC; None where it makes no sense. Header names in lower case."""
    try:
        date = parsedate_to_datetime(headers["date"])
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None
    return date if 2000 <= date.year < 9000 else None  # noqa: PLR2004 (room to add to it)


def pause_asked(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Return the seconds that an answer asks to wait: `retry-after`, at most an hour, else until the reset.

    `x-ratelimit-reset`, at most two minutes, counts where `now`, the server's time, is given. None where
    neither is said. Header names in lower case.
    """
    asked = _number(headers, "retry-after")
    if asked is not None:
        return min(max(asked, 0.0), MAX_RETRY_AFTER)
    reset = _number(headers, "x-ratelimit-reset")
    if reset is None or now is None or reset <= now.timestamp():
        return None
    return min(reset - now.timestamp(), MAX_PAUSE_TO_RESET)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        number = float(headers[name])
    except (KeyError, ValueError):
        return None
    return None if math.isnan(number) else number


class Pace:
    """What the last answers said of the time and of what is left of the rate limit."""

    def __init__(self) -> None:
        self._date: datetime | None = None
        self._seen_at = 0.0
        self._wall = 0.0
        self._exhausted_until: float | None = None
        self.room: tuple[int, int] | None = None
        """Requests that were left when last told, and of how many; None where that was not told."""

    def note(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer's headers, their names in lower case."""
        date = date_of(headers)
        if date is not None:
            self._date, self._seen_at, self._wall = date, ticks(), wall()
        remaining, limit = _number(headers, "x-ratelimit-remaining"), _number(headers, "x-ratelimit-limit")
        if remaining is not None and limit is not None and max(remaining, limit) < math.inf:
            self.room = (int(remaining), int(limit))
        if remaining is not None:
            self._exhausted_until = _number(headers, "x-ratelimit-reset") if remaining <= 0 else None

    def now(self) -> datetime:
        """Return the server's time in UTC; the local clock's until an answer told it."""
        if self._date is None:
            return datetime.now(UTC)
        return self._date + timedelta(seconds=ticks() - self._seen_at)

    def ahead(self) -> timedelta | None:
        """Return how far the server's clock is ahead of this machine's; None until an answer told it."""
        return None if self._date is None else self.now() - datetime.now(UTC)

    def is_sure(self) -> bool:
        """Return whether this machine's clocks agree on how long ago the server told its time.

        They do not where the machine was stopped from outside, or its clock was set.
        """
        passed = ticks() - self._seen_at
        return self._date is None or abs(wall() - self._wall - passed) <= CLOCKS_APART

    def wait(self) -> float:
        """Return the seconds until the rate limit has room again: 0 where it has, at most 65."""
        if self._exhausted_until is None:
            return 0.0
        return min(max(self._exhausted_until - self.now().timestamp(), 0.0), MAX_RESET)

    def waited(self) -> None:
        """Take it that the rate limit has room again."""
        self._exhausted_until = None
