"""`bindbee-sync schema`: the JSON Schema with which editors complete and check job files."""

from __future__ import annotations

from pathlib import Path

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.commands.choices import Choice, DocumentKind
from bindbee_sync.commands.connection import connect, detected_provider
from bindbee_sync.commands.loading import read_one
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.config import Settings
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.output_files import write_output
from bindbee_sync.reports.document import as_text
from bindbee_sync.schema.document import defaults_schema, job_schema
from bindbee_sync.schema.documents import document_schema
from bindbee_sync.schema.policy import policy_schema
from bindbee_sync.schema.repository import inherited_fields, live_names


@answering
def schema(
    output: Output,
    config: Path | None,
    choice: Choice,
    provider: str | None,
    *,
    live: bool,
    defaults: bool,
    out: Path | None,
) -> ExitCode:
    """Print the schema, or write it to `out`."""
    settings = read_one(config, choice)
    names, ats = _live(output, settings) if live else (None, settings.provider)
    return _answer(output, _schema(settings, provider or ats, names, defaults=defaults), out)


@answering
def of_document(output: Output, document: DocumentKind, out: Path | None) -> ExitCode:
    """Print the schema of a command's JSON document, or of a policy file, or write it to `out`."""
    schema = policy_schema() if document is DocumentKind.POLICY else document_schema(document)
    return _answer(output, schema, out)


def _answer(output: Output, schema: dict[str, object], out: Path | None) -> ExitCode:
    text = as_text(schema)
    if out is None:
        print(text)  # noqa: T201 - this is the answer
        return ExitCode.OK
    write_output(out, text + "\n", "schema", mode=0o666)  # it is committed, and may be read by all
    output.say(f"Written to {out}.")
    return ExitCode.OK


def _schema(
    settings: Settings, provider: str | None, names: dict[str, list[str]] | None, *, defaults: bool
) -> dict[str, object]:
    if defaults:
        return defaults_schema(settings.severities, names=names)
    return job_schema(
        provider_of(provider) if provider else None,
        settings.severities,
        inherited=inherited_fields(settings.jobs, settings.root),
        names=names,
    )


def _live(output: Output, settings: Settings) -> tuple[dict[str, list[str]], str]:
    """Return the names that the connector knows, and its ATS."""
    with connect(settings, output.progress.show) as api:
        return live_names(api), detected_provider(api.connector(), settings)
