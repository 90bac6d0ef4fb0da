"""The JSON documents that pipelines read; a plan's is also the content of a plan file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bindbee_sync import __version__
from bindbee_sync.bindbee.models import Job
from bindbee_sync.create_result import Result
from bindbee_sync.desired.revision import Base
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.planning.model import Entry, Hold, OrphanedRecord, Plan, Step, StepKind
from bindbee_sync.reports.plan_view import job_view
from bindbee_sync.times import rfc3339

FORMAT_VERSION = 1
Document = dict[str, object]


def plan_document(plan: Plan, *, unmanaged: bool = False, base: Base | None = None) -> Document:
    """Return the plan as JSON data; `unmanaged` adds the jobs that no file manages.

    With a `base`, each entry says whether this revision changed its job file. `names` has the names of the
    ids in it, so that a report can be made of the document alone.
    """
    synced = plan.connector.last_sync_start_time
    document = new_document(at=plan.created_at) | {
        "connector": {
            "id": plan.connector.id,
            "name": plan.connector_name,
            "customer": plan.connector.end_user,
            "origin_id": plan.connector.origin_id,
            "provider": plan.provider,
            "last_sync": None if synced is None else rfc3339(synced),
        },
        "summary": plan.summary,
        "entries": [
            _for_people(entry_data(entry), entry, plan)
            | ({} if base is None else {"changed": entry.address in base.changed})
            for entry in plan.entries
        ],
        "steps": [step_data(step) for step in plan.steps],
        "records": [_orphaned(orphan) for orphan in plan.orphaned],
        "diagnostics": diagnostics_data(plan.diagnostics),
        "trusted": plan.trusted,
        "names": _names(plan),
    }
    if base is not None:
        document["base"] = {
            "revision": base.revision,
            "commit": base.commit,
            "moved": dict(base.moved),
            "removed": list(base.removed),
            "policies": {path: list(ids) for path, ids in base.policies.items()},
            "removed_policies": list(base.removed_policies),
            "others": sorted(base.others),
        }
    if unmanaged:
        document["unmanaged"] = [_job(job) for job in plan.unmanaged]
    return document


def applied_document(
    plan: Plan,
    results: Mapping[str, Result],
    diagnostics: Iterable[Diagnostic],
    *,
    error: Document | None,
    notes: list[str],
) -> Document:
    """Return the plan with the result of each create that was dealt with."""
    document = plan_document(plan)
    document["entries"] = [
        _for_people(entry_data(entry) | _result(results.get(entry.address)), entry, plan)
        for entry in plan.entries
    ]
    document["diagnostics"] = diagnostics_data(diagnostics)
    document["notes"] = notes
    return document | ({"error": error} if error else {})


def diagnostics_document(diagnostics: Iterable[Diagnostic]) -> Document:
    """Return findings alone, as `validate` gives them."""
    return new_document(diagnostics=diagnostics_data(diagnostics))


def error_document(error: ToolError, connector: str | None = None) -> Document:
    """Return the document of a command that could not finish, with the name of the connector it was about."""
    findings = [error.finding] if error.finding else []
    document = new_document(diagnostics=diagnostics_data(findings), error=error_data(error))
    return document if connector is None else document | {"connector": {"id": None, "name": connector}}


def error_data(error: ToolError) -> Document:
    """Return an error's own part of a document."""
    return {"message": error.prefix + error.message, "hint": error.hint}


def as_text(document: Document) -> str:
    """Return the document as ASCII text: safe on any terminal, and no command to a GitHub runner."""
    return json.dumps(document, indent=2, ensure_ascii=True).replace("##[", "\\u0023#[")


def new_document(*, at: datetime | None = None, **parts: object) -> Document:
    """Return a document with its head and these parts; `at` is the moment that it is about, else now."""
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "created_at": rfc3339(at or datetime.now(UTC)),
        **parts,
    }


