"""The plan: from job files, Bindbee's lists and the ledger to an entry for each job file.

Pure, top to bottom: the world is what follows from all inputs together; each file is judged by itself; each
judged file becomes an entry; what all of them come to is assembled. It opens no file, sends no request, and
is given the time. Findings are returned by every step, and joined here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import Desired
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning.by_hand import recorded_values
from bindbee_sync.planning.collisions import collisions
from bindbee_sync.planning.duplicates import duplicates
from bindbee_sync.planning.entries import entry
from bindbee_sync.planning.judging import Judged, judge
from bindbee_sync.planning.model import Entry, Link, OrphanedRecord, Outcome, Plan
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.own_rules import own_rules
from bindbee_sync.planning.selection import selected
from bindbee_sync.planning.steps import steps
from bindbee_sync.planning.templates import check_templates
from bindbee_sync.planning.world import World
from bindbee_sync.rules.pack import Documented
from bindbee_sync.rules.provider import UNDOCUMENTED
from bindbee_sync.rules.registry import with_severities


def make_plan(
    desired: Desired, snapshot: Snapshot, ledger: Ledger, *, now: datetime, options: PlanOptions
) -> Plan:
    """Return the plan for `desired` against what Bindbee lists and what the ledger of this connector holds.

    `now` (UTC) is when it is made. The same inputs give the same plan, in the same order.
    """
    world = World(desired=desired, snapshot=snapshot, ledger=ledger, options=options)
    judged = [judge(file, world) for file in world.files]
    entries = [entry(each, world) for each in judged if options.selects(each.file.address)]
    findings = (
        *gather(world, judged),
        *(finding for _, found in entries for finding in found),
        *own_rules(world, judged),
        *_undocumented(world, judged),
    )
    return assemble(world, [each for each, _ in entries], findings, now)


def _undocumented(world: World, judged: Iterable[Judged]) -> Iterator[Diagnostic]:
    """Yield, where there is something to create, that no one documents what its ATS requires."""
    is_new = any(each.is_new and world.options.selects(each.file.address) for each in judged)
    if is_new and world.pack.documented is Documented.NO_ONE:
        yield UNDOCUMENTED.at(None, world.pack.about.rstrip("."))


def gather(world: World, judged: Sequence[Judged]) -> tuple[Diagnostic, ...]:
    """Return the findings of `judged`, and those on the list, between files, and between files and jobs."""
    findings = (
        *world.desired.diagnostics,
        *world.list_problems,
        *duplicates(world.files),
        *world.matching.diagnostics,
        *check_templates(world.templates, world.files, world.matching, world.snapshot.jobs, world.provider),
        *(finding for each in judged for finding in each.findings),
    )
    # Can a file be taken at its word? One in error may have matched its job by a code that is a typing
    # mistake, so its match doesn't rule out that a new file means the same job. A finding that comes of
    # comparing file and job (drift that the config makes an error) puts no match in question: it blocks the
    # entry, and `assemble` asks that.
    in_error = _addresses_in_error(with_severities(findings, world.options.severities))
    new = [each.file for each in judged if each.is_new]
    return (*findings, *collisions(new, world.matching, in_error))


def assemble(world: World, entries: Iterable[Entry], findings: Iterable[Diagnostic], now: datetime) -> Plan:
    """Return the plan of these entries; one that a finding is an error about is blocked."""
    found = with_severities(findings, world.options.severities)
    in_error = _addresses_in_error(found)
    planned = tuple(each.blocked() if each.address in in_error else each for each in entries)
    return Plan(
        created_at=now,
        connector=world.snapshot.connector,
        connector_name=world.options.connector_name,
        prefix=world.options.prefix,
        provider=world.provider,
        entries=planned,
        diagnostics=tuple(
            finding.of_connector(world.options.prefix)
            for finding in selected(found, world.files, world.options.selects)
        ),
        unmanaged=world.unmanaged,
        orphaned=tuple(_orphaned(world)),
        directory=world.directory,
        links=tuple(_links(world, in_error)),
        listed_records=tuple(_listed_records(world)),
        trusted=not world.list_problems,
        uncertain_elsewhere=tuple(_uncertain_elsewhere(world)),
        steps=steps(planned, world),
        job_url=world.job_url,
    )


def _addresses_in_error(findings: Iterable[Diagnostic]) -> frozenset[str | None]:
    return frozenset(finding.address for finding in findings if finding.is_error)


def _orphaned(world: World) -> Iterator[OrphanedRecord]:
    for target in world.matching.unmanaged:
        if target.job is None:
            record = target.records[-1]
            yield OrphanedRecord(
                record=record,
                outcome=world.evidence.outcome_of(record),
                hold=world.evidence.hold(record),
            )


def _links(world: World, in_error: AbstractSet[str | None]) -> Iterator[Link]:
    """Yield what each file is matched to; a match that came of an error is not to be remembered."""
    for file in world.files:
        found = world.match_of(file)
        if found and file.address not in in_error:
            job, is_told = found.target.job, world.options.selects(file.address)
            # A change in a file that was not asked about is not shown: recorded, it would never be.
            is_recorded = is_told and not (job and job.confidential)
            yield Link(
                file=file,
                job=job,
                record=found.target.record,
                values=recorded_values(file, world.provider) if is_recorded else None,
            )


def _listed_records(world: World) -> Iterator[tuple[Record, Job]]:
    for record in world.records:
        job = world.settlement.jobs.get(record.id)
        if job:
            yield record, job


def _uncertain_elsewhere(world: World) -> Iterator[str]:
    """Yield the addresses of uncertain creates that are not selected: an apply must still report them."""
    for file in world.files:
        found = None if world.options.selects(file.address) else world.match_of(file)
        if (
            found
            and found.target.job is None
            and world.evidence.outcome_of(found.target.records[-1]) is Outcome.UNCERTAIN
        ):
            yield file.address
