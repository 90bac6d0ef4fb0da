"""Ashby: what its own create call requires."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules import pack
from bindbee_sync.rules.pack import Documented, Pack
from bindbee_sync.rules.rule import Rule

ASHBY = "Ashby"
SOURCE = "Ashby's public OpenAPI description, job.create"
_required = partial(pack.required, provider="ashby", name=ASHBY, source=SOURCE)
_exactly_one = partial(pack.exactly_one, provider="ashby", name=ASHBY, source=SOURCE)


def _draft(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
    if file.spec.status not in (None, "DRAFT"):
        yield rule.on(file, "status", message=f"Ashby makes a job as a draft, not as {file.spec.status}")


PACK = Pack(
    provider="ashby",
    name=ASHBY,
    documented=Documented.ATS,
    about="Ashby documents its own create call; Bindbee does not say how it is used.",
    rules=(
        _required("provider/ashby-name", "name", "Write a name; it becomes the job's title."),
        _exactly_one(
            "provider/ashby-department",
            "departments",
            "Name exactly one department: Ashby's team.",
            what="department",
        ),
        _exactly_one(
            "provider/ashby-office", "offices", "Name exactly one office: Ashby's location.", what="office"
        ),
        Rule(
            id="provider/ashby-draft",
            severity=Severity.WARNING,
            demands="A new job is a draft.",
            hint="Leave out `status`, and open the job in Ashby: that needs a default interview plan there.",
            source=SOURCE,
            provider="ashby",
            check=_draft,
        ),
    ),
    takes_one=("departments", "offices"),
)
