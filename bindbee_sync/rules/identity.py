"""Rules about which job a file manages; planning checks them.

What could be two things is an error, never a guess: a job that is made twice is public.
"""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

ONE_JOB_A_FILE = "Create Job has no idempotency key: a job made twice is public and can't be taken back"


def _rule(
    name: str,
    demands: str,
    hint: str,
    *,
    source: str = ONE_JOB_A_FILE,
    severity: Severity = Severity.ERROR,
    provider: str | None = None,
) -> Rule:
    return Rule(
        id=f"identity/{name}", severity=severity, demands=demands, hint=hint, source=source, provider=provider
    )


DUPLICATE_ADDRESS = _rule(
    "duplicate-address",
    "The paths of two job files differ in more than case, suffix or Unicode composition.",
    "Rename one of the files.",
    source="File systems that ignore case keep only one of the two",
)
DUPLICATE_CODE = _rule(
    "duplicate-code",
    "No two files have the same code, or codes that differ only in case or white space, unless each of them "
    "names its own job under `sync`.",
    "Give a new job its own code. If both jobs exist, write the id of each under `sync.id`.",
)
DUPLICATE_NAME = _rule(
    "duplicate-name",
    "No two files without a code have the same name, unless `sync` names their jobs.",
    "Give each of them a code, or another name.",
)
DUPLICATE_TARGET = _rule(
    "duplicate-target",
    "No two files manage the same job.",
    "Remove one of the files, or write under `sync.id` which job each of them manages. A copy for a new "
    "opening has no `sync`, and has its own name and code.",
)
AMBIGUOUS_REMOTE = _rule(
    "ambiguous-remote",
    "Only one listed job has the code of a file or, where the file has no code, its name.",
    "Write the id of the right job under `sync.id`, or the ids of the wrong ones under `sync.distinct_from`.",
)
NAME_COLLISION = _rule(
    "name-collision",
    "A new job does not have the name of an existing job, unless its file says that they are different jobs.",
    "If it is that job, write the job's id under `sync.id`; if it is a different job, under "
    "`sync.distinct_from`.",
)
REPURPOSED = _rule(
    "repurposed",
    "A file does not change its code and its name at once: it could then describe another job.",
    "For a new opening, write a new file.",
)
ID_NOT_FOUND = _rule(
    "id-not-found",
    "The job that `sync` names is listed.",
    "Correct the id. Without `sync`, the job is matched by code and name, and may be taken for a new job.",
)
UNVERIFIABLE_TEMPLATES = _rule(
    "unverifiable-templates",
    "Bindbee passes on `is_template`, which tells templates from jobs.",
    "Ask Bindbee to pass on Greenhouse's raw data. Until then, give each job file a `code` or `sync.id`.",
    source="Bindbee's Create Job page: templates are the jobs whose raw_data.is_template is true",
    severity=Severity.WARNING,
    provider="greenhouse",
)
CLOSED_TARGET = _rule(
    "closed-target",
    "The job that a file manages is not closed.",
    "Remove the file: its opening is over. A new opening has a file with a name and code of its own.",
    severity=Severity.WARNING,
)
CLOSED_NAMESAKE = _rule(
    "closed-namesake",
    "A new job does not have the name of a closed job.",
    "If it is the old job, write the job's id under `sync.id`; if it is a new opening, under "
    "`sync.distinct_from`.",
    severity=Severity.WARNING,
)
