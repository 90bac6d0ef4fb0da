"""`bindbee-sync apply`: options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import Format


def _number(value: float) -> float:
    if value != value:  # noqa: PLR0124 - NaN compares with nothing, so that no bound holds for it
        raise typer.BadParameter("not a number")
    return value


def apply(
    plan_file: Annotated[
        Path | None,
        typer.Argument(
            metavar="PLANFILE", help="A file from `plan --out`: create exactly that, without asking."
        ),
    ] = None,
    target: options.Target = None,
    connector: options.Connector = None,
    shard: options.Shard = None,
    changed_since: options.ChangedSince = None,
    everything: options.All = False,
    parallel: options.ParallelCreates = 4,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    max_creates: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Refuse a plan that creates more than N jobs; by default, the config's max_creates.",
        ),
    ] = None,
    reviewed: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PLANFILE",
            help="Create only what this plan file, or one in this folder, creates. Repeatable.",
        ),
    ] = None,
    local_ledger: Annotated[
        bool, typer.Option("--local-ledger", help="In CI: the ledger's file outlives this run.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask Bindbee for a sync first.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="At the end, wait until every created job is listed.")
    ] = False,
    wait_timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            max=86_400,
            help="Longest time for all waiting together.",
            callback=_number,
        ),
    ] = 900,
    allow_stale_list: Annotated[
        bool, typer.Option("--allow-stale-list", help="Continue although the list can't be trusted.")
    ] = False,
    settle: Annotated[
        bool,
        typer.Option("--settle", help="First settle uncertain creates: by a sync, and by asking the ATS."),
    ] = False,
    retry_absent: Annotated[
        bool,
        typer.Option("--retry-absent", help="Create again what a later sync shows was not created."),
    ] = False,
    retry_rejected: Annotated[
        bool, typer.Option("--retry-rejected", help="Send again, unchanged, what the ATS refused.")
    ] = False,
) -> int:
    """Create the jobs that the plan creates, and nothing else. Plans first, shows the plan and asks.

    Example: bindbee-sync apply --yes --wait
    """
    if plan_file and (reviewed or target):
        raise typer.BadParameter("A PLANFILE says what is created: leave out --reviewed and --target.")
    from bindbee_sync.commands import apply as work

    request = work.ApplyRequest(
        plan_file=plan_file,
        reviewed=reviewed or (),
        targets=target or (),
        yes=yes,
        local_ledger=local_ledger,
        max_creates=max_creates,
        retry_absent=retry_absent,
        retry_rejected=retry_rejected,
        allow_stale_list=allow_stale_list,
        refresh=refresh,
        settle=settle,
        wait=wait,
        wait_timeout=wait_timeout,
    )
    return work.apply(
        options.answer(output, json_into),
        config,
        options.choice(connector, shard, changed_since, everything=everything, parallel=parallel),
        request,
    )
