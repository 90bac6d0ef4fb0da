"""The options of a plan, besides its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bindbee_sync.diagnostics import Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.selection import EVERYTHING, Selection
from bindbee_sync.policies.policy import NO_POLICIES, Policies


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """The config's and the command line's choices; `max_list_age` in hours.

    `connector_name` is what the config calls the connector, one of `several`.

    `selects` chooses the addresses to show and to create; matching sees every file anyway, so that a file
    that is left out keeps its claim. `retry_absent` and `retry_rejected` send again what was not created.

    `job_url` is where the ATS shows a job, with `{remote_id}` in it; None for the provider's own. `before`
    has the job files of the revision that a change is compared with, by the address that each has now;
    `removed` has those that are gone. `policies` are the team's own rules.
    """

    connector_name: str = "default"
    several: bool = False
    severities: Mapping[str, Severity] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    max_list_age: float = 36
    selects: Selection = EVERYTHING
    retry_absent: bool = False
    retry_rejected: bool = False
    job_url: str | None = None
    before: Mapping[str, JobFile] = field(default_factory=dict)
    removed: tuple[JobFile, ...] = ()
    policies: Policies = NO_POLICIES

    @property
    def prefix(self) -> str:
        """The beginning of an address in a command to paste, where the config has several connectors."""
        return f"{self.connector_name}:" if self.several else ""
