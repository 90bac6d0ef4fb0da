"""`bindbee-sync doctor`: problems that would keep a plan or an apply from working, with remedies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from rich.text import Text

from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.connection import connect
from bindbee_sync.commands.doctor_checks import (
    Check,
    Lists,
    Status,
    check_api_key,
    check_base_url,
    check_config,
    check_git,
    check_jobs_folder,
    check_ledger,
    check_provider,
    check_token,
    check_token_in,
    guarded,
)
from bindbee_sync.commands.loading import read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.repository_checks import check_branch_rules, check_history, check_workflows
from bindbee_sync.commands.tokens import TOKEN, Tokens, has_secrets
from bindbee_sync.config import Settings
from bindbee_sync.diagnostics import with_connector
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.reports.document import new_document
from bindbee_sync.text import counted, visible
from bindbee_sync.waits import showing_waits

PATIENCE = 0.3
"""Seconds between two tries of a request, at most: a person is waiting for the answer."""


@answering
def doctor(output: Output, config: Path | None, choice: Choice) -> ExitCode:
    """Run every check, and show each as soon as it is done: those of all connectors, then those of each."""
    found: list[Check] = []
    for check in _checks(config, choice):
        if not output.is_json:
            if check.connector and check.connector != (found[-1].connector if found else None):
                output.out().print(Text(f"{check.connector}:", style="bold"), soft_wrap=True)
            _show(output, check)
        found.append(check)
    problems = sum(check.status is Status.PROBLEM for check in found)
    output.write(lambda: new_document(checks=[asdict(each) for each in found]))
    if not output.is_json:
        _sum_up(output, problems, sum(check.status is Status.WARNING for check in found))
    return Ending(failed=problems > 0).exit_code


def _checks(config: Path | None, choice: Choice) -> Iterator[Check]:
    chosen: list[Settings] = []

    def choose_connectors() -> Iterator[Check]:
        chosen.extend(choose(read_config(config), choice))
        yield from check_config(config, Path.cwd())

    yield from guarded("config", choose_connectors)
    yield from check_api_key(os.environ)
    if not chosen:
        if os.environ.get(TOKEN, "").strip():  # whether one is needed, the config would say
            yield from check_token_in(TOKEN, os.environ)
        hint = "Correct the config first: it says where to look."
        for left_out in ("job files", "connector", "ledger"):
            yield Check(name=left_out, status=Status.WARNING, message="not checked", hint=hint)
        return
    first = chosen[0]
    yield from guarded("workflows", lambda: check_workflows(first.root))
    yield from guarded("history", lambda: check_history(first.root))
    yield from check_base_url(first)
    ledgers = dict.fromkeys(each.ledger_of_any or each.ledger for each in chosen)
    if branches := [ledger for ledger in ledgers if isinstance(ledger, GitLedger)]:
        yield from guarded("git", check_git)
        yield from check_branch_rules(branches[0])
    tokens = Tokens(os.environ, alone=len(chosen) == 1)
    for settings in chosen:
        name = settings.name if len(chosen) > 1 else None
        for check in _of_connector(settings, tokens):
            remedy = check.hint and with_connector(check.hint, settings.prefix)
            yield replace(check, connector=name, hint=remedy)


def _of_connector(settings: Settings, tokens: Tokens) -> Iterator[Check]:
    yield from check_provider(settings)
    yield from check_token(settings, tokens)
    yield from guarded("job files", lambda: check_jobs_folder(settings))
    connector_id: list[str] = []
    yield from guarded("connector", lambda: _online(settings, tokens, connector_id))
    yield from guarded("ledger", lambda: check_ledger(settings, connector_id[0] if connector_id else None))


def _online(settings: Settings, tokens: Tokens, connector_id: list[str]) -> Iterator[Check]:
    """Yield what Bindbee says; the connector's id goes into `connector_id`."""
    if not has_secrets(settings, tokens.environment, alone=tokens.alone):
        hint = "Set the tokens first."
        yield Check(
            name="connector", status=Status.WARNING, message="not asked: a token is missing", hint=hint
        )
        return
    with (
        showing_waits(None),  # as none of them is waited out
        connect(
            settings, lambda _: None, tokens, sleep=lambda seconds: time.sleep(min(seconds, PATIENCE))
        ) as api,
    ):
        lists = Lists(api, settings)
        yield from guarded("connector", lists.check_connector)
        if lists.connector is None:  # one cause, one problem
            return
        yield from lists.check_lists()
        yield from lists.check_sync()
        yield from lists.check_rate_limit()
        yield from lists.check_clock()
    if lists.connector is not None:
        connector_id.append(lists.connector.id)


def _show(output: Output, check: Check) -> None:
    style = {"ok": "green", "warning": "yellow", "problem": "bold red"}[check.status]
    line = Text("  ")
    line.append(f"{check.status:<8}", style=style)
    line.append(f"  {check.name:<12}  ", style="dim")
    line.append(visible(check.message))
    output.out().print(line, soft_wrap=True)
    for pasted in check.paste:
        output.out().print(Text(f"{'':26}{visible(pasted)}", style="bold"), soft_wrap=True)
    if check.hint:
        output.out().print(Text(f"{'':26}{visible(check.hint)}", style="cyan"), soft_wrap=True)


def _sum_up(output: Output, problems: int, warnings: int) -> None:
    found = f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}."
    output.out().print(found if problems or warnings else "No problems found.", style="bold")
