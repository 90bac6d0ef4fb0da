"""`bindbee-sync doctor`: options."""

from __future__ import annotations

from bindbee_sync.cli.options import ConfigOption, FormatOption
from bindbee_sync.commands.choices import Format


def doctor(config: ConfigOption = None, output: FormatOption = Format.TEXT) -> int:
    """Check tokens, connector, lists, rate limit, job files and ledger. Each problem comes with its remedy.

    Example: bindbee-sync doctor
    """
    from bindbee_sync.commands import doctor as work

    return work.doctor(output, config)
