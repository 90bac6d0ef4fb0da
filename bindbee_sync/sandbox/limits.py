"""The rate limit: so many requests of each token in a window of time, a minute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bindbee_sync.sandbox.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a token stands after a request."""

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
    """Counts the requests of each token in its present window."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, token: str, settings: Settings, now: float) -> Standing:
        """Count one request."""
        limit, window = settings.rate_limit, settings.rate_window
        opened, used = self._windows.get(token, (now, 0))
        if now >= opened + window:
            opened, used = now, 0
        exceeded = used >= limit
        if not exceeded:
            used += 1
        self._windows[token] = (opened, used)
        return Standing(limit, limit - min(used, limit), opened + window, exceeded)

    def clear(self) -> None:
        """Forget everything."""
        self._windows.clear()
