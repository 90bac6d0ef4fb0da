"""Steps by hand: what a plan leaves to a person, by kind."""

from __future__ import annotations

import pytest
from make import (
    ANNA,
    BORIS,
    SALES,
    TEMPLATE,
    _after,
    created,
    file,
    job,
    linked,
    listed,
    only,
    plan,
    released,
    relinked,
    sent,
)

from bindbee_sync.ledger.events import Linked
from bindbee_sync.planning.selection import Selection

JOB = job("j1", remote_id="4050/1", name="Seller", code="S-1")


def known(values, *, to=JOB, address="a", code="S-1"):
    """Return the events of a listed job whose file was last recorded with these values."""
    events = linked(address, to=to, code=code)
    return [*events, _after(events, Linked, address=address, code=code, name="Seller", values=values)]


def told(a_plan):
    return [(str(step.kind), step.address, step.field, step.old, step.new) for step in a_plan.steps]


def told_of(a_plan):
    (step,) = a_plan.steps
    return step.values


RECORDED = {"openings": 2, "template_id": TEMPLATE, "remote_user_id": ANNA}
FIELDS = [
    ("openings", 2, 5, 2, 5),
    ("openings", None, 5, None, 5),
    ("remote_user_id", "anna@corp.example", BORIS, "Anna Lund", "Boris Kos"),
    ("template_id", "Template", "Other", "Template", "Other"),
    ("description", "Old", "New", "Old", "New"),
    ("hiring_managers", [ANNA], ["boris@corp.example"], ["Anna Lund"], ["Boris Kos"]),
    ("recruiters", None, [ANNA], None, ["Anna Lund"]),
    ("status", "OPEN", "DRAFT", "OPEN", "DRAFT"),
]


@pytest.mark.parametrize(("field", "was", "now", "old", "new"), FIELDS)
@pytest.mark.parametrize("source", ["ledger", "base", "pending"])
@pytest.mark.parametrize("status", [None, "-"])
def test_a_field_that_no_list_shows_is_a_change_to_make(field, was, now, old, new, source, status):
    listed = job("j1", remote_id="4050/1", code="S-1", status=status)
    unchanged = {"name": "Seller", "code": "S-1"}
    edited = file(**unchanged | {field: now})
    before = file(**unchanged | {field: was}).spec.model_dump(mode="json", exclude_none=True)
    if was is None:
        before.pop(field, None)
    values = {key: value for key, value in before.items() if key not in ("name", "code", "sync")}
    options = {}
    # A field that the base does not set is one that this change adds.
    base = file(text="".join(f"{key}: {value!r}\n" for key, value in (unchanged | values).items()))
    if source == "ledger":
        records = [known(values, to=listed)]
    elif source == "base":
        records = [linked(to=listed, code="S-1")]
        options = {"before": {"a": base}}
    else:
        begun = created(remote_id="4050/1", code="S-1")
        begun[0] = begun[0].model_copy(update={"values": values})
        records = [begun]
    a_plan = plan([edited], [] if source == "pending" else [listed], records, **options)
    assert told(a_plan) == [("change", "a", field, old, new)]
    (step,) = a_plan.steps
    assert (step.name, step.code) == ("Seller", "S-1")
    assert (step.remote_id, step.url) == ("4050/1", "https://app.greenhouse.io/sdash/4050%2F1")


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ({}, RECORDED),
        ({"remote_user_id": "anna@corp.example", "template_id": "Template"}, RECORDED),
        ({"hiring_managers": [BORIS, ANNA]}, RECORDED | {"hiring_managers": [ANNA, BORIS]}),
        ({"description": "One  two\n"}, RECORDED | {"description": "One two"}),
        ({"openings": 5}, None),
        ({"openings": 5, "sync": {"ignore_changes": ["openings"]}}, RECORDED),
    ],
    ids=["same", "names", "order", "white space", "not recorded", "ignored"],
)
def test_what_means_the_same_or_is_not_known_is_no_change(fields, values):
    edited = file(**{"name": "Seller", "code": "S-1", "openings": 2} | fields)
    assert told(plan([edited], [JOB], [known(values)])) == []


def test_a_listed_value_counts_before_a_recorded_one():
    done = job("j1", code="S-1", hiring_managers=(BORIS,))
    edited = file(name="Seller", code="S-1", hiring_managers=[BORIS])
    recorded = known(RECORDED | {"openings": 1, "hiring_managers": [ANNA]}, to=done)
    assert told(plan([edited], [done], [recorded])) == []
    still = job("j1", code="S-1", hiring_managers=(ANNA,))
    assert told(plan([edited], [still], [recorded])) == [
        ("change", "a", "hiring_managers", ["Anna Lund"], ["Boris Kos"])
    ]


