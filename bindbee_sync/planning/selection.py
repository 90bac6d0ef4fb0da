"""The selection of job files to show, and of the findings that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import DEFAULTS_NAME, JobFile
from bindbee_sync.rules.policy import BUDGET, INVALID
from bindbee_sync.rules.yaml import SYNTAX


@dataclass(frozen=True, slots=True)
class Selection:
    """The job files of these addresses; None for all of them.

    `paths` are files that are no jobs, and that were named anyway or are in a folder that was.
    """

    addresses: frozenset[str] | None = None
    paths: frozenset[str] = frozenset()

    def __call__(self, address: str) -> bool:
        """Return whether the job file of this address is among them."""
        return self.addresses is None or address in self.addresses


EVERYTHING = Selection()


def selected(
    findings: Iterable[Diagnostic], files: Iterable[JobFile], selects: Selection
) -> tuple[Diagnostic, ...]:
    """Return the findings on files that are selected, and those that concern every plan.

    Defaults, and what is named like them, count for the jobs in their folder and below; other files
    that are no jobs count where they were named. But a folder that can't be read always counts: it may hold
    jobs that others would then be made beside. So does a rule of the team that judged nothing.
    """
    if selects.addresses is None:
        return tuple(findings)
    chosen = [file.path for file in files if selects(file.address)]

    def concerns(finding: Diagnostic) -> bool:
        if finding.address is not None:
            return selects(finding.address)
        if finding.place is None or finding.rule in (BUDGET.id, INVALID.id):
            return True
        path = finding.place.path
        name = path.rpartition("/")[2]
        if finding.rule == SYNTAX.id and name != DEFAULTS_NAME:
            return True
        folder = path.removesuffix(name)
        is_above = name.startswith("_defaults.") and any(each.startswith(folder) for each in chosen)
        return is_above or path in selects.paths

    return tuple(finding for finding in findings if concerns(finding))
