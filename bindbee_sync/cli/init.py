"""`bindbee-sync init`: options."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bindbee_sync.commands.choices import Answer, LedgerKind


def _ats(answer: str | None) -> str | None:
    if answer is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", answer):
        raise typer.BadParameter("an ATS's name has letters, digits, - and _")
    return answer


def action_reference(answer: str) -> str:
    """Return the action's reference; raises BadParameter where it pins no commit."""
    repository, _, commit = answer.partition("@")
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repository):
        raise typer.BadParameter("Write it as ACCOUNT/REPOSITORY@COMMIT.")
    if not re.fullmatch(r"[0-9a-fA-F]{40}", commit) or not commit.strip("0"):
        raise typer.BadParameter(
            f"'{commit}' is not a commit's 40 hexadecimal digits."
            " A tag or a branch can be moved to other code, which would then get the tokens."
        )
    return f"{repository}@{commit.lower()}"


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
    action: Annotated[
        str | None,
        typer.Option(
            metavar="ACCOUNT/REPOSITORY@COMMIT",
            help="The repository of bindbee-sync and one of its commits, for the workflows to use.",
        ),
    ] = None,
    pin: Annotated[
        bool | None,
        typer.Option(
            "--pin/--no-pin",
            help="Ask Bindbee whose the tokens in the environment are, and accept no other customer's.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Set up a repository: settings, a first job file, workflows.

    Keeps what is there already. Asks Bindbee only whose the tokens are: with --pin, or on a terminal.

    Example: bindbee-sync init --provider greenhouse --ledger git --workflows
    """
    _ats(provider)
    if action is not None:
        action = action_reference(action)
        if workflows is False:
            raise typer.BadParameter("--action is for workflows: leave out --no-workflows.")
        workflows = True
    if ledger is LedgerKind.FILE and workflows:
        raise typer.BadParameter("Workflows need a ledger in git: a runner's disk is thrown away.")
    from bindbee_sync.commands import init as work

    return work.init(Answer(), provider, ledger, workflows=workflows, action=action, pin=pin, yes=yes)
