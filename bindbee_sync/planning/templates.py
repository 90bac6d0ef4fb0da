"""The templates among the listed jobs: patterns to copy from, never jobs that a file manages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bindbee_sync.bindbee.models import Job
from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.matching import BY_NAME_ALONE, Matching
from bindbee_sync.rules import identity
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class Templates:
    """The templates among the listed jobs; `verifiable` where Bindbee passes on `is_template` at all."""

    jobs: tuple[Job, ...]
    verifiable: bool

    @property
    def ids(self) -> frozenset[str]:
        """Their Bindbee ids."""
        return frozenset(job.id for job in self.jobs)

    def has_namesake(self, file: JobFile) -> bool:
        """Return whether a template has the file's code or, where the file has no code, its name."""
        if file.spec.code is not None:
            return any(job.code == file.spec.code for job in self.jobs)
        name = fold(file.spec.name or "")
        return any(name and fold(job.name or "") == name for job in self.jobs)


def check_templates(
    templates: Templates,
    files: Iterable[JobFile],
    matching: Matching,
    listed: Sequence[Job],
    provider: str,
) -> Iterator[Diagnostic]:
    """Yield that templates can't be told apart from jobs, and the files whose job may be one.

    Without the mark, a template that is matched by its name alone would pass for the file's job, which then
    is never created; and beside a template that is left out of matching its twin would be created.
    """
    if not pack_of(provider).marks_templates or templates.verifiable or not listed:
        return
    rule = identity.UNVERIFIABLE_TEMPLATES
    yield rule.at(None, "Bindbee does not say which of the listed jobs are templates")
    for file in files:
        found = matching.matches.get(file.path)
        if found is not None and found.target.job is not None:
            may_be_one = found.step == BY_NAME_ALONE
        else:
            may_be_one = file.path not in matching.unresolved and templates.has_namesake(file)
        if may_be_one:
            yield rule.on(
                file,
                "code" if file.spec.code else "name",
                message="The job of this name or code may be a template: Bindbee does not say which ones are",
                severity=Severity.ERROR,
            )


def find_templates(jobs: Sequence[Job], files: Iterable[JobFile]) -> Templates:
    """Return the jobs marked as templates; where no job carries the mark, those that a file names as one."""
    verifiable = any(job.template_flag is not None for job in jobs)
    if verifiable:
        return Templates(jobs=tuple(job for job in jobs if job.template_flag), verifiable=True)
    named = {file.spec.template_id.strip() for file in files if file.spec.template_id}
    ids, names = {text.casefold() for text in named}, {fold(text) for text in named}
    found = tuple(
        job
        for job in jobs
        if job.id.casefold() in ids or job.remote_id in named or fold(job.name or "") in names
    )
    return Templates(jobs=found, verifiable=False)
