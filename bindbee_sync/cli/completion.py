"""Shell completion of addresses, rules and outcomes, without network. Returns nothing where it fails."""

from __future__ import annotations

from contextlib import suppress


def addresses(incomplete: str) -> list[str]:
    """Return the addresses of job files that begin so."""
    with suppress(Exception):  # an error would be printed into the line that the user is typing
        from bindbee_sync.commands import completion

        return completion.addresses(incomplete)
    return []


def recorded(incomplete: str) -> list[str]:
    """Return the addresses that begin so of job files, and of records where the ledger is a file."""
    with suppress(Exception):  # as above
        from bindbee_sync.commands import completion

        return completion.recorded(incomplete)
    return []


def connectors(incomplete: str) -> list[str]:
    """Return the names of the config's connectors that begin so."""
    with suppress(Exception):  # as above
        from bindbee_sync.commands import completion

        return completion.connectors(incomplete)
    return []


def rule_ids(incomplete: str) -> list[str]:
    """Return the ids of rules that begin so."""
    from bindbee_sync.commands import completion

    return completion.rule_ids(incomplete)


def outcomes(incomplete: str) -> list[str]:
    """Return the lists of outcomes, with commas between, that begin so."""
    from bindbee_sync.commands import completion

    return completion.outcomes(incomplete)
