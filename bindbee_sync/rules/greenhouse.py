"""Rules about what Greenhouse demands of a job that is to be created."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile, Loc
from bindbee_sync.rules.pack import Documented, Pack, distinct_items, required
from bindbee_sync.rules.rule import IS_DROPPED, Check, Rule, Schema
from bindbee_sync.rules.schema import STATUSES

PAGE = "Bindbee's Create Job page, section Greenhouse"
HARVEST = "Greenhouse Harvest API, Add Job"
HIGH_OPENINGS = 100
LIST_FIELDS = ("departments", "offices", "hiring_managers", "recruiters")
NOT_FORWARDED = (
    "description",
    "status",
    "job_posting_urls",
    "confidential",
    "hiring_managers",
    "recruiters",
)
# White space at the ends does not count: it is cut before the rule sees the text.
_NO_NUMBER: Schema = {
    "not": {"type": "integer", "minimum": 0},
    "pattern": r"[^0-9\s]|[0-9]\s+[0-9]|^\s*$",
}


def _rule(
    name: str,
    demands: str,
    hint: str,
    *,
    source: str = PAGE,
    severity: Severity = Severity.ERROR,
    check: Check | None = None,
    offline_ceiling: Severity = Severity.ERROR,
    schema: Mapping[str, Schema] | None = None,
) -> Rule:
    return Rule(
        id=f"greenhouse/{name}",
        severity=severity,
        demands=demands,
        hint=hint,
        source=source,
        provider="greenhouse",
        check=check,
        offline_ceiling=offline_ceiling,
        schema=schema or {},
    )


_required = partial(required, provider="greenhouse", name="Greenhouse", source=PAGE, severity=Severity.ERROR)


def _single_department(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    departments = distinct_items(file.spec.departments)
    if len(departments) > 1:
        message = f"Greenhouse takes one department, and this job has {len(departments)}"
        first = json.dumps((file.spec.departments or ("",))[0], ensure_ascii=False)
        hint = f"Keep one department, for example: `departments: [{first}]`."
        yield rule.on(file, "departments", departments[1], message=message, hint=hint)


def _unified_ids(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    named: list[tuple[Loc, str]] = [(("remote_user_id",), file.spec.remote_user_id or "")]
    for field in LIST_FIELDS:
        named += (((field, index), text) for index, text in enumerate(getattr(file.spec, field) or ()))
    for loc, text in named:
        if is_bare_number(text):
            message = f"'{text}' is one of Greenhouse's own numbers; Create Job takes Bindbee's id here"
            yield rule.on(file, *loc, message=message)


def is_bare_number(text: str) -> bool:
    """Return whether `text` can only be one of Greenhouse's own numbers."""
    return text.isascii() and text.isdigit()


def _openings_high(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    if (file.spec.openings or 0) > HIGH_OPENINGS:
        yield rule.on(file, "openings", message=f"{file.spec.openings} openings is a lot for one job")


def _not_forwarded(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    for field in NOT_FORWARDED:
        value = getattr(file.spec, field)
        if value is None or (field == "status" and value not in STATUSES):  # its own error says more
            continue
        severity, hint = Severity.ERROR, None
        if field == "confidential" and value:
            hint = "Remove the file, and create the job in Greenhouse: only there can it be confidential."
            message = "Greenhouse's create call has no field 'confidential': the job would be public at once"
        elif field == "status" and value != "OPEN":
            hint = "Remove the line, and set the status in Greenhouse once the job exists."
            message = f"Greenhouse's create call has no field 'status': the job would be OPEN, not {value}"
        else:
            message = f"Greenhouse's create call has no field '{field}': it is sent, and probably dropped"
            severity = Severity.WARNING
        yield rule.on(file, field, message=message, hint=hint, severity=severity)


TEMPLATE_REQUIRED = _required(
    "greenhouse/template-required",
    "template_id",
    "Name the template to copy; `bindbee-sync lookup templates` lists them.",
)
REMOTE_USER_REQUIRED = _required(
    "greenhouse/remote-user-required",
    "remote_user_id",
    "Name the user who creates it, by the email of a Greenhouse account; `bindbee-sync lookup users` lists "
    "them.",
)
OPENINGS_REQUIRED = _required(
    "greenhouse/openings-required", "openings", "Write how many people you want to hire, e.g. `openings: 1`."
)
NAME_REQUIRED = _required(
    "greenhouse/name-required",
    "name",
    'Give it a name; without one, Greenhouse calls it "Copy Of" its template.',
    source=HARVEST,
)
SINGLE_DEPARTMENT = _rule(
    "single-department",
    "A job has at most one department.",
    "Keep one department.",
    check=_single_department,
    schema={"departments": {"maxItems": 1}},
)
UNIFIED_IDS = _rule(
    "unified-ids",
    "Departments, offices and people are named by Bindbee's ids, not by Greenhouse's numbers.",
    "Write the name, the email, or the id (a UUID) that Bindbee lists for it.",
    check=_unified_ids,
    schema={**{field: {"items": _NO_NUMBER} for field in LIST_FIELDS}, "remote_user_id": _NO_NUMBER},
)
TEMPLATE_NOT_FOUND = _rule(
    "template-not-found",
    "`template_id` names a listed job.",
    "Correct the id or name; a new template is listed after the next sync.",
)
TEMPLATE_FLAG = _rule(
    "template-flag",
    "`template_id` names a job that is marked as a template.",
    "Mark it as a template in Greenhouse, or name another template.",
)
OPENINGS_HIGH = _rule(
    "openings-high",
    f"A job has at most {HIGH_OPENINGS} openings.",
    "Check the number; third parties report limits of 100 and 200 openings a job.",
    source="Open-source Greenhouse clients",
    severity=Severity.WARNING,
    check=_openings_high,
    schema={"openings": {"maximum": HIGH_OPENINGS}},
)
FIELD_NOT_FORWARDED = _rule(
    "field-not-forwarded",
    "A job sets only fields that Greenhouse's create call takes.",
    "Set the field in Greenhouse once the job exists: every plan reminds you of it. Or remove the line.",
    source=HARVEST,
    severity=Severity.WARNING,
    check=_not_forwarded,
    offline_ceiling=Severity.WARNING,
    schema=dict.fromkeys(NOT_FORWARDED, IS_DROPPED),
)

PACK = Pack(
    provider="greenhouse",
    name="Greenhouse",
    documented=Documented.BINDBEE,
    about="Bindbee documents what a create at Greenhouse requires.",
    rules=(
        TEMPLATE_REQUIRED,
        REMOTE_USER_REQUIRED,
        OPENINGS_REQUIRED,
        NAME_REQUIRED,
        SINGLE_DEPARTMENT,
        UNIFIED_IDS,
        TEMPLATE_NOT_FOUND,
        TEMPLATE_FLAG,
        OPENINGS_HIGH,
        FIELD_NOT_FORWARDED,
    ),
    not_taken=NOT_FORWARDED,
    takes_one=("departments",),
    job_url="https://app.greenhouse.io/sdash/{remote_id}",
    marks_templates=True,
    template_rules=(TEMPLATE_NOT_FOUND, TEMPLATE_FLAG),
    is_own_id=is_bare_number,
    can_be_asked=True,
)
