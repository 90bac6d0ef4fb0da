"""`bindbee-sync validate`: what can be said about job files without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bindbee_sync.cli.selection import selection
from bindbee_sync.cli.session import ConfigOption, Format, FormatOption, Session, load
from bindbee_sync.exit_codes import Ending


def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH", help="Job files or folders; else all of them.")
    ] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Check job files offline: YAML, fields and every rule that needs no network. Needs no tokens.

    Example: bindbee-sync validate jobs/sales
    """
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.bindbee.models import provider_of
        from bindbee_sync.planning.merging import merged
        from bindbee_sync.planning.offline import validate_files
        from bindbee_sync.reports.document import diagnostics_document
        from bindbee_sync.reports.github import publish
        from bindbee_sync.reports.markdown import findings_markdown
        from bindbee_sync.reports.text import TextReport
        from bindbee_sync.text import counted

        settings = session.settings()
        desired = load(settings)
        selects = selection(desired, settings, paths or (), ())
        provider = provider_of(settings.provider) if settings.provider else None
        findings = validate_files(desired, provider, settings.severities, selects)
        told = merged(findings)
        errors = sum(finding.is_error for finding in told)
        checked = counted(sum(selects(file.address) for file in desired.files), "job file")
        warnings = counted(len(told) - errors, "warning")
        headline = f"{checked} checked: {counted(errors, 'error')}, {warnings}."
        code = Ending(failed=errors > 0).exit_code
        if session.is_json:
            session.write(diagnostics_document(findings))
        else:
            report = TextReport(session.out())
            report.line(headline, "bold")
            report.diagnostics(findings)
        publish(
            settings.root,
            findings,
            lambda locate: findings_markdown(headline, findings, locate),
            {"errors": errors, "warnings": len(told) - errors, "exitcode": code},
        )
        if provider is None:
            session.say("Only the common rules were checked: the config names no `provider`.")
        raise typer.Exit(code)
