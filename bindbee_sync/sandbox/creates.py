"""Create Job: what Bindbee checks itself, and what the ATS makes of the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import BaseModel

from bindbee_sync.sandbox.source import MOST_OPENINGS

if TYPE_CHECKING:
    from bindbee_sync.sandbox.source import SourceJob
    from bindbee_sync.sandbox.synced import SyncedCopy


class Refused(Exception):  # noqa: N818 - it is the ATS's answer, no error of this program
    """The ATS said no, in its own words."""


class Url(BaseModel):
    """An entry of `job_posting_urls`."""

    value: str | None
    url_type: str | None


class CreateJob(BaseModel):
    """The body of Create Job. Unknown keys are dropped without a word."""

    name: str | None = None
    description: str | None = None
    code: str | None = None
    status: Literal["OPEN", "CLOSED", "DRAFT", "ARCHIVED", "PENDING", "-"] | None = None
    job_posting_urls: list[Url] | None = None
    confidential: bool | None = None
    departments: list[UUID] | None = None
    offices: list[UUID] | None = None
    hiring_managers: list[UUID] | None = None
    recruiters: list[UUID] | None = None
    template_id: str | None = None
    remote_user_id: UUID = None  # type: ignore[assignment] # may be left out, but not be null
    openings: int | None = None


def create(copy: SyncedCopy, order: CreateJob, now: float) -> SourceJob:
    """Make the job in the ATS, or raise `Refused`."""
    fields: dict[str, Any] = {"requisition_id": _code(copy, order.code)}
    if order.departments is not None:
        numbers = _numbers(copy, "departments", order.departments)
        if len(numbers) > 1:
            raise Refused("departments: a job can have only one department")
        fields["department_id"] = numbers[0] if numbers else None
    if order.offices is not None:
        fields["office_ids"] = _numbers(copy, "offices", order.offices)
    if copy.company.slug != "greenhouse":
        return copy.source.add_job(
            now, name=order.name or "Untitled", description=order.description, **fields
        )
    template = _template(copy, order.template_id)
    user = copy.item("remote-users", str(order.remote_user_id))
    if user is None:
        raise Refused("remote_user_id: On-Behalf-Of must name a user of this organization")
    if user["disabled"]:
        raise Refused("remote_user_id: this user is disabled")
    if order.openings is None or not 1 <= order.openings <= MOST_OPENINGS:
        raise Refused(f"openings: number_of_openings must be from 1 to {MOST_OPENINGS}")
    inherited = template.model_dump(include=_INHERITED)
    named = {"name": order.name or f"Copy Of {template.name}", "openings": order.openings}
    return copy.source.add_job(now, **{**inherited, **named, **fields, "copied_from_id": template.id})


_INHERITED = {"department_id", "office_ids", "hiring_managers", "recruiters", "description"}


def _numbers(
    copy: SyncedCopy, field: Literal["departments", "offices"], identifiers: list[UUID]
) -> list[int]:
    items = [copy.item(field, str(identifier)) for identifier in identifiers]
    if None in items:
        raise Refused(f"{field}: {identifiers[items.index(None)]} was not found")
    return [int(item["remote_id"]) for item in items if item]


def _template(copy: SyncedCopy, key: str | None) -> SourceJob:
    if not key:
        raise Refused("template_id: template_job_id is required")
    item = copy.item("jobs", key)
    number = item["remote_id"] if item else key
    job = copy.source.job(int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
    if job is None:
        raise Refused(f"template_id: no job {key}")
    return job


def _code(copy: SyncedCopy, code: str | None) -> str | None:
    match copy.settings.code:
        case "dropped":
            return None
        case "altered" if code is not None:
            return f"GH-{code}"
        case _:
            return code
