"""`bindbee-sync connectors`: the customers that a config names, and their shards."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bindbee_sync.bindbee.models import Connector, provider_of
from bindbee_sync.commands.changes import gone_since
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.connection import connect
from bindbee_sync.commands.fleet import Part, attempted, caught, run_each
from bindbee_sync.commands.loading import read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.table import print_table
from bindbee_sync.commands.tokens import API_KEY, Tokens
from bindbee_sync.config import Config, Settings
from bindbee_sync.config_file import FILE_NAME
from bindbee_sync.desired.discover import discover
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.reports.document import Document, error_data, new_document
from bindbee_sync.text import counted
from bindbee_sync.times import rfc3339, span_text

HEADINGS = ("Connector", "Customer", "ATS", "Jobs folder", "Files", "State", "Last sync")
UNNAMED = ("Customer", "ATS", "id", "origin_id")

Asked = tuple[Connector, datetime]
"""A connector as Bindbee lists it, and the server's time."""


@answering
def connectors(output: Output, config: Path | None, choice: Choice, matrix: int | None) -> ExitCode:
    """List the chosen connectors; one that Bindbee can't be asked about is a row with its error.

    Where none is left out, those that the API key sees besides follow. With `matrix`, print them as at most
    so many shards, without asking Bindbee.
    """
    found = read_config(config)
    chosen = choose(found, choice)
    if matrix is not None:
        included = shards([each.name for each in chosen], matrix)
        # One line: an output of a step in GitHub Actions has no more.
        print(json.dumps(output.keep(lambda: {"include": included})))  # noqa: T201 - the answer
        return ExitCode.OK
    tokens = Tokens(os.environ, alone=len(chosen) == 1)
    counts = [attempted(each, _count_files) for each in chosen]

    def ask(settings: Settings) -> Asked:
        with connect(settings, lambda _: None, tokens) as api:
            return api.connector(), api.server_now()

    asked = [Part(settings=each, result=each) for each in chosen]
    rows = list(zip(counts, run_each(output, asked, ask, parallel=choice.parallel), strict=True))
    more, unknown = _unnamed(found, choice, tokens, [row[1] for row in rows])
    gone = gone_since(found, choice.changed_since) if choice.changed_since else []
    output.write(
        lambda: (
            new_document(connectors=[_data(*row) for row in rows])
            | ({} if more is None else {"unnamed": [_whose(each) for each in more]})
            | ({"gone": gone} if choice.changed_since else {})
        )
    )
    if rows and not output.is_json:
        print_table(output.out(), HEADINGS, [_cells(*row) for row in rows])
    if more and not output.is_json:
        seen = counted(len(more), "connector")
        output.out().print(f"\nThe API key sees {seen} that the config does not name:\n", soft_wrap=True)
        print_table(
            output.out(), UNNAMED, [tuple(str(text or "") for text in _whose(each).values()) for each in more]
        )
        output.say(f"To add one, give it a name and its id in {FILE_NAME}, under `connectors`.")
    if unknown:
        output.say(f"What else the API key sees is not known: {unknown.prefix}{unknown.message}.")
    if gone:
        output.say(f"No longer in the config: {', '.join(gone)}. Nothing plans their jobs any more.")
    errors = [(part.settings.name, part.error) for row in rows for part in row if part.error]
    for name, error in errors:
        output.say(f"{name}:", "bold")
        output.error(error)
    return Ending(failed=bool(errors)).exit_code


def _unnamed(
    config: Config, choice: Choice, tokens: Tokens, asked: Sequence[Part[Asked]]
) -> tuple[Sequence[Connector] | None, ToolError | None]:
    """Return the connectors that the API key sees and the config does not name, or why that is not known.

    Neither where only some of the config's connectors were chosen, or where there is no API key.
    """
    is_part = choice.names or choice.shard or choice.changed_since
    if is_part or not tokens.environment.get(API_KEY, "").strip():
        return None, None
    seen, error = caught(lambda: tokens.seen(config.connectors[0]))
    pins = [each.pin for each in config.connectors if each.pin]
    named = {part.result[0].id for part in asked if part.result}
    return seen and [
        each
        for each in seen
        if each.id not in named and not any(pin.matches(each.id, each.origin_id) for pin in pins)
    ], error


def shards(names: Sequence[str], most: int) -> list[dict[str, str]]:
    """Return at most `most` even shards of `names`, none of them empty; `--shard` takes the same ones."""
    count = min(most, len(names))
    return [
        {"shard": f"{index + 1}/{count}", "connectors": ",".join(names[index::count])}
        for index in range(count)
    ]


def _count_files(settings: Settings) -> int:
    return sum(len(folder.jobs) for folder in discover(settings.jobs, settings.root).folders)


def _data(files: Part[int], asked: Part[Asked]) -> Document:
    settings, error = asked.settings, asked.error or files.error
    found = asked.result and asked.result[0]
    synced = found and found.last_sync_start_time
    return {
        "name": settings.name,
        "id": found and found.id,
        "origin_id": found and found.origin_id,
        "customer": found and found.end_user,
        "provider": provider_of(found.integration_slug) if found else settings.provider,
        "jobs": settings.jobs_key,
        "files": files.result,
        "status": found and found.status,
        "sync_status": found and found.sync_status,
        "last_sync": rfc3339(synced) if synced else None,
        "error": error_data(error) if error else None,
    }


def _whose(connector: Connector) -> Document:
    return {
        "customer": connector.end_user,
        "provider": provider_of(connector.integration_slug),
        "id": connector.id,
        "origin_id": connector.origin_id,
    }


def _cells(files: Part[int], asked: Part[Asked]) -> tuple[str, ...]:
    settings = asked.settings
    count = "" if files.result is None else str(files.result)
    if asked.result is None:
        return (settings.name, "", settings.provider or "", settings.jobs_key, count, "error", "")
    found, now = asked.result
    synced = found.last_sync_start_time
    return (
        settings.name,
        found.end_user or "(no name)",
        provider_of(found.integration_slug),
        settings.jobs_key,
        count,
        ", sync ".join(each for each in (found.status, found.sync_status) if each),
        f"{span_text(now - synced)} ago" if synced else "never",
    )
