"""Field by field: what counts as a difference, and what is shown of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from make import (
    ANNA,
    BERLIN,
    BORIS,
    PEOPLE,
    SALES,
    at,
    file,
    job,
    linked,
    listed,
    only,
    outcomes,
    plan,
    rules,
)

from bindbee_sync.planning.compare import equal

URL = "https://jobs.corp.example/1"
EQUAL = {
    "name": ("Seller", "Seller"),
    "code": ("X", "X"),
    "status": ("OPEN", "OPEN"),
    "description": ("Sell things.", "Sell things."),
    "confidential": (False, False),
    "departments": ([SALES, PEOPLE], [PEOPLE, SALES]),
    "offices": ([BERLIN], [BERLIN]),
    "hiring_managers": ([ANNA, BORIS], [BORIS, ANNA]),
    "recruiters": ([ANNA], [ANNA]),
    "job_posting_urls": ([URL], [{"value": URL, "url_type": "JOB_POSTING"}]),
}
DIFFERENT = {
    "name": ("Seller", "seller"),
    "code": ("X", "x"),
    "status": ("OPEN", "CLOSED"),
    "description": ("Sell things.", "Sell other things."),
    "confidential": (False, True),
    "departments": ([SALES], [PEOPLE]),
    "offices": ([BERLIN], []),
    "hiring_managers": ([ANNA], []),
    "recruiters": ([ANNA], [ANNA, BORIS]),
    "job_posting_urls": ([URL], [URL + "2"]),
}


def compared(desired, actual, field, *, slug="greenhouse", **options):
    one = file(sync={"id": "j1"}, **{field: desired})
    return only(plan([one], on=listed(job(**{field: actual}), integration_slug=slug), **options))


@pytest.mark.parametrize("field", EQUAL)
def test_what_is_equal_is_in_sync(field):
    entry = compared(*EQUAL[field], field)
    assert (entry.outcome, entry.changes) == ("in_sync", ())


@pytest.mark.parametrize("field", DIFFERENT)
def test_what_differs_is_drift(field):
    entry = compared(*DIFFERENT[field], field)
    assert entry.outcome == "drifted"
    assert [change.field for change in entry.changes] == [field]


def test_what_the_file_does_not_set_is_no_drift():
    one = file(sync={"id": "j1"})
    assert outcomes(plan([one], [job(description="Any", code="Z", departments=[SALES])])) == {"a": "in_sync"}


@pytest.mark.parametrize(
    ("field", "value"), [("openings", 7), ("template_id", "any"), ("remote_user_id", BORIS)]
)
def test_what_cant_be_read_back_is_never_drift(field, value):
    assert outcomes(plan([file(sync={"id": "j1"}, **{field: value})], [job()])) == {"a": "in_sync"}


def test_names_are_compared_as_the_ids_that_they_resolve_to():
    one = file(
        sync={"id": "j1"},
        departments=["people", "SALES"],
        recruiters=["Anna@corp.example"],
        offices=[BERLIN.upper()],
    )
    known = job(departments=[SALES, PEOPLE], recruiters=[ANNA], offices=[BERLIN])
    assert outcomes(plan([one], [known])) == {"a": "in_sync"}


def test_references_are_compared_as_a_set():
    assert compared([SALES], [SALES, SALES], "departments").outcome == "in_sync"
    assert compared([SALES, SALES], [SALES], "departments").outcome == "in_sync"
    assert compared([SALES, PEOPLE], [SALES, SALES], "departments").outcome == "drifted"


@pytest.mark.parametrize(
    ("desired", "actual"), [("Café", "Cafe\u0301"), ("Seller", "Seller "), ("Seller", "\tSeller\n")]
)
def test_composition_and_white_space_at_the_ends_are_no_drift(desired, actual):
    assert outcomes(plan([file(name=desired)], [job(name=actual)])) == {"a": "in_sync"}


def test_what_only_looks_the_same_is_drift():
    assert outcomes(plan([file(name="Fitter")], [job(name="\ufb01tter")])) == {"a": "drifted"}


@pytest.mark.parametrize(("desired", "actual"), [([], None), ([], [])])
@pytest.mark.parametrize("field", ["departments", "offices", "job_posting_urls", "recruiters"])
@pytest.mark.parametrize("slug", ["greenhouse", "lever"])
def test_no_references_and_none_given_are_equal(field, desired, actual, slug):
    assert compared(desired, actual, field, slug=slug).outcome == "in_sync"


NOT_FORWARDED = ("description", "status", "job_posting_urls", "confidential", "hiring_managers", "recruiters")


@pytest.mark.parametrize("field", NOT_FORWARDED)
def test_what_greenhouse_has_no_place_for_is_drift_only_where_the_list_has_a_value(field):
    assert compared(EQUAL[field][0], None, field).outcome == "in_sync"
    assert compared(EQUAL[field][0], None, field, slug="lever").outcome == "drifted"
    assert compared(*DIFFERENT[field], field).outcome == "drifted"


@pytest.mark.parametrize("field", ["name", "code", "departments", "offices"])
def test_what_greenhouse_forwards_is_drift_where_the_list_has_none(field):
    assert compared(EQUAL[field][0], None, field).outcome == "drifted"


@pytest.mark.parametrize(
    "actual",
    [
        [URL],
        [{"value": URL, "url_type": None}],
        [{"value": URL, "url_type": "PORTFOLIO"}],
        [{"value": URL, "url_type": "JOB_POSTING"}],
    ],
    ids=str,
)
def test_a_plain_url_equals_any_object_with_that_value(actual):
    assert compared([URL], actual, "job_posting_urls").outcome == "in_sync"


def test_a_url_whose_type_the_file_states_equals_a_plain_one_and_its_own_type():
    stated = [{"value": URL, "url_type": "BLOG"}]
    assert compared(stated, [URL], "job_posting_urls").outcome == "in_sync"
    assert compared(stated, [{"value": URL, "url_type": "BLOG"}], "job_posting_urls").outcome == "in_sync"
    entry = compared(stated, [{"value": URL, "url_type": "OTHER"}], "job_posting_urls")
    assert entry.changes[0].actual == [{"value": URL, "url_type": "OTHER"}]


def test_a_plain_url_beside_hides_no_difference_of_another_ones_type():
    desired = ["https://one.example", {"value": URL, "url_type": "BLOG"}]
    actual = ["https://one.example", {"value": URL, "url_type": "OTHER"}]
    assert compared(desired, actual, "job_posting_urls").outcome == "drifted"


def test_order_of_urls_is_no_drift():
    assert (
        compared(["https://one.example", URL], [URL, "https://one.example"], "job_posting_urls").outcome
        == "in_sync"
    )


@pytest.mark.parametrize("actual", ["Sell\n\n things. ", " Sell things.\n", "Sell\tthings."])
def test_white_space_in_a_description_is_no_drift(actual):
    assert compared("Sell things.", actual, "description").outcome == "in_sync"


def test_changes_can_be_ignored_by_the_config_and_by_the_file():
    known = job(name="Other", code="Z", status="CLOSED")
    one = file(name="Seller", code="X", status="OPEN", sync={"id": "j1", "ignore_changes": ["code"]})
    assert [c.field for c in only(plan([one], [known])).changes] == ["name", "status"]
    assert [c.field for c in only(plan([one], [known], ignore_changes=("name",))).changes] == ["status"]
    made = plan([one], [known], ignore_changes=("name", "status"))
    assert outcomes(made) == {"a": "in_sync"}
    assert "drift/no-update" not in rules(made)


def test_changes_are_in_the_order_of_create_job():
    one = file(recruiters=[ANNA], code="X", name="Seller", sync={"id": "j1"})
    made = only(plan([one], [job(name="Other", code="Z", recruiters=[])]))
    assert [(c.field, c.desired, c.actual) for c in made.changes] == [
        ("name", "Seller", "Other"),
        ("code", "X", "Z"),
        ("recruiters", [ANNA], []),
    ]


def test_drift_is_warned_about_at_the_first_field_that_differs():
    made = plan(
        [file(text="sync: {id: j1}\noffices: []\nstatus: OPEN\n")], [job(status="CLOSED", offices=[BERLIN])]
    )
    assert at(made.diagnostics, "drift/no-update") == [("warning", 3, 9)]
    (finding,) = made.diagnostics
    assert "status, offices" in finding.message
    assert "new file" not in finding.hint


@pytest.mark.parametrize(
    ("address", "typed"), [("sales/old", "sales/old"), ("sales/old; rm -r x", "'sales/old; rm -r x'")]
)
def test_drift_gives_the_command_that_takes_over_what_the_ats_says(address, typed):
    made = plan([file(address, sync={"id": "j1"}, status="OPEN")], [job(status="CLOSED")])
    (finding,) = (f for f in made.diagnostics if f.rule == "drift/no-update")
    assert f"`bindbee-sync import --update {typed}`" in finding.hint


@pytest.mark.parametrize("field", [{"name": "Buyer"}, {"code": "Y"}])
def test_drift_of_name_or_code_hints_at_a_new_file(field):
    known = job(code="X")
    one = file(**({"name": "Seller", "code": "X"} | field))
    made = plan([one], [known], [linked(to=known, code="X")])
    (finding,) = (f for f in made.diagnostics if f.rule == "drift/no-update")
    assert "write a new file" in finding.hint


def test_of_a_confidential_job_no_value_is_shown():
    secrets = {
        "name": "Secret name",
        "code": "Secret code",
        "description": "Secret text",
        "departments": ["secret-id"],
        "job_posting_urls": ["https://secret.example"],
    }
    known = job(**secrets, confidential=True, status="CLOSED")
    wanted = {"name": "N", "code": "C", "description": "D", "departments": [SALES], "job_posting_urls": [URL]}
    made = plan([file(sync={"id": "j1"}, status="OPEN", confidential=False, **wanted)], [known])
    entry = only(made)
    shown = {change.field: change.actual for change in entry.changes}
    assert shown.pop("status") == "CLOSED"
    assert shown.pop("confidential") is True
    assert set(shown) == set(secrets)
    assert "ecret" not in repr(shown) + repr(made.diagnostics) + str(entry.reason)


def test_a_value_of_a_confidential_job_is_said_to_be_one():
    made = plan([file(name="N", sync={"id": "j1"})], [job(confidential=True)])
    assert [(change.field, change.actual) for change in only(made).changes] == [("name", "(confidential)")]


@pytest.mark.parametrize(
    "uncompared",
    [{"description": None}, {"status": "-"}],
    ids=["not taken and not shown", "not told"],
)
def test_a_field_that_is_not_compared_hides_no_difference_after_it(uncompared):
    one = file(sync={"id": "j1"}, description="Sell.", status="OPEN", offices=[BERLIN])
    known = job(**{"description": "Sell.", "status": "OPEN"} | uncompared)
    assert [change.field for change in only(plan([one], [known])).changes] == ["offices"]


@pytest.mark.parametrize("field", ["name", "code", "description"])
def test_only_of_a_status_does_a_dash_mean_that_the_ats_does_not_tell(field):
    assert compared("Any", "-", field).outcome == "drifted"


def test_values_of_two_kinds_are_never_equal():
    assert equal("openings", 2, "2") is False
    assert equal("openings", "2", 2) is False


def test_lists_are_compared_in_depth_only_where_they_differ():
    """What compares them takes longer to load than a plan takes to make."""
    program = """
