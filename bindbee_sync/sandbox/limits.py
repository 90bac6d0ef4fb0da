"""The rate limit: a number of requests in a window of time, a minute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bindbee_sync.sandbox.settings import Behaviour


@dataclass(frozen=True, slots=True)
class LimitState:
    """The rate limit after a request; `reset` is in seconds since 1970."""

    limit: int
    remaining: int
    reset: float
    exceeded: bool

    def headers(self, now: float) -> dict[str, str]:
        """As response headers."""
        shown = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(math.ceil(self.reset)),
        }
        return shown | ({"Retry-After": str(max(1, math.ceil(self.reset - now)))} if self.exceeded else {})


class RateLimit:
    """Counts requests in the present window."""

    def __init__(self) -> None:
        self._opened = -math.inf
        self._used = 0

    def take(self, settings: Behaviour, now: float) -> LimitState:
        """Count one request."""
        limit, window = settings.rate_limit, settings.rate_window
        if now >= self._opened + window:
            self._opened, self._used = now, 0
        exceeded = self._used >= limit
        if not exceeded:
            self._used += 1
        return LimitState(limit, limit - min(self._used, limit), self._opened + window, exceeded)
