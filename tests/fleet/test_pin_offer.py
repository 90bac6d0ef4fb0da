"""`init` and `doctor` offer the pin: found with the tokens there are, and never written with one."""

from __future__ import annotations

import os
import re

import pytest
from ruamel.yaml import YAML

from bindbee_sync.sandbox import seed

ONE, TWO, THREE = (seed.company(number) for number in (1, 2, 3))


def config(customers):
    return YAML(typ="safe").load((customers.repo.path / "bindbee-sync.yaml").read_text())


def block(company, **more):
    return {company.name: {"id": company.id, "provider": "greenhouse", "jobs": "jobs", **more}}


def at_terminal(customers, answers, *words):
    """Run `init` as a person would, with these answers."""
    ours, theirs = os.openpty()
    with customers.repo.start("init", *words, stdin=theirs) as ran:
        os.write(ours, answers)
        out, err = ran.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 0, err
    return out + err


def test_the_customer_of_the_token_is_pinned_with_its_jobs_where_they_are(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    job = customers.job(2, "a", "J-2", folder=".")
    assert customers.repo.run("init", "--pin").code == 0
    assert config(customers)["connectors"] == block(TWO)
    assert customers.only_asked_who
    assert customers.repo.run("validate", job).code == 0, "it is still found"
    customers.set("BINDBEE_CONNECTOR_TOKEN", THREE.token)
    assert "connector/wrong-connector" in customers.repo.plan().out


def test_the_one_connector_that_a_key_sees_needs_no_token(customers):
    inactive = {"settings": {"connector": {"is_active": False}}}
    customers.sandbox.follow({"connectors": {"1": inactive, "ashby": inactive, "3": inactive}})
    assert customers.repo.run("init", "--pin", "--yes").code == 0
    assert config(customers)["connectors"] == block(TWO)
    assert customers.tokens_used == {(None, "none")}


def test_of_several_it_names_each_without_its_token_and_writes_nothing(customers):
    before = customers.files()
    ran = customers.repo.run("init", "--pin")
    assert ran.code == 1
    for company in (ONE, TWO, THREE):
        assert f"{company.end_user} (greenhouse, id {company.id})" in ran.err
        assert company.token not in ran.out + ran.err
    assert customers.files() == before
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)  # as the hint says
    assert customers.repo.run("init", "--pin").code == 0
    assert config(customers)["connectors"] == block(TWO)


def test_without_being_asked_to_it_sends_nothing(customers):
    for words in ((), ("--yes",), ("--no-pin",)):
        assert customers.repo.run("init", *words).code == 0
    assert "connectors" not in config(customers)
    assert customers.sandbox.log() == []


def test_without_tokens_it_says_what_prints_the_lines(customers):
    customers.unset("BINDBEE_API_KEY")
    ran = customers.repo.run("init")
    assert "connectors" not in config(customers)
    assert "no other customer's token" in ran.out
    refused = customers.repo.run("init", "--pin")
    assert (refused.code, "BINDBEE_API_KEY is not set" in refused.err) == (1, True)


def test_at_a_terminal_it_asks_and_then_knows_the_ats(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    said = at_terminal(customers, b"y\n")
    assert f"Pin this repository to {TWO.end_user}?" in said
    assert "Your ATS" not in said
    assert config(customers)["connectors"] == block(TWO)


def test_at_a_terminal_the_answer_may_be_no(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    assert "Your ATS" in at_terminal(customers, b"n\nlever\n")
    assert config(customers) == {"version": 1, "provider": "lever"}


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "company"), [(b"5\n3\n", THREE), (b"-\nlever\n", None)])
def test_at_a_terminal_one_of_several_is_chosen(customers, answer, company):
    said = at_terminal(customers, answer)
    assert f"2  {TWO.end_user} (greenhouse, id {TWO.id})" in said
    assert config(customers).get("connectors") == (block(company) if company else None)
    assert not any(each.token in said for each in (ONE, TWO, THREE))


