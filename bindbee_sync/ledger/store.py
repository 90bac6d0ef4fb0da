"""What a ledger's storage has to do, whatever it is made of."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from bindbee_sync.ledger.events import Event


class Writer(Protocol):
    """The right to append, held for the length of one apply."""

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, those appended through this writer included."""
        ...

    def append(self, *events: Event) -> None:
        """Make `events` durable, in this order; raises LedgerError where that is not certain."""
        ...


class Store(Protocol):
    """Where the events are kept."""

    def read(self) -> tuple[Event, ...]:
        """Return all events and change nothing; raises LedgerError where they can't be had."""
        ...

    def writing(self) -> AbstractContextManager[Writer]:
        """Hold the ledger for writing; raises LedgerError, naming the holder, where another run does."""
        ...
