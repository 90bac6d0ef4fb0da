"""Fields that an apply can neither read back nor change: the ledger keeps what the file last said of them."""

from __future__ import annotations

from typing import Any

from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.compare import NOT_READABLE
from bindbee_sync.rules.greenhouse import NOT_FORWARDED

NOT_TAKEN = {"greenhouse": NOT_FORWARDED}
"""The fields that the create of each ATS has no place for."""


def not_taken(provider: str) -> tuple[str, ...]:
    """Return the fields that this ATS's create has no place for."""
    return NOT_TAKEN.get(provider, ())


def recorded_values(file: JobFile, provider: str) -> dict[str, Any] | None:
    """Return, as the file writes them, the values of fields that no list shows for certain.

    None where the ledger must not hold them: the job is confidential.
    """
    if file.spec.confidential:
        return None
    fields = {*NOT_READABLE, *not_taken(provider)}
    values: dict[str, Any] = file.spec.model_dump(mode="json", include=fields, exclude_none=True)
    return values
