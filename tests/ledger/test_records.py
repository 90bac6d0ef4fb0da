"""What a ledger's events come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindbee_sync.ledger.events import AttemptOutcome, Intent, Linked, Listed, Released, Resolved
from bindbee_sync.ledger.records import State, replay

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def about(record="r", original_address="sales/lead", connector_id="connector", at=NOW):
    return {"record": record, "original_address": original_address, "connector_id": connector_id, "at": at}


def intent(**where):
    given = about(**where)
    times = {"server_at": given["at"], "deadline": given["at"] + timedelta(seconds=120)}
    return Intent(**given, **times, code="L-1", name="Lead", digest="d")


def outcome(result, **more):
    return AttemptOutcome(**about(), result=result, **more)


def listed(**more):
    return Listed(**(about() | {"id": "job", "remote_id": "7"} | more))


def verdict(result, **more):
    return Resolved(**about(), result=result, by="mara", **more)


RELEASED = Released(**about(), by="mara")


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], State.ATTEMPTED),
        ([outcome("created")], State.CREATED),
        ([outcome("uncertain")], State.UNCERTAIN),
        ([outcome("rejected")], State.ENDED),
        ([outcome("not_tried")], State.ENDED),
        ([outcome("uncertain"), verdict("created", id="job")], State.CREATED),
        ([outcome("uncertain"), verdict("not_created")], State.ENDED),
        ([verdict("not_created")], State.ENDED),
        ([outcome("created"), verdict("not_created")], State.CREATED),
        ([outcome("uncertain"), listed()], State.LISTED),
        ([listed(), verdict("not_created")], State.LISTED),
        ([listed(), outcome("created")], State.LISTED),
        ([listed(), outcome("uncertain")], State.LISTED),
        ([listed(), verdict("created", id="another")], State.LISTED),
        ([outcome("rejected"), verdict("created", id="job")], State.ENDED),
        ([outcome("rejected"), outcome("created")], State.CREATED),
        ([outcome("uncertain"), verdict("not_created"), outcome("created")], State.CREATED),
        ([outcome("uncertain"), verdict("not_created"), listed()], State.LISTED),
        ([outcome("created"), RELEASED], State.ENDED),
        ([RELEASED, outcome("created")], State.ENDED),
        ([RELEASED, listed()], State.ENDED),
    ],
    ids=lambda value: (
        "-".join(getattr(e, "result", e.event) for e in value) if isinstance(value, list) else None
    ),
)
def test_where_a_record_stands(events, state):
    (record,) = replay([intent(), *events]).records
    assert record.state is state
    assert record.is_live == (state is not State.ENDED)


def test_an_id_is_kept_from_wherever_it_comes():
    (record,) = replay([intent(), outcome("created", id="job", remote_id="7")]).records
    assert (record.job_id, record.job_remote_id) == ("job", "7")
    (record,) = replay([intent(), outcome("created", remote_id="7"), listed()]).records
    assert (record.job_id, record.job_remote_id) == ("job", "7")
    (record,) = replay([intent(), outcome("created", remote_id="7"), listed(remote_id=None)]).records
    assert (record.job_id, record.job_remote_id) == ("job", "7")


@pytest.mark.parametrize("late", [outcome("created"), outcome("created", id="x", remote_id="8")])
def test_the_late_answer_of_a_slow_run_does_not_change_the_ids_that_were_listed(late):
    (record,) = replay([intent(), listed(), late]).records
    assert (record.job_id, record.job_remote_id) == ("job", "7")


def test_a_record_answers_to_the_code_as_sent_and_as_last_recorded_and_to_the_name_last_recorded():
    edited = Linked(**about(), address="field/head", code="H-1", name="Head")
    (record,) = replay([intent(), outcome("created"), edited]).records
    assert record.codes == {"L-1", "H-1"}
    assert record.names == {"head"}
    assert (record.address, record.original_address, record.label) == (
        "field/head",
        "sales/lead",
        "field/head",
    )


def test_an_address_is_only_of_the_record_that_it_was_given_to_last():
    later = NOW + timedelta(days=1)
    taken = Linked(**about(record="other", at=later), address="sales/lead", code="N-1", name="New")
    records = replay([intent(), outcome("created"), Listed(**about("other", "x/y"), id="o"), taken]).records
    assert {record.id: record.address for record in records} == {"r": None, "other": "sales/lead"}
    assert all(record.label == "sales/lead" for record in records)


def test_a_record_that_ended_takes_no_address_from_another():
    late = Linked(**about(at=NOW + timedelta(days=1)), address="sales/lead", code="L-1", name="Lead")
    records = replay([intent(), outcome("rejected"), intent(record="s"), late]).records
    assert {record.id: record.address for record in records} == {"r": None, "s": "sales/lead"}


def test_of_a_job_that_no_file_managed_yet_the_code_and_name_are_the_lists_alone():
    (record,) = replay([listed(code="L-2", name="Lead II")]).records
    assert (record.state, record.listed_code, record.listed_name) == (State.LISTED, "L-2", "Lead II")
    assert record.codes == record.names == frozenset()


def test_the_live_records_are_those_whose_job_may_exist():
    ledger = replay([intent(), intent(record="s"), outcome("rejected")])
    assert [record.id for record in ledger.live] == ["s"]


def test_each_connector_has_a_space_of_its_own():
    events = [intent(), intent(record="s", connector_id="another")]
    assert [record.id for record in replay(events, "connector").records] == ["r"]
    assert len(replay(events).records) == 2
    assert all(record.address == "sales/lead" for record in replay(events).records)


def test_an_outcome_of_an_attempt_that_is_not_there_says_nothing():
    assert replay([outcome("created"), verdict("created"), RELEASED]).records == ()


def test_of_two_records_that_got_an_address_at_one_moment_the_later_keeps_it():
    records = replay([intent(), intent(record="s")]).records
    assert [(record.id, record.address) for record in records] == [("r", None), ("s", "sales/lead")]


def test_an_orphan_event_hides_no_record_after_it():
    orphan = AttemptOutcome(**about(record="lost"), result="created")
    assert [record.id for record in replay([orphan, intent()]).records] == ["r"]


def test_of_one_connector_the_events_of_another_hide_none():
    assert [
        r.id for r in replay([intent(record="s", connector_id="another"), intent()], "connector").records
    ] == ["r"]


def test_a_record_begins_with_what_its_first_event_says():
    later = NOW + timedelta(hours=1)
    (record,) = replay(
        [intent(), Listed(**about(at=later), id="job", remote_id="7", code="L-2", name="Lead II")]
    ).records
    assert (record.since, record.addressed_at, record.original_address) == (NOW, NOW, "sales/lead")
    assert (record.listed_code, record.listed_name) == ("L-2", "Lead II")
    assert (record.job_id, record.job_remote_id, record.intent.code) == ("job", "7", "L-1")


def test_a_file_that_is_gone_leaves_code_and_name_as_they_were():
    gone = Linked(**about(at=NOW + timedelta(hours=1)))
    (record,) = replay([intent(), gone]).records
    assert (record.address, record.code, record.name) == (None, "L-1", "Lead")
    assert record.label == "sales/lead"
    moved = Linked(
        **about(at=NOW + timedelta(hours=2)), address="b", code="X", name="Y", values={"openings": 2}
    )
    (record,) = replay([intent(), gone, moved]).records
    assert (record.address, record.code, record.name, record.label) == ("b", "X", "Y", "b")
    assert record.values == {"openings": 2}
    assert record.addressed_at == NOW + timedelta(hours=2)
    again = Linked(**about(at=NOW + timedelta(hours=3)), address="c", code="X", name="Y")
    (record,) = replay([intent(), gone, moved, again]).records
    assert (record.address, record.values) == ("c", {"openings": 2})


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ([], "uncertain"),
        ([outcome("uncertain", detail="timeout")], "uncertain"),
        ([outcome("created")], "pending"),
        ([listed()], "listed"),
        ([outcome("rejected", detail="no")], "rejected"),
        ([verdict("not_created")], "not_created"),
        ([RELEASED], "released"),
    ],
)
def test_a_record_has_one_word(events, word):
    (record,) = replay([intent(), *events]).records
    assert record.word == word
    assert record.is_uncertain is (word == "uncertain")
    assert record.is_live is (word in ("uncertain", "pending", "listed"))
    details = [event.detail for event in events if isinstance(event, AttemptOutcome)]
    assert record.detail == (details[0] if details else None)


def test_the_ats_refusal_is_remembered_until_another_attempt_was_answered():
    refused = [intent(), outcome("rejected", by_ats=True)]
    again = intent(record="again", at=NOW + timedelta(hours=1))
    ended = AttemptOutcome(**about(record="again"), result="not_tried")
    made = AttemptOutcome(**about(record="again"), result="created")
    assert replay(refused).refusal("sales/lead")
    assert replay([*refused, again, ended]).refusal("sales/lead")
    assert replay([*refused, again, ended]).refused_payload("d")
    assert not replay([*refused, again, made]).refusal("sales/lead")
    assert not replay([*refused, again, made]).refused_payload("d")
    assert not replay([intent(), outcome("rejected")]).refusal("sales/lead")


def test_a_job_that_was_there_already_is_no_attempt_and_hides_no_refusal():
    there = Listed(**about(record="there", at=NOW + timedelta(hours=1)), id="job")
    ledger = replay([intent(), outcome("rejected", by_ats=True), there])
    assert ledger.refusal("sales/lead").id == ledger.refused_payload("d").id == "r"


def test_what_was_never_attempted_was_not_refused():
    assert replay([]).refusal("sales/lead") is None
    assert replay([]).refused_payload("d") is None
