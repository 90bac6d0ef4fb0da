"""`bindbee-sync import`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.cli.completion import addresses
from bindbee_sync.commands.choices import Format


def import_(
    jobs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="JOB",
            help="Ids, codes, names, addresses or globs; by default all jobs that are not closed.",
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status", metavar="STATUS", help="Only jobs of this status, closed ones too. Repeatable."
        ),
    ] = None,
    by_department: Annotated[
        bool, typer.Option("--by-department", help="Write into a folder for each department.")
    ] = False,
    into: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--into",
            metavar="ADDRESS ID",
            help="Let this job file manage that job: adds `sync` to the file.",
            autocompletion=addresses,
        ),
    ] = None,
    update: Annotated[
        list[str] | None,
        typer.Option(
            "--update",
            metavar="ADDRESS",
            help="Copy the ATS's values into this job file where they differ. Repeatable; globs work.",
            autocompletion=addresses,
        ),
    ] = None,
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
) -> int:
    """Write job files for jobs in the ATS that no job file manages. Leaves existing files as they are.

    Example: bindbee-sync import --by-department
    """
    if bool(into) + bool(update) + bool(jobs or status or by_department) > 1:
        raise typer.BadParameter("Use one at a time: --into, --update, or an import into new files.")
    from bindbee_sync.commands import import_jobs as work

    return work.import_jobs(
        output,
        config,
        options.choice(connector),
        jobs=jobs or [],
        status=status or [],
        by_department=by_department,
        into=into,
        update=update or [],
    )
