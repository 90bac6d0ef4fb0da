"""Time in one place: the wall clock, a clock that runs on while the machine sleeps, and waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

# `time.monotonic` stands still on Linux while a machine sleeps: a laptop that wakes up would send under the
# intent of yesterday. This clock runs on.
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def ticks() -> float:
    """Return seconds since some fixed moment, time asleep included."""
    return time.clock_gettime(_CLOCK)


class Clock(Protocol):
    """A source of time, so that tests can have their own."""

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
        """Return seconds since some fixed moment, time asleep included."""
        return ticks()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
