"""Teamtailor: what its own create call requires."""

from __future__ import annotations

from functools import partial

from bindbee_sync.rules import pack
from bindbee_sync.rules.pack import Documented, Pack

TEAMTAILOR = "Teamtailor"
SOURCE = "Third parties that create jobs at Teamtailor"
_required = partial(pack.required, provider="teamtailor", name=TEAMTAILOR, source=SOURCE)

PACK = Pack(
    provider="teamtailor",
    name=TEAMTAILOR,
    documented=Documented.ATS,
    about="What Teamtailor's own create call requires is known from third parties.",
    rules=(
        _required("provider/teamtailor-name", "name", "Write a name; it becomes the job's title."),
        _required("provider/teamtailor-description", "description", "Write the text of the posting."),
        _required("provider/teamtailor-user", "remote_user_id", "Name the user who creates it, by email."),
    ),
)
