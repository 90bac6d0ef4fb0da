"""`bindbee-sync validate`: options."""

from __future__ import annotations

from bindbee_sync.cli.options import (
    ChangedSinceOption,
    ConfigOption,
    ConnectorOption,
    FormatOption,
    PathsArgument,
    ShardOption,
)
from bindbee_sync.commands.choices import Choice, Format, parse_shard


def validate(
    paths: PathsArgument = None,
    connector: ConnectorOption = None,
    shard: ShardOption = None,
    changed_since: ChangedSinceOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> int:
    """Check job files offline: YAML, fields and every rule that needs no network. Needs no tokens.

    Example: bindbee-sync validate jobs/sales
    """
    from bindbee_sync.commands import validate as work

    return work.validate(
        output,
        config,
        Choice(
            names=connector or (),
            shard=parse_shard(shard),
            changed_since=changed_since,
        ),
        paths or (),
    )
