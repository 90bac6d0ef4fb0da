"""`bindbee-sync new`: a job file to fill in."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import typer

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose, prefix_of
from bindbee_sync.commands.loading import load, read_config
from bindbee_sync.commands.output import Output, answering, stdin_is_terminal
from bindbee_sync.commands.selection import inside_jobs, meant, one_named
from bindbee_sync.config import Config, Settings
from bindbee_sync.desired.discover import SUFFIXES
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.importing.file_names import is_address
from bindbee_sync.importing.folder import JobsFolder
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.planning.selection import Selection
from bindbee_sync.reports.document import diagnostics_data, new_document
from bindbee_sync.reports.text import TextReport
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.scaffold.new_job import fields_taken, new_job_text
from bindbee_sync.schema import SCHEMA_FILE
from bindbee_sync.text import composed, counted, fold

OF_ITS_OWN = ("name", "code")
"""Fields that no two jobs share, so they are asked for also where another file is copied."""


@answering
def new(
    output: Output,
    config: Path | None,
    choice: Choice,
    wanted: str,
    *,
    like: str | None,
    given: Mapping[str, object],
) -> ExitCode:
    """Write the file, and show what is left to fill in."""
    found = read_config(config)
    source, like = (None, None) if like is None else _source(found, like)
    settings, address = _place(found, choice, wanted, source)
    folder = JobsFolder(settings.jobs, settings.root)
    _check_is_free(folder, address)
    provider = provider_of(settings.provider) if settings.provider else None
    inherited = folder.defaults(PurePosixPath(address).parent).layer.fields
    files = load(settings).desired.files if settings.jobs.exists() else ()
    values = {}
    if like is not None:
        there = files if source is None else load(source).desired.files
        values = _copied(there, like, fields_taken(provider))
    values |= {field: value for field, value in given.items() if value is not None}
    values.setdefault("name", _name(address))
    if stdin_is_terminal():
        fields = OF_ITS_OWN if like else tuple(given)
        asked = [
            each for each in fields if given[each] is None and (each == "name" or inherited.get(each) is None)
        ]
        values |= _answers(asked, values, files, provider)
    schema = None
    if (settings.root / SCHEMA_FILE).exists():
        above = settings.jobs / PurePosixPath(address).parent
        schema = os.path.relpath(settings.root / SCHEMA_FILE, above).replace(os.sep, "/")
    folder.create(address, new_job_text(values, inherited, provider, schema))
    findings = _findings(settings, provider, address)
    path = folder.path(address)
    output.write(lambda: new_document(address=address, path=path, diagnostics=diagnostics_data(findings)))
    if output.is_json:
        return ExitCode.OK
    report = TextReport(output.out())
    report.line(f"  + {path}", "green")
    left = sum(finding.is_error for finding in findings)
    if left:
        report.line(f"Written, with {counted(left, 'point')} to complete:", "bold")
    else:
        report.line("Written. `bindbee-sync plan` shows what would be created.", "bold")
    report.diagnostics(findings)
    return ExitCode.OK


def _source(config: Config, like: str) -> tuple[Settings | None, str]:
    """Return the connector that `like` names, if it names one, and the address or path of the file there."""
    inside = inside_jobs(config.connectors, composed(like))
    if inside is not None:
        return inside
    if not (config.is_named and prefix_of(like)):
        return None, like
    settings, (address,) = one_named(config, Choice(), like)
    return settings, address


def _place(config: Config, choice: Choice, wanted: str, source: Settings | None) -> tuple[Settings, str]:
    """Return the connector and the address that `wanted` means: an address, with a prefix, or a path.

    Where nothing else says so, the connector is that of the file to copy. Raises ToolError where no job file
    can be there.
    """
    wanted = composed(wanted)
    inside = inside_jobs(choose(config, choice), wanted)
    if inside is None and source and not choice.names and not prefix_of(wanted):
        settings, address = source, wanted
    else:
        settings, (*_, address) = one_named(config, choice, wanted)
    plain = PurePosixPath(address)
    below = os.path.relpath(settings.jobs, settings.root)
    if plain.is_absolute() or ".." in plain.parts or (inside is None and address.endswith(SUFFIXES)):
        inner = "/".join(part for part in plain.parts if part not in ("..", "/")) or "sales/sales-manager"
        raise ToolError(
            "This path is outside the jobs folder",
            where=wanted,
            hint=f"Write an address, e.g. `{inner.removesuffix('.yaml').removesuffix('.yml')}`: its file is "
            f"below {below}.",
        )
    if not is_address(address):
        raise ToolError(
            "No job file can have this address: it would not be read",
            where=wanted,
            hint="An address is a path of folders and a name, e.g. `sales/sales-manager`. The name can't "
            "begin with `_`, and neither the name nor a folder with a dot.",
        )
    return settings, address


def _check_is_free(folder: JobsFolder, address: str) -> None:
    if fold(address) in folder.taken():
        raise ToolError(
            "A job file of this address exists already",
            where=folder.path(address),
            hint="Edit it, or choose another address. Addresses that differ only in case or suffix are one.",
        )


def _copied(files: Collection[JobFile], like: str, taken: Collection[str]) -> dict[str, object]:
    """Return the values to copy from the file at the address or path `like`; raises ToolError."""
    found = [file for file in files if file.address in meant(files, like)]
    if len(found) != 1:
        raise ToolError(
            "Several job files match" if found else "No job file matches",
            where=like,
            hint="Name the address of one job file, e.g. `--like sales/sales-manager`.",
        )
    (file,) = found
    if not file.readable or any(finding.is_error for finding in file.diagnostics):
        raise ToolError(
            "This file has errors, so it can't be copied",
            where=file.path,
            hint=f"Fix what `bindbee-sync validate {file.path}` reports first.",
        )
    values = {field: getattr(file.spec, field) for field in taken if field != "code"}
    # None is copied only where it cancels a default of the other file's folder.
    return {field: value for field, value in values.items() if value is not None or (field,) in file.keys}


def _name(address: str) -> str:
    """Return the name that the last part of an address suggests."""
    words = PurePosixPath(address).name.replace("-", " ").replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _answers(
    fields: Collection[str], values: Mapping[str, object], files: Collection[JobFile], provider: str | None
) -> dict[str, object]:
    """Return a person's answers by field; an empty one leaves the field as it is."""
    answers: dict[str, object] = {}
    for field in fields:
        known = {text for file in files for text in _texts(getattr(file.spec, field))}
        with _completion(known):
            several = field in ("offices", "departments") and field not in pack_of(provider).takes_one
            answer = _ask_several(field) if several else _ask(field, values.get(field))
        if answer:
            is_list = field in ("offices", "departments")
            answers[field] = (answer,) if is_list and isinstance(answer, str) else answer
    return answers


