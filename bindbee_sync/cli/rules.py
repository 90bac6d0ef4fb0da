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
            metavar="RULE|test",
            help="Explain this rule, or test: run the examples of your own rules. By default, list all.",
            autocompletion=rule_ids,
        ),
    ] = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """List the rules, explain one with its source, or test your own.

    Example: bindbee-sync rules greenhouse/single-department
    """
    from bindbee_sync.commands import rules as work

    return work.rules(options.answer(output, json_into), config, rule)
