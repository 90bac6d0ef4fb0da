"""What the ATS itself says of uncertain creates: one job for one record, and nothing guessed."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from make import BEFORE, NOW, SENT, TEMPLATE, created, file, job, ledger, linked, listed, plan, sent, template

from bindbee_sync.applying.probing import probe, resolution
from bindbee_sync.errors import ApiError

MARGIN, DEADLINE = timedelta(minutes=15), timedelta(seconds=120)
OURS = template(remote_id="900")


def source(identifier="41", *, name="Seller", at=SENT, **fields):
    """Return a job as Greenhouse's own API shows it."""
    known = {"id": int(identifier), "name": name, "created_at": at and at.isoformat()}
    return known | {"copied_from_id": 900, "is_template": False} | fields


def probed(*found, files=None, records=None, jobs=(), asked=None):
    """Return the ATS's id of the job that is found for each record, by the record's id."""
    files = [file(name="Seller", template_id=TEMPLATE)] if files is None else files
    events = [sent()] if records is None else records
    on = listed(*jobs, templates=(OURS,))
    made = plan(files, on=on, records=events)

    def ask(query):
        if asked is not None:
            asked.append(dict(query))
        return list(found)

    return {record.id: each.id for record, each in probe(made, on, ledger(*events), ask)}


def test_the_job_of_an_uncertain_create_is_found_by_its_name():
    asked = []
    assert probed(source(), asked=asked) == {"r1": "41"}
    assert asked == [{"created_after": "2026-03-02T10:45:00Z"}]


def test_by_its_code_it_is_found_whatever_its_name():
    asked = []
    found = probed(
        source(name="Renamed", requisition_id="S-1"),
        source("42", requisition_id="S-2"),
        files=[file(name="Seller", code="S-1")],
        records=[sent(code="S-1")],
        asked=asked,
    )
    assert found == {"r1": "41"}
    assert asked == [{"requisition_id": "S-1"}]


def test_without_a_job_of_its_code_the_name_decides():
    asked = []
    found = probed(
        source(requisition_id=None),
        files=[file(name="Seller", code="S-1")],
        records=[sent(code="S-1")],
        asked=asked,
    )
    assert found == {"r1": "41"}
    assert [next(iter(query)) for query in asked] == ["requisition_id", "created_after"]


@pytest.mark.parametrize(
    "other",
    [
        source(name="Another"),
        source(name=None),
        source(at=None),
        source(at=BEFORE),
        source(at=SENT - MARGIN - timedelta(seconds=1)),
        source(at=SENT + DEADLINE + MARGIN + timedelta(seconds=1)),
        source(is_template=True),
        source(copied_from_id=901),
    ],
    ids=["name", "no name", "no date", "old", "too early", "too late", "a template", "another template"],
)
def test_a_job_that_can_not_be_its_own_is_not_taken(other):
    assert probed(other) == {}
    assert probed(other, source("42")) == {"r1": "42"}


@pytest.mark.parametrize(
    "likely",
    [
        source(name=" SELLER "),
        source(at=SENT - MARGIN),
        source(at=SENT + DEADLINE + MARGIN),
        source(copied_from_id=None),
        source(is_template=None),
        source(at=SENT.astimezone(timezone(timedelta(hours=5)))),
    ],
)
def test_one_that_can_be_its_own_is(likely):
    assert probed(likely) == {"r1": "41"}


def test_a_date_without_a_zone_is_in_utc():
    assert probed(source() | {"created_at": SENT.replace(tzinfo=None).isoformat()}) == {"r1": "41"}


@pytest.mark.parametrize("named", [TEMPLATE, "900", "template", None, "unknown"])
def test_the_template_counts_where_it_is_known(named):
    files = [file(name="Seller", template_id=named)]
    assert probed(source(), files=files) == {"r1": "41"}
    other = {} if named in (TEMPLATE, "900", "template") else {"r1": "41"}
    assert probed(source(copied_from_id=901), files=files) == other


