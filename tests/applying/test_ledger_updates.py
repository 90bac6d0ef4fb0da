"""What an apply records of jobs that it does not create: all that is new, and nothing twice."""

from __future__ import annotations

import pytest
from make import NOW, created, file, job, plan

from bindbee_sync.applying.ledger_updates import ledger_updates
from bindbee_sync.ledger.records import replay

SELLER = job("j1", name="Seller", code="S-1", remote_id="41")


def updates(files, jobs, *records):
    return list(ledger_updates(plan(files, jobs, records=list(records)), NOW))


def test_a_job_that_a_file_is_matched_to_is_recorded_once():
    seller = file(name="Seller", code="S-1")
    listing, link = updates([seller], [SELLER])
    assert (listing.event, listing.id, listing.remote_id) == ("listed", "j1", "41")
    assert (listing.code, listing.name, listing.original_address, listing.at) == ("S-1", "Seller", "a", NOW)
    assert (link.event, link.address, link.code, link.name) == ("linked", "a", "S-1", "Seller")
    assert link.record == listing.record
    assert link.original_address == "a"
    assert updates([seller], [SELLER], [listing, link]) == []


def test_a_created_job_that_is_listed_is_recorded_as_listed():
    events = created(job_id="j1", code="S-1")
    listing, link = updates([file(name="Seller", code="S-1")], [SELLER], events)
    assert (listing.event, listing.record, listing.id) == ("listed", "r1", "j1")
    (record,) = replay([*events, listing, link]).records
    assert record.word == "listed"


@pytest.mark.parametrize(
    "changed",
    [{"name": "Buyer"}, {"code": "S-2"}, {"remote_id": "42"}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_the_list_says_anew_is_recorded(changed):
    seller = file(name="Seller", code="S-1")
    before = updates([seller], [SELLER])
    now = job("j1", **({"name": "Seller", "code": "S-1", "remote_id": "41"} | changed))
    assert [event.event for event in updates([seller], [now], before)] == ["listed"]


def test_a_file_that_moved_is_recorded_under_its_new_address():
    before = updates([file("a", name="Seller", code="S-1")], [SELLER])
    (link,) = updates([file("b", name="Seller", code="S-1")], [SELLER], before)
    assert (link.event, link.address, link.original_address) == ("linked", "b", "a")
    assert link.record == before[0].record


@pytest.mark.parametrize("changed", [{"name": "Seller II"}, {"openings": 3}])
def test_a_file_that_changed_is_recorded(changed):
    before = updates([file(name="Seller", code="S-1")], [SELLER])
    (link,) = updates([file(**({"name": "Seller", "code": "S-1"} | changed))], [SELLER], before)
    assert link.event == "linked"
    assert link.values["openings"] == changed.get("openings", 1)


def test_of_a_confidential_job_neither_name_nor_code_is_recorded():
    hidden = job("j1", name="Seller", code="S-1", confidential=True)
    listing, _ = updates([file(name="Seller", code="S-1")], [hidden])
    assert (listing.code, listing.name) == (None, None)


def test_what_no_file_manages_is_not_recorded():
    assert updates([], [SELLER]) == []
