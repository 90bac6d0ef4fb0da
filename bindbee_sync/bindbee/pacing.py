"""The server's clock and rate limit, from the headers of its answers. Nothing else reads `Retry-After`."""

from __future__ import annotations

import math
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bindbee_sync.clock import ticks

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_RETRY_AFTER = 3600.0
WINDOW = 60.0
"""Seconds of the window in which Bindbee counts requests."""
MAX_RESET = 65.0
"""Seconds of one window and a margin: a reset further away is a mistake, milliseconds for example."""
_MOST_REQUESTS = 10**9
CLOCKS_APART = 60.0


def wall() -> float:
    """Return the wall clock's time, in seconds since 1970."""
    return time.time()


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return the `date` header in UTC; None where it makes no sense. Header names in lower case."""
    try:
        date = parsedate_to_datetime(headers["date"])
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (
        KeyError,
        ValueError,
        OverflowError,
        IndexError,
        TypeError,
    ):  # what its parser raises for odd text
        return None
    return date if 2000 <= date.year < 9000 else None  # noqa: PLR2004 (room to add to it)


def pause_asked(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Return the seconds that an answer asks to wait: `retry-after`, at most an hour, else until the reset.

    `x-ratelimit-reset` counts where `now`, the server's time, is given, and for at most one window. None
    where there is neither. Header names in lower case.
    """
    asked = _number(headers, "retry-after")
    if asked is not None:
        return min(max(asked, 0.0), MAX_RETRY_AFTER)
    reset = _number(headers, "x-ratelimit-reset")
    if reset is None or now is None or reset <= now.timestamp():
        return None
    return min(reset - now.timestamp(), MAX_RESET)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        number = float(headers[name])
    except (KeyError, ValueError):
        return None
    return None if math.isnan(number) else number


def _count(number: float) -> int:
    """Return a number of requests; an odd one, infinity for example, must not end what it came with."""
    return int(min(max(number, 0), _MOST_REQUESTS))


class Pace:
    """Server clock and rate-limit state from response headers.

    At most `most` requests go out in a minute, so that other users of the connector have the rest; None: as
    many as the server lets through.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._sent: deque[float] = deque(maxlen=most or 0)
        # The server's date, and the ticks and the wall clock as it came: replaced as one, since answers of
        # several threads are noted here.
        self._seen: tuple[datetime, float, float] | None = None
        self._exhausted_until: float | None = None
        self.room: tuple[int, int] | None = None
        """The requests left, and of how many, by the last answer that named them; None before it."""

    def sent(self) -> None:
        """Note that a request goes out now."""
        self._sent.append(ticks())

    def left(self) -> int | None:
        """Return how many requests may go out now; None where nothing says so."""
        of_server = self.room[0] if self.room else None
        if self._most is None:
            return of_server
        recent = sum(ticks() - each < WINDOW for each in tuple(self._sent))
        own = self._most - recent
        return own if of_server is None else min(own, of_server)

    def note(self, headers: Mapping[str, str]) -> None:
        """Take in an answer's headers, their names in lower case."""
        date = date_of(headers)
        if date is not None:
            self._seen = (date, ticks(), wall())
        remaining, limit = _number(headers, "x-ratelimit-remaining"), _number(headers, "x-ratelimit-limit")
        # Infinity says nothing about what is left, and can't be made a whole number.
        if remaining is not None and limit is not None and math.isfinite(remaining + limit):
            self.room = (_count(remaining), _count(limit))
        if remaining is not None:
            self._exhausted_until = _number(headers, "x-ratelimit-reset") if remaining <= 0 else None

    def now(self) -> datetime:
        """Return the server's time in UTC; the local clock's before the first answer."""
        if self._seen is None:
            return datetime.now(UTC)
        date, seen_at, _ = self._seen
        return date + timedelta(seconds=ticks() - seen_at)

    def ahead(self) -> timedelta | None:
        """Return how far the server's clock is ahead of this machine's; None before the first answer."""
        return None if self._seen is None else self.now() - datetime.now(UTC)

    def is_sure(self) -> bool:
        """Return whether this machine's clocks agree on how long ago the server's last answer came.

        They disagree where the machine was paused from outside, or its clock was set: a server time that is
        too early would let a job from before an attempt pass for the new one.
        """
        if self._seen is None:
            return True
        _, seen_at, then = self._seen
        return abs(wall() - then - (ticks() - seen_at)) <= CLOCKS_APART

    def wait(self) -> float:
        """Return the seconds until the rate limit has room again: 0 where it has, at most 65."""
        until = self._exhausted_until
        of_server = 0.0 if until is None else min(max(until - self.now().timestamp(), 0.0), MAX_RESET)
        return max(of_server, self._own_wait())

    def waits_for(self) -> str:
        """Return what `wait` waits for, in words."""
        own = self._own_wait()
        return "the config's max_requests_per_minute" if 0 < own == self.wait() else "Bindbee's rate limit"

    def _own_wait(self) -> float:
        is_full = self._most is not None and len(self._sent) == self._most
        return max(self._sent[0] + WINDOW - ticks(), 0.0) if is_full else 0.0

    def waited(self) -> None:
        """Note that the rate limit has room again."""
        self._exhausted_until = None