def test_at_a_terminal_a_refused_token_ends_nothing(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", "of-nobody")
    said = at_terminal(customers, b"lever\n")
    assert "lists no ATS connector with this token" in said
    assert "Continuing without a pin" in said
    assert config(customers) == {"version": 1, "provider": "lever"}


def test_an_ats_that_is_not_the_customers_is_refused(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    ran = customers.repo.run("init", "--pin", "--provider", "lever")
    assert (ran.code, "is greenhouse, not lever" in ran.err) == (1, True)
    assert not (customers.repo.path / "bindbee-sync.yaml").exists()


def test_a_name_that_echoes_a_token_brings_it_into_no_file(customers):
    """The `customers` fixture looks for tokens in every file."""
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    customers.sandbox.connector(2).settings(connector={"end_user": f"{TWO.token}: {THREE.token}"})
    customers.set("BINDBEE_CONNECTOR_TOKEN_OTHER", THREE.token)
    assert customers.repo.run("init", "--pin").code == 0
    assert config(customers)["connectors"] == {"default": block(TWO)[TWO.name]}


def test_a_config_that_is_there_is_kept_and_the_lines_printed_cure(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    customers.repo.config("ledger: .bindbee-sync/{connector}\n")
    file = customers.repo.path / "bindbee-sync.yaml"
    customers.job(2, "a", "J-2", folder=".")
    assert customers.repo.apply().code == 0
    before = file.read_text()
    ran = customers.repo.run("init", "--pin")
    assert (ran.code, file.read_text()) == (0, before)
    lines = ran.out.partition("add to bindbee-sync.yaml:\n")[2].partition("\n\n")[0]
    file.write_text(f"{before}{lines}\n")
    assert customers.repo.plan().outcomes == {"a": "pending"}, "nothing moved"
    again = customers.repo.run("init", "--pin")
    assert (again.code, "doctor --connector NAME" in again.err) == (0, True)


def exported(ran):
    """The variables that the next steps of `init` say to set."""
    return re.findall(r"export (\w+)=", ran.out)


def test_the_next_steps_ask_for_no_token_of_a_customer_that_is_pinned(customers):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    for _ in range(2):  # the second time, the config is there
        ran = customers.repo.run("init", "--pin")
        assert exported(ran) == ["BINDBEE_API_KEY"]
        assert "BINDBEE_CONNECTOR_TOKEN" not in ran.out


@pytest.mark.parametrize(
    ("config", "tokens"),
    [
        ("max_creates: 5\n", ["BINDBEE_CONNECTOR_TOKEN"]),
        ("connectors:\n  acme: {}\n", ["BINDBEE_CONNECTOR_TOKEN"]),
        ("connectors:\n  acme: {origin_id: cust-1}\n  globex: {id: x}\n", []),
        ("connectors:\n  acme: {origin_id: cust-1}\n  acme-us: {}\n", ["BINDBEE_CONNECTOR_TOKEN_ACME_US"]),
    ],
    ids=["no name", "no pin", "pins", "one pin"],
)
def test_the_next_steps_name_the_tokens_that_are_needed(customers, config, tokens):
    customers.repo.config(config.replace("id: x", f"id: {TWO.id}"))
    assert exported(customers.repo.run("init")) == ["BINDBEE_API_KEY", *tokens]


@pytest.mark.parametrize("jobs", ["jobs", "our jobs: here"])
def test_the_two_lines_that_doctor_prints_pin_what_is_there(customers, jobs):
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    customers.repo.config(f"jobs: '{jobs}'\nledger: .bindbee-sync/{{connector}}\n")
    file = customers.repo.path / "bindbee-sync.yaml"
    moved = customers.job(2, "a", "J-2", folder=".")
    if jobs != "jobs":
        moved.parent.rename(customers.repo.path / jobs)
    assert customers.repo.apply().code == 0
    (paste,) = [
        each["paste"]
        for each in customers.repo.run("doctor", "--format", "json").json["checks"]
        if each["paste"]
    ]
    assert len(paste) == 2
    shown = customers.repo.run("doctor").out
    assert all(line in shown for line in paste)
    file.write_text("\n".join([file.read_text(), *paste, ""]))
    assert customers.repo.plan().outcomes == {"a": "pending"}
    assert "no pin" not in customers.repo.run("doctor").out
    customers.set("BINDBEE_CONNECTOR_TOKEN", THREE.token)
    assert "connector/wrong-connector" in customers.repo.plan().out
    assert customers.creates(3) == []
