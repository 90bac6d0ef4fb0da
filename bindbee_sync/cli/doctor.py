"""`bindbee-sync doctor`: what stands in the way of a plan or an apply, and what to do about it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bindbee_sync.cli.session import ConfigOption, Format, FormatOption, Session
from bindbee_sync.exit_codes import Ending

if TYPE_CHECKING:
    from bindbee_sync.config import Settings
    from bindbee_sync.doctor import Check

PATIENCE = 0.3
"""Seconds between two tries of a request, at most: somebody is waiting for the answer."""


def doctor(config: ConfigOption = None, output: FormatOption = Format.TEXT) -> None:
    """Check tokens, connector, lists, rate limit, job files and ledger; each problem with its remedy.

    Example: bindbee-sync doctor
    """
    session = Session(output, config)
    with session.answering():
        found = []
        for check in _checks(session):
            found.append(check)
            if not session.is_json:
                _show(session, check)
        problems = sum(check.status == "problem" for check in found)
        if session.is_json:
            told = [
                {
                    "name": each.name,
                    "status": str(each.status),
                    "message": each.message,
                    "hint": each.hint,
                }
                for each in found
            ]
            session.write({"format_version": 1, "checks": told})
        else:
            _sum_up(session, problems, sum(check.status == "warning" for check in found))
        raise typer.Exit(Ending(failed=problems > 0).exit_code)


def _checks(session: Session) -> Iterator[Check]:
    from bindbee_sync import doctor as checks

    settings: list[Settings] = []

    def read_config() -> Iterator[Check]:
        settings.append(session.settings())
        yield from checks.check_config(settings[0], session.config, Path.cwd())

    yield from checks.guarded("config", read_config)
    yield from checks.check_tokens(os.environ)
    if not settings:
        hint = "Correct the config first: it says where to look."
        for name in ("job files", "connector", "ledger"):
            yield checks.Check(name=name, status=checks.Status.WARNING, message="not checked", hint=hint)
        return
    yield from checks.guarded("job files", lambda: checks.check_jobs_folder(settings[0]))
    yield from checks.check_base_url(settings[0])
    connector_id: list[str] = []
    yield from checks.guarded("connector", lambda: _online(settings[0], connector_id))
    yield from _ledger(settings[0], connector_id[0] if connector_id else None)


def _online(settings: Settings, connector_id: list[str]) -> Iterator[Check]:
    """Yield what Bindbee says; the connector's id goes into `connector_id`."""
    from bindbee_sync import doctor as checks
    from bindbee_sync.bindbee.client import Bindbee
    from bindbee_sync.config import has_secrets, read_secrets

    if not has_secrets(os.environ):
        hint = "Set the tokens first."
        yield checks.Check(
            name="connector", status=checks.Status.WARNING, message="not asked: a token is missing", hint=hint
        )
        return
    secrets = read_secrets(os.environ)
    with Bindbee(
        base_url=settings.base_url,
        api_key=secrets.api_key,
        connector_token=secrets.connector_token,
        timeout=settings.timeout,
        sleep=lambda seconds: time.sleep(min(seconds, PATIENCE)),
    ) as api:
        lists = checks.Lists(api, settings)
        yield from checks.guarded("connector", lists.check_connector)
        yield from lists.check_lists()
        yield from lists.check_sync()
        yield from lists.check_rate_limit()
        yield from lists.check_clock()
    if lists.connector is not None:
        connector_id.append(lists.connector.id)


def _ledger(settings: Settings, connector_id: str | None) -> Iterator[Check]:
    from bindbee_sync import doctor as checks
    from bindbee_sync.ledger.location import GitLedger

    if isinstance(settings.ledger, GitLedger):
        yield from checks.guarded("git", checks.check_git)
    yield from checks.guarded("ledger", lambda: checks.check_ledger(settings, connector_id))


def _show(session: Session, check: Check) -> None:
    from rich.text import Text

    from bindbee_sync.text import visible

    style = {"ok": "green", "warning": "yellow", "problem": "bold red"}[check.status]
    line = Text("  ")
    line.append(f"{check.status:<8}", style=style)
    line.append(f"  {check.name:<12}  ", style="dim")
    line.append(visible(check.message))
    session.out().print(line, soft_wrap=True)
    if check.hint:
        session.out().print(Text(f"{'':26}{visible(check.hint)}", style="cyan"), soft_wrap=True)


def _sum_up(session: Session, problems: int, warnings: int) -> None:
    from bindbee_sync.text import counted

    said = f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}."
    session.out().print(said if problems or warnings else "All is well.", style="bold")
