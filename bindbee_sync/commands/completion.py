"""Words for shell completion: addresses, rules, outcomes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from bindbee_sync.commands.loading import own_rules
from bindbee_sync.config import load_config
from bindbee_sync.desired.discover import discover
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.ledger.records import replay
from bindbee_sync.planning.model import Outcome
from bindbee_sync.rules.registry import RULES
from bindbee_sync.text import visible


def addresses(incomplete: str) -> list[str]:
    """Return the addresses of job files that begin so; raises ToolError."""
    return _matching(incomplete, _addresses())


def folders(incomplete: str) -> list[str]:
    """Return the beginnings of addresses, up to a folder's `/`, that begin so; raises ToolError."""
    return _matching(
        incomplete, {address[: address.rindex("/") + 1] for address in _addresses() if "/" in address}
    )


def recorded(incomplete: str) -> list[str]:
    """Return the addresses that begin so of job files and of records; raises ToolError.

    A ledger in git is left out: reading it would use the network.
    """
    ledger = load_config(None, os.environ, Path.cwd()).only.ledger
    records = replay(FileStore(ledger).read()).records if isinstance(ledger, Path) else ()
    return _matching(incomplete, [*_addresses(), *(record.label for record in records)])


def connectors(incomplete: str) -> list[str]:
    """Return the names of connectors that begin so; raises ToolError."""
    config = load_config(None, os.environ, Path.cwd())
    return _matching(incomplete, [each.name for each in config.connectors])


def rule_ids(incomplete: str) -> list[str]:
    """Return the ids of rules that begin so, and the word that tests a team's own; raises ToolError."""
    own = own_rules(load_config(None, os.environ, Path.cwd()).connectors).policies
    return _matching(incomplete, ["test", *RULES, *(each.rule.id for each in own)])


def outcomes(incomplete: str) -> list[str]:
    """Return the lists of outcomes, with commas between, that begin so."""
    before, comma, last = incomplete.rpartition(",")
    left = set(Outcome) - set(before.split(","))
    return [f"{before}{comma}{each}" for each in _matching(last, left)]


def _addresses() -> list[str]:
    config = load_config(None, os.environ, Path.cwd())
    return [
        f"{each.name}:{job.address}" if len(config.connectors) > 1 else job.address
        for each in config.connectors
        for folder in discover(each.jobs, each.root).folders
        for job in folder.jobs
    ]


def _matching(incomplete: str, words: Iterable[str]) -> list[str]:
    """Return the words that begin so, without those that would do something to a terminal."""
    return sorted({word for word in words if word.startswith(incomplete) and visible(word) == word})
