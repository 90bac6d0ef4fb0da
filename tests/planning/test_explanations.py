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
