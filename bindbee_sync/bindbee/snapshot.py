"""The lists of one connector, as Bindbee gave them at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bindbee_sync.bindbee.models import Connector, Department, Job, Office, User


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Bindbee's lists; `moved` where a sync wrote while the jobs were read, and again on another try.

    `connector` is as it was after the jobs were read, `taken_at` the time then by the server's clock. A list
    that was not asked for is None.
    """

    connector: Connector
    jobs: tuple[Job, ...]
    moved: bool
    taken_at: datetime
    departments: tuple[Department, ...] | None
    offices: tuple[Office, ...] | None
    users: tuple[User, ...] | None
