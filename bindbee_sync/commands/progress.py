"""One line on standard error about what is going on; where that is no terminal, nothing."""

from __future__ import annotations

import sys
from threading import Lock

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bindbee_sync.text import visible

BAR_WIDTH = 24


class Progress:
    """The line. It has to be hidden before anything else is written."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._lock = Lock()  # several connectors report at a time, and two lines at once are an error of rich

    def show(self, text: str, done: int = 0, total: int | None = None) -> None:
        """Show `text`, and a bar where a total is known."""
        if sys.stderr is None or not sys.stderr.isatty():
            return
        line = Table.grid(padding=(0, 1))
        line.add_column()
        line.add_column(no_wrap=True, overflow="ellipsis")
        words = Text(visible(text), style="dim")
        if total is None:
            line.add_row("", words)
        else:
            line.add_row(ProgressBar(total=total, completed=done, width=BAR_WIDTH), words)
        with self._lock:
            if self._live is None:
                self._live = Live(
                    console=Console(stderr=True),
                    transient=True,
                    auto_refresh=False,
                    redirect_stdout=False,
                    redirect_stderr=False,
                )
                self._live.start()
            self._live.update(line, refresh=True)

    def hide(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._live is not None:
                self._live.stop()
                self._live = None
