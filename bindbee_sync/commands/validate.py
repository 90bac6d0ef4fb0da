"""`bindbee-sync validate`: every check of job files that needs no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.fleet import loads, run_each
from bindbee_sync.commands.loading import Loaded, Strays, load, own_rules, read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.planning.own_rules import own_rules_offline
from bindbee_sync.policies.policy import Judgement
from bindbee_sync.reports.document import diagnostics_data, error_data, new_document
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.markdown import findings_markdown
from bindbee_sync.reports.text import TextReport
from bindbee_sync.text import counted


@answering
def validate(output: Output, config: Path | None, choice: Choice, paths: Collection[Path]) -> ExitCode:
    """Check the job files of each chosen connector and show the findings."""
    found = read_config(config)
    chosen = choose(found, choice, paths)
    failed = []
    strays = Strays.of(found, choice, chosen)
    if len(chosen) == 1:
        checked = [_checked(strays.beside(load(chosen[0], paths, policies=own_rules(chosen))))]
    else:
        parts = run_each(
            output, loads(chosen, paths, ()), lambda load: _checked(strays.beside(load())), parallel=1
        )
        checked = [part.result for part in parts if part.result]
        failed = [(part.settings.name, part.error) for part in parts if part.error]
    loaded = [each.loaded for each in checked]
    findings = [finding for each in checked for finding in each.findings]
    distinct = merged(findings)
    errors = sum(finding.is_error for finding in distinct)
    files = sum(one.selects(file.address) for one in loaded for file in one.desired.files)
    of = f" of {counted(len(chosen), 'connector')}" if len(chosen) != 1 else ""
    warnings = counted(len(distinct) - errors, "warning")
    headline = f"{counted(files, 'job file')}{of} checked: {counted(errors, 'error')}, {warnings}."
    code = Ending(failed=errors > 0 or bool(failed)).exit_code
    more = [{"connector": name, "error": error_data(error)} for name, error in failed]
    output.write(
        lambda: new_document(diagnostics=diagnostics_data(findings)) | ({"failed": more} if more else {})
    )
    if not output.is_json:
        report = TextReport(output.out())
        report.line(headline, "bold")
        report.diagnostics(findings)
    for _, error in failed:
        output.error(error)
    publish(
        found.root,
        findings,
        lambda locate: findings_markdown(headline, findings, locate),
        {"errors": errors + len(failed), "warnings": len(distinct) - errors, "exitcode": code},
    )
    without = [each.settings.name for each in loaded if each.settings.provider is None]
    if without:
        named = f" for {', '.join(without)}" if len(chosen) != 1 else ""
        output.say(f"Only the common rules were checked{named}: the config names no `provider`.")
    unknown = sum((Counter(each.own.unknown) for each in checked), Counter())
    for rule_id, jobs in sorted(unknown.items()):
        of_jobs = counted(jobs, "job")
        output.say(f"{rule_id} needs what only Bindbee knows of {of_jobs}: `bindbee-sync plan` checks it.")
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A connector's job files, with all findings and those of the team's own rules."""

    loaded: Loaded
    own: Judgement
    findings: tuple[Diagnostic, ...]


def _checked(loaded: Loaded) -> _Checked:
    settings = loaded.settings
    provider = provider_of(settings.provider) if settings.provider else None
    own = own_rules_offline(
        loaded.desired.files,
        loaded.policies,
        connector=settings.name,
        provider=provider,
        severities=settings.severities,
        selects=loaded.selects,
    )
    findings = validate_files(loaded.desired, provider, settings.severities, loaded.selects, own.findings)
    return _Checked(
        loaded=loaded, own=own, findings=tuple(each.of_connector(settings.prefix) for each in findings)
    )
