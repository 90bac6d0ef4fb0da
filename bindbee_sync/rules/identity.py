"""Rules about which job a file stands for, and about references; planning checks them."""

from __future__ import annotations

from collections.abc import Iterator

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import nearest, shorten

ONE_JOB_A_FILE = "Create Job has no idempotency key: a job made twice is public and can't be taken back"
LISTS = "Bindbee API: departments, offices, remote-users"


def _error(name: str, demands: str, hint: str, source: str = ONE_JOB_A_FILE) -> Rule:
    return Rule(id=f"identity/{name}", severity=Severity.ERROR, demands=demands, hint=hint, source=source)


DUPLICATE_ADDRESS = _error(
    "duplicate-address",
    "Paths of job files differ by more than case, suffix or Unicode composition.",
    "Rename one of the files.",
    "File systems that fold case hold only one of the two",
)
DUPLICATE_CODE = _error(
    "duplicate-code",
    "No two files have one code, nor codes that differ only by case or white space, unless each of them "
    "names a job of its own under `sync`.",
    "Give a new job a code of its own. If both jobs exist, write the id of each under `sync.id`.",
)
DUPLICATE_NAME = _error(
    "duplicate-name",
    "No two files without a code have one name, unless `sync` names their jobs.",
    "Give each of them a code, or another name.",
)
DUPLICATE_TARGET = _error(
    "duplicate-target",
    "No two files stand for one job.",
    "Remove one of the files, or say with `sync.id` which job each stands for. A copy for a new opening has "
    "no `sync`, and a name and code of its own.",
)
AMBIGUOUS_REMOTE = _error(
    "ambiguous-remote",
    "A file stands for one job only: several have its code or name.",
    "Say with `sync.id` which of them it is, or with `sync.distinct_from` which of them it is not.",
)
NAME_COLLISION = _error(
    "name-collision",
    "A new job does not have the name of a job that exists, unless the file says that it is another one.",
    "If it is that job, write its id under `sync.id`; if it is another one, under `sync.distinct_from`.",
)
REPURPOSED = _error(
    "repurposed",
    "A file whose code and name both changed may stand for another job: that is asked, not guessed.",
    "For a new opening, write a new file.",
)
ID_NOT_FOUND = _error(
    "id-not-found",
    "The job that `sync` names is listed.",
    "Correct the id. Without `sync`, the job is looked for by code and name, and may be taken for a new one.",
)
UNVERIFIABLE_TEMPLATES = Rule(
    id="identity/unverifiable-templates",
    severity=Severity.WARNING,
    demands="Templates can be told from jobs: Bindbee passes on `is_template`.",
    hint="Ask Bindbee to pass on Greenhouse's raw data; until then give each job file a `code` or `sync.id`.",
    source="Bindbee's Create Job page: templates are the jobs whose raw_data.is_template is true",
    provider="greenhouse",
)
CLOSED_TARGET = Rule(
    id="identity/closed-target",
    severity=Severity.WARNING,
    demands="The job that a file stands for is not closed.",
    hint="Remove the file if the opening is over; for a new opening write a new file with another code.",
    source=ONE_JOB_A_FILE,
)
CLOSED_NAMESAKE = Rule(
    id="identity/closed-namesake",
    severity=Severity.WARNING,
    demands="A new job does not have the name of a closed one.",
    hint="Nothing to do if this is a new opening; if it is the old one, write its id under `sync.id`.",
    source=ONE_JOB_A_FILE,
)
NOT_FOUND = Rule(
    id="reference/not-found",
    severity=Severity.ERROR,
    demands="Every department, office and person that a file names exists.",
    hint="Correct the name or id.",
    source=LISTS,
)
AMBIGUOUS = Rule(
    id="reference/ambiguous",
    severity=Severity.ERROR,
    demands="A name means one department, office, person or template.",
    hint="Write the id of the one that is meant.",
    source=LISTS,
)
USER_DISABLED = Rule(
    id="reference/user-disabled",
    severity=Severity.ERROR,
    demands="People that a job names have an active account.",
    hint="Name somebody whose account is active.",
    source="Bindbee API, remote-users: disabled",
)
NO_UPDATE = Rule(
    id="drift/no-update",
    severity=Severity.WARNING,
    demands="A file agrees with the job that it stands for.",
    hint="Change the job in the ATS, or take over what it says: `bindbee-sync import --update ADDRESS`.",
    source="Bindbee API: no update of jobs",
)
STATUSES = ("OPEN", "CLOSED", "DRAFT", "ARCHIVED", "PENDING", "-")


def _status_value(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    status = file.spec.status
    if status is not None and status not in STATUSES:
        close = status.upper() if status.upper() in STATUSES else nearest(status, list(STATUSES))
        yield rule.at(
            file.place("status"),
            f"'{shorten(status, 60)}' is not a status that a job can be created with",
            hint=f"Did you mean {close}?" if close else None,
            address=file.address,
            field="status",
        )


STATUS_VALUE = Rule(
    id="schema/status-value",
    severity=Severity.ERROR,
    demands="The status of a new job is one that Create Job knows.",
    hint="Write one of OPEN, CLOSED, DRAFT, ARCHIVED, PENDING.",
    source="Bindbee API, Create Job: status",
    check=_status_value,
)

RULES = (
    DUPLICATE_ADDRESS,
    DUPLICATE_CODE,
    DUPLICATE_NAME,
    DUPLICATE_TARGET,
    AMBIGUOUS_REMOTE,
    NAME_COLLISION,
    REPURPOSED,
    ID_NOT_FOUND,
    UNVERIFIABLE_TEMPLATES,
    CLOSED_TARGET,
    CLOSED_NAMESAKE,
    NOT_FOUND,
    AMBIGUOUS,
    USER_DISABLED,
    NO_UPDATE,
    STATUS_VALUE,
)
