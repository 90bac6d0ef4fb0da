"""Moments and spans of time as people and JSON documents show them; always in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bindbee_sync.text import counted


def in_utc(moment: datetime) -> str:
    """Return a moment to the minute, e.g. `2026-03-02 09:30 UTC`."""
    return f"{moment.astimezone(UTC).isoformat(' ', 'minutes').removesuffix('+00:00')} UTC"


def rfc3339(moment: datetime) -> str:
    """Return a moment to the second as JSON documents hold it, e.g. `2026-03-02T09:30:00Z`."""
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def span_text(span: timedelta) -> str:
    """Return a span in the largest unit of which it has two or more, e.g. `36 hours`; never negative."""
    seconds = span.total_seconds()
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return counted(int(seconds // size), unit)
    return counted(max(0, int(seconds)), "second")
