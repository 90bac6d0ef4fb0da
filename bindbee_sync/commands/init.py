"""`bindbee-sync init`: a repository for job files, from nothing to the first plan."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import typer

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.commands.choices import LedgerKind
from bindbee_sync.commands.output import Output, answering, stdin_is_terminal
from bindbee_sync.commands.pin_offer import offer_pin
from bindbee_sync.commands.tokens import API_KEY, TOKEN, token_variable
from bindbee_sync.config import config_in, load_config
from bindbee_sync.config_file import FILE_NAME
from bindbee_sync.errors import GitError, ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.git import Git
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.scaffold.action import packaged_action
from bindbee_sync.scaffold.write import (
    FIRST_JOB,
    WORKFLOWS,
    Choices,
    Pinned,
    Placed,
    missing_workflows,
    scaffold,
)
from bindbee_sync.text import visible

_EXPORT = '     export {}="paste the {} here"'
_NO_ACTION = f"""\
{WORKFLOWS}: not written. The workflows use bindbee-sync's action, and this copy does not know where it
     is published. Name the repository that you got bindbee-sync from, and the full id of a commit:
     bindbee-sync init --workflows --action ACCOUNT/REPOSITORY@COMMIT"""


@answering
def init(
    output: Output,
    provider: str | None,
    ledger: LedgerKind | None,
    *,
    workflows: bool | None,
    action: str | None,
    pin: bool | None,
    yes: bool,
) -> ExitCode:
    """Write the files of a new repository, ask for what was not given, and show the next steps."""
    root = Path.cwd().resolve()
    _check_is_root(root)
    asks = stdin_is_terminal() and not yes
    pinned = offer_pin(output, root, os.environ, wanted=pin, asks=asks)
    if pinned is not None:
        provider = _same_ats(provider, pinned)
    configured = _configured(root)
    choices = configured or _choices(provider, ledger, _remote(root), workflows=workflows, asks=asks)
    if workflows is not None:
        choices = replace(choices, workflows=workflows)
    choices = replace(choices, action=action or packaged_action(), pinned=pinned)
    placed = []
    for each in scaffold(root, choices):
        placed.append(each)
        output.out().print(_line(each), soft_wrap=True)
    if configured and pinned:
        output.out().print(f"\nTo pin this repository, add to {FILE_NAME}:\n{pinned.block}", soft_wrap=True)
    output.out().print(_next_steps(root, placed, choices), soft_wrap=True)
    if choices.provider is None:
        output.say(
            "No ATS is set, so `validate` checks only the common rules. "
            "Write e.g. `provider: greenhouse` into the config.",
            "yellow",
        )
    return ExitCode.OK


def _same_ats(provider: str | None, pinned: Pinned) -> str:
    if provider is not None and provider_of(provider) != pinned.provider:
        raise ToolError(
            f"The ATS of {pinned.name} is {pinned.provider}, not {provider}",
            where="--provider",
            hint="Leave out `--provider`, or set the token of the right customer.",
        )
    return pinned.provider


def _check_is_root(folder: Path) -> None:
    above = next((each for each in folder.parents if (each / ".git").exists()), None)
    if above is not None and not (folder / ".git").exists():
        raise ToolError(
            "This folder is inside a git repository, and is not its root",
            where=str(above),
            hint=f"Run it in {above}; for a repository of its own, run `git init` here first.",
        )


def _configured(root: Path) -> Choices | None:
    """Return the choices of a config that exists already."""
    config = config_in(root)
    if config is None:
        return None
    settings = load_config(config, {}, root).connectors[0]
    remote = settings.ledger.remote if isinstance(settings.ledger, GitLedger) else None
    return Choices(provider=settings.provider, remote=remote, workflows=remote is not None)


def _remote(root: Path) -> str | None:
    """Return the git remote to keep a ledger at: origin, else the only one."""
    remotes = _remotes(root)
    return "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else None


def _remotes(root: Path) -> list[str]:
    try:
        return Git(root).out("remote").split() if (root / ".git").exists() else []
    except GitError:
        return []


def _choices(
    provider: str | None,
    ledger: LedgerKind | None,
    remote: str | None,
    *,
    workflows: bool | None,
    asks: bool,
) -> Choices:
    if asks and provider is None:
        provider = typer.prompt("Your ATS (- if you do not know)", default="greenhouse", value_proc=_ats)
    if ledger is None:
        ledger = LedgerKind.GIT if remote or workflows else LedgerKind.FILE
        if asks and remote and not workflows:
            question = (
                "Where to keep the record of created jobs: git (the team shares it) or file (this machine)"
            )
            ledger = LedgerKind(typer.prompt(question, default="git", value_proc=_kind))
    if workflows is None:
        workflows = ledger is LedgerKind.GIT
        if asks and workflows:
            workflows = typer.confirm(
                "GitHub workflows: plans in pull requests, apply on merge", default=True
            )
    return Choices(
        provider=provider_of(provider) if provider and provider != "-" else None,
        remote=(remote or "origin") if ledger is LedgerKind.GIT else None,
        workflows=workflows,
    )


def _ats(answer: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", answer):
        raise typer.BadParameter("an ATS's name has letters, digits, - and _")
    return answer


def _kind(answer: str) -> str:
    if answer not in set(LedgerKind):
        raise typer.BadParameter("git or file")
    return answer


def _line(placed: Placed) -> str:
    return visible(f"  kept   {placed.path}: {placed.why}" if placed.why else f"  wrote  {placed.path}")


def _tokens(root: Path) -> dict[str, str]:
    """Return the variables of connectors' tokens that are needed, with what each holds: none for a pin."""
    settings = load_config(None, {}, root).connectors
    return {
        token_variable(each.name) if each.several else TOKEN: (
            f"token of {each.name}" if each.several else "connector token"
        )
        for each in settings
        if each.pin is None
    }


