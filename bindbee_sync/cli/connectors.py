"""`bindbee-sync connectors`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli.options import (
    ChangedSinceOption,
    ConfigOption,
    ConnectorOption,
    FormatOption,
    ParallelOption,
    ShardOption,
)
from bindbee_sync.commands.choices import Choice, Format, parse_shard

MOST_SHARDS = 256
"""Jobs that GitHub allows in one matrix; above it rejects the whole run."""


def connectors(
    connector: ConnectorOption = None,
    shard: ShardOption = None,
    changed_since: ChangedSinceOption = None,
    parallel: ParallelOption = 4,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
    matrix: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=MOST_SHARDS,
            help="Print at most N even shards as JSON for a CI matrix, and ask nothing of Bindbee.",
        ),
    ] = None,
) -> int:
    """List the connectors of the config: customer, ATS, jobs folder, files, state and last sync.

    Example: bindbee-sync connectors --connector 'acme*'
    """
    from bindbee_sync.commands import connectors as work

    choice = Choice(
        names=connector or (), shard=parse_shard(shard), changed_since=changed_since, parallel=parallel
    )
    return work.connectors(output, config, choice, matrix)
