"""Time, in one place: the wall clock, a clock that suspend does not stop, and waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What an apply needs to know of time."""

    def now(self) -> datetime:
        """Return the wall clock's time in UTC."""
        ...

    def ticks(self) -> float:
        """Return seconds that only ever go forward, also while the machine sleeps."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the wall clock's time in UTC."""
        return datetime.now(UTC)

    def ticks(self) -> float:
        """Return seconds since the machine started, those it slept included where the system counts them."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
