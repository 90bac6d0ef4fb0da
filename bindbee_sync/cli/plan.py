"""`bindbee-sync plan`: options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.cli.completion import addresses, outcomes
from bindbee_sync.commands.choices import PlanFormat


def plan(
    paths: options.Paths = None,
    target: options.Target = None,
    connector: options.Connector = None,
    shard: options.Shard = None,
    changed_since: options.ChangedSince = None,
    parallel: options.Parallel = 4,
    config: options.Config = None,
    output: options.PlanOutput = PlanFormat.TEXT,
    json_into: options.JsonInto = None,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit 2 if the plan has no errors and creates something."),
    ] = False,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="OUTCOMES",
            help="Exit 1 on any of these, e.g. drifted,vanished,uncertain.",
            autocompletion=outcomes,
        ),
    ] = None,
    unmanaged: Annotated[
        bool, typer.Option("--unmanaged", help="List the jobs in the ATS that no job file manages.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a plan file, for review and for `apply FILE`."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page for people who do not read YAML."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Show where each field of this job comes from, and why it has its outcome.",
            autocompletion=addresses,
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Show what differs from the job files of this git revision."),
    ] = None,
) -> int:
    """Show what would be created, and what differs. Changes nothing.

    It also shows what has to be fixed first.

    Example: bindbee-sync plan --target 'sales/*' --detailed-exitcode
    """
    from bindbee_sync.commands import plan as work

    failing = work.parse_outcomes(fail_on)
    if explain is not None and output is PlanFormat.MARKDOWN:
        raise typer.BadParameter("--explain answers as text or JSON")
    shown = work.Shown(unmanaged=unmanaged, out=out, html=html, detailed=detailed_exitcode, failing=failing)
    return work.plan(
        options.answer(output, json_into),
        config,
        options.choice(connector, shard, changed_since, parallel=parallel),
        paths=paths or (),
        targets=target or (),
        base=base,
        explain=explain,
        shown=shown,
    )
