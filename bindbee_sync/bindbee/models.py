"""Bindbee's answers, reduced to what this tool reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

CLOSED_STATUSES = frozenset({"CLOSED", "ARCHIVED"})
NOT_KNOWN = "-"
"""Bindbee's text for a status or URL type that the ATS does not tell."""


def _text(value: object) -> object:
    """Return text as it is, another type as the JSON it was: it shows as a difference, and ends nothing."""
    if value is None or isinstance(value, str):
        return value and value.encode(errors="replace").decode()
    return json.dumps(value)


def _known(value: object) -> object:
    return None if value == NOT_KNOWN else _text(value)


def _list_of(item: Callable[[Any], object]) -> Callable[[object], object]:
    """Read a list item by item, without its nulls; a value alone counts as a list of one."""

    def read(value: object) -> object:
        if value is None:
            return None
        return [
            item(one) for one in (value if isinstance(value, list | tuple) else [value]) if one is not None
        ]

    return read


def _reference(value: object) -> object:
    """Return the Bindbee id of a reference, expanded or not."""
    return _text(value["id"] if isinstance(value, dict) and value.get("id") else value)


def _posted_url(value: object) -> object:
    return value if isinstance(value, dict | PostedUrl) else {"value": value}


def _moment(value: object, parse: ValidatorFunctionWrapHandler) -> datetime | None:
    """Return a point in time with its zone, UTC where none is given; None where it can't be read."""
    try:
        moment: datetime | None = parse(value)
    except ValidationError:
        return None
    if moment is None or not 1 < moment.year < 9999:  # noqa: PLR2004 (no room to convert it or to add to it)
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _flag(unreadable: bool | None) -> WrapValidator:  # noqa: FBT001 (the value itself, not a switch)
    def read(value: object, parse: ValidatorFunctionWrapHandler) -> object:
        try:
            return parse(value)
        except ValidationError:
            return unreadable

    return WrapValidator(read)


Id = Annotated[str, Field(min_length=1)]
Text = Annotated[str | None, BeforeValidator(_text)]
Known = Annotated[str | None, BeforeValidator(_known)]
Moment = Annotated[datetime | None, WrapValidator(_moment)]
References = Annotated[tuple[str, ...] | None, BeforeValidator(_list_of(_reference))]
RAW_KEYS = ("is_template",)
"""The keys of a job's raw data that are read; it may be many times larger than the rest of the job."""
RawData = Annotated[dict[str, Any] | None, BeforeValidator(lambda v: v if isinstance(v, dict) else None)]


def provider_of(slug: str) -> str:
    """Return the provider that an `integration_slug` names: `greenhouse` for `green-house`."""
    return slug.replace("-", "").replace("_", "").lower()


class ApiModel(BaseModel):
    """An object of the API: frozen, tolerant of fields that are new or missing."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class ApiRecord(ApiModel):
    """An object that Bindbee has an id for."""

    id: Id


class Connector(ApiRecord):
    """One customer's ATS, from the connectors list; `end_user` is the customer's name.

    The list holds the connector's token, too. It is left out here, so that no plan, report or log has it.
    """

    status: str
    integration_slug: str
    category: Text = None
    sync_status: Text = None
    last_sync_start_time: Moment = None
    origin_id: Text = None
    end_user: Text = None
    is_active: Annotated[bool | None, _flag(unreadable=None)] = None


class PostedUrl(ApiModel):
    """An entry of a listed job's `job_posting_urls`; a plain string is read as its value."""

    value: Text = None
    url_type: Known = None


class Job(ApiRecord):
    """A job or template as Bindbee lists it; references are Bindbee ids.

    A `confidential` that can't be read counts as yes: such a job's fields are not shown.
    """

    remote_id: Text = None
    modified_at: Moment = None
    raw_data: RawData = None
    name: Text = None
    description: Text = None
    code: Text = None
    status: Text = None
    job_posting_urls: Annotated[tuple[PostedUrl, ...] | None, BeforeValidator(_list_of(_posted_url))] = None
    remote_created_at: Moment = None
    confidential: Annotated[bool | None, _flag(unreadable=True)] = None
    departments: References = None
    offices: References = None
    hiring_managers: References = None
    recruiters: References = None

    @property
    def is_closed(self) -> bool:
        """True where its status says that the hiring is over."""
        return (self.status or "").upper() in CLOSED_STATUSES

    @property
    def template_flag(self) -> bool | None:
        """`raw_data.is_template`; None where the key is missing."""
        if self.raw_data is None or "is_template" not in self.raw_data:
            return None
        return self.raw_data["is_template"] is True


class Department(ApiRecord):
    """A department."""

    remote_id: Text = None
    name: Text = None


class Office(ApiRecord):
    """An office."""

    remote_id: Text = None
    name: Text = None
    location: Text = None


class User(ApiRecord):
    """A person with an account in the ATS (`remote-users`)."""

    remote_id: Text = None
    first_name: Text = None
    last_name: Text = None
    email: Text = None
    disabled: Annotated[bool | None, _flag(unreadable=None)] = None

    @property
    def full_name(self) -> str:
        """First and last name, as far as known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)
