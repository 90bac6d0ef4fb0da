"""`bindbee-sync lookup`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli.options import ConfigOption, ConnectorOption, FormatOption
from bindbee_sync.commands.choices import Choice, Format, ListKind


def lookup(
    kind: Annotated[ListKind, typer.Argument(help="What to list.")],
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Only those with this text in a name, email, location or id."),
    ] = "",
    connector: ConnectorOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> int:
    """List names and ids to paste into job files.

    Example: bindbee-sync lookup users priya
    """
    from bindbee_sync.commands import lookup as work

    return work.lookup(output, config, Choice(names=connector or ()), kind, text)
