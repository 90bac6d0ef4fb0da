"""Waits, reported to a log that commands show on standard error: a run that says nothing seems to hang."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

LONGEST_SILENT = 2.0
"""Seconds; a shorter wait is not worth a line."""
_LOG = logging.getLogger(__name__)
_MINUTE = 60


def report_wait(seconds: float, what: str) -> None:
    """Report that a wait of `seconds` begins, and what it is for."""
    if seconds > LONGEST_SILENT:
        _LOG.info("Waiting %s for %s", in_words(seconds), what)


def in_words(seconds: float) -> str:
    """Return a time as people say it, e.g. `45 s` or `2 min 5 s`."""
    minutes, rest = divmod(ceil(seconds), _MINUTE)
    return " ".join([f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0))


@contextmanager
def showing_waits(show: Callable[[str], None] | None) -> Iterator[None]:
    """Give `show`, and nothing else, each wait that is reported meanwhile; None reports none."""
    before = _LOG.handlers, _LOG.level, _LOG.propagate
    _LOG.handlers, _LOG.propagate = [_Handler(show) if show else logging.NullHandler()], False
    _LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOG.handlers, level, _LOG.propagate = before
        _LOG.setLevel(level)


class _Handler(logging.Handler):
    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        self._show(record.getMessage())
