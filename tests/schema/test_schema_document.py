"""What the schema says besides yes and no: words, examples, names to complete."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from bindbee_sync.job_file import CREATE_FIELDS, JobSpec
from bindbee_sync.schema.document import defaults_schema, job_schema
from bindbee_sync.schema.repository import inherited_fields

NEW = {"name": "x", "template_id": "t", "remote_user_id": "u", "openings": 1}


@pytest.mark.parametrize("schema", [job_schema("greenhouse", {}), job_schema(None, {}), defaults_schema({})])
def test_it_is_a_schema_of_the_2020_12_dialect(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_field_has_a_title_words_and_examples_that_it_accepts():
    schema = job_schema("greenhouse", {})
    assert list(schema["properties"]) == [*CREATE_FIELDS, "sync"] == list(JobSpec.model_fields)
    for name, field in schema["properties"].items():
        assert field["title"]
        assert field["description"].endswith(".")
        for example in field["examples"]:
            Draft202012Validator(schema).validate(NEW | {name: example})


def test_what_a_new_job_needs_an_existing_one_does_not():
    validator = Draft202012Validator(job_schema("greenhouse", {}))
    assert validator.is_valid(NEW)
    for field in NEW:
        assert not validator.is_valid({key: value for key, value in NEW.items() if key != field})
        assert not validator.is_valid(NEW | {field: None})
    assert validator.is_valid({"sync": {"id": "1"}, "departments": ["a", "b"]})
    assert not validator.is_valid({"sync": {"id": None}, "name": "x"})


def test_a_field_that_a_defaults_file_sets_may_be_missing(tmp_path):
    folder = tmp_path / "jobs" / "sales"
    folder.mkdir(parents=True)
    (tmp_path / "jobs" / "_defaults.yaml").write_text("template_id: T\nopenings:\n")
    (folder / "_defaults.yaml").write_text("remote_user_id: u\nnonsense: [\n")
    (folder / "a.yaml").write_text("openings: 1\n")
    assert inherited_fields(tmp_path / "jobs", tmp_path) == {"template_id"}
    assert inherited_fields(tmp_path / "none", tmp_path) == frozenset()
    validator = Draft202012Validator(job_schema("greenhouse", {}, inherited={"template_id"}))
    assert validator.is_valid({key: value for key, value in NEW.items() if key != "template_id"})
    assert not validator.is_valid({key: value for key, value in NEW.items() if key != "openings"})


def test_what_greenhouse_drops_is_marked_and_still_valid():
    schema = job_schema("greenhouse", {})
    Draft202012Validator(schema).validate(NEW | {"confidential": True, "description": "x"})
    notes = next(
        part for part in schema["else"]["allOf"] if part["$comment"] == "greenhouse/field-not-forwarded"
    )
    assert notes["properties"]["confidential"]["deprecated"] is True


def test_names_are_suggested_and_others_accepted():
    schema = job_schema("greenhouse", {}, names={"departments": ["Sales"], "template_id": ["T"]})
    assert {"enum": ["Sales"]} in schema["properties"]["departments"]["items"]["anyOf"]
    assert {"enum": ["T"]} in schema["properties"]["template_id"]["anyOf"]
    Draft202012Validator(schema).validate(NEW | {"departments": ["Other"], "template_id": "Other"})