def _next_steps(root: Path, placed: list[Placed], choices: Choices) -> str:
    first = next((each.path for each in placed if each.path.endswith(FIRST_JOB) and not each.why), None)
    steps = []
    if choices.remote and choices.remote not in _remotes(root):
        begin = "" if (root / ".git").exists() else "git init, then "
        steps.append(f"{begin}git remote add {choices.remote} URL")
    tokens = {} if choices.pinned else _tokens(root)
    secrets = {API_KEY: "API key"} | tokens
    plural = "s" if len(tokens) > 1 else ""
    what = f"Set the API key and the connector token{plural}" if tokens else "Set the API key"
    exports = (_EXPORT.format(variable, kind) for variable, kind in secrets.items())
    steps.append(f"{what}, from Bindbee's dashboard:\n" + "\n".join(exports))
    steps.append(
        "bindbee-sync doctor          checks that everything is in place"
        + (
            ""
            if not tokens
            else ", and prints the lines\n" + " " * 33 + "that let no other customer's token be used"
        )
    )
    if choices.remote:
        steps.append("bindbee-sync ledger init     makes the ledger's branch, once")
    steps.append("bindbee-sync import          writes files for the jobs that you have already")
    if first:
        steps.append(f"Write your first job into {first}, or delete it")
    steps.append("bindbee-sync plan            shows what would be created")
    steps.append("bindbee-sync apply           shows it again, asks, and creates it")
    if choices.workflows:
        put = f"Before you push: look through {WORKFLOWS}, and put into the repository's secrets:\n     "
        steps.append(_NO_ACTION if missing_workflows(root) else put + ", ".join(secrets))
    places = (".vscode", ".idea", WORKFLOWS)
    kept = [each.path for each in placed if each.why and not each.is_same and each.path.startswith(places)]
    note = f"\n\nKept as they were, and worth a look: {', '.join(kept)}" if kept else ""
    return "\n".join(["", "What to do next", *(f"  {n}. {step}" for n, step in enumerate(steps, 1))]) + note
