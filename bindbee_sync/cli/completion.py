"""What a shell completes: addresses, rules, outcomes. Uses no network, and says nothing where it fails."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def addresses(incomplete: str) -> list[str]:
    """Return the addresses of job files that begin so."""
    with suppress(Exception):  # an error would be printed into the line that somebody types
        return _fitting(incomplete, _addresses())
    return []


def recorded(incomplete: str) -> list[str]:
    """Return the addresses that begin so of job files, and of records where the ledger is a file."""
    with suppress(Exception):  # as above
        return _fitting(incomplete, [*_addresses(), *_labels()])
    return []


def rule_ids(incomplete: str) -> list[str]:
    """Return the ids of rules that begin so."""
    from bindbee_sync.rules.registry import RULES

    return _fitting(incomplete, RULES)


def outcomes(incomplete: str) -> list[str]:
    """Return what may stand in a list of outcomes with commas between that begins so."""
    from bindbee_sync.planning.model import Outcome

    before, comma, last = incomplete.rpartition(",")
    left = set(Outcome) - set(before.split(","))
    return [f"{before}{comma}{each}" for each in _fitting(last, left)]


def _addresses() -> list[str]:
    from bindbee_sync.config import load_settings
    from bindbee_sync.desired.discover import discover

    settings = load_settings(None, os.environ, Path.cwd())
    return [job.address for folder in discover(settings.jobs, settings.root).folders for job in folder.jobs]


def _labels() -> list[str]:
    from bindbee_sync.config import load_settings
    from bindbee_sync.ledger.file_store import FileStore
    from bindbee_sync.ledger.records import replay

    ledger = load_settings(None, os.environ, Path.cwd()).ledger
    records = replay(FileStore(ledger).read()).records if isinstance(ledger, Path) else ()
    return [record.label for record in records]


def _fitting(incomplete: str, found: Iterable[str]) -> list[str]:
    """Return those that begin so, without what would do something to a terminal."""
    from bindbee_sync.text import visible

    return sorted({each for each in found if each.startswith(incomplete) and visible(each) == each})
