"""Read a snapshot of a connector's lists, and notice a sync that wrote to them meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindbee_sync.bindbee.snapshot import Snapshot

if TYPE_CHECKING:
    from bindbee_sync.bindbee.client import Bindbee
    from bindbee_sync.bindbee.models import Connector


def fetch_snapshot(api: Bindbee, *, departments: bool, offices: bool, users: bool) -> Snapshot:
    """Return what Bindbee lists now: always the jobs, the other lists where asked for. Raises `ApiError`."""
    before = api.connector()
    listed_departments = tuple(api.departments()) if departments else None
    listed_offices = tuple(api.offices()) if offices else None
    listed_users = tuple(api.users()) if users else None
    jobs, after = api.jobs(), api.connector()
    # Pages read while a sync writes can miss a job, and a missing job would be created again. One more try
    # is enough where a sync has just ended; where another one writes, the plan says so.
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
    """Return whether a sync wrote while the jobs were read: one that began, or one that ended."""
    ended = before.sync_status == "Syncing" and after.sync_status != "Syncing"
    return ended or before.last_sync_start_time != after.last_sync_start_time
