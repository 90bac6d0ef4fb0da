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
    department: Annotated[
        list[str] | None,
        typer.Option(
            "--department", metavar="NAME", help="Only jobs of this department. Repeatable; globs work."
        ),
    ] = None,
    office: Annotated[
        list[str] | None,
        typer.Option("--office", metavar="NAME", help="Only jobs of this office. Repeatable; globs work."),
    ] = None,
    by_department: Annotated[
        bool, typer.Option("--by-department", help="Write into a folder for each department.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the files that would be written, and write none.")
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
    json_into: options.JsonInto = None,
) -> int:
    """Write job files for jobs in the ATS that no job file manages. Leaves existing files as they are.

    Example: bindbee-sync import --department Sales --by-department --dry-run
    """
    new = bool(jobs or status or department or office or by_department or dry_run)
    if bool(into) + bool(update) + new > 1:
        raise typer.BadParameter("Use one at a time: --into, --update, or an import into new files.")
    from bindbee_sync.commands import import_jobs as work
    from bindbee_sync.importing.choose import JobFilter

    return work.import_jobs(
        options.answer(output, json_into),
        config,
        options.choice(connector),
        wanted=JobFilter(
            jobs=jobs or (), statuses=status or (), departments=department or (), offices=office or ()
        ),
        by_department=by_department,
        dry_run=dry_run,
        into=into,
        update=update or [],
    )
