"""Everything that a plan is made from, and what follows from it for all files together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from bindbee_sync.bindbee.models import Connector, Job, provider_of
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.desired.load import Desired
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import JobFile
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.holds import Evidence
from bindbee_sync.planning.list_problems import list_problems
from bindbee_sync.planning.matching import Match, Matching, match
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.settling import Settlement, settle
from bindbee_sync.planning.templates import Templates, find_templates
from bindbee_sync.rules.registry import with_config_severities
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class World:
    """The inputs of a plan, and the decisions that need all files, jobs and records at once.

    `files` are sorted by address, `jobs` (templates left out) by id, `records` (the live ones) by age.
    `general_findings` belong to no job file; `unmanaged` are the jobs that no file is matched to.
    """

    files: tuple[JobFile, ...]
    general_findings: tuple[Diagnostic, ...]
    connector: Connector
    provider: str
    jobs: tuple[Job, ...]
    templates: Templates
    ledger: Ledger
    records: tuple[Record, ...]
    settlement: Settlement
    matching: Matching
    unmanaged: tuple[Job, ...]
    evidence: Evidence
    directory: Directory
    list_problems: tuple[Diagnostic, ...]
    options: PlanOptions

    @classmethod
    def of(cls, desired: Desired, snapshot: Snapshot, ledger: Ledger, options: PlanOptions) -> Self:
        """Return the world of these inputs; each line needs only those above it."""
        files = with_config_severities(desired.files, options.severities)
        templates = find_templates(snapshot.jobs, files)
        template_ids = templates.ids
        jobs = tuple(
            sorted((job for job in snapshot.jobs if job.id not in template_ids), key=lambda job: job.id)
        )
        records = tuple(sorted(ledger.live, key=lambda record: (record.since, record.id)))
        # Which job a record is comes before which file manages it: a file must find its earlier create, not
        # make another beside it.
        settlement = settle(files, jobs, records)
        matching = match(files, jobs, records, settlement)
        unmanaged = tuple(
            sorted(
                (target.job for target in matching.unmanaged if target.job),
                key=lambda job: (fold(job.name or ""), job.id),
            )
        )
        return cls(
            files=files,
            general_findings=desired.diagnostics,
            connector=snapshot.connector,
            provider=provider_of(snapshot.connector.integration_slug),
            jobs=jobs,
            templates=templates,
            ledger=ledger,
            records=records,
            settlement=settlement,
            matching=matching,
            unmanaged=unmanaged,
            evidence=Evidence(snapshot, unmanaged),
            directory=Directory.of(snapshot, templates.jobs),
            list_problems=tuple(list_problems(snapshot, max_list_age=options.max_list_age)),
            options=options,
        )

    def match_of(self, file: JobFile) -> Match | None:
        """Return the match of the file, if it has one."""
        return self.matching.matches.get(file.path)

    @cached_property
    def closed_by_name(self) -> Mapping[str, Job]:
        """The first closed job of each folded name."""
        closed: dict[str, Job] = {}
        for job in self.jobs:
            if job.is_closed:
                closed.setdefault(fold(job.name or ""), job)
        return closed
