"""`bindbee-sync doctor`: options."""

from __future__ import annotations

from bindbee_sync.cli.options import ConfigOption, ConnectorOption, FormatOption
from bindbee_sync.commands.choices import Choice, Format


def doctor(
    connector: ConnectorOption = None, config: ConfigOption = None, output: FormatOption = Format.TEXT
) -> int:
    """Check tokens, connector, lists, rate limit, job files and ledger. Each problem comes with its remedy.

    Example: bindbee-sync doctor
    """
    from bindbee_sync.commands import doctor as work

    return work.doctor(output, config, Choice(names=connector or ()))
