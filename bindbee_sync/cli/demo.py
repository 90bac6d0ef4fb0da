"""`bindbee-sync demo`: options."""

from __future__ import annotations

import typer

from bindbee_sync.cli.extras import needs_sandbox


def demo(context: typer.Context) -> None:
    """Walk through validate, plan and apply on a local Bindbee. Takes seconds, and leaves nothing behind.

    Does not touch your files or tokens. Nothing leaves this machine.

    Example: bindbee-sync demo
    """
    with needs_sandbox("The demo"):
        from bindbee_sync.commands import demo as work

    work.demo(context.obj)
