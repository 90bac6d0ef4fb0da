"""`bindbee-sync init`: options."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bindbee_sync.commands.choices import Format, LedgerKind


def _ats(answer: str | None) -> str | None:
    if answer is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", answer):
        raise typer.BadParameter("an ATS's name has letters, digits, - and _")
    return answer


def init(
    provider: Annotated[
        str | None, typer.Option(metavar="ATS", help="Your ATS, e.g. greenhouse. Optional.")
    ] = None,
    ledger: Annotated[
        LedgerKind | None,
        typer.Option(
            help="On a git branch that the team shares, or in a file here; by default git where possible."
        ),
    ] = None,
    workflows: Annotated[
        bool | None,
        typer.Option(
            "--workflows/--no-workflows", help="GitHub workflows: plan in pull requests, apply on merge."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Set up a repository: settings, a first job file, help for editors, a README, workflows.

    Keeps what is there already. Sends nothing anywhere.

    Example: bindbee-sync init --provider greenhouse --ledger git --workflows
    """
    _ats(provider)
    if ledger is LedgerKind.FILE and workflows:
        raise typer.BadParameter("Workflows need a ledger in git: a runner's disk is thrown away.")
    from bindbee_sync.commands import init as work

    return work.init(Format.TEXT, provider, ledger, workflows=workflows, yes=yes)