def entry_data(entry: Entry) -> Document:
    """Return an entry's part of a plan's document."""
    job, record = entry.job, entry.record
    return {
        "address": entry.address,
        "outcome": str(entry.outcome),
        "path": entry.file.path,
        "line": 1,
        "payload": None if entry.payload is None else entry.payload.fields,
        "id": job.id if job else record.job_id if record else None,
        "remote_id": job.remote_id if job else record.job_remote_id if record else None,
        "reason": entry.reason,
        "changes": [
            {"field": change.field, "desired": change.desired, "actual": change.actual}
            for change in entry.changes
        ],
        "hold": _hold(entry.hold),
    }


_STEP_KEYS = ("address", "name", "code", "id", "remote_id", "url", "field", "reason", "values")
"""The keys that a step has in a document under the same name."""


def step_data(step: Step) -> Document:
    """Return a step's part of a document."""
    same = {key: getattr(step, key) for key in _STEP_KEYS}
    return {"kind": str(step.kind), **same, "from": step.old, "to": step.new}


def step_of(data: Mapping[str, Any]) -> Step:
    """Return the step that `step_data` gave."""
    same: dict[str, Any] = {key: data.get(key) for key in _STEP_KEYS}
    return Step(kind=StepKind(data["kind"]), old=data.get("from"), new=data.get("to"), **same)


def _for_people(data: Document, entry: Entry, plan: Plan) -> Document:
    """Return an entry's data with its job in words, and with the job's address in the ATS."""
    remote_id = data["remote_id"]
    job = job_view(entry, plan, None)
    return data | {
        "url": plan.url(str(remote_id)) if remote_id else None,
        "job": {
            "name": job.name or None,
            "code": job.code,
            "departments": list(job.departments),
            "offices": list(job.offices),
            "openings": job.openings,
            "responsible": job.responsible or None,
        },
    }


def _result(result: Result | None) -> Document:
    if result is None:
        return {}
    return {
        "result": str(result.became),
        "detail": result.detail,
        "status": result.status,
        "id": result.id,
        "remote_id": result.remote_id,
    }


def _hold(hold: Hold | None) -> Document | None:
    if hold is None:
        return None
    return {"since": rfc3339(hold.since), "waits_for": hold.waits_for, "way_out": hold.way_out}


def _names(plan: Plan) -> dict[str, str]:
    """Return the names of the ids that the creates and the differences hold."""
    values: list[object] = [entry.payload.fields for entry in plan.creates if entry.payload]
    values += [[change.actual, change.desired] for entry in plan.entries for change in entry.changes]
    found: set[str] = set()
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list | tuple):
            values += value
        elif isinstance(value, str) and value in plan.names:
            found.add(value)
    return {each: plan.names[each] for each in sorted(found)}


def _orphaned(orphan: OrphanedRecord) -> Document:
    record = orphan.record
    return {
        "address": record.label,
        "job": {"name": record.listed_name or record.name, "code": record.listed_code or record.code},
        "outcome": str(orphan.outcome),
        "id": record.job_id,
        "remote_id": record.job_remote_id,
        "hold": _hold(orphan.hold),
    }


def _job(job: Job) -> Document:
    if job.confidential:
        return {"id": job.id, "status": job.status, "confidential": True}
    return {
        "id": job.id,
        "remote_id": job.remote_id,
        "name": job.name,
        "code": job.code,
        "status": job.status,
        "confidential": bool(job.confidential),
    }


def diagnostics_data(diagnostics: Iterable[Diagnostic]) -> list[Document]:
    """Return findings as a document holds them."""
    return [
        {
            "rule": finding.rule,
            "severity": str(finding.severity),
            "message": finding.message,
            "hint": finding.hint,
            "path": finding.place.path if finding.place else None,
            "line": finding.place.line if finding.place else None,
            "column": finding.place.column if finding.place else None,
            "address": finding.address,
            "field": finding.field,
        }
        for finding in diagnostics
    ]
