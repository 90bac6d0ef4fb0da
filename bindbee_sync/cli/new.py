"""`bindbee-sync new`: options."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.cli.completion import addresses, folders
from bindbee_sync.commands.choices import Format


def new(
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="The file's path below the jobs folder, without suffix, e.g. sales/sales-manager.",
            autocompletion=folders,
        ),
    ],
    like: Annotated[
        str | None,
        typer.Option(
            "--like",
            metavar="ADDRESS",
            help="Copy this job file, without `sync`, `code` and what its ATS does not take.",
            autocompletion=addresses,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The job's title; by default from the address.")
    ] = None,
    code: Annotated[str | None, typer.Option(metavar="TEXT", help="Your own number for the job.")] = None,
    department: Annotated[
        list[str] | None,
        typer.Option("--department", metavar="NAME", help="A department, by name or id. Repeatable."),
    ] = None,
    office: Annotated[
        list[str] | None,
        typer.Option("--office", metavar="NAME", help="An office, by name or id. Repeatable."),
    ] = None,
    template_id: Annotated[
        str | None, typer.Option(metavar="NAME", help="The job to copy, by name or id.")
    ] = None,
    remote_user_id: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="The account that creates the job.")
    ] = None,
    openings: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many people are to be hired.")
    ] = None,
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Write a job file to fill in. Asks on a terminal for what no option gives. Overwrites nothing.

    Example: bindbee-sync new sales/sales-manager --like sales/sales-coach --code SAL-201
    """
    from bindbee_sync.commands import new as work

    given = {
        "name": name,
        "code": code,
        "departments": tuple(department) if department else None,
        "offices": tuple(office) if office else None,
        "template_id": template_id,
        "remote_user_id": remote_user_id,
        "openings": openings,
    }
    return work.new(
        options.answer(output, json_into), config, options.choice(connector), address, like=like, given=given
    )
