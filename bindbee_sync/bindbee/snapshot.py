"""All that Bindbee lists for a connector, and whether it held still while it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bindbee_sync.bindbee.client import Bindbee
    from bindbee_sync.bindbee.models import Connector, Department, Job, Office, User


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Bindbee's lists. `moved` where a sync wrote while the jobs were read, and again on another try.

    `connector` is as it was after the walk, `taken_at` the time then by the server's clock. A list that
    nobody asked for is None.
    """

    connector: Connector
    jobs: tuple[Job, ...]
    moved: bool
    taken_at: datetime
    departments: tuple[Department, ...] | None
    offices: tuple[Office, ...] | None
    users: tuple[User, ...] | None


def take_snapshot(api: Bindbee, *, departments: bool, offices: bool, users: bool) -> Snapshot:
    """Return what Bindbee lists now: always the jobs, the other lists where asked for. Raises `ApiError`."""
    before = api.connector()
    listed_departments = tuple(api.departments()) if departments else None
    listed_offices = tuple(api.offices()) if offices else None
    listed_users = tuple(api.users()) if users else None
    jobs, after = api.jobs(), api.connector()
    if _moved(before, after):
        before, jobs, after = after, api.jobs(), api.connector()
    return Snapshot(
        connector=after,
        jobs=tuple(jobs),
        moved=_moved(before, after),
        taken_at=api.server_now(),
        departments=listed_departments,
        offices=listed_offices,
        users=listed_users,
    )


def _moved(before: Connector, after: Connector) -> bool:
    """Whether a sync wrote while the jobs were read: one that began, or that was running and ended."""
    ended = before.sync_status == "Syncing" and after.sync_status != "Syncing"
    return ended or before.last_sync_start_time != after.last_sync_start_time
