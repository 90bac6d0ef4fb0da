"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli.completion import addresses, connectors
from bindbee_sync.commands.choices import Answer, Choice, Format, PlanFormat, parse_shard

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH", help="Job files or folders; by default all of them.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The config file; by default the nearest bindbee-sync.yaml or .yml."
    ),
]
Connector = Annotated[
    list[str] | None,
    typer.Option(
        "--connector",
        metavar="NAME",
        help="Only this connector of the config. Repeatable; globs work.",
        autocompletion=connectors,
    ),
]
Shard = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N", help="Only the I-th of N even parts of the connectors."),
]
ChangedSince = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="REV",
        help="Only connectors whose jobs or settings differ from where HEAD and this git revision parted.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every connector of the config.")]
Parallel = Annotated[
    int, typer.Option("--parallel", metavar="N", min=1, max=64, help="Connectors to work on at a time.")
]
ParallelCreates = Annotated[
    int,
    typer.Option(
        "--parallel",
        metavar="N",
        min=1,
        max=64,
        help="Connectors to work on at a time; with one connector, creates under way at a time.",
    ),
]
Output = Annotated[Format, typer.Option("--format", help="Text for people, or one JSON document.")]
JsonInto = Annotated[
    Path | None,
    typer.Option("--json-into", metavar="FILE", help="Write the JSON document to this file as well."),
]
PlanOutput = Annotated[
    PlanFormat, typer.Option("--format", help="Text for people, JSON for programs, Markdown for GitHub.")
]
Target = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="ADDRESS",
        help="Only this job. Repeatable; globs work.",
        autocompletion=addresses,
    ),
]


def answer(output: Format | PlanFormat, json_into: Path | None) -> Answer:
    """Return what these options say of the answer."""
    return Answer(output, json_into)


def choice(
    connector: list[str] | None,
    shard: str | None = None,
    changed_since: str | None = None,
    *,
    everything: bool = False,
    parallel: int = 4,
) -> Choice:
    """Return what these options say of connectors; raises BadParameter."""
    return Choice(
        names=connector or (),
        shard=parse_shard(shard),
        changed_since=changed_since,
        everything=everything,
        parallel=parallel,
    )
