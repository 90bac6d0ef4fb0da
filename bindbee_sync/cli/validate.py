"""`bindbee-sync validate`: options."""

from __future__ import annotations

from bindbee_sync.cli.options import ConfigOption, FormatOption, PathsArgument
from bindbee_sync.commands.choices import Format


def validate(
    paths: PathsArgument = None, config: ConfigOption = None, output: FormatOption = Format.TEXT
) -> int:
    """Check job files offline: YAML, fields and every rule that needs no network. Needs no tokens.

    Example: bindbee-sync validate jobs/sales
    """
    from bindbee_sync.commands import validate as work

    return work.validate(output, config, paths or ())
