"""`bindbee-sync schema`: options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.commands.choices import Answer, DocumentKind


def schema(
    provider: Annotated[
        str | None,
        typer.Option(metavar="ATS", help="The ATS whose rules to include; by default the config's."),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Add your own departments, offices, people and templates.")
    ] = False,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Print the schema of a _defaults.yaml instead.")
    ] = False,
    document: Annotated[
        DocumentKind | None,
        typer.Option(
            "--document",
            metavar="COMMAND|policy",
            help="Print the schema of this command's JSON document instead, or of a policy.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file, not to standard output.")
    ] = None,
    connector: options.Connector = None,
    config: options.Config = None,
) -> int:
    """Print the JSON Schema of a job file, for editors.

    With it they complete and check a file as you type.

    With --document, print the schema of a command's JSON document, or of a policy file.

    Example: bindbee-sync schema --live --out bindbee-sync.schema.json
    """
    from bindbee_sync.commands import schema as work

    if document is not None:
        if provider or live or defaults:
            raise typer.BadParameter("--document is for programs: leave out the options about job files.")
        return work.of_document(Answer(), document, out)
    return work.schema(
        Answer(), config, options.choice(connector), provider, live=live, defaults=defaults, out=out
    )
