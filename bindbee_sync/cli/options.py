"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli.completion import addresses, connectors
from bindbee_sync.commands.choices import Format

PathsArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH", help="Job files or folders; by default all of them.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The config file; by default the nearest bindbee-sync.yaml or .yml."
    ),
]
ConnectorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--connector",
        metavar="NAME",
        help="Only this connector of the config. Repeatable; globs work.",
        autocompletion=connectors,
    ),
]
ShardOption = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N", help="Only the I-th of N even parts of the connectors."),
]
ChangedSinceOption = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="REV",
        help="Only connectors whose jobs or settings differ from where HEAD and this git revision parted.",
    ),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every connector of the config.")]
ParallelOption = Annotated[
    int, typer.Option("--parallel", metavar="N", min=1, max=64, help="Connectors to work on at a time.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, or one JSON document.")]
TargetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="ADDRESS",
        help="Only this job. Repeatable; globs work.",
        autocompletion=addresses,
    ),
]
