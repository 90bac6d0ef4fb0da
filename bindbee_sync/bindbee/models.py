"""What Bindbee sends, reduced to what this tool reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

CLOSED_STATUSES = frozenset({"CLOSED", "ARCHIVED"})


class Wire(BaseModel):
    """A record of the API: frozen, tolerant of fields that are new or missing."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Connector(Wire):
    """One customer's ATS, from the connectors list."""

    id: str
    status: str
    integration_slug: str
    category: str | None = None
    sync_status: str | None = None
    last_sync_start_time: datetime | None = None
    connector_token: SecretStr


class PostedUrl(Wire):
    """An entry of a listed job's `job_posting_urls`; a plain string is read as its value."""

    value: str | None = None
    url_type: str | None = None


class Job(Wire):
    """A job or template as Bindbee lists it; references are Bindbee ids."""

    id: str
    remote_id: str | None = None
    modified_at: datetime | None = None
    raw_data: dict[str, Any] | None = None
    name: str | None = None
    description: str | None = None
    code: str | None = None
    status: str | None = None
    job_posting_urls: tuple[PostedUrl, ...] | None = None
    remote_created_at: datetime | None = None
    confidential: bool | None = None
    departments: tuple[str, ...] | None = None
    offices: tuple[str, ...] | None = None
    hiring_managers: tuple[str, ...] | None = None
    recruiters: tuple[str, ...] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether its status says that nobody is hired on it any more."""
        return (self.status or "").upper() in CLOSED_STATUSES

    @property
    def template_flag(self) -> bool | None:
        """`raw_data.is_template`; None where the key is missing."""
        if self.raw_data is None or "is_template" not in self.raw_data:
            return None
        return self.raw_data["is_template"] is True


class Department(Wire):
    """A department."""

    id: str
    remote_id: str | None = None
    name: str | None = None


class Office(Wire):
    """An office."""

    id: str
    remote_id: str | None = None
    name: str | None = None
    location: str | None = None


class User(Wire):
    """A person with an account in the ATS (`remote-users`)."""

    id: str
    remote_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    disabled: bool | None = None

    @property
    def full_name(self) -> str:
        """First and last name, as far as known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)
