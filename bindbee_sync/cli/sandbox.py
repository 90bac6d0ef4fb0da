"""`bindbee-sync sandbox`: a local Bindbee with a Greenhouse behind it."""

from __future__ import annotations

import contextlib
import sqlite3
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.errors import ToolError


class Seed(StrEnum):
    """What the sandbox starts with."""

    COMPANY = "company"
    EMPTY = "empty"


def sandbox(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8480,
    database: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Keep the jobs in this file; what is in it outweighs --seed."),
    ] = None,
    seed: Annotated[
        Seed, typer.Option(help="A company with 40 jobs, or with nothing but its people and templates.")
    ] = Seed.COMPANY,
    faults: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A fault script, as JSON.")
    ] = None,
    sync_interval: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between syncs; without it, only on demand.")
    ] = None,
    rate_limit: Annotated[int, typer.Option(min=0, help="Requests a minute for each token.")] = 200,
) -> None:
    """Serve a local Bindbee with a Greenhouse behind it, to try things out on.

    Nothing leaves this machine. A job that was created is listed after the next sync, as with the real one.

    Example: bindbee-sync sandbox --port 8480 --sync-interval 60
    """
    try:
        from bindbee_sync.sandbox.seed import API_KEY, CONNECTOR_TOKEN
        from bindbee_sync.sandbox.server import listen, server
        from bindbee_sync.sandbox.settings import Script
        from bindbee_sync.sandbox.world import World
    except ModuleNotFoundError as missing:
        raise ToolError(
            f"The sandbox needs {missing.name}, which is not installed",
            hint="Install it: pip install 'bindbee-sync[sandbox]'",
        ) from None
    try:
        world = World(database, seed.value, {"sync_interval": sync_interval, "rate_limit": rate_limit})
    except sqlite3.Error as error:
        raise ToolError(
            f"This database can't be used: {error}",
            where=str(database),
            hint="Name another file, or a new one.",
        ) from None
    with contextlib.closing(world):
        if faults is not None:
            try:
                world.follow(Script.model_validate_json(faults.read_bytes()))
            except (OSError, ValueError) as error:
                raise ToolError(
                    f"This fault script can't be used: {error}", where=str(faults), hint="Correct it there."
                ) from None
        try:
            listener = listen(port)
        except OSError as error:
            raise ToolError(
                f"Port {port} of 127.0.0.1 can't be used: {error.strerror}",
                where="--port",
                hint="Choose another one; 0 takes a free one.",
            ) from None
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        typer.echo(
            f"A sandbox Bindbee listens on {url}; Ctrl-C ends it. To use it from another terminal:\n\n"
            f"  export BINDBEE_API_KEY={API_KEY}\n"
            f"  export BINDBEE_CONNECTOR_TOKEN={CONNECTOR_TOKEN}\n"
            f"  export BINDBEE_BASE_URL={url}\n\n"
            f"A created job is listed after a sync:  curl -X POST {url}/_sandbox/sync\n"
            f"What the ATS has, and what was asked:  curl {url}/_sandbox/state"
        )
        with listener, contextlib.suppress(KeyboardInterrupt):
            server(world).run([listener])
