"""Shell completion of addresses, rules and outcomes, without network. Returns nothing where it fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress


def _completed_by(name: str) -> Callable[[str], list[str]]:
    """Return the function of that name in `commands.completion`, which is imported at the first Tab."""

    def complete(incomplete: str) -> list[str]:
        with suppress(Exception):  # an error would be printed into the line that the user is typing
            from bindbee_sync.commands import completion

            found: list[str] = getattr(completion, name)(incomplete)
            return found
        return []

    return complete


addresses = _completed_by("addresses")
folders = _completed_by("folders")
recorded = _completed_by("recorded")
connectors = _completed_by("connectors")
rule_ids = _completed_by("rule_ids")
outcomes = _completed_by("outcomes")