def _ask(field: str, default: object) -> object:
    label = field.replace("_", " ").capitalize()
    return typer.prompt(
        label,
        default=default or "",
        show_default=bool(default),
        value_proc=_number if field == "openings" else str.strip,
        err=True,
    )


def _ask_several(field: str) -> tuple[str, ...]:
    found: list[str] = []
    while answer := _ask(field, None) if not found else _ask(f"more {field}", None):
        found.append(str(answer))
    return tuple(found)


def _number(answer: str) -> int | None:
    if not answer.strip():
        return None
    if not answer.strip().isdecimal() or not int(answer[:9]):
        raise typer.BadParameter("a whole number, 1 or more")
    return int(answer)


def _texts(value: object) -> Collection[str]:
    if isinstance(value, tuple):
        return [each for each in value if isinstance(each, str)]
    return [value] if isinstance(value, str) else []


@contextmanager
def _completion(words: Collection[str]) -> Iterator[None]:
    """Complete a question's answer with Tab, from what other job files have there."""
    try:
        import readline  # noqa: PLC0415 - it is not everywhere, and changes a terminal when it is loaded
    except ImportError:  # Windows and some builds have none: then there is no completion
        yield
        return
    readline.set_completer_delims("")
    readline.parse_and_bind("tab: complete")
    readline.set_completer(
        lambda text, index: [*sorted(each for each in words if each.startswith(text)), None][index]
    )
    yield
    readline.set_completer(None)


def _findings(settings: Settings, provider: str | None, address: str) -> tuple[Diagnostic, ...]:
    desired = load(settings).desired
    return validate_files(desired, provider, settings.severities, Selection(frozenset({address})))
