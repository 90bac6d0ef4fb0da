"""The events of a ledger, each about one record. Events are only ever appended.

A record begins with an `Intent` (a create that is about to be attempted) or with a `Listed` (a job that was
there already). Every later event names the record, so that no outcome or verdict settles another attempt:
two runs may have attempted one address.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import to_json

from bindbee_sync.create_result import CreateResult


def new_record_id() -> str:
    """Return a random id: a nonce that no other run can have chosen."""
    return str(uuid4())


def _usable(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 9000:  # noqa: PLR2004 (room to convert it, and to add to it)
        raise ValueError("not a year of this ledger")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_usable)]


def _writable(values: dict[str, Any]) -> dict[str, Any]:
    to_json(
        values
    )  # raises ValueError for what could be read and not be written back: too deep, half a character
    return values


Values = Annotated[dict[str, Any], AfterValidator(_writable)]


class _Event(BaseModel):
    """Common to all: the connector's id, the record, the address it began at, and when (UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connector_id: str
    record: str
    original_address: str
    at: Moment


class Intent(_Event):
    """A create is about to be sent for `original_address`; nothing is sent under it past `deadline`.

    `server_at` is the server's clock when it was written; `possibly_newer` are the jobs listed then whose
    creation date does not show that they are older than the attempt. `plan_file` is the id of the plan file
    that is applied. `values` are those of the fields that no list shows, as the file writes them.
    `connector_name` is the connector's in the config.
    """

    event: Literal["intent"] = "intent"
    connector_name: str | None = None
    code: str | None = None
    name: str | None = None
    digest: str
    values: Values | None = None
    server_at: Moment
    deadline: Moment
    possibly_newer: tuple[str, ...] = ()
    commit: str | None = None
    actor: str | None = None
    run_url: str | None = None
    plan_file: str | None = None


class AttemptOutcome(_Event):
    """The result of the attempt. `by_ats` is true where the ATS itself refused it."""

    event: Literal["outcome"] = "outcome"
    result: CreateResult
    by_ats: bool = False
    id: str | None = None
    remote_id: str | None = None
    status: int | None = None
    detail: str | None = None


class Listed(_Event):
    """The record's job is listed: under which ids, with which code and name, for which connector's name."""

    event: Literal["listed"] = "listed"
    connector_name: str | None = None
    id: str
    remote_id: str | None = None
    code: str | None = None
    name: str | None = None


class Linked(_Event):
    """The file at `address` manages the record's job, with this code and name; None: no file does.

    `values` are those of the fields that no list shows; None leaves them as they were last recorded.
    """

    event: Literal["linked"] = "linked"
    address: str | None = None
    code: str | None = None
    name: str | None = None
    values: Values | None = None


class Resolved(_Event):
    """A person resolved the attempt, or evidence settled it. `by` and `why` say who, and on what grounds."""

    event: Literal["resolved"] = "resolved"
    result: Literal["created", "not_created"]
    id: str | None = None
    remote_id: str | None = None
    by: str
    why: str | None = None


class Released(_Event):
    """The record is forgotten: its address may be created again."""

    event: Literal["released"] = "released"
    by: str
    why: str | None = None


Event = Annotated[
    Intent | AttemptOutcome | Listed | Linked | Resolved | Released, Field(discriminator="event")
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def connector_names(events: Iterable[Event]) -> dict[str, set[str]]:
    """Return the connectors that events are about: by id, the names under which each was recorded."""
    found: dict[str, set[str]] = {}
    for event in events:
        names = found.setdefault(event.connector_id, set())
        if isinstance(event, Intent | Listed) and event.connector_name:
            names.add(event.connector_name)
    return found
