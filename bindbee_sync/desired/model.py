"""A job file as read: the fields it sets, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from bindbee_sync.diagnostics import Diagnostic, Place

Loc = tuple[str | int, ...]


class PostingUrl(BaseModel):
    """One entry of `job_posting_urls`, as it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str
    url_type: str = "JOB_POSTING"


class Sync(BaseModel):
    """The `sync` key of a job file: which existing job it stands for. Never sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = None
    remote_id: str | None = None
    ignore_changes: tuple[str, ...] = ()
    distinct_from: tuple[str, ...] = ()


class JobSpec(BaseModel):
    """What a job file asks for, under Create Job's own field names. None means "not set"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = None
    description: str | None = None
    code: str | None = None
    status: str | None = None
    job_posting_urls: tuple[PostingUrl, ...] | None = None
    confidential: bool | None = None
    departments: tuple[str, ...] | None = None
    offices: tuple[str, ...] | None = None
    hiring_managers: tuple[str, ...] | None = None
    recruiters: tuple[str, ...] | None = None
    template_id: str | None = None
    remote_user_id: str | None = None
    openings: int | None = None
    sync: Sync = Sync()


CREATE_FIELDS = tuple(name for name in JobSpec.model_fields if name != "sync")


@dataclass(frozen=True, kw_only=True)
class JobFile:
    """One job file: its spec, the place of every value and key in it, and what is wrong with it.

    A value that is null or in error is None in `spec`; its key keeps its place. Only one in error has
    a finding of its `field`. An unreadable file has an empty spec, inherits nothing, and `readable` is False.
    Places of inherited values point into the `_defaults.yaml` that they come from.
    """

    address: str
    path: str
    spec: JobSpec
    values: Mapping[Loc, Place]
    keys: Mapping[Loc, Place]
    diagnostics: tuple[Diagnostic, ...] = ()
    readable: bool = True

    def place(self, *loc: str | int) -> Place:
        """Return where the value at `loc` stands, e.g. `place("departments", 1)`; else 1:1."""
        return self.values.get(loc) or Place(self.path)

    def key_place(self, *loc: str | int) -> Place:
        """Return where the key at `loc` stands; 1:1 where the file has no such key."""
        return self.keys.get(loc) or Place(self.path)

    def is_faulty(self, field: str) -> bool:
        """Whether the file's own findings already say that `field` can't be used."""
        return any(finding.field == field and finding.is_error for finding in self.diagnostics)
