"""`bindbee-sync validate`: every check of job files that needs no network."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.commands.loading import load, read_settings
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.reports.document import diagnostics_document
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.markdown import findings_markdown
from bindbee_sync.reports.text import TextReport
from bindbee_sync.text import counted


@answering
def validate(output: Output, config: Path | None, paths: Collection[Path]) -> ExitCode:
    """Check the job files and show the findings."""
    settings = read_settings(config)
    loaded = load(settings, paths)
    provider = provider_of(settings.provider) if settings.provider else None
    findings = validate_files(loaded.desired, provider, settings.severities, loaded.selects)
    distinct = merged(findings)
    errors = sum(finding.is_error for finding in distinct)
    checked = counted(sum(loaded.selects(file.address) for file in loaded.desired.files), "job file")
    warnings = counted(len(distinct) - errors, "warning")
    headline = f"{checked} checked: {counted(errors, 'error')}, {warnings}."
    code = Ending(failed=errors > 0).exit_code
    if output.is_json:
        output.write(diagnostics_document(findings))
    else:
        report = TextReport(output.out())
        report.line(headline, "bold")
        report.diagnostics(findings)
    publish(
        settings.root,
        findings,
        lambda locate: findings_markdown(headline, findings, locate),
        {"errors": errors, "warnings": len(distinct) - errors, "exitcode": code},
    )
    if provider is None:
        output.say("Only the common rules were checked: the config names no `provider`.")
    return code
