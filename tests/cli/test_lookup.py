"""Names and ids to paste into job files, from a sandbox over real HTTP."""

from __future__ import annotations

import pytest

from bindbee_sync.bindbee.models import Department, User
from bindbee_sync.commands.lookup import note
from bindbee_sync.planning.directory import DirectoryItems
from bindbee_sync.sandbox import seed


def test_each_kind_is_listed_by_name(repo, sandbox):
    listed = {kind: repo.run("lookup", kind) for kind in ("departments", "offices", "users", "templates")}
    assert {ran.code for ran in listed.values()} == {0}
    assert seed.department_id("Finance & Legal") in listed["departments"].out
    assert "Lisbon, Portugal" in listed["offices"].out
    assert "zoe.dubois@halden-robotics.example" in listed["users"].out
    assert seed.template_id("Template: People Manager") in listed["templates"].out
    assert "Backend Engineer" not in listed["templates"].out
    assert sandbox.requests("GET", "/api/ats/v1/jobs") == 1


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("departments", "ENABLE", ["Enablement", "Enablement"]),
        ("offices", "portugal", ["Lisbon"]),
        ("offices", "4002001", ["Berlin"]),
        ("users", "  olivia   BROWN ", ["Olivia Brown"]),
        ("users", "samantha", ["Sam Lee"]),
        ("users", "García", ["Mateo García"]),
        (
            "templates",
            "template:",
            [f"Template: {name}" for name in ("Individual Contributor", "Internship")],
        ),
    ],
)
def test_a_text_narrows_by_name_email_place_and_id(repo, kind, text, expected):
    found = repo.run("lookup", kind, text, "--format", "json").json
    assert found["kind"] == kind
    assert [item["name"] for item in found["items"]][: len(expected)] == expected


def test_an_id_narrows_to_the_one(repo):
    wanted = seed.user_id("priya.raman")
    (found,) = repo.run("lookup", "users", wanted[:13], "--format", "json").json["items"]
    assert (found["name"], found["id"], found["disabled"]) == ("Priya Raman", wanted, False)


def test_what_to_write_means_one_thing(repo):
    users = repo.run("lookup", "users", "--format", "json").json["items"]
    by_id = {item["id"]: item for item in users}
    assert by_id[seed.user_id("sam.lee")]["write"] == "sam.lee@halden-robotics.example"
    assert by_id[seed.user_id("sam.lee")]["ambiguous"]
    assert [item["write"] for item in users if item["email"] is None] == ["Agency Account"]
    for item in repo.run("lookup", "departments", "Enablement", "--format", "json").json["items"]:
        assert item["ambiguous"]
        assert item["write"] == item["id"]
    assert "several have this name: write the id" in repo.run("lookup", "departments").out
    assert "several have this name: write the email" in repo.run("lookup", "users", "lee").out


def user(number, first, email):
    return User(id=f"id-{number}", first_name=first, last_name="Kos", email=email)


@pytest.mark.parametrize(
    ("all_of", "notes"),
    [
        ([user(1, "A", "a@x.y"), user(2, "B", "b@x.y")], ["", ""]),
        ([user(1, "A", "a@x.y"), user(2, "A", "b@x.y")], ["several have this name: write the email"] * 2),
        ([user(1, "A", "a@x.y"), user(2, "B", "a@x.y")], ["several have this email: write the name"] * 2),
        (
            [user(1, "A", "a@x.y"), user(2, "A", "a@x.y")],
            ["several have this name and email: write the id"] * 2,
        ),
        ([user(1, "A\u200b", "a@x.y")], ["write the email"]),
        ([User(id="id-1")], ["write the id"]),
    ],
)
def test_the_note_says_what_to_write_where_a_shown_name_would_be_refused(all_of, notes):
    items = DirectoryItems.of(all_of)
    assert [note(each, items) for each in items] == notes


@pytest.mark.parametrize("name", ["12345", " 7 ", "De\u202epartment", "", None])
def test_a_name_that_job_files_cant_hold_is_written_as_the_id(name):
    items = DirectoryItems.of([Department(id="d-1", name=name)])
    assert [note(each, items) for each in items] == ["write the id"]


def test_a_disabled_account_is_marked(repo):
    assert "account disabled" in repo.run("lookup", "users", "tom.becker").out
    assert "account disabled" not in repo.run("lookup", "users", "grace").out


def test_a_confidential_template_is_shown_by_id_alone(repo, sandbox):
    sandbox.edit_job(seed.greenhouse_id("jobs", "Template: Internship"), confidential=True)
    sandbox.sync()
    ran = repo.run("lookup", "templates")
    assert "Internship" not in ran.out
    assert "(confidential)" in ran.out
    assert seed.template_id("Template: Internship") in ran.out
    (hidden,) = [
        item
        for item in repo.run("lookup", "templates", "--format", "json").json["items"]
        if item["confidential"]
    ]
    assert (hidden["name"], hidden["remote_id"], hidden["write"]) == (None, None, hidden["id"])


def test_templates_that_cannot_be_told_are_not_guessed(repo, sandbox):
    sandbox.settings(template_flag=False)
    sandbox.sync()
    ran = repo.run("lookup", "templates")
    assert ran.out == ""
    assert "does not say which" in ran.err


def test_nothing_found_names_the_nearest(repo):
    ran = repo.run("lookup", "departments", "Opperations")
    assert ran.code == 0
    assert "'Operations'" in ran.err
    assert repo.run("lookup", "departments", "Opperations", "--format", "json").json["items"] == []


def test_a_wrong_kind_is_a_usage_error(repo):
    assert repo.run("lookup", "jobs").code == 64
    assert repo.run("lookup").code == 64


def test_foreign_text_is_made_visible(repo, sandbox):
    sandbox.edit_job(seed.greenhouse_id("jobs", "Template: Internship"), name="T \x1b[2J\u202e x")
    sandbox.sync()
    ran = repo.run("lookup", "templates")
    assert "\x1b" not in ran.out
    assert "\\u{1b}" in ran.out
