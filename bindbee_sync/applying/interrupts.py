"""Ctrl-C and a cancelled run: the request under way is finished or abandoned, never forgotten."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 4.0
"""Seconds that a request under way has to end. GitHub kills a cancelled run after ten, and the outcome
still has to be written, maybe pushed."""


class InterruptedWorkError(BaseException):
    """Work was abandoned. A BaseException, so that no `except Exception` on the way takes it for a fault."""


class Interrupts:
    """Notes a first SIGINT or SIGTERM; raises only in `abandonable`, after a grace or a second signal."""

    def __init__(self, on_first: Callable[[], None] | None = None) -> None:
        self.requested = False
        self._is_over = False
        self._abandonable = False
        self._on_first = on_first or (lambda: None)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Handle the signals for the length of a block; in another thread than the main one, do nothing."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        watched = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        before = {number: signal.signal(number, self._handle) for number in watched}
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def abandonable(self, *, begun: bool = False) -> Iterator[None]:
        """Let a signal raise InterruptedWorkError inside the block; nothing is begun after a first one.

        What was `begun` before has its grace left.
        """
        if self._is_over or (self.requested and not begun):  # an interrupted apply begins no further create
            raise InterruptedWorkError
        # Signals reach the main thread alone: a flag set by another thread would raise in the wrong one.
        is_main = threading.current_thread() is threading.main_thread()
        if is_main:
            self._abandonable = True
        try:
            yield
        finally:
            if is_main:
                self._abandonable = False

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:  # a second signal, or the alarm that the first one set
            self._is_over = True
            # Elsewhere the signal is only noted: raised while an outcome is being written, it would lose the
            # outcome of a job that was made.
            if self._abandonable:
                self._abandonable = False  # a third signal must not raise in the handling of the second
                raise InterruptedWorkError
            return
        self.requested = True
        signal.setitimer(signal.ITIMER_REAL, GRACE)
        self._on_first()
