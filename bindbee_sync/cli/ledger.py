"""`bindbee-sync ledger`: options of its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from bindbee_sync.cli import options
from bindbee_sync.cli.completion import recorded
from bindbee_sync.commands.choices import Format

ledger = typer.Typer(
    name="ledger",
    help="Show the record of creates, and resolve uncertain ones.\n\nExample: bindbee-sync ledger list",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="A job's address; globs work.", autocompletion=recorded)
]
WhyOption = Annotated[
    str | None, typer.Option("--why", metavar="TEXT", help="The reason, kept in the ledger.")
]


@ledger.command("init")
def init(
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Make the branch of a git ledger, or of each connector's own. Needed once.

    It takes over the records of a ledger that was a file.

    Example: BINDBEE_LEDGER=git+origin#bindbee-sync-ledger bindbee-sync ledger init
    """
    from bindbee_sync.commands import ledger as work

    return work.init(options.answer(output, json_into), config, options.choice(connector))


@ledger.command("list")
def list_records(
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """List the records of this connector.

    Without tokens, those of every connector.

    Example: bindbee-sync ledger list --format json
    """
    from bindbee_sync.commands import ledger as work

    return work.list_records(options.answer(output, json_into), config, options.choice(connector))


@ledger.command("show")
def show(
    address: AddressArgument,
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Show everything that is recorded about an address.

    That includes what has ended.

    Example: bindbee-sync ledger show sales/sales-manager
    """
    from bindbee_sync.commands import ledger as work

    return work.show(options.answer(output, json_into), config, options.choice(connector), address)


@ledger.command("resolve")
def resolve(
    address: AddressArgument,
    created: Annotated[
        str | None, typer.Option("--created", metavar="ID", help="The job exists: its Bindbee or ATS id.")
    ] = None,
    not_created: Annotated[bool, typer.Option("--not-created", help="The job was not created.")] = False,
    why: WhyOption = None,
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Resolve an uncertain create, or give a pending one its id. Look in the ATS first.

    Example: bindbee-sync ledger resolve sales/sales-manager --created 4050001 --why "seen in Greenhouse"
    """
    if (created is None) == (not not_created) or (created is not None and not created.strip()):
        raise typer.BadParameter("Give either --created ID or --not-created.")
    from bindbee_sync.commands import ledger as work

    return work.resolve(
        options.answer(output, json_into), config, options.choice(connector), address, created, why
    )


@ledger.command("release")
def release(
    address: AddressArgument,
    why: WhyOption = None,
    connector: options.Connector = None,
    config: options.Config = None,
    output: options.Output = Format.TEXT,
    json_into: options.JsonInto = None,
) -> int:
    """Forget which job an address manages.

    Then it may be created again.

    Refused while its create is pending or uncertain: wait for the sync, or `ledger resolve` it.

    Example: bindbee-sync ledger release sales/sales-manager --why "deleted in Greenhouse"
    """
    from bindbee_sync.commands import ledger as work

    return work.release(options.answer(output, json_into), config, options.choice(connector), address, why)
