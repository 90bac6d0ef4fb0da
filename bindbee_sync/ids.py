"""The form of Bindbee's ids."""

from __future__ import annotations

import re

UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A UUID as Bindbee writes it, for a pattern that ignores case."""

_UUID = re.compile(UUID_FORM, re.IGNORECASE | re.ASCII)


def is_uuid(text: str) -> bool:
    """Return whether `text` has the form of one of Bindbee's ids: a UUID with dashes, in either case."""
    return _UUID.fullmatch(text) is not None
