"""The command line: its commands, and what an exit code says of how a run ended."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from io import StringIO
from typing import Annotated, NoReturn

import typer

from bindbee_sync import __version__
from bindbee_sync.cli import ledger, streams
from bindbee_sync.cli.apply import apply
from bindbee_sync.cli.demo import demo
from bindbee_sync.cli.doctor import doctor
from bindbee_sync.cli.import_ import import_
from bindbee_sync.cli.init import init
from bindbee_sync.cli.lookup import lookup
from bindbee_sync.cli.plan import plan
from bindbee_sync.cli.rules import rules
from bindbee_sync.cli.sandbox import sandbox
from bindbee_sync.cli.schema import schema
from bindbee_sync.cli.validate import validate
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, INTERRUPTED, WRONG_USAGE, with_output_lost
from bindbee_sync.text import for_log

app = typer.Typer(
    name="bindbee-sync",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (init, validate, plan, apply, lookup, rules, schema, doctor, sandbox, demo):
    app.command()(command)
app.command("import")(import_)
app.add_typer(ledger.app, name="ledger")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bindbee-sync {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """Job openings as YAML files: see what would be created in your ATS, and create exactly that.

    Example: bindbee-sync plan
    """


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    streams.harden()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:])
    lost = streams.failure()
    if lost is not None:
        _say(
            ToolError(
                f"The answer could not be written: {lost.strerror}",
                where="standard output",
                hint="Make room there, or write elsewhere; `bindbee-sync plan` shows where things stand.",
            )
        )
        code = with_output_lost(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        code = app(arguments, prog_name="bindbee-sync", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except ToolError as error:
        _say(error)
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence: secrets stay out of a traceback
        if hasattr(error, "exit_code") and hasattr(error, "show"):
            told = StringIO()
            error.show(told)
            sys.stderr.write(for_log(told.getvalue()))
            return WRONG_USAGE
        _report_crash(error)
        return FAILED
    return int(code or 0)


def _say(error: ToolError) -> None:
    from rich.console import Console

    from bindbee_sync.reports.text import TextReport

    TextReport(Console(stderr=True, highlight=False, markup=False, emoji=False)).error(error)


def _report_crash(error: Exception) -> None:
    """Report a fault of this tool's own, without what may be secret."""
    told = "".join(traceback.format_exception(error))
    for variable in ("BINDBEE_API_KEY", "BINDBEE_CONNECTOR_TOKEN"):
        secret = os.environ.get(variable, "").strip()
        told = told.replace(secret, "***") if secret else told
    sys.stderr.write(
        f"{for_log(told)}\nThis is a fault in bindbee-sync: please report it with the lines above.\n"
    )
