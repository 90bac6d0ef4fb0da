"""A job file as read: the fields that it sets, and the place of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bindbee_sync.diagnostics import Diagnostic, Place

DEFAULTS_NAME = "_defaults.yaml"
"""The name of the file whose fields the jobs of its folder, and of those below, inherit."""

Loc = tuple[str | int, ...]


class PostingUrl(BaseModel):
    """One entry of `job_posting_urls`, as it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(description="The address.", examples=["https://jobs.example/sales-manager"])
    url_type: str = Field(default="JOB_POSTING", description="What is found there.", examples=["JOB_POSTING"])


class Sync(BaseModel):
    """The `sync` key of a job file: the existing job that it manages. Never sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Field(
        default=None,
        description="Bindbee's id of the job that this file manages.",
        examples=["019a1041-57f8-752d-bd75-6f5136196765"],
    )
    remote_id: str | None = Field(
        default=None,
        description="The ATS's own id of the job that this file manages.",
        examples=["4050001"],
    )
    ignore_changes: tuple[str, ...] = Field(
        default=(),
        description="Fields in which the job may differ from this file.",
        examples=[["description", "status"]],
    )
    distinct_from: tuple[str, ...] = Field(
        default=(),
        description="Ids of jobs that have the same name and are other openings.",
        examples=[["019a1041-57f8-752d-bd75-6f5136196765"]],
    )


class JobSpec(BaseModel):
    """The fields of a job, under Create Job's own names. None means "not set"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = Field(
        default=None,
        title="Name",
        description="The job's title.",
        examples=["Sales Manager, Central Europe"],
    )
    description: str | None = Field(
        default=None,
        title="Description",
        description="What the job is about: text, or HTML.",
        examples=["<p>You lead our sales team in Berlin.</p>"],
    )
    code: str | None = Field(
        default=None,
        title="Code",
        description="Your own number for the job, in Greenhouse the requisition id. With it, a job may "
        "have the name of another that a file manages, so give one if you can.",
        examples=["SAL-201"],
    )
    status: str | None = Field(
        default=None,
        title="Status",
        description="Whether people can apply: OPEN, CLOSED, DRAFT, ARCHIVED or PENDING.",
        examples=["OPEN"],
    )
    job_posting_urls: tuple[PostingUrl, ...] | None = Field(
        default=None,
        title="Posting URLs",
        description="Where the job is advertised: addresses, or `{value, url_type}`.",
        examples=[["https://jobs.example/sales-manager"]],
    )
    confidential: bool | None = Field(
        default=None,
        title="Confidential",
        description="Whether only some people may see the job: true or false.",
        examples=[False],
    )
    departments: tuple[str, ...] | None = Field(
        default=None,
        title="Departments",
        description="Departments by name, or by Bindbee's id. Greenhouse takes one. "
        "`bindbee-sync lookup departments` lists them.",
        examples=[["Sales"]],
    )
    offices: tuple[str, ...] | None = Field(
        default=None,
        title="Offices",
        description="Offices by name, or by Bindbee's id. `bindbee-sync lookup offices` lists them.",
        examples=[["Berlin", "London"]],
    )
    hiring_managers: tuple[str, ...] | None = Field(
        default=None,
        title="Hiring managers",
        description="People by the email of their account, a unique full name, or Bindbee's "
        "id. `bindbee-sync lookup users` lists them.",
        examples=[["jonas.weber@halden-robotics.example"]],
    )
    recruiters: tuple[str, ...] | None = Field(
        default=None,
        title="Recruiters",
        description="People, written like hiring managers.",
        examples=[["priya.raman@halden-robotics.example"]],
    )
    template_id: str | None = Field(
        default=None,
        title="Template",
        description="The job that this one is copied from: by name, by Bindbee's id or by the ATS's own. "
        "`bindbee-sync lookup templates` lists them.",
        examples=["Template: People Manager"],
    )
    remote_user_id: str | None = Field(
        default=None,
        title="Created by",
        description="The account that creates the job: by email, by a unique full name, or by Bindbee's id.",
        examples=["jonas.weber@halden-robotics.example"],
    )
    openings: int | None = Field(
        default=None,
        title="Openings",
        description="How many people are to be hired, 1 or more.",
        examples=[1],
    )
    sync: Sync = Field(
        default=Sync(),
        title="Existing job",
        description="The existing job that this file manages, if there is one. Never sent.",
        examples=[{"remote_id": "4050001"}],
    )

    def written(self, fields: Collection[str]) -> dict[str, Any]:
        """Return as JSON data the values of those of `fields`, of Create Job's, that are set."""
        # By hand: for ten thousand files, pydantic's `model_dump` takes as long as matching them.
        values = {name: getattr(self, name) for name in CREATE_FIELDS if name in fields}
        return {name: _as_json(value) for name, value in values.items() if value is not None}


CREATE_FIELDS = tuple(name for name in JobSpec.model_fields if name != "sync")


def _as_json(value: object) -> object:
    if not isinstance(value, tuple):
        return value
    return [each.model_dump() if isinstance(each, PostingUrl) else each for each in value]


@dataclass(frozen=True, slots=True)
class Places:
    """The place of every value and key in a job file."""

    values: Mapping[Loc, Place] = field(default_factory=dict)
    keys: Mapping[Loc, Place] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class JobFile:
    """One job file: its spec, the place of every value and key in it, and what is wrong with it.

    A value that is null or in error is None in `spec`; its key keeps its place. Only one in error has
    a finding of its `field`. An unreadable file has an empty spec, inherits nothing, and `readable` is False.
    Places of inherited values point into the `_defaults.yaml` that they come from. `locate` reads the places,
    when a finding first needs one: most files have none.
    """

    address: str
    path: str
    spec: JobSpec
    locate: Callable[[], Places] = field(default=Places, compare=False, repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    readable: bool = True

    @cached_property
    def _places(self) -> Places:
        return self.locate()

    @property
    def values(self) -> Mapping[Loc, Place]:
        """The place of every value."""
        return self._places.values

    @property
    def keys(self) -> Mapping[Loc, Place]:
        """The place of every key."""
        return self._places.keys

    def place(self, *loc: str | int) -> Place:
        """Return the place of the value at `loc`, e.g. `place("departments", 1)`, or of its list."""
        while loc and loc not in self.values:
            loc = loc[:-1]
        return self.values.get(loc) or Place(self.path)

    def key_place(self, *loc: str | int) -> Place:
        """Return the place of the key at `loc`; 1:1 where the file has no such key."""
        return self.keys.get(loc) or Place(self.path)

    def is_faulty(self, field: str) -> bool:
        """Return whether the file's own findings already report that `field` can't be used."""
        return any(finding.field == field and finding.is_error for finding in self.diagnostics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """All job files, by address, and the findings that belong to none of them.

    `unread` are the addresses that files would have that are there and are not read.
    """

    files: tuple[JobFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    unread: frozenset[str] = frozenset()
