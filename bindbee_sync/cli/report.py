"""`bindbee-sync report`: options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import PlanFormat


def report(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="JSON documents of plans and applies, or folders of them."),
    ],
    expect: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Connectors that must be there, by name or id: a,b,c or @FILE, one a line."
        ),
    ],
    output: options.PlanOutput = PlanFormat.TEXT,
    json_into: options.JsonInto = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with all of them.")
    ] = None,
) -> int:
    """Gather the documents of many runs into one report. One that is missing is an error.

    Example: bindbee-sync report shard-*.json --expect acme,globex --format markdown
    """
    from bindbee_sync.commands import report as work

    return work.report(options.answer(output, json_into), files, expect, html)
