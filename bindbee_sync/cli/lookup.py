"""`bindbee-sync lookup`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import Format, ListKind


def lookup(
    kind: Annotated[ListKind, typer.Argument(metavar="KIND", help="What to list.")],
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Only those with this text in a name, email, location or id."),
    ] = "",
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """List names and ids to paste into job files.

    Example: bindbee-sync lookup users priya
    """
    from bindbee_sync.commands import lookup as work

    return work.lookup(options.answer(output, json_into), config, options.choice(connector), kind, text)
