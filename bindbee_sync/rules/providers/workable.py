"""Workable: its public API creates no jobs."""

from __future__ import annotations

from bindbee_sync.rules.pack import Documented, Pack

PACK = Pack(
    provider="workable",
    name="Workable",
    documented=Documented.NO_ONE,
    about="Workable's public API creates requisitions and no jobs, so a create may not be possible.",
)
