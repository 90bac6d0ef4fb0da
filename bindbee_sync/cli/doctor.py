"""`bindbee-sync doctor`: options."""

from __future__ import annotations

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import Format


def doctor(
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Check tokens, connector, lists, job files and ledger.

    Each problem comes with its remedy.

    Example: bindbee-sync doctor
    """
    from bindbee_sync.commands import doctor as work

    return work.doctor(options.answer(output, json_into), config, options.choice(connector))
