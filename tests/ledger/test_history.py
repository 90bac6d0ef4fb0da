"""What `ledger show` says of each event: words for people, and nothing that only the tool needs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bindbee_sync.ledger.events import EVENT, AttemptOutcome, Intent, Linked, Listed, Released, Resolved
from bindbee_sync.ledger.history import in_words

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def event(kind, **fields):
    return kind(connector_id="s-hidden", record="r-hidden", original_address="sales/lead", at=AT, **fields)


def intent(**fields):
    hidden = {"digest": "d-hidden", "possibly_newer": ("u-hidden",), "plan_file": "p-hidden"}
    return event(Intent, server_at=AT, deadline=AT, **hidden, **fields)


@pytest.mark.parametrize(
    "written",
    [
        intent(values={"openings": 2}),
        event(AttemptOutcome, result="rejected", by_ats=True),
        event(Listed, id="i"),
        event(Linked, address="a/b", values={"openings": 2}),
        event(Resolved, result="created", by="mara"),
        event(Released, by="mara"),
    ],
)
def test_an_event_of_each_kind_is_read_again_as_it_was_written(written):
    assert EVENT.validate_json(EVENT.dump_json(written)) == written


@pytest.mark.parametrize(
    ("happened", "lines"),
    [
        (
            intent(name="Lead", code="L-1", actor="mara", commit="c0ffee", run_url="https://ci.example/1"),
            ["about to be created: 'Lead', code L-1", "by mara, commit c0ffee", "https://ci.example/1"],
        ),
        (intent(name="Lead"), ["about to be created: 'Lead'"]),
        (intent(), ["about to be created"]),
        (
            event(AttemptOutcome, result="created", id="i", remote_id="42", status=201),
            ["created: id i, remote id 42"],
        ),
        (event(AttemptOutcome, result="created"), ["created"]),
        (
            event(AttemptOutcome, result="uncertain", status=502, detail="a gateway's page"),
            ["sent, and its outcome is not known: HTTP 502", "a gateway's page"],
        ),
        (
            event(AttemptOutcome, result="rejected", by_ats=True, status=422, detail="x" * 600),
            ["rejected by the ATS: HTTP 422", "x" * 499 + "…"],
        ),
        (event(AttemptOutcome, result="rejected", detail="DNS"), ["rejected", "DNS"]),
        (event(AttemptOutcome, result="not_tried", detail="stopped"), ["not tried", "stopped"]),
        (event(Listed, id="i", remote_id="42", name="Lead"), ["listed: 'Lead', id i, remote id 42"]),
        (event(Listed, id="i"), ["listed: id i"]),
        (event(Linked, address="a/b", name="Lead"), ["managed by a/b: 'Lead'"]),
        (event(Linked), ["its job file is gone"]),
        (
            event(Resolved, result="not_created", by="mara", why="looked"),
            ["resolved by mara: not created", "why: looked"],
        ),
        (event(Resolved, result="created", id="i", by="mara"), ["resolved by mara: created, id i"]),
        (event(Released, by="mara", why="gone"), ["released by mara", "why: gone"]),
    ],
)
def test_an_event_in_words(happened, lines):
    assert in_words(happened) == lines
