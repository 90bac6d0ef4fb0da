"""The interface of a ledger's storage, whatever it is made of."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.events import Event


class LostRaceError(LedgerError):
    """Another run wrote first: nothing was appended, and the writer's events are the newest."""


class Writer(Protocol):
    """The right to append, held for the length of one apply."""

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, those appended through this writer included."""
        ...

    @property
    def batch(self) -> int:
        """The number of intents that are best made durable at once."""
        ...

    def append(self, *events: Event) -> None:
        """Make `events` durable, in this order, and all noted before them.

        Raises LedgerError where that is not certain, and LostRaceError where another run wrote first.
        """
        ...

    def note(self, *events: Event) -> None:
        """Make outcomes durable now, or with the next append or flush; one that is lost is uncertain."""
        ...

    def flush(self) -> None:
        """Make durable what was noted; raises LedgerError where that is not certain."""
        ...


class Store(Protocol):
    """The storage of the events."""

    def read(self) -> tuple[Event, ...]:
        """Return all events and change nothing; raises LedgerError where they can't be had."""
        ...

    def writing(self) -> AbstractContextManager[Writer]:
        """Hold the ledger for writing; raises LedgerError, naming the holder, where another run does."""
        ...
