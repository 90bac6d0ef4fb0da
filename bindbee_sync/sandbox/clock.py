"""The server's own time, which can be moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class MovableClock:
    """Now, plus what it was advanced by."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset


def iso(moment: float | None) -> str | None:
    """Write a moment as the API writes it."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
