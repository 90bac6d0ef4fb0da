"""Wait for Bindbee's syncs: for one that is running, or for one that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bindbee_sync.bindbee.models import Connector
from bindbee_sync.clock import Clock
from bindbee_sync.waits import in_words

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0


class SyncApi(Protocol):
    """The part of the API that waiting for syncs uses."""

    def connector(self) -> Connector:
        """Return the connector as it is now."""
        ...

    def resync(self) -> None:
        """Ask Bindbee to read the ATS again."""
        ...


@dataclass(kw_only=True)
class Syncs:
    """Waits at most until `until` (of the clock's ticks), for all its waits together.

    `on_wait` gets, once for each wait, what is waited for.
    """

    api: SyncApi
    clock: Clock
    until: float
    on_wait: Callable[[str], None] = lambda _: None

    def wait_for_running(self) -> bool:
        """Return True once no sync is running; False where that took too long."""
        return self._wait(lambda connector: connector.sync_status != "Syncing", "the running sync")

    def refresh(self) -> bool:
        """Ask for a sync and return True once it is done, failed or not; False where that took too long."""
        if not self.wait_for_running():
            return False
        before = self.api.connector().last_sync_start_time
        self.api.resync()

        def is_done(connector: Connector) -> bool:
            begun = connector.last_sync_start_time
            later = begun is not None and (before is None or begun > before)
            return later and connector.sync_status in ("Done", "Failed")

        return self._wait(is_done, "the sync that was asked for")

    def pause(self, seconds: float) -> bool:
        """Wait, as far as the time allows, and return True; return False at once where there is none left."""
        left = self.until - self.clock.ticks()
        if left <= 0:
            return False
        self.clock.sleep(min(seconds, left))
        return True

    def _wait(self, is_over: Callable[[Connector], bool], what: str) -> bool:
        seconds = FIRST_PAUSE
        while not is_over(self.api.connector()):
            if seconds == FIRST_PAUSE:
                left = max(self.until - self.clock.ticks(), 0.0)
                self.on_wait(f"{what}, {in_words(left) or '0 s'} at most")
            if not self.pause(seconds):
                return False
            seconds = min(seconds * 1.5, LONGEST_PAUSE)
        return True
