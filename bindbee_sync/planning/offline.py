"""The findings on job files by themselves, without list and ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import Desired
from bindbee_sync.planning.duplicates import duplicates, same_job
from bindbee_sync.planning.selection import EVERYTHING, Selection, selected
from bindbee_sync.rules.registry import check_new_job, with_config_severities, with_severities


def validate_files(
    desired: Desired,
    provider: str | None,
    severities: Mapping[str, Severity],
    selects: Selection = EVERYTHING,
    own: Iterable[Diagnostic] = (),
) -> tuple[Diagnostic, ...]:
    """Return all findings on the files that `selects` lets through; `provider` None: common rules only.

    `own` are the findings of the team's own rules. Rules about creating concern files without `sync.id` or
    `sync.remote_id`.
    """
    files = with_config_severities(desired.files, severities)
    findings = [*own, *desired.diagnostics, *duplicates(files), *same_job(files)]
    for file in files:
        findings += file.diagnostics
        sync = file.spec.sync
        if file.readable and sync.id is None and sync.remote_id is None:
            findings += check_new_job(file, provider, offline=True)
    return selected(with_severities(findings, severities), files, selects)
