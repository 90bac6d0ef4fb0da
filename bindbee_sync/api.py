"""The Python interface: load job files, plan, apply. docs/programs.md has an example and what is promised.

Nothing here reads secrets from the environment, prints, or keeps anything between two calls: folder, secrets
and the answer to "create these jobs?" are arguments. Errors are ToolError, with message, place and hint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bindbee_sync.applying.apply import Apply, ApplyOptions
from bindbee_sync.applying.interrupts import Interrupts
from bindbee_sync.applying.provenance import provenance
from bindbee_sync.applying.results import ApplyReport
from bindbee_sync.clock import SystemClock
from bindbee_sync.commands import pipeline
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.connection import Recorded, connect, open_store
from bindbee_sync.commands.loading import Loaded, own_rules
from bindbee_sync.commands.loading import load as load_files
from bindbee_sync.commands.tokens import API_KEY, TOKEN, Tokens
from bindbee_sync.config import load_config
from bindbee_sync.create_result import CreateResult
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.ledger.events import connector_names
from bindbee_sync.planning.model import Entry, Outcome, Plan
from bindbee_sync.reports.document import plan_document

__all__ = [
    "ApplyReport",
    "CreateResult",
    "Diagnostic",
    "Entry",
    "Loaded",
    "Outcome",
    "Plan",
    "Secrets",
    "ToolError",
    "apply",
    "document",
    "load",
    "plan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Bindbee's API key, and the token of a connector: not needed for one that the config pins."""

    api_key: str = field(repr=False)
    connector_token: str | None = field(default=None, repr=False)


def load(folder: Path, *, connector: str | None = None, base_url: str | None = None) -> Loaded:
    """Return the job files of the repository that `folder` is in, and the settings from its config.

    `connector` names one of several in the config, `base_url` another host than Bindbee's own, such as the
    sandbox's. Needs no network. Raises ToolError where the config or the jobs folder can't be read; what is
    wrong in a job file is a finding of its plan.
    """
    environment = {"BINDBEE_BASE_URL": base_url} if base_url else {}
    config = load_config(None, environment, folder.resolve())
    chosen = choose(config, Choice(names=(connector,) if connector else ()))
    return load_files(replace(config, connectors=chosen).only, policies=own_rules(chosen))


def plan(loaded: Loaded, secrets: Secrets) -> Plan:
    """Return the plan for these job files, from what Bindbee and the ledger hold now.

    Sends GET requests only, and writes nothing. Raises ToolError where Bindbee or the ledger can't be read.
    """
    fetched = pipeline.fetch(loaded, _without_progress, _tokens(secrets))
    return pipeline.plan(loaded, fetched).plan


def apply(
    loaded: Loaded, secrets: Secrets, confirm: Callable[[Plan], bool], *, wait: bool = False
) -> ApplyReport:
    """Plan again, ask `confirm`, and create what that plan creates, each job once.

    `confirm` gets the plan as it will be sent, made under the ledger's lock; nothing is sent where it returns
    False, or where the plan has an error or creates nothing: then it is not asked. With `wait`, the call
    returns once Bindbee lists the created jobs, or after 15 minutes. SIGINT and SIGTERM end it after the
    request under way. Raises ToolError where no plan could be made.
    """
    settings, tokens = loaded.settings, _tokens(secrets)
    store = open_store(settings)

    @cache  # as the command does
    def recorded() -> Recorded:
        return connector_names(store.read())

    with connect(settings, _without_progress, tokens, recorded=recorded) as connected:
        return Apply(
            api=connected,
            store=store,
            clock=SystemClock(),
            interrupts=Interrupts(),
            desired=loaded.desired,
            plan_options=pipeline.plan_options(loaded),
            options=ApplyOptions(max_creates=settings.max_creates, wait=wait),
            provenance=provenance({}, settings.root),
            fetch_snapshot=lambda: pipeline.fetch_needed(connected, loaded),
            confirm=lambda made: None if confirm(made) else "declined",
        ).run()


def document(made: Plan) -> dict[str, Any]:
    """Return the plan as `plan --format json` prints it."""
    return plan_document(made)


def _tokens(secrets: Secrets) -> Tokens:
    return Tokens({API_KEY: secrets.api_key, TOKEN: secrets.connector_token or ""})


def _without_progress(_: str) -> None:
    pass
