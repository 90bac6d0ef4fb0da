"""Rules about the fields of a job file and their values; reading reports them, but for the status."""

from __future__ import annotations

from collections.abc import Iterator

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import did_you_mean, in_quotes

CONTRACT = "bindbee-sync's own file format"
CREATE_JOB = "Bindbee API, Create Job: body CreateAtsJob"
STATUSES = ("OPEN", "CLOSED", "DRAFT", "ARCHIVED", "PENDING", "-")
_NOT_BLANK = {"pattern": "\\S"}


def _status_value(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    status = file.spec.status
    if status is not None and status not in STATUSES:
        message = f"{in_quotes(status)} is not a status that a job can be created with"
        yield rule.on(file, "status", message=message, hint=did_you_mean(status, STATUSES))


UNKNOWN_FIELD = Rule(
    id="schema/unknown-field",
    severity=Severity.ERROR,
    demands="Every key is a field of Create Job, or `sync`.",
    hint="Correct the name, or remove the line.",
    source=CREATE_JOB,
)
TYPE = Rule(
    id="schema/type",
    severity=Severity.ERROR,
    demands="Every value has the type of its field.",
    hint="Write a value of the type that the message names.",
    source=CREATE_JOB,
)
EMPTY_NAME = Rule(
    id="schema/empty-name",
    severity=Severity.ERROR,
    demands="A name is not blank.",
    hint="Write the job's name.",
    source=CONTRACT,
    schema={"name": _NOT_BLANK},
)
EMPTY_CODE = Rule(
    id="schema/empty-code",
    severity=Severity.ERROR,
    demands="A code is not blank.",
    hint="Write the job's code, or remove the line.",
    source=CONTRACT,
    schema={"code": _NOT_BLANK},
)
OPENINGS_POSITIVE = Rule(
    id="schema/openings-positive",
    severity=Severity.ERROR,
    demands="A job has at least one opening.",
    hint="Write 1 or more.",
    source=CONTRACT,
    schema={"openings": {"minimum": 1}},
)
ODD_TEXT = Rule(
    id="schema/odd-text",
    severity=Severity.WARNING,
    demands="A name, a code or an entry of a list is one line of text that looks like what it is.",
    hint="Type it again, on one line and with plain spaces.",
    source=CONTRACT,
)
REPEATED_ITEM = Rule(
    id="schema/repeated-item",
    severity=Severity.WARNING,
    demands="A list names each thing once.",
    hint="Remove the second entry. It is sent once.",
    source=CONTRACT,
)
STATUS_VALUE = Rule(
    id="schema/status-value",
    severity=Severity.ERROR,
    demands="The status of a new job is one that Create Job accepts.",
    hint="Write OPEN, CLOSED, DRAFT, ARCHIVED or PENDING.",
    source="Bindbee API, Create Job: status",
    check=_status_value,
    schema={"status": {"enum": [*STATUSES, None]}},
)
