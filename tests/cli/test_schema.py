"""`schema` as editors and people get it."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from bindbee_sync.schema import SCHEMA_FILE

WHOLE = {"name": "x", "template_id": "t", "remote_user_id": "u", "openings": 1}


def test_it_knows_the_rules_of_the_configured_ats_and_asks_nothing(repo, sandbox):
    ran = repo.run("schema")
    assert ran.code == 0
    assert Draft202012Validator(ran.json).is_valid({"openings": 1})
    repo.config("provider: green-house\nrules: {greenhouse/name-required: warning}\n")
    schema = Draft202012Validator(repo.run("schema").json)
    assert not schema.is_valid({"openings": 1})
    assert schema.is_valid({key: value for key, value in WHOLE.items() if key != "name"})
    assert Draft202012Validator(repo.run("schema", "--provider", "lever").json).is_valid({"openings": 1})
    assert not sandbox.state["requests"]


def test_a_field_of_the_defaults_is_not_demanded(repo):
    repo.config("provider: greenhouse\n")
    repo.write("_defaults", "template_id: t\nremote_user_id: u\n")
    schema = Draft202012Validator(repo.run("schema").json)
    assert schema.is_valid({"name": "x", "openings": 1})
    defaults = Draft202012Validator(repo.run("schema", "--defaults").json)
    assert defaults.is_valid({"template_id": "t"})
    assert not defaults.is_valid({"name": "x"})


def test_live_names_complete_and_confidential_ones_stay_out(repo, sandbox):
    ran = repo.run("schema", "--live", "--out", SCHEMA_FILE)
    assert (ran.code, ran.out) == (0, "")
    schema = json.loads((repo.path / SCHEMA_FILE).read_text())
    assert not Draft202012Validator(schema).is_valid({"openings": 1}), "it is Greenhouse, as Bindbee says"
    properties = schema["properties"]
    suggested = {
        name: properties[name].get("items", properties[name])["anyOf"][0]["enum"]
        for name in ("departments", "offices", "recruiters", "remote_user_id", "template_id")
    }
    assert "Sales" in suggested["departments"]
    assert "Enablement" not in suggested["departments"], "two departments have this name"
    assert "Berlin" in suggested["offices"]
    assert "jonas.weber@halden-robotics.example" in suggested["remote_user_id"] == suggested["recruiters"]
    assert "Template: People Manager" in suggested["template_id"]
    jobs = json.loads(repo.run("lookup", "templates", "--format", "json").out)["items"]
    assert len(suggested["template_id"]) == sum(not item["confidential"] for item in jobs)
    for request in sandbox.state["requests"]:
        assert not request.startswith("POST"), request


def test_live_is_refused_where_the_config_names_another_ats(repo):
    repo.config("provider: lever\n")
    ran = repo.run("schema", "--live")
    assert ran.code == 1
    assert "greenhouse" in ran.err


def test_a_place_that_cant_be_written_is_said(repo):
    ran = repo.run("schema", "--out", "none/of/these.json")
    assert ran.code == 1
    assert "none/of/these.json" in ran.err