def test_drift_is_a_change_to_make_only_where_this_change_edits_the_field():
    before, now = (file(name="Seller", code="S-1", offices=[office]) for office in ("Here", "Berlin"))
    drifted = job("j1", code="S-1", offices=("elsewhere",))
    assert told(plan([now], [drifted])) == []
    assert told(plan([now], [drifted], before={"a": now})) == []
    assert told(plan([now], [drifted], before={"a": before})) == [
        ("change", "a", "offices", ["elsewhere"], ["Berlin"])
    ]


def test_fields_that_a_create_does_not_take_are_to_be_set():
    as_created = {"recruiters": [], "status": "OPEN", "confidential": False}
    new = file(name="Seller", description="Sell.", hiring_managers=[ANNA], **as_created)
    a_plan = plan([new])
    assert told(a_plan) == [
        ("set", "a", "description", None, "Sell."),
        ("set", "a", "hiring_managers", None, ["Anna Lund"]),
    ]
    assert only(a_plan).values == {
        "description": "Sell.",
        "hiring_managers": [ANNA],
        "recruiters": [],
        "status": "OPEN",
        "confidential": False,
        "openings": 1,
        "template_id": TEMPLATE,
        "remote_user_id": ANNA,
    }


def test_a_removed_file_leaves_its_job_open_until_that_is_closed_its_file_is_back_or_it_is_released():
    record = linked(to=JOB, code="S-1")
    assert told(plan([], [JOB], [record])) == [("close", "a", None, None, None)]
    assert told(plan([], [JOB.model_copy(update={"status": "CLOSED"})], [record])) == []
    assert told(plan([file(name="Seller", code="S-1")], [JOB], [record])) == []
    assert told(plan([file("moved", name="Seller", code="S-1")], [JOB], [record])) == []
    assert told(plan([], [JOB], [released(record)])) == []
    assert told(plan([], [], [record])) == []


def test_a_job_to_close_says_where_it_is_for_how_many_and_whose():
    listed = job("j1", code="S-1", departments=(SALES,), offices=("gone",), hiring_managers=(ANNA,))
    here = {"departments": ["Sales"], "offices": ["gone"], "hiring_managers": ["Anna Lund"]}
    record = linked(to=listed, code="S-1")
    gone = file(name="Seller", code="S-1", openings=3)
    assert told_of(plan([], [listed], [record])) == here
    assert told_of(plan([], [listed], [known({"openings": 2}, to=listed)])) == {**here, "openings": 2}
    assert told_of(plan([], [listed], removed=(gone,))) == {**here, "openings": 3}
    reused = plan([file(name="Baker")], [listed], before={"a": gone})
    assert {step.kind: step.values for step in reused.steps}["close"] == {**here, "openings": 3}
    hidden = listed.model_copy(update={"confidential": True})
    assert told_of(plan([], [hidden], [record])) is None


@pytest.mark.parametrize(
    ("fields", "jobs", "closes"),
    [
        ({"name": "Seller", "code": "S-1"}, [JOB], 1),
        ({"name": "Other", "sync": {"id": "j1"}}, [JOB], 1),
        ({"name": "Seller"}, [JOB], 1),
        ({"name": "Seller"}, [JOB, job("j2")], 0),
        ({"name": "Seller", "code": "S-2"}, [JOB], 0),
        ({"name": "Other"}, [JOB], 0),
        ({"name": "Seller", "code": "S-1"}, [JOB.model_copy(update={"status": "CLOSED"})], 0),
    ],
)
def test_a_file_that_a_change_removes_is_matched_without_a_record(fields, jobs, closes):
    assert len(plan([], jobs, removed=(file("gone", **fields),)).steps) == closes


def test_a_job_that_another_file_manages_is_not_to_be_closed():
    gone = file("gone", name="Seller", code="S-1")
    assert told(plan([file("b", name="Seller", code="S-1")], [JOB], removed=(gone,))) == []


def test_a_file_that_describes_another_job_leaves_the_old_one_open():
    before = file(name="Seller")
    reused = file(name="Baker")
    assert ("close", "a", None, None, None) in told(plan([reused], [JOB], before={"a": before}))
    replaced = file(name="Seller", sync={"distinct_from": ["j1"]})
    a_plan = plan([replaced], [JOB], before={"a": before})
    assert ("close", "a", None, None, None) in told(a_plan)
    assert a_plan.steps[0].reason == "Its job file describes another job now, and it is still open"


