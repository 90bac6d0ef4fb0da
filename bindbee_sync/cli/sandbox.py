"""`bindbee-sync sandbox`: options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli.extras import needs_sandbox
from bindbee_sync.commands.choices import RawData, Seed


def sandbox(
    *,
    connectors: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            max=2000,
            help="Number of customers, each with a connector and an ATS of its own.",
        ),
    ] = 1,
    jobs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=10_000,
            help="Jobs per customer; without it, 40 for the first and 20 for every other.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8480,
    database: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Keep the jobs in this file. Its contents take precedence over --seed.",
        ),
    ] = None,
    seed: Annotated[
        Seed, typer.Option(help="Companies with jobs, or with nothing but their people and templates.")
    ] = Seed.COMPANY,
    faults: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="What goes wrong, as JSON: see above."
        ),
    ] = None,
    sync_interval: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.1, help="Time between syncs; without it, only on demand."),
    ] = None,
    rate_limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Requests a minute for each token.")
    ] = 200,
    latency: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Time to wait before every answer.")
    ] = 0,
    raw_data: Annotated[
        RawData, typer.Option(help="Shape of raw_data: nested as in Harvest v1, or flat as in v3.")
    ] = RawData.V1,
    list_at_once: Annotated[
        bool, typer.Option("--list-at-once", help="List a created job at once, before any sync.")
    ] = False,
) -> None:
    """Serve a local Bindbee to try things out on.

    Behind it is a Greenhouse with a made-up company.

    Nothing leaves this machine. A job that was created is listed after the next sync, as with the real one.

    A file for --faults says what goes wrong. With this one, the next create succeeds but its answer is
    lost, and syncs fail:

    {"steps": [{"on": "create", "do": "lose", "when": "after"}], "settings": {"sync": "fails"}}

    GET /_sandbox/ on a running sandbox lists every key of such a file, and the calls that change the sandbox.

    Example: bindbee-sync sandbox --connectors 3 --sync-interval 60
    """
    with needs_sandbox("The sandbox"):
        from bindbee_sync.commands import sandbox as work

    settings = {
        "sync_interval": sync_interval,
        "rate_limit": rate_limit,
        "latency": latency,
        "raw_data": raw_data.value,
        "list_at_once": list_at_once,
    }
    work.serve(
        settings, connectors=connectors, jobs=jobs, port=port, database=database, seed=seed, faults=faults
    )
