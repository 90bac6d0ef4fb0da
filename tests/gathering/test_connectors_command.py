from __future__ import annotations

import json

import pytest
from gathering_repo import NAMES, ONE, THREE, TWO, config

from bindbee_sync.bindbee.token_lookup import TokenLookup
from bindbee_sync.errors import ApiError
from bindbee_sync.sandbox import seed


def included(ran):
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["include"]


def test_each_connector_is_listed_with_its_customer_and_its_sync(many):
    ran = many.run("connectors", "--format", "json")
    assert ran.code == 0
    listed = ran.json["connectors"]
    assert [each["name"] for each in listed] == list(NAMES)
    second = listed[1]
    assert second["last_sync"].endswith("Z")
    assert {key: second[key] for key in ("customer", "id", "origin_id", "provider", "jobs", "files")} == {
        "customer": "Brightwater Foods",
        "id": seed.company(2).id,
        "origin_id": "cust-0002",
        "provider": "greenhouse",
        "jobs": f"jobs/{TWO}",
        "files": 1,
    }
    assert (second["status"], second["sync_status"], second["error"]) == ("COMPLETE", "Done", None)


def test_the_table_names_customer_and_age(many):
    ran = many.run("connectors", "--connector", TWO)
    assert ran.code == 0
    assert "Brightwater Foods" in ran.out
    assert "ago" in ran.out
    assert ONE not in ran.out


def test_one_that_cannot_be_asked_is_a_row_with_its_error(many, monkeypatch):
    monkeypatch.setenv(seed.company(2).variable, "not-its-token")
    ran = many.run("connectors", "--format", "json")
    assert ran.code == 1
    failed = [each["name"] for each in ran.json["connectors"] if each["error"]]
    assert failed == [TWO]
    assert len(ran.json["connectors"]) == 3
    assert ran.json["connectors"][1]["files"] == 1
    text = many.run("connectors")
    assert text.code == 1
    assert f"{TWO}:" in text.err
    assert "not-its-token" not in text.out + text.err + ran.out + ran.err


def test_a_missing_jobs_folder_is_a_row_with_its_error(many):
    (many.path / "jobs" / THREE / "driver.yaml").unlink()
    (many.path / "jobs" / THREE).rmdir()
    ran = many.run("connectors", "--format", "json")
    assert ran.code == 1
    assert [bool(each["error"]) for each in ran.json["connectors"]] == [False, False, True]
    assert ran.json["connectors"][2]["customer"], "the customer is known all the same"


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1, [("1/1", [*NAMES])]),
        (2, [("1/2", [ONE, THREE]), ("2/2", [TWO])]),
        (256, [("1/3", [ONE]), ("2/3", [TWO]), ("3/3", [THREE])]),
    ],
)
def test_a_matrix_has_even_shards_and_needs_no_token(many, fleet, monkeypatch, most, expected):
    monkeypatch.delenv("BINDBEE_API_KEY")
    before = len(fleet.log())
    ran = many.run("connectors", "--matrix", most)
    found = included(ran)
    assert [(each["shard"], each["connectors"].split(",")) for each in found] == expected
    assert len(ran.out.splitlines()) == 1, "an output of a step is one line"
    assert len(fleet.log()) == before


def test_a_shard_of_the_matrix_is_what_the_option_chooses(many):
    for each in included(many.run("connectors", "--matrix", 2)):
        again = many.run("connectors", "--shard", each["shard"], "--matrix", 1)
        assert included(again) == [{"shard": "1/1", "connectors": each["connectors"]}]


@pytest.mark.parametrize("most", ["0", "257", "-1", "many"])
def test_a_matrix_that_github_would_reject_is_a_usage_error(many, most):
    ran = many.run("connectors", "--matrix", most)
    assert (ran.code, ran.out) == (64, "")


def test_a_broken_config_prints_no_matrix(many):
    many.config("connectors: {Acme: {}}\n")
    ran = many.run("connectors", "--matrix", "4")
    assert (ran.code, ran.out) == (1, "")


def unnamed(ran):
    return [(each["customer"], each["id"], each["origin_id"]) for each in ran.json["unnamed"]]


def test_what_the_api_key_sees_and_the_config_does_not_name_is_listed_with_its_id(many):
    two = seed.company(2)
    before = unnamed(many.run("connectors", "--format", "json"))
    many.config(config(1, 3))
    after = unnamed(many.run("connectors", "--format", "json"))
    assert set(after) - set(before) == {("Brightwater Foods", two.id, "cust-0002")}
    assert len(after) == len(before) + 1
    ran = many.run("connectors")
    assert ran.code == 0
    assert ["Brightwater", "Foods", "greenhouse", two.id, "cust-0002"] in map(str.split, ran.out.splitlines())
    assert two.token not in ran.out + ran.err


@pytest.mark.parametrize("key", ["id", "origin_id"])
def test_a_connector_counts_as_named_by_its_pin_though_it_cannot_be_asked(many, monkeypatch, key):
    monkeypatch.setenv(seed.company(2).variable, "not-its-token")
    many.config(f"connectors:\n  {TWO}: {{{key}: {getattr(seed.company(2), key)}}}\n")
    ran = many.run("connectors", "--format", "json")
    assert ran.code == 1
    names = [customer for customer, _, _ in unnamed(ran)]
    assert ("Halden Robotics" in names, "Brightwater Foods" in names) == (True, False)


def test_one_without_a_pin_counts_as_named_by_its_token(many, monkeypatch):
    monkeypatch.setenv(seed.company(2).variable, seed.company(2).token)
    many.config(f"connectors:\n  {TWO}: {{}}\n")
    assert "Brightwater Foods" not in str(unnamed(many.run("connectors", "--format", "json")))


def test_before_there_is_a_config_the_api_key_alone_shows_the_ids(many):
    (many.path / "bindbee-sync.yaml").unlink()
    assert ("Halden Robotics", seed.company(1).id, None) in unnamed(
        many.run("connectors", "--format", "json")
    )


@pytest.mark.parametrize("part", [("--connector", "*"), ("--shard", "1/1"), ("--changed-since", "HEAD")])
def test_of_a_part_of_the_config_no_others_are_listed(many, part):
    many.config(config(1))
    assert "unnamed" not in many.run("connectors", *part, "--format", "json").json


def test_where_the_keys_list_cannot_be_read_the_rest_stands(many, monkeypatch):
    def fails(_):
        raise ApiError("Bindbee said no", hint="Ask again.")

    monkeypatch.setattr(TokenLookup, "connectors", fails)
    ran = many.run("connectors")
    assert ran.code == 0
    assert ONE in ran.out
    assert "What else the API key sees is not known: Bindbee said no." in ran.err
    assert "unnamed" not in many.run("connectors", "--format", "json").json
