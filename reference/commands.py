"""The page of commands, from the program itself; what outcomes and exit codes mean says the README."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from html import escape
from typing import Any

from typer.main import get_command

from bindbee_sync.cli.app import app
from bindbee_sync.create_result import CreateResult
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.planning.model import Outcome
from reference.markup import GENERATED, PROSE, fence, rows_of, table

Context = Any
"""A context of typer's own click, which can't be imported from everywhere; it knows its command."""

_PLAIN_TYPE = re.compile(r" <(list\[)?(str|path)\]?>$", re.IGNORECASE)


def page(readme: str) -> str:
    """Return the page. Raises KeyError where the README does not explain an outcome or an exit code."""
    program = get_command(app)
    outcomes, codes = rows_of(readme, "outcome"), rows_of(readme, "exit code")
    top = program.context_class(program, info_name="bindbee-sync", **program.context_settings)
    return "\n".join(
        [
            GENERATED,
            "# Commands\n",
            f"{PROSE['pages']['commands']}\n",
            _command(top, level=2, heading="Options of the program itself"),
            *_subcommands(top, level=2),
            "## What a plan says, and what to do\n",
            table(["outcome", "what it means", "what to do"], [outcomes[str(each)] for each in Outcome]),
            "## What became of a create\n",
            "As `apply` says it, and its JSON under `result`:\n",
            table(
                ["result", "what it means"], [[f"`{each}`", PROSE["results"][each]] for each in CreateResult]
            ),
            "## Exit codes\n",
            table(["exit code", "meaning"], [codes[str(int(each))] for each in ExitCode]),
        ]
    )


def _subcommands(above: Context, level: int) -> Iterator[str]:
    for command in above.command.commands.values():
        context = command.context_class(command, info_name=command.name, parent=above)
        yield _command(context, level, context.command_path.removeprefix("bindbee-sync "))
        if hasattr(command, "commands"):
            yield from _subcommands(context, level + 1)


def _command(context: Context, level: int, heading: str) -> str:
    command = context.command
    told, _, example = textwrap.dedent(command.help).partition("Example: ")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"{'#' * level} {heading}\n", f"{told.strip()}\n", fence("text", usage)]
    parameters = command.get_params(context)
    for kind in ("argument", "option"):
        found = [each for each in parameters if each.param_type_name == kind]
        records = [record for each in found if (record := each.get_help_record(context))]
        if records:
            parts.append(table([kind, "meaning"], [[_code(name), _prose(told)] for name, told in records]))
    return "\n".join([*parts, "Example:\n", fence("console", " ".join(example.split()))])


def _code(name: str) -> str:
    """Return it as code; as HTML where it has a `|`, which not every Markdown leaves whole in a table."""
    plain = _PLAIN_TYPE.sub("", name)
    return f"<code>{escape(plain).replace('|', '&#124;')}</code>" if "|" in plain else f"`{plain}`"


def _prose(text: str) -> str:
    return " ".join(re.sub(r"[<>\[]", lambda found: f"\\{found[0]}", text).split())
