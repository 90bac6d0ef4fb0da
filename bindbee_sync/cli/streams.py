"""Standard output and standard error that may go away without ending the work.

A reader that has seen enough (`| head -1`) or a full disk must not stop an apply between a create and its
record. What can no longer be written is dropped; if that was not the choice of a reader, `failure` says so.
"""

from __future__ import annotations

import io
import os
import sys


class Stream(io.TextIOWrapper):
    """Text output whose first failure turns it into one that goes nowhere."""

    failure: OSError | None = None

    def write(self, text: str, /) -> int:
        """Write `text`, or drop it."""
        try:
            return super().write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Flush, or drop what is left."""
        try:
            super().flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            self.failure = self.failure or error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def harden() -> None:
    """Put such streams in the place of this process's own; characters that they can't encode are escaped."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            encoding, buffered = stream.encoding, stream.line_buffering
            safe = Stream(stream.detach(), encoding, errors="backslashreplace", line_buffering=buffered)
            setattr(sys, name, safe)


def failure() -> OSError | None:
    """Return why standard output could not be written to its end, if so; a reader who left is no failure."""
    if isinstance(sys.stdout, Stream):
        sys.stdout.flush()
        return sys.stdout.failure
    return None
