"""The inputs of a plan, and what follows from them for all files, jobs and records together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bindbee_sync.bindbee.models import Job, provider_of
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.job_file import Desired, JobFile
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.holds import Evidence
from bindbee_sync.planning.list_problems import list_problems
from bindbee_sync.planning.matching import Match, Matching, match
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.settling import Settlement, settle
from bindbee_sync.planning.templates import Templates, find_templates
from bindbee_sync.rules.pack import Pack
from bindbee_sync.rules.registry import pack_of, with_config_severities
from bindbee_sync.text import fold


@dataclass(frozen=True, kw_only=True)
class World:
    """A plan's inputs. Whatever follows from them is worked out once, in whatever order it is asked for."""

    desired: Desired
    snapshot: Snapshot
    ledger: Ledger
    options: PlanOptions

    @cached_property
    def provider(self) -> str:
        """The ATS behind the connector."""
        return provider_of(self.snapshot.connector.integration_slug)

    @property
    def pack(self) -> Pack:
        """What is known of the ATS."""
        return pack_of(self.provider)

    @property
    def job_url(self) -> str | None:
        """The address at which the ATS shows a job, with `{remote_id}` in it."""
        return self.options.job_url or self.pack.job_url

    @cached_property
    def files(self) -> tuple[JobFile, ...]:
        """The job files by address, their own findings with the config's severities."""
        return with_config_severities(self.desired.files, self.options.severities)

    @cached_property
    def templates(self) -> Templates:
        """The templates among the listed jobs."""
        return find_templates(self.snapshot.jobs, self.files)

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The listed jobs without the templates, by id."""
        templates = self.templates.ids
        jobs = (job for job in self.snapshot.jobs if job.id not in templates)
        return tuple(sorted(jobs, key=lambda job: job.id))

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The live records, by age."""
        return tuple(sorted(self.ledger.live, key=lambda record: (record.since, record.id)))

    @cached_property
    def settlement(self) -> Settlement:
        """The listed job of each record."""
        return settle(self.files, self.jobs, self.records)

    @cached_property
    def matching(self) -> Matching:
        """The job or record that each file manages.

        It needs the settlement of all records: a file has to find the job of its own earlier create, or that
        job would look like another one and the create like one that is still open.
        """
        return match(self.files, self.jobs, self.records, self.settlement, self.options.prefix)

    @cached_property
    def unmanaged(self) -> tuple[Job, ...]:
        """The listed jobs that no file is matched to, by name."""
        jobs = (target.job for target in self.matching.unmanaged if target.job)
        return tuple(sorted(jobs, key=lambda job: (fold(job.name or ""), job.id)))

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence on records that are not in the list."""
        connector = self.options.connector_name if self.options.several else None
        return Evidence(self.snapshot, self.unmanaged, connector)

    @cached_property
    def directory(self) -> Directory:
        """Everything that job files may refer to."""
        return Directory.of(self.snapshot, self.templates.jobs)

    @cached_property
    def list_problems(self) -> tuple[Diagnostic, ...]:
        """The reasons why the list can't be trusted."""
        return tuple(list_problems(self.snapshot, max_list_age=self.options.max_list_age))

    @cached_property
    def closed_by_name(self) -> Mapping[str, Sequence[Job]]:
        """The closed jobs of each folded name."""
        closed: dict[str, list[Job]] = defaultdict(list)
        for job in self.jobs:
            if job.is_closed:
                closed[fold(job.name or "")].append(job)
        return dict(closed)

    def match_of(self, file: JobFile) -> Match | None:
        """Return the match of the file, if it has one."""
        return self.matching.matches.get(file.path)