def test_a_namesake_of_the_template_is_not_taken_for_it():
    """It is a job, and its id is not that of the template that the file names."""
    files = [file(name="Seller", template_id="Template")]
    namesake = job("j9", name="Template", remote_id="901", code="T-1")
    nameless = template("j8", name=None, remote_id="902")
    assert probed(source(copied_from_id=901), files=files, jobs=[namesake, nameless]) == {}


def test_two_jobs_for_one_create_settle_nothing():
    assert probed(source(), source("42")) == {}


def test_one_job_for_two_creates_settles_neither():
    files = [file("a", name="Seller"), file("b", name="Seller", code="B")]
    assert probed(source(), files=files, records=[sent(), sent("b", "r2", code="B")]) == {}


def test_a_pending_create_without_an_id_could_own_it_too():
    files = [file("a", name="Seller"), file("b", name="Seller", code="B")]
    assert probed(source(), files=files, records=[sent(), created("b", "r2", code="B")]) == {}
    assert probed(source(), files=files, records=[sent(), created("b", "r2", code="B", remote_id="77")]) == {
        "r1": "41"
    }


def test_a_job_that_is_listed_or_recorded_is_not_taken():
    assert probed(source(), jobs=[job("j9", name="Else", remote_id="41")]) == {}
    files = [file("a", name="Seller"), file("b", name="Buyer")]
    assert (
        probed(source(), files=files, records=[sent(), created("b", "r2", name="Buyer", remote_id="41")])
        == {}
    )


def test_only_uncertain_records_are_asked_for_and_each_of_them_is():
    asked = []
    files = [file("a", name="Buyer"), file("b", name="Seller")]
    records = [created("a", "r1", name="Buyer"), sent("b", "r2")]
    assert probed(source(), files=files, records=records, asked=asked) == {"r2": "41"}
    assert len(asked) == 1


def test_of_a_create_without_a_name_the_code_alone_counts():
    files = [file("a", name="Seller", code="A"), file("b", name="Buyer", code="B")]
    records = [sent(code="A", name=None), sent("b", "r2", code="B", name="Buyer")]
    found = [source(name=None, requisition_id="A"), source("42", name="Buyer", requisition_id="B")]
    assert probed(*found, files=files, records=records) == {"r1": "41", "r2": "42"}
    assert probed(*found[1:], files=files[:1], records=records[:1]) == {}


def test_a_job_that_was_never_created_here_is_no_attempt():
    there = job("j9", name="Buyer", code="B-1")
    files = [file("a", name="Seller"), file("b", name="Buyer", code="B-1")]
    records = [sent(), linked("b", "r2", to=there, code="B-1", name="Buyer")]
    assert probed(source(), files=files, jobs=[there], records=records) == {"r1": "41"}


def test_a_record_whose_job_file_is_gone_is_settled_too():
    assert probed(source(), files=[]) == {"r1": "41"}


def test_creates_with_codes_are_told_apart_by_them():
    files = [file("a", name="Seller", code="A"), file("b", name="Seller", code="B")]
    found = [source(name=None, requisition_id="A"), source("42", name="y", requisition_id="B")]
    assert probed(*found, files=files, records=[sent(code="A"), sent("b", "r2", code="B")]) == {
        "r1": "41",
        "r2": "42",
    }


@pytest.mark.parametrize("answer", [{}, "no", [1], [{"name": "without an id"}]])
def test_an_answer_that_is_no_list_of_jobs_is_an_error(answer):
    on = listed(templates=(OURS,))
    made = plan([file(name="Seller")], on=on, records=[sent()])
    with pytest.raises(ApiError, match="not a list of jobs") as raised:
        list(probe(made, on, ledger(sent()), lambda _: answer))
    assert "passthrough_base" in raised.value.hint


def test_what_is_found_settles_the_record_that_it_is_of():
    on = listed(templates=(OURS,))
    made = plan([file(name="Seller")], on=on, records=[sent()])
    ((record, found),) = probe(made, on, ledger(sent()), lambda _: [source()])
    event = resolution(record, found, NOW)
    assert (event.record, event.original_address, event.at) == ("r1", "a", NOW)
    assert (event.result, event.remote_id, event.id, event.by) == ("created", "41", None, "apply --settle")
    assert event.why