import sys
sys.path.insert(0, sys.argv[1])
from make import BERLIN, FULL, SALES, file, job, only, plan
same = {"code": "S-1", "departments": [SALES], "offices": [BERLIN]}
assert only(plan([file(text=FULL)], [job(**same)])).outcome == "in_sync"
assert "deepdiff" not in sys.modules
assert only(plan([file(text=FULL)], [job(**same | {"offices": []})])).outcome == "drifted"
assert "deepdiff" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program, str(Path(__file__).parents[1])], check=True)


@pytest.mark.parametrize("slug", ["greenhouse", "lever"])
def test_a_status_or_url_type_that_the_ats_does_not_tell_is_no_drift(slug):
    assert compared("OPEN", "-", "status", slug=slug).outcome == "in_sync"
    assert (
        compared([URL], [{"value": URL, "url_type": "-"}], "job_posting_urls", slug=slug).outcome == "in_sync"
    )


@pytest.mark.parametrize(
    ("file_says", "ats_lists", "outcome"),
    [
        ("<p>Sell &amp; serve</p>", "&lt;p&gt;Sell &amp;amp; serve&lt;/p&gt;", "in_sync"),
        ("R&D", "R&amp;D", "in_sync"),
        ("<p>Sell</p>", "&lt;p&gt;Sell more&lt;/p&gt;", "drifted"),
        ("R&amp;D", "R&D", "drifted"),
    ],
)
def test_a_description_listed_with_its_html_escaped_is_the_same_text(file_says, ats_lists, outcome):
    assert compared(file_says, ats_lists, "description").outcome == outcome
