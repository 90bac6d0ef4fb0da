"""A misspelt or foreign key is one error, and its line as it is shown cures it."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.desired.fields import FOREIGN
from bindbee_sync.desired.load import load_text
from bindbee_sync.job_file import CREATE_FIELDS, Desired, JobSpec, Sync
from bindbee_sync.planning.offline import validate_files

WHOLE = {"name": "Lead", "template_id": "T", "remote_user_id": "u@b.example", "openings": "1"}
VALUES = {"openings": "3", "status": "OPEN", "confidential": "false", "remote_user_id": "a@b.example"}


def validate(text):
    file = load_text(text, address="a")
    return validate_files(Desired(files=(file,), diagnostics=()), "greenhouse", {}), file


def lines(fields):
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


@pytest.mark.parametrize(
    "key",
    [*(each for each, meant in FOREIGN.items() if meant in CREATE_FIELDS), "nme", "Name", "template-id",
     "opening", "department", "office", "recruiter", "hiring_manager", "descripton",
     "remote user id", "Openings"],
)  # fmt: skip
def test_one_error_whose_line_cures(key):
    fields = dict(WHOLE)
    found, _ = validate(f"{key}: x\n" + lines(fields))
    meant = re.match(r"Did you mean '(\w+)'\?", found[0].hint)[1]
    fields.pop(meant, None)
    text = f"{key}: {VALUES.get(meant, 'Some @text')}\n" + lines(fields)
    errors = [each for each in validate(text)[0] if each.is_error]
    assert [(each.rule, each.place.line, each.field) for each in errors] == [
        ("schema/unknown-field", 1, meant)
    ]
    line = re.search(r"Write: `(.*)`\.$", errors[0].hint)[1]
    found, file = validate(f"{line}\n" + lines(fields))
    assert [each for each in found if each.is_error] == []
    assert getattr(file.spec, meant) is not None


def test_a_list_keeps_its_items():
    found, _ = validate("location: [Berlin, London]\n" + lines(WHOLE))
    assert [each.hint for each in found] == [
        "Did you mean 'offices'? Write `offices:` in place of `location:`."
    ]


def test_where_the_field_is_set_already_the_line_is_to_be_removed():
    found, _ = validate("title: x\n" + lines(WHOLE))
    assert "remove this line" in found[0].hint


def test_an_unlike_key_lists_the_fields():
    found, _ = validate("zzzzzz: 1\n" + lines(WHOLE))
    assert all(field in found[0].hint for field in JobSpec.model_fields)
    found, _ = validate("sync: {zzzzzz: 1}\n" + lines(WHOLE))
    assert all(field in found[0].hint for field in Sync.model_fields)
    found, _ = validate("sync: {greenhouse_id: 7}\n" + lines(WHOLE))
    assert "Write: `remote_id: 7`." in found[0].hint


def test_foreign_keys_are_no_fields():
    assert not FOREIGN.keys() & JobSpec.model_fields.keys()
    assert set(FOREIGN.values()) <= JobSpec.model_fields.keys() | Sync.model_fields.keys()
