"""A record of the ATS as Bindbee's unified model shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindbee_sync.sandbox.seed import Company, Document, bindbee_id
from bindbee_sync.sandbox.source import SourceJob

if TYPE_CHECKING:
    from collections.abc import Iterable

AS_THEY_ARE = {
    "departments": ("name",),
    "offices": ("name", "location"),
    "remote-users": ("first_name", "last_name", "email", "disabled", "access_role"),
}


def unified(company: Company, kind: str, record: Document, *, plain_urls: bool) -> Document:
    """Translate a record; what every kind has besides (`modified_at`, `raw_data`) is not in it."""
    common = {"id": bindbee_id(company.id, kind, record["id"]), "remote_id": str(record["id"])}
    if kind == "jobs":
        return common | _job(company, SourceJob.model_validate(record), plain_urls=plain_urls)
    created = {"remote_created_at": record["created_at"]} if kind == "remote-users" else {}
    return common | {key: record[key] for key in AS_THEY_ARE[kind]} | created


def _job(company: Company, job: SourceJob, *, plain_urls: bool) -> Document:
    def ids(kind: str, numbers: Iterable[int]) -> list[str]:
        return [bindbee_id(company.id, kind, number) for number in numbers]

    url = f"https://boards.{company.domain}/jobs/{job.id}"
    posted = job.status == "open" and not job.is_template and not job.confidential
    return {
        "name": job.name,
        "description": job.description,
        "code": job.requisition_id,
        "status": job.status.upper(),
        "job_posting_urls": [url if plain_urls else {"value": url, "url_type": "JOB_POSTING"}] * posted,
        "remote_created_at": job.created_at,
        "remote_updated_at": job.updated_at,
        "confidential": job.confidential,
        "departments": ids("departments", [job.department_id] if job.department_id else []),
        "offices": ids("offices", job.office_ids),
        "hiring_managers": ids("remote-users", job.hiring_managers),
        "recruiters": ids("remote-users", job.recruiters),
    }
