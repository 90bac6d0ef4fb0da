"""The ATS: what the company really has. A create shows here at once."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Literal

from pydantic import Field

from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.seed import Company, Document
from bindbee_sync.sandbox.settings import Behaviour, Strict

KINDS = ("jobs", "departments", "offices", "remote-users")
FIRST_NEW_JOB = 4050001
MOST_OPENINGS = 1000


class SourceJob(Strict):
    """A job as the ATS keeps it."""

    id: int
    name: str
    requisition_id: str | None = None
    status: Literal["open", "closed", "draft"] = "open"
    is_template: bool | None = False
    copied_from_id: int | None = None
    department_id: int | None = None
    office_ids: tuple[int, ...] = ()
    hiring_managers: tuple[int, ...] = ()
    recruiters: tuple[int, ...] = ()
    openings: int = Field(default=1, ge=0, le=MOST_OPENINGS)
    confidential: bool = False
    description: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Source:
    """One connector's ATS."""

    def __init__(self, database: sqlite3.Connection, company: Company) -> None:
        self.database = database
        self.connector = company.key
        self.first_new_job = FIRST_NEW_JOB + company.offset

    def records(self, kind: str) -> list[Document]:
        """All records of a kind, oldest first."""
        query = "SELECT document FROM source WHERE connector = ? AND kind = ? ORDER BY rowid"
        return [json.loads(text) for (text,) in self.database.execute(query, (self.connector, kind))]

    def people(self) -> dict[str, dict[int, Document]]:
        """Departments, offices and users by kind and number."""
        return {kind: {each["id"]: each for each in self.records(kind)} for kind in KINDS[1:]}

    def jobs(self) -> list[SourceJob]:
        """All jobs, oldest first."""
        return [SourceJob.model_validate(document) for document in self.records("jobs")]

    def job(self, number: int) -> SourceJob | None:
        """Return the job of that number."""
        query = "SELECT document FROM source WHERE connector = ? AND kind = 'jobs' AND number = ?"
        row = self.database.execute(query, (self.connector, number)).fetchone()
        return SourceJob.model_validate_json(row[0]) if row else None

    def save(self, kind: str, record: Document) -> None:
        """Add a record, or put it in place of the one of its number."""
        self.database.execute(
            "INSERT INTO source VALUES (?, ?, ?, ?)"
            " ON CONFLICT (connector, kind, number) DO UPDATE SET document = excluded.document",
            (self.connector, kind, record["id"], json.dumps(record)),
        )

    def add_job(self, now: float, **fields: Any) -> SourceJob:  # noqa: ANN401 - any field of a job
        """Make a job."""
        moment = iso(now)
        job = SourceJob(**{"id": self._next_number(), "created_at": moment, "updated_at": moment, **fields})
        self.save("jobs", job.model_dump())
        return job

    def edit_job(self, job: SourceJob, now: float, **fields: Any) -> SourceJob:  # noqa: ANN401 - any field of a job
        """Change a job."""
        edited = SourceJob(**{**job.model_dump(), "updated_at": iso(now), **fields})
        self.save("jobs", edited.model_dump())
        return edited

    def delete_job(self, number: int) -> None:
        """Delete a job."""
        query = "DELETE FROM source WHERE connector = ? AND kind = 'jobs' AND number = ?"
        self.database.execute(query, (self.connector, number))

    def _next_number(self) -> int:
        # a number is never given twice, also where the newest job was deleted
        query = "SELECT last FROM numbers WHERE connector = ?"
        row = self.database.execute(query, (self.connector,)).fetchone()
        number = int(row[0]) + 1 if row else self.first_new_job
        self.database.execute("INSERT OR REPLACE INTO numbers VALUES (?, ?)", (self.connector, number))
        return number


def harvest(job: SourceJob, people: dict[str, dict[int, Document]], settings: Behaviour) -> Document:
    """Show a job in the form of Greenhouse's Harvest API."""
    shown = _common(job) | (_flat(job) if settings.raw_data == "v3" else _nested(job, people))
    if not settings.template_flag:
        del shown["is_template"]
    return shown


def _common(job: SourceJob) -> Document:
    return {
        "id": job.id,
        "name": job.name,
        "requisition_id": job.requisition_id,
        "notes": None,
        "confidential": job.confidential,
        "status": job.status,
        "created_at": job.created_at,
        "opened_at": job.created_at if job.status != "draft" else None,
        "closed_at": job.updated_at if job.status == "closed" else None,
        "updated_at": job.updated_at,
        "is_template": job.is_template,
        "copied_from_id": job.copied_from_id,
        "custom_fields": {},
    }


def _flat(job: SourceJob) -> Document:
    return {"department_id": job.department_id, "office_ids": list(job.office_ids)}


def _nested(job: SourceJob, people: dict[str, dict[int, Document]]) -> Document:
    users = people["remote-users"]

    def team(numbers: tuple[int, ...]) -> list[Document]:
        named = [users[number] for number in numbers if number in users]
        return [
            {key: user[key] for key in ("id", "first_name", "last_name")}
            | {"name": f"{user['first_name']} {user['last_name']}", "employee_id": None}
            for user in named
        ]

    department = people["departments"].get(job.department_id or 0)
    return {
        "departments": [department] if department else [],
        "offices": [
            {**office, "location": {"name": office["location"]}}
            for number, office in people["offices"].items()
            if number in job.office_ids
        ],
        "keyed_custom_fields": {},
        "hiring_team": {
            "hiring_managers": team(job.hiring_managers),
            "recruiters": team(job.recruiters),
            "coordinators": [],
            "sourcers": [],
        },
        "openings": [
            {
                "id": job.id * 1000 + place,
                "opening_id": None,
                "status": "closed" if job.status == "closed" else "open",
                "opened_at": job.created_at,
                "closed_at": job.updated_at if job.status == "closed" else None,
                "application_id": None,
                "close_reason": None,
            }
            for place in range(1, job.openings + 1)
        ],
    }
