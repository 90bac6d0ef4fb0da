"""What `ledger show` says of each event: words for people, and nothing that only the tool needs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bindbee_sync.ledger.events import AttemptOutcome, Intent, Linked, Listed, Released, Resolved
from bindbee_sync.ledger.history import told

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def event(kind, **fields):
    return kind(connector_id="s-hidden", record="r-hidden", original_address="sales/lead", at=AT, **fields)


def intent(**fields):
    hidden = {"digest": "d-hidden", "possibly_newer": ("u-hidden",), "plan_file": "p-hidden"}
    return event(Intent, server_at=AT, deadline=AT, **hidden, **fields)


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
            ["sent, and it is not known what became of it: HTTP 502", "a gateway's page"],
        ),
        (
            event(AttemptOutcome, result="rejected", by_ats=True, status=422, detail="x" * 600),
            ["refused by the ATS: HTTP 422", "x" * 499 + "…"],
        ),
        (event(AttemptOutcome, result="rejected", detail="DNS"), ["refused", "DNS"]),
        (event(AttemptOutcome, result="not_tried", detail="stopped"), ["not sent", "stopped"]),
        (event(Listed, id="i", remote_id="42", name="Lead"), ["listed: 'Lead', id i, remote id 42"]),
        (event(Listed, id="i"), ["listed: id i"]),
        (event(Linked, address="a/b", name="Lead"), ["the file a/b stands for it: 'Lead'"]),
        (event(Linked), ["no file stands for it any more"]),
        (
            event(Resolved, result="not_created", by="mara", why="looked"),
            ["settled by mara: not created", "why: looked"],
        ),
        (event(Resolved, result="created", id="i", by="mara"), ["settled by mara: created, id i"]),
        (event(Released, by="mara", why="gone"), ["released by mara", "why: gone"]),
    ],
)
def test_what_happened_is_told(happened, lines):
    assert told(happened) == lines
