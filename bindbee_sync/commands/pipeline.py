"""One connector's way to a plan: fetch what Bindbee lists, then plan the loaded job files.

Each step takes values and returns a value. None writes to the terminal: showing is the command's next step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.fetch import fetch_snapshot
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.commands.connection import OnProgress, connect, open_store
from bindbee_sync.commands.loading import Loaded
from bindbee_sync.commands.tokens import Tokens
from bindbee_sync.desired.revision import Base
from bindbee_sync.ledger.events import connector_names
from bindbee_sync.ledger.records import Ledger, replay
from bindbee_sync.planning.model import Plan
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.plan import make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Bindbee's lists for a connector, and its part of the ledger."""

    snapshot: Snapshot
    ledger: Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan and its inputs."""

    loaded: Loaded
    fetched: Fetched
    plan: Plan


def fetch(
    loaded: Loaded, on_progress: OnProgress, tokens: Tokens | None = None, *, everything: bool = False
) -> Fetched:
    """Return what the ledger and Bindbee hold; raises ToolError where either can't be read."""
    # The ledger first: where it can't be read, no request is spent.
    events = open_store(loaded.settings).read()
    recorded = connector_names(events)
    with connect(loaded.settings, on_progress, tokens, recorded=lambda: recorded) as api:
        snapshot = fetch_needed(api, loaded, everything=everything)
    return Fetched(snapshot=snapshot, ledger=replay(events, snapshot.connector.id))


def fetch_needed(api: Bindbee, loaded: Loaded, *, everything: bool = False) -> Snapshot:
    """Return Bindbee's lists; raises ToolError where one can't be read.

    A list that no job file refers to is left out, unless `everything` is asked for.
    """
    specs = [file.spec for file in loaded.desired.files]
    return fetch_snapshot(
        api,
        departments=everything or any(spec.departments for spec in specs),
        offices=everything or any(spec.offices for spec in specs),
        users=everything
        or any(spec.hiring_managers or spec.recruiters or spec.remote_user_id for spec in specs),
    )


def plan(loaded: Loaded, fetched: Fetched, since: Base | None = None) -> Planned:
    """Return the plan of these job files, as of now; `since` is what they change since a revision."""
    made = make_plan(
        loaded.desired,
        fetched.snapshot,
        fetched.ledger,
        now=datetime.now(UTC),
        options=plan_options(loaded, since),
    )
    return Planned(loaded=loaded, fetched=fetched, plan=made)


def plan_options(
    loaded: Loaded, since: Base | None = None, *, retry_absent: bool = False, retry_rejected: bool = False
) -> PlanOptions:
    """Return the options of a plan from the settings, and from what the files change since a revision."""
    return PlanOptions(
        connector_name=loaded.settings.name,
        several=loaded.settings.several,
        severities=loaded.settings.severities,
        ignore_changes=loaded.settings.ignore_changes,
        max_list_age=loaded.settings.max_list_age,
        selects=loaded.selects,
        job_url=loaded.settings.job_url,
        retry_absent=retry_absent,
        retry_rejected=retry_rejected,
        before=since.before if since else {},
        removed=since.removed_files if since else (),
        policies=loaded.policies,
    )
