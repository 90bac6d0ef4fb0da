"""What `--explain` shows of references is what the entry was planned with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make import ANNA, BERLIN, FULL, SALES, TEMPLATE, file, job, listed, plan, template

from bindbee_sync.bindbee.models import Department
from bindbee_sync.planning.explain import explain


def references(made, field, address="a"):
    (origin,) = [each for each in explain(address, made, ()).origins if each.field == field]
    return [(each.written, each.id, each.name) for each in origin.references]


def test_names_and_ids_resolve_to_what_is_sent():
    text = FULL.replace(SALES, "sales, People").replace(ANNA, "anna@corp.example")
    made = plan([file(text=text)])
    assert references(made, "departments")[0] == ("sales", SALES, "Sales")
    assert references(made, "offices") == [(BERLIN, BERLIN, "Berlin")]
    assert references(made, "remote_user_id") == [("anna@corp.example", ANNA, "Anna Lund")]
    assert references(made, "template_id") == [(TEMPLATE, TEMPLATE, "Template")]


@pytest.mark.parametrize("written", [TEMPLATE.upper(), "4001", "template"])
def test_a_template_is_known_however_it_is_named(written):
    on = listed(templates=[template(remote_id="4001")])
    made = plan([file(text=FULL.replace(TEMPLATE, written))], on=on)
    (entry,) = made.creates
    (known,) = references(made, "template_id")
    assert known == (written, entry.payload.fields["template_id"], "Template")


def test_what_can_not_be_resolved_has_no_id():
    on = replace(listed(), departments=(Department(id="d1", name="Twice"), Department(id="d2", name="twice")))
    made = plan([file(text=FULL.replace(SALES, "Twice, Nowhere"))], on=on)
    assert references(made, "departments") == [("Twice", None, None), ("Nowhere", None, None)]
    assert [entry.outcome for entry in made.entries] == ["blocked"]


def test_an_id_without_a_name_is_known_by_its_id():
    on = replace(listed(), departments=(Department(id=SALES),))
    assert references(plan([file(text=FULL)], on=on), "departments") == [(SALES, SALES, None)]


@pytest.mark.parametrize("code", ["S-1", "S-2"])
def test_a_file_with_a_job_has_its_references_too(code):
    made = plan([file(text=FULL)], [job(code=code, name="Another")])
    assert references(made, "departments") == [(SALES, SALES, "Sales")]


FIELDS = {"name": "Seller", "code": "S-1", "description": "Sell.", "offices": ["Berlin"], "openings": 2}


def notes(fields, *known, ignored=(), **connected):
    """Return what is said of each field of this file, in a plan on the jobs that are `known`."""
    made = plan([file(**fields)], on=listed(*known, **connected))
    return {each.field: each.note for each in explain("a", made, ignored).origins}


def test_each_field_of_a_known_job_that_is_not_compared_says_why():
    told = notes(FIELDS | {"sync": {"ignore_changes": ["name"]}}, job(code="S-1"), ignored=("offices",))
    assert told["name"] == told["offices"] == "not compared: `ignore_changes` names it"
    assert told["description"] == "not compared: the ATS shows no value"
    for field in ("template_id", "remote_user_id", "openings"):
        assert told[field] == "not compared: it can't be read back"
    assert told["code"] is None


def test_what_the_ats_does_not_take_is_compared_where_it_shows_a_value():
    assert notes(FIELDS, job(code="S-1", description="Buy."))["description"] is None


def test_what_the_ats_takes_is_compared_where_it_shows_none():
    assert notes(FIELDS, job(code="S-1"))["offices"] is None
    assert notes(FIELDS, job(code="S-1"), integration_slug="lever")["description"] is None


def test_no_field_of_a_new_job_is_said_to_be_left_out_of_a_comparison():
    assert set(notes(FIELDS, ignored=("name",)).values()) == {None}


def test_a_value_that_is_null_is_told_from_one_in_error():
    assert notes({"text": "name: A\nopenings: 0\ndescription:\n"}) == {
        "name": None,
        "description": "null: not set, and no default applies",
        "openings": "in error",
    }


def test_what_sync_says_has_its_place_in_the_file_itself():
    made = plan([file(text="name: A\nsync: {id: j1, distinct_from: [j2]}\n")], [job()])
    assert [
        (each.field, each.value, each.place.line, each.place.column, each.inherited)
        for each in explain("a", made, ()).origins
        if each.field.startswith("sync.")
    ] == [("sync.id", "j1", 2, 12, False), ("sync.distinct_from", ("j2",), 2, 31, False)]


def test_only_what_concerns_the_job_itself_is_told():
    made = plan([file("a", name="A", openings=0), file("b", name="B", openings=0)])
    assert {found.address for found in explain("b", made, ()).diagnostics} == {"b"}
