"""One body for each create: what is shown, digested, compared and sent are the same bytes."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from make import ANNA, FULL, SALES, file, only, plan

from bindbee_sync.planning.payload import Payload


def test_a_create_has_its_fields_in_the_order_of_create_job_and_never_null():
    text = f"openings: 1\nremote_user_id: anna lund\n{FULL.partition('remote')[0]}"
    payload = only(plan([file(text=text)])).payload
    assert " ".join(payload.fields) == "name code departments offices template_id remote_user_id openings"
    assert (payload.fields["departments"], payload.fields["remote_user_id"]) == ([SALES], ANNA)
    assert None not in payload.fields.values()


def test_the_digest_is_of_the_body_and_the_fields_are_read_from_it():
    payload = Payload.of({"name": "Köchin", "offices": [], "openings": 2, "confidential": True})
    assert payload.body == '{"name":"Köchin","offices":[],"openings":2,"confidential":true}'.encode()
    assert payload.digest == sha256(payload.body).hexdigest()
    assert payload.fields == json.loads(payload.body)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"openings": 1}, {"openings": True}),
        ({"openings": 1}, {"openings": 1.0}),
        ({"name": "A", "code": "B"}, {"code": "B", "name": "A"}),
        ({"name": "A"}, {"name": "A", "code": None}),
    ],
)
def test_payloads_are_equal_where_their_bytes_are(one, other):
    assert Payload.of(one) == Payload.of(dict(one))
    assert Payload.of(one) != Payload.of(other)


@pytest.mark.parametrize("value", ["\ud800", float("nan"), object()])
def test_what_no_request_can_carry_is_no_payload(value):
    with pytest.raises((ValueError, TypeError)):
        Payload.of({"name": value})
