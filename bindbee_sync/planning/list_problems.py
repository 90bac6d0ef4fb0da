"""The problems for which the list of jobs can't be trusted: `plan` warns of them, and `apply` refuses.

A job that the list leaves out looks like one that is yet to be created. Bindbee answers 200 in any case: with
old data after a failed sync or a lost link to the ATS, with a part of the jobs during the first sync.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.rules import connector as rules
from bindbee_sync.times import in_utc

MARGIN = timedelta(minutes=15)
"""How far the clocks of the ATS, Bindbee and this tool may be apart."""


def list_problems(snapshot: Snapshot, *, max_list_age: float) -> Iterator[Diagnostic]:
    """Yield why the list can't be trusted; `max_list_age` in hours, by the server's clock."""
    connector = snapshot.connector
    if connector.category not in (None, "ATS"):
        yield rules.NOT_READY.at(
            None,
            f"The connector is not an ATS but {connector.category}",
            hint=f"Use the token of the connector that leads to the ATS. {rules.ALLOW}",
        )
    if connector.status != "COMPLETE":
        yield rules.NOT_READY.at(None, f"The connector's status is {connector.status}, not COMPLETE")
    started = connector.last_sync_start_time
    if started is None or connector.sync_status is None or _is_first_sync(snapshot, started):
        yield rules.NEVER_SYNCED.at(None, "Bindbee has not finished reading this ATS for the first time")
        return  # the further problems are about the last sync, and there was none
    if connector.sync_status == "Failed":
        yield rules.SYNC_FAILED.at(None, f"The last sync, which began {in_utc(started)}, failed")
    # Pages that are read while a sync writes may miss jobs that move from one to the other.
    if snapshot.moved:
        yield rules.LIST_MOVED.at(None, "A sync wrote while the jobs were read, and again on another try")
    elif connector.sync_status == "Syncing":
        yield rules.LIST_MOVED.at(
            None, f"A sync has been running since {in_utc(started)}: jobs may be missing"
        )
    age = snapshot.taken_at - started
    if age < -MARGIN:
        yield rules.STALE_LIST.at(
            None, f"The last sync is dated {in_utc(started)}, in the future: its age can't be determined"
        )
    elif age > timedelta(hours=max_list_age):
        hours = age.total_seconds() / 3600
        yield rules.STALE_LIST.at(
            None, f"The last sync began {hours:.0f} hours ago; the limit is {max_list_age:g}"
        )


def is_complete(snapshot: Snapshot) -> bool:
    """Return whether the list is whole: the last sync is done, and none ran while it was read."""
    connector = snapshot.connector
    return (
        connector.status == "COMPLETE"
        and connector.category in (None, "ATS")
        and connector.sync_status == "Done"
        and connector.last_sync_start_time is not None
        and not snapshot.moved
    )


def decisive_sync(snapshot: Snapshot) -> datetime | None:
    """Return when the last sync began (server's clock); None unless the list is whole and it wrote jobs.

    A sync that wrote nothing may have read nothing, so what it does not show may exist. One dated in the
    future would prove that every job of today is absent.
    """
    started = snapshot.connector.last_sync_start_time
    if started is None or not is_complete(snapshot) or started - snapshot.taken_at > MARGIN:
        return None
    wrote = any(job.modified_at is not None and job.modified_at >= started for job in snapshot.jobs)
    return started if wrote else None


def _is_first_sync(snapshot: Snapshot, started: datetime) -> bool:
    """Return whether a running sync is the first one, as far as the list can tell: nothing in it is older."""
    return snapshot.connector.sync_status == "Syncing" and not any(
        job.modified_at is not None and job.modified_at < started for job in snapshot.jobs
    )
