"""`bindbee-sync connectors`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import Format

MOST_SHARDS = 256
"""Jobs that GitHub allows in one matrix; above it rejects the whole run."""


def connectors(
    connector: options.Connector = None,
    shard: options.Shard = None,
    changed_since: options.ChangedSince = None,
    parallel: options.Parallel = 4,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
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
    """List the connectors of the config.

    For each: customer, ATS, jobs folder, files, state and last sync.

    Then those that the API key sees and the config does not name, with the ids to pin them by.

    Example: bindbee-sync connectors --connector 'acme*'
    """
    from bindbee_sync.commands import connectors as work

    choice = options.choice(connector, shard, changed_since, parallel=parallel)
    return work.connectors(options.answer(output, json_into), config, choice, matrix)
