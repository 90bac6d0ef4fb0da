"""Lever: what its own create call requires."""

from __future__ import annotations

from functools import partial

from bindbee_sync.rules import pack
from bindbee_sync.rules.pack import Documented, Pack

LEVER = "Lever"
SOURCE = "Third parties that create postings at Lever"
_required = partial(pack.required, provider="lever", name=LEVER, source=SOURCE)

PACK = Pack(
    provider="lever",
    name=LEVER,
    documented=Documented.ATS,
    about="What Lever's own create call requires is known from third parties.",
    rules=(
        _required("provider/lever-name", "name", "Write a name; it becomes the posting's title."),
        _required("provider/lever-user", "remote_user_id", "Name the user who creates it, by email."),
    ),
)
