"""`bindbee-sync schema`: what editors need to complete and check job files as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.session import ConfigOption, Format, Session, detected_provider
from bindbee_sync.errors import ToolError

if TYPE_CHECKING:
    from bindbee_sync.config import Settings


def schema(
    provider: Annotated[
        str | None, typer.Option(metavar="ATS", help="The ATS whose rules it states; else the config's.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Add your own departments, offices, people and templates.")
    ] = False,
    defaults: Annotated[bool, typer.Option("--defaults", help="The schema of a _defaults.yaml.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, not to standard output.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Print the JSON Schema of a job file, with which editors complete and check what is typed.

    Example: bindbee-sync schema --live --out bindbee-sync.schema.json
    """
    session = Session(Format.TEXT, config)
    with session.answering():
        from bindbee_sync.reports.document import as_text

        settings = session.settings()
        names, ats = _ask(session, settings) if live else (None, settings.provider)
        document = as_text(_schema(settings, provider or ats, names, defaults=defaults))
        if out is None:
            print(document)  # noqa: T201 - this is the answer
            return
        try:
            out.write_text(document + "\n", encoding="utf-8")
        except OSError as error:
            raise ToolError(
                f"The schema can't be written: {error.strerror}", where=str(out), hint="Name another file."
            ) from error
        session.say(f"Written to {out}.")


def _schema(
    settings: Settings, provider: str | None, names: dict[str, list[str]] | None, *, defaults: bool
) -> dict[str, object]:
    from bindbee_sync.bindbee.models import provider_of
    from bindbee_sync.schema.document import defaults_schema, job_schema
    from bindbee_sync.schema.repository import inherited_fields

    if defaults:
        return defaults_schema(settings.severities, names=names)
    return job_schema(
        provider_of(provider) if provider else None,
        settings.severities,
        inherited=inherited_fields(settings.jobs, settings.root),
        names=names,
    )


def _ask(session: Session, settings: Settings) -> tuple[dict[str, list[str]], str]:
    """Return the names that the connector knows, and its ATS."""
    from bindbee_sync.schema.repository import live_names

    with session.bindbee(settings) as api:
        return live_names(api), detected_provider(api.connector(), settings)