def test_a_confidential_job_is_not_named_and_nothing_is_kept_of_it():
    hidden = job("j1", code="S-1", confidential=True)
    (step,) = plan([], [hidden], [linked(to=hidden, code="S-1")]).steps
    assert (step.kind, step.name, step.code, step.id) == ("close", None, None, "j1")
    (link,) = plan([file(name="Seller", code="S-1", description="Secret")], [hidden]).links
    assert link.values is None
    (link,) = plan([file(name="Seller", code="S-1", confidential=True)], [JOB]).links
    assert link.values is None


def test_only_what_is_shown_is_recorded():
    shown, other = file(name="Seller", code="S-1", openings=5), file("b", name="Baker", code="B-1")
    jobs, only_a = [JOB, job("j2", name="Baker", code="B-1")], Selection(frozenset({"a"}))
    links = plan([shown, other], jobs, selects=only_a).links
    assert [link.values is None for link in links] == [False, True]


def test_a_pending_record_without_values_says_nothing():
    edited = file(name="Seller", code="S-1", openings=5)
    assert told(plan([edited], [], [sent(code="S-1")])) == []
    assert told(plan([edited], [JOB], [relinked(linked(to=JOB, code="S-1"), "a", code="S-1")])) == []


CREATE_ONLY = "Only the create of a job uses this field: check whether the job in the ATS has to change"
NO_UPDATE = "Bindbee can't update a job"
NOT_LISTED = f"{NO_UPDATE}, and does not list this field"
NOT_TAKEN = f"{NO_UPDATE}, and Greenhouse's create call does not take this field"


@pytest.mark.parametrize(
    ("field", "was", "now", "provider", "reason"),
    [
        ("template_id", TEMPLATE, "Other", "greenhouse", CREATE_ONLY),
        ("remote_user_id", ANNA, BORIS, "greenhouse", CREATE_ONLY),
        ("openings", 2, 5, "greenhouse", NOT_LISTED),
        ("offices", ["Here"], ["Berlin"], "greenhouse", NO_UPDATE),
        ("description", "Old", "New", "greenhouse", NOT_TAKEN),
        ("status", "OPEN", "DRAFT", "greenhouse", NOT_TAKEN),
        ("status", "OPEN", "DRAFT", "lever", NOT_LISTED),
    ],
)
def test_a_change_to_make_says_why_it_is_made_by_hand(field, was, now, provider, reason):
    before, edited = (file(name="Seller", code="S-1", **{field: value}) for value in (was, now))
    ats = listed(job("j1", code="S-1", status="-", offices=("Here",)), integration_slug=provider)
    (step,) = plan([edited], on=ats, before={"a": before}).steps
    assert (step.field, step.reason) == (field, reason)


def test_a_field_whose_drift_is_ignored_hides_no_later_one():
    before = file(name="Seller", code="S-1", openings=1, description="Old")
    edited = file(name="Seller", code="S-1", openings=5, description="New")
    for ignored, left in (("openings", "description"), ("description", "openings")):
        a_plan = plan([edited], [JOB], before={"a": before}, ignore_changes=(ignored,))
        assert [step.field for step in a_plan.steps] == [left]


def test_a_reused_file_that_is_not_selected_leaves_nothing_to_close():
    before, reused = file(name="Seller"), file(name="Baker")
    other = Selection(frozenset({"b"}))
    assert told(plan([reused], [JOB], before={"a": before}, selects=other)) == []


def test_a_file_without_a_name_is_known_by_its_code_alone():
    nameless = job("j1", name=None, code="S-1")
    gone = file("gone", text="code: S-1\n")
    assert told(plan([], [nameless], removed=(gone,))) == [("close", "gone", None, None, None)]
    assert (
        told(plan([], [job("j1", name="", code=None)], removed=(file("gone", text="openings: 1\n"),))) == []
    )


def test_a_step_has_the_link_of_the_config_before_the_one_of_the_ats():
    own = "https://jobs.example/{remote_id}"
    edited, before = (file(name="Seller", code="S-1", openings=number) for number in (5, 1))
    (step,) = plan([edited], [JOB], before={"a": before}, job_url=own).steps
    assert step.url == "https://jobs.example/4050%2F1"
    (step,) = plan([edited], [job("j1", name="Seller", code="S-1")], before={"a": before}, job_url=own).steps
    assert step.url is None
