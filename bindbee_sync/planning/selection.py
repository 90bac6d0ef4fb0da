"""Which findings are judged and shown where only some of the job files are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bindbee_sync.desired.model import JobFile
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.rules.files import SYNTAX


def selected(
    findings: Iterable[Diagnostic], files: Iterable[JobFile], selects: Callable[[str], bool]
) -> tuple[Diagnostic, ...]:
    """Return the findings on files that `selects` lets through, and those that concern every plan.

    One on a file that is no job goes with its folder: it is left out where a job there is. But a folder that
    can't be read always counts: it may hold jobs that others would then be made beside.
    """
    left_out = [file.path for file in files if not selects(file.address)]

    def concerns(finding: Diagnostic) -> bool:
        if finding.address is not None:
            return selects(finding.address)
        if finding.place is None or not left_out:
            return True
        folder, _, name = finding.place.path.rpartition("/")
        if finding.rule == SYNTAX.id and name != "_defaults.yaml":
            return True
        return not any(path.startswith(f"{folder}/") for path in left_out)

    return tuple(finding for finding in findings if concerns(finding))
