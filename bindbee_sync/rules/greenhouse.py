"""What Greenhouse demands of a job that is to be created."""

from __future__ import annotations

from collections.abc import Iterator

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules.rule import Rule

PAGE = "Bindbee's Create Job page, section Greenhouse"
HARVEST = "Greenhouse Harvest API, Add Job"
HIGH_OPENINGS = 100
TEMPLATE_HINT = "Name the template that it is made from; `bindbee-sync lookup templates` lists them."
USER_HINT = (
    "Name who creates it: the email of an account in Greenhouse. `bindbee-sync lookup users` lists them."
)
ID_FIELDS = ("departments", "offices", "hiring_managers", "recruiters", "remote_user_id")
NOT_FORWARDED = (
    "description",
    "status",
    "job_posting_urls",
    "confidential",
    "hiring_managers",
    "recruiters",
)


def _required(field: str, short: str, hint: str, source: str) -> Rule:
    def check(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
        if getattr(file.spec, field) is None and not file.is_faulty(field):
            yield rule.at(
                file.key_place(field),
                f"Greenhouse needs '{field}', and this job does not set it",
                address=file.address,
                field=field,
            )

    return Rule(
        id=f"greenhouse/{short}-required",
        severity=Severity.ERROR,
        demands=f"A new job sets `{field}`.",
        hint=hint,
        source=source,
        provider="greenhouse",
        check=check,
    )


def _single_department(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    departments = file.spec.departments or ()
    if len(departments) > 1:
        yield rule.at(
            file.place("departments", 1),
            f"Greenhouse takes one department, and this job has {len(departments)}",
            address=file.address,
            field="departments",
        )


def _unified_ids(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    for field in ID_FIELDS:
        value = getattr(file.spec, field)
        listed = value if isinstance(value, tuple) else (value,) if value else ()
        for index, text in enumerate(listed):
            if is_bare_number(text):
                place = file.place(field, index) if isinstance(value, tuple) else file.place(field)
                yield rule.at(
                    place,
                    f"'{text}' is a number of Greenhouse's own; Create Job takes Bindbee's id here",
                    address=file.address,
                    field=field,
                )


def is_bare_number(text: str) -> bool:
    """Whether `text` can only be one of Greenhouse's own numbers."""
    return text.isascii() and text.isdigit()


def _openings_high(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    if (file.spec.openings or 0) > HIGH_OPENINGS:
        yield rule.at(
            file.place("openings"),
            f"{file.spec.openings} openings is a lot for one job",
            address=file.address,
            field="openings",
        )


def _not_forwarded(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    for field in NOT_FORWARDED:
        value = getattr(file.spec, field)
        if value is None:
            continue
        if field == "confidential" and value:
            message = "Greenhouse has no place for 'confidential': the job would be created in the open"
            severity = Severity.ERROR
        elif field == "status" and value != "OPEN":
            message = (
                f"Greenhouse has no place for 'status': the job would be created as OPEN, not as {value}"
            )
            severity = Severity.ERROR
        else:
            message = f"Greenhouse's create call has no place for '{field}': it is sent, and likely dropped"
            severity = Severity.WARNING
        yield rule.at(file.place(field), message, address=file.address, field=field, severity=severity)


TEMPLATE_NOT_FOUND = Rule(
    id="greenhouse/template-not-found",
    severity=Severity.ERROR,
    demands="`template_id` names a job that is listed.",
    hint="Correct the id or name; a new template is listed after the next sync.",
    source=PAGE,
    provider="greenhouse",
)
TEMPLATE_FLAG = Rule(
    id="greenhouse/template-flag",
    severity=Severity.ERROR,
    demands="`template_id` names a job that is marked as a template.",
    hint="Mark it as a template in Greenhouse, or name another one.",
    source=PAGE,
    provider="greenhouse",
)
UNIFIED_IDS = Rule(
    id="greenhouse/unified-ids",
    severity=Severity.ERROR,
    demands="Departments, offices and people are named by Bindbee's ids, not by Greenhouse's numbers.",
    hint="Write the name, the email, or the id (a UUID) that Bindbee lists for it.",
    source=PAGE,
    provider="greenhouse",
    check=_unified_ids,
)
FIELD_NOT_FORWARDED = Rule(
    id="greenhouse/field-not-forwarded",
    severity=Severity.WARNING,
    demands="A job sets only fields that Greenhouse's create call has a place for.",
    hint="Remove the line, and set it in Greenhouse once the job exists.",
    source=HARVEST,
    provider="greenhouse",
    check=_not_forwarded,
)

RULES = (
    _required("template_id", "template", TEMPLATE_HINT, PAGE),
    _required("remote_user_id", "remote-user", USER_HINT, PAGE),
    _required("openings", "openings", "Say how many people are to be hired, e.g. `openings: 1`.", PAGE),
    _required(
        "name", "name", 'Give it a name; without one Greenhouse calls it "Copy Of" its template.', HARVEST
    ),
    Rule(
        id="greenhouse/single-department",
        severity=Severity.ERROR,
        demands="A job has one department at most.",
        hint="Keep one department.",
        source=PAGE,
        provider="greenhouse",
        check=_single_department,
    ),
    UNIFIED_IDS,
    TEMPLATE_NOT_FOUND,
    TEMPLATE_FLAG,
    Rule(
        id="greenhouse/openings-high",
        severity=Severity.WARNING,
        demands=f"A job has at most {HIGH_OPENINGS} openings.",
        hint="Check the number; third parties report limits of 100 and 200 openings a job.",
        source="Open-source Greenhouse clients",
        provider="greenhouse",
        check=_openings_high,
    ),
    FIELD_NOT_FORWARDED,
)
