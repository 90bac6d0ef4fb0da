"""The command line: the table of its commands, and the last handler of errors."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bindbee_sync import __version__
from bindbee_sync.cli import streams
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import FAILED, INTERRUPTED, WRONG_USAGE, with_output_lost

NAMES = {
    "init": "init",
    "new": "new",
    "validate": "validate",
    "plan": "plan",
    "apply": "apply",
    "import": "import_",
    "lookup": "lookup",
    "connectors": "connectors",
    "report": "report",
    "ledger": "ledger",
    "rules": "rules",
    "schema": "schema",
    "doctor": "doctor",
    "sandbox": "sandbox",
    "demo": "demo",
}
"""The commands in the order of the help; each has a module of that name here, and in it a function."""

SETTINGS: dict[str, Any] = {"pretty_exceptions_enable": False, "rich_markup_mode": None}


class Commands(Mapping[str, Any]):
    """The commands by name. A command's module is imported when the command is first used."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - typer's own click, which can't be imported
        """Return the command; raises KeyError."""
        return _command(NAMES[name], name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(NAMES)

    def __len__(self) -> int:
        """Return the number of commands."""
        return len(NAMES)


@cache
def _command(module: str, name: str) -> Any:  # noqa: ANN401 - as above
    found = getattr(import_module(f"bindbee_sync.cli.{module}"), module)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, **SETTINGS)
        alone.command(name)(found)
        found = alone
    made: Any = typer.main.get_command(found)
    for command in (made, *getattr(made, "commands", {}).values()):
        for each in command.params:
            if each.param_type_name == "argument" and not each.type_descriptor.is_choice:
                each.display_type_rich = _without_type
    return made


def _without_type(**_: object) -> None:
    """Return what help texts show as the type of an argument: Python's would tell users nothing."""


class Program(typer.core.TyperGroup):
    """The program itself, with commands that are made when they are used."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own, handed on
        super().__init__(**attributes | {"commands": Commands()})

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - as above
        """Return the options, with False in place of None as the default of a flag."""
        found = super().get_params(ctx)
        for each in found:
            # typer loads pydantic to make a bool of None, which doubles the time that `plan --help` takes
            if each.default is None:
                each.default = False
        return found


app = typer.Typer(
    name="bindbee-sync",
    cls=Program,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    **SETTINGS,
)


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


@cache
def program() -> Any:  # noqa: ANN401 - as above
    """Return the whole command line as one command."""
    return typer.main.get_command(app)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    _read_file_names_as_utf8()
    streams.harden()
    if os.environ.get("FORCE_COLOR") == "0":  # rich takes any value for yes
        del os.environ["FORCE_COLOR"]
        os.environ["NO_COLOR"] = "1"
    # Hardly anything that a run makes is a cycle, and all of ten thousand files would be searched for one.
    gc.set_threshold(100_000, 20, 20)
    # Else pydantic searches every installed package for plugins, which takes as long as its own import.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:])
    lost = streams.failure()
    if lost is not None:
        _say(
            ToolError(
                f"The answer could not be written: {lost.strerror}",
                where="standard output",
                hint="Make room there, or write elsewhere; `bindbee-sync plan` shows the current state.",
            )
        )
        code = with_output_lost(code)
    sys.exit(code)


def _read_file_names_as_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale would decode file names otherwise.

    An address has to be the same on every machine: in a Latin-1 locale, `büro` would be another job's.
    """
    if sys.getfilesystemencoding() != "utf-8":
        shown = {"PYTHONIOENCODING": sys.stdout.encoding} if sys.stdout else {}
        command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, command, os.environ | shown)  # noqa: S606 - itself, without a shell


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        code = program()(arguments, prog_name="bindbee-sync", standalone_mode=False, obj=run)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except ToolError as error:
        _answer(error, arguments)
        _say(error)
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence: secrets stay out of a traceback
        if hasattr(error, "exit_code") and hasattr(error, "show"):
            message = StringIO()
            error.show(message)
            from bindbee_sync.text import for_log

            sys.stderr.write(for_log(message.getvalue()))
            return WRONG_USAGE
        _answer(_CRASHED, arguments)
        _report_crash(error)
        return FAILED
    return int(code or 0)


_CRASHED = ToolError(
    "bindbee-sync has a fault of its own, and stopped",
    hint="Please report it with the lines on standard error.",
)


def _answer(error: ToolError, arguments: list[str]) -> None:
    """Print or write the JSON document of an error where it was asked for: who reads it must get one."""
    from bindbee_sync.output_files import write_output
    from bindbee_sync.reports.document import as_text, error_document

    document = as_text(error_document(error))
    if "json" in _values("--format", arguments):
        print(document)  # noqa: T201 - this is the answer
    for path in _values("--json-into", arguments)[-1:]:
        try:
            write_output(Path(path), document + "\n", "JSON document")
        except ToolError as lost:
            _say(lost)


def _values(option: str, arguments: list[str]) -> list[str]:
    """Return the values that the command line gives an option, in either spelling."""
    pairs = pairwise(arguments)
    joined = [each.removeprefix(f"{option}=") for each in arguments if each.startswith(f"{option}=")]
    return joined + [value for name, value in pairs if name == option]


def _say(error: ToolError) -> None:
    from bindbee_sync.commands.output import Output

    Output().error(error)


def _report_crash(error: Exception) -> None:
    """Report a fault of this tool's own, without what may be secret."""
    from bindbee_sync.secret_texts import hide
    from bindbee_sync.text import for_log

    trace = hide("".join(traceback.format_exception(error)))
    sys.stderr.write(
        f"{for_log(trace)}\nThis is a fault in bindbee-sync: please report it with the lines above.\n"
    )
