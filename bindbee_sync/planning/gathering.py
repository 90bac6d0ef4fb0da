"""The findings that no file has by itself: on the list, between files, and between files and jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.collisions import collisions
from bindbee_sync.planning.duplicates import duplicates
from bindbee_sync.planning.judging import Judged
from bindbee_sync.planning.matching import BY_NAME_ALONE
from bindbee_sync.planning.world import World
from bindbee_sync.rules import identity
from bindbee_sync.rules.registry import with_severities


def gather(world: World, judged: Sequence[Judged]) -> tuple[Diagnostic, ...]:
    """Return the findings on all files before their entries are made, those of `judged` among them."""
    findings = (
        *world.general_findings,
        *world.list_problems,
        *duplicates(world.files),
        *world.matching.diagnostics,
        *_unverifiable_templates(world),
        *(finding for each in judged for finding in each.findings),
    )
    # What is asked here is whether a file can be taken at its word. A file in error may have matched its job
    # by a code that is a typing mistake, so its match doesn't rule out that a new file means the same job. A
    # finding that comes of the comparison with the job (drift that the config makes an error) puts no match
    # in question: it blocks the entry, and that is decided in `assemble`.
    in_error = addresses_in_error(findings, world.options.severities)
    new = [each.file for each in judged if each.is_new]
    return (*findings, *collisions(new, world.matching, in_error))


def addresses_in_error(
    findings: Iterable[Diagnostic], severities: Mapping[str, Severity]
) -> frozenset[str | None]:
    """Return the addresses that the findings hold an error about, by the config's `severities`."""
    return frozenset(each.address for each in with_severities(findings, severities) if each.is_error)


def _unverifiable_templates(world: World) -> Iterator[Diagnostic]:
    """Yield that templates can't be told from jobs, and the files that could create a template's twin.

    Without the flag, a template matched by name would count as the file's job, and never be created; and
    one that is left out as a template would have a job created beside it.
    """
    if world.provider != "greenhouse" or world.templates.verifiable or not world.directory.jobs.items:
        return
    rule = identity.UNVERIFIABLE_TEMPLATES
    yield rule.at(None, "Bindbee does not say which of the listed jobs are templates")
    for file in world.files:
        if _may_be_a_template(file, world):
            yield rule.on(
                file,
                "code" if file.spec.code else "name",
                message="The job of this name or code may be a template: Bindbee does not say which ones are",
                severity=Severity.ERROR,
            )


def _may_be_a_template(file: JobFile, world: World) -> bool:
    found = world.match_of(file)
    if found is not None and found.target.job is not None:
        return found.step == BY_NAME_ALONE
    return file.path not in world.matching.unresolved and world.templates.has_namesake(file)
