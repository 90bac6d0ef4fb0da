"""`bindbee-sync rules`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.cli.completion import rule_ids
from bindbee_sync.commands.choices import Format


def rules(
    rule: Annotated[
        str | None,
        typer.Argument(
            metavar="RULE", help="Explain this rule; by default, list all.", autocompletion=rule_ids
        ),
    ] = None,
    output: options.Output = Format.TEXT,
) -> int:
    """List the rules, or explain one with its source.

    Example: bindbee-sync rules greenhouse/single-department
    """
    from bindbee_sync.commands import rules as work

    return work.rules(output, rule)
