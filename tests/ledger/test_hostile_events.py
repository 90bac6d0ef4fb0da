"""Events whose times can't be used are refused when they are read."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from pydantic import TypeAdapter, ValidationError

from bindbee_sync.ledger.events import EVENT, Moment


@pytest.mark.parametrize(
    "at", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"]
)
def test_a_time_that_can_not_be_used_is_refused(at):
    event = {"event": "released", "connector_id": "c", "record": "r", "original_address": "a", "at": at}
    with pytest.raises(ValidationError) as caught:
        EVENT.validate_python(event)
    assert "at" in str(caught.value)


@pytest.mark.parametrize(
    ("at", "usable"),
    [
        ("1969-12-31T23:59:59Z", False),
        ("1970-01-01T00:00:00Z", True),
        ("8999-12-31T23:59:59Z", True),
        ("9000-01-01T00:00:00Z", False),
    ],
)
def test_a_time_of_this_ledger_is_between_1970_and_9000(at, usable):
    with nullcontext() if usable else pytest.raises(ValidationError, match="not a year"):
        TypeAdapter(Moment).validate_python(at)
