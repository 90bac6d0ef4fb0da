"""`bindbee-sync validate`: options."""

from __future__ import annotations

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import Format


def validate(
    paths: options.Paths = None,
    connector: options.Connector = None,
    shard: options.Shard = None,
    changed_since: options.ChangedSince = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Check job files offline, without tokens.

    It checks YAML, fields and every rule that needs no network.

    Example: bindbee-sync validate jobs/sales
    """
    from bindbee_sync.commands import validate as work

    return work.validate(
        options.answer(output, json_into),
        config,
        options.choice(connector, shard, changed_since),
        paths or (),
    )
