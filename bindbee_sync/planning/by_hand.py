"""Fields that an apply can neither read back nor change: the ledger keeps what the file last said of them."""

from __future__ import annotations

from typing import Any

from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.compare import NOT_READABLE
from bindbee_sync.rules.registry import pack_of


def recorded_values(file: JobFile, provider: str) -> dict[str, Any] | None:
    """Return, as the file writes them, the values of fields that no list shows for certain.

    None where the ledger must not hold them: the job is confidential.
    """
    if file.spec.confidential:
        return None
    return file.spec.written({*NOT_READABLE, *pack_of(provider).not_taken})
