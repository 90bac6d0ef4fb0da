"""Verdicts of a person: only on what is open, on one connector, with an id that can be one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from make import CONNECTOR_ID, created, job, ledger, linked, refused, sent

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.manual_resolution import Statement, records_of, releases, resolutions
from bindbee_sync.ledger.records import replay

SAID = Statement(by="mara", at=datetime(2026, 3, 3, tzinfo=UTC), why="seen in the ATS")
UUID = "0f000000-0000-4000-8000-00000000000f"


def records(*of_events):
    return ledger(*of_events).records


UNCERTAIN, PENDING = sent("a", "r1"), created("b", "r2")
LISTED, REFUSED = linked("c", "r3", to=job("j1")), refused("d", "r4")
EVERY = records(UNCERTAIN, PENDING, LISTED, REFUSED)


def ids(found):
    return [each.id for each in found]


@pytest.mark.parametrize(
    ("address", "found"),
    [("a", ["r1"]), ("r2", ["r2"]), ("[bc]", ["r2", "r3"]), ("*", ["r1", "r2", "r3", "r4"])],
)
def test_records_are_found_by_address_by_id_and_by_glob(address, found):
    assert ids(records_of(EVERY, address)) == found


def test_an_address_that_is_a_glob_too_means_itself():
    assert ids(records_of(records(sent("[ab]", "r1"), sent("a", "r2")), "[ab]")) == ["r1"]


def test_a_record_that_is_not_there_is_an_error():
    with pytest.raises(LedgerError, match="no such record") as raised:
        records_of(EVERY, "nobody")
    assert raised.value.where == "nobody"


@pytest.mark.parametrize(
    ("created_as", "given"),
    [
        (None, ("not_created", None, None)),
        ("4001", ("created", None, "4001")),
        (UUID, ("created", UUID, None)),
    ],
)
def test_a_verdict_names_the_attempt_the_job_the_person_and_the_grounds(created_as, given):
    (event,) = resolutions(records(UNCERTAIN), created_as, SAID)
    assert (event.result, event.id, event.remote_id) == given
    assert (event.connector_id, event.record, event.original_address) == (CONNECTOR_ID, "r1", "a")
    assert (event.by, event.at, event.why) == ("mara", SAID.at, "seen in the ATS")


def test_all_that_are_uncertain_are_resolved_as_not_created_and_no_other():
    assert [event.record for event in resolutions(EVERY, None, SAID)] == ["r1"]
    more = records(UNCERTAIN, sent("z", "r9"), PENDING)
    assert [event.record for event in resolutions(more, None, SAID)] == ["r1", "r9"]


def test_an_id_is_also_given_to_a_pending_record():
    assert [event.record for event in resolutions(records(PENDING), "4001", SAID)] == ["r2"]
    with pytest.raises(LedgerError, match="nothing to resolve"):
        resolutions(records(PENDING), None, SAID)


@pytest.mark.parametrize("settled", [LISTED, REFUSED])
@pytest.mark.parametrize("created_as", [None, "4001"])
def test_what_is_settled_is_not_resolved_again(settled, created_as):
    with pytest.raises(LedgerError, match="nothing to resolve"):
        resolutions(records(settled), created_as, SAID)


def test_one_id_resolves_one_create():
    with pytest.raises(LedgerError, match=r"One id can't resolve 2 creates: a, b"):
        resolutions(EVERY, "4001", SAID)


@pytest.mark.parametrize("odd", ["", "4 001", "https://ats.example/4001", "x" * 201, "4001\n", "ü"])
def test_what_can_be_no_id_is_refused(odd):
    with pytest.raises(LedgerError, match="no id of a job") as raised:
        resolutions(records(UNCERTAIN), odd, SAID)
    assert raised.value.where == odd[:200]


def test_an_id_of_200_characters_is_taken():
    assert resolutions(records(UNCERTAIN), "x" * 200, SAID)


def test_a_listed_and_a_vanished_record_are_released():
    for vanished, events in (((), LISTED), ({"r2"}, PENDING)):
        (event,) = releases(records(events), frozenset(vanished), SAID)
        assert (event.event, event.record) == ("released", events[0].record)
        assert (event.connector_id, event.original_address) == (CONNECTOR_ID, events[0].original_address)
        assert (event.by, event.at, event.why) == ("mara", SAID.at, "seen in the ATS")


@pytest.mark.parametrize(("events", "word"), [(UNCERTAIN, "uncertain"), (PENDING, "pending")])
def test_one_whose_job_may_exist_is_not_released(events, word):
    with pytest.raises(LedgerError, match=f"is {word}, so its job may exist"):
        releases(records(LISTED, events), frozenset(), SAID)


@pytest.mark.parametrize("decide", [resolutions, releases])
def test_records_of_several_connectors_are_not_decided_together(decide):
    another = {"connector_id": "another", "record": "r8", "original_address": "b"}
    foreign = [event.model_copy(update=another) for event in UNCERTAIN]
    both = (*records(UNCERTAIN), *replay(foreign).records)
    with pytest.raises(LedgerError, match="Several connectors") as raised:
        decide(both, frozenset() if decide is releases else None, SAID)
    assert raised.value.where == "a"
