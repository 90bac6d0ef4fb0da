"""BambooHR: what its own create call requires."""

from __future__ import annotations

from functools import partial

from bindbee_sync.rules import pack
from bindbee_sync.rules.pack import Documented, Pack

BAMBOOHR = "BambooHR"
SOURCE = "BambooHR's public client documentation, create_job_opening"
_required = partial(pack.required, provider="bamboohr", name=BAMBOOHR, source=SOURCE)
_exactly_one = partial(pack.exactly_one, provider="bamboohr", name=BAMBOOHR, source=SOURCE)

PACK = Pack(
    provider="bamboohr",
    name=BAMBOOHR,
    documented=Documented.ATS,
    about="BambooHR documents its own create call. It also requires a type of employment, for which "
    "Create Job has no field.",
    rules=(
        _required("provider/bamboohr-name", "name", "Write a name; it becomes the posting's title."),
        _required("provider/bamboohr-status", "status", "Write `status: DRAFT` or `status: OPEN`."),
        _required("provider/bamboohr-description", "description", "Write what the job is about."),
        _exactly_one(
            "provider/bamboohr-hiring-manager",
            "hiring_managers",
            "Name one person, the hiring lead, by email.",
            what="hiring manager",
        ),
        _required("provider/bamboohr-office", "offices", "Name the office; a remote job may need none."),
    ),
    takes_one=("hiring_managers",),
)
