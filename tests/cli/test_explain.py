"""`plan --explain`: where everything that a plan says of one job comes from."""

from __future__ import annotations

import pytest

from bindbee_sync.sandbox import seed

DEFAULTS = "template_id: 'Template: People Manager'\nremote_user_id: jonas.weber@halden-robotics.example\n"


@pytest.fixture
def jobs(repo):
    repo.config("ignore_changes: [status]\n")
    repo.write("_defaults", DEFAULTS + "openings: 1\n")
    repo.write("sales/_defaults", "departments: [Sales]\noffices: [Berlin]\n")
    return repo


def explained(repo, address, *arguments):
    ran = repo.plan("--explain", address, *arguments)
    return ran, {field["field"]: field for field in ran.json["explain"]["fields"]}


def test_each_field_has_its_place_and_each_name_its_id(jobs):
    jobs.write("sales/lead", "name: Lead\noffices: [London, berlin]\nopenings: null\n")
    ran, fields = explained(jobs, "sales/lead")
    assert list(fields) == ["name", "departments", "offices", "template_id", "remote_user_id", "openings"]
    places = {name: (field["path"], field["line"], field["column"]) for name, field in fields.items()}
    assert places["name"] == ("jobs/sales/lead.yaml", 1, 7)
    assert places["offices"] == ("jobs/sales/lead.yaml", 2, 10)
    assert places["departments"] == ("jobs/sales/_defaults.yaml", 1, 14)
    assert places["template_id"] == ("jobs/_defaults.yaml", 1, 14)
    inherited = {name for name, field in fields.items() if field["inherited"]}
    assert inherited == {"departments", "template_id", "remote_user_id"}
    (template,) = fields["template_id"]["references"]
    assert (template["written"], template["name"]) == ("Template: People Manager",) * 2
    assert template["id"] == seed.template_id("Template: People Manager")
    names = [(each["written"], each["name"]) for each in fields["offices"]["references"]]
    assert names == [("London", "London"), ("berlin", "Berlin")]
    (person,) = fields["remote_user_id"]["references"]
    assert person["name"] == "Jonas Weber"
    assert "null" in fields["openings"]["note"], "it cancels the default"
    assert ran.json["explain"]["outcome"] == "blocked"
    assert [found["rule"] for found in ran.json["explain"]["diagnostics"]] == ["greenhouse/openings-required"]


def test_what_would_be_sent_and_nothing_of_the_other_jobs(jobs):
    jobs.write("sales/lead", "name: Lead\n")
    jobs.write("sales/bad", "name: [\n")
    ran, _ = explained(jobs, "sales/lead")
    assert ran.code == 1, "the whole plan is in error"
    entry = next(each for each in ran.json["entries"] if each["address"] == "sales/lead")
    assert ran.json["explain"]["payload"] == entry["payload"] != None  # noqa: E711 - a chain of comparisons
    assert ran.json["explain"]["diagnostics"] == []
    shown = jobs.run("plan", "--explain", "sales/lead")
    text = shown.out
    assert "1 error in the whole plan" in shown.err, "why the exit code is 1"
    assert "sales/lead: to create" in text
    assert "No listed job and no earlier create" in text
    assert "jobs/sales/_defaults.yaml:1:14  (inherited)" in text
    assert '"name": "Lead"' in text
    assert "bad" not in text


def test_why_it_stands_for_its_job_and_what_is_not_compared(jobs):
    jobs.write("ae", "name: Account Executive, new\ncode: SAL-115\nstatus: CLOSED\nopenings: 3\n")
    ran, fields = explained(jobs, "ae")
    assert ran.json["explain"]["reason"].startswith("code")
    assert ran.json["explain"]["payload"] is None
    assert "read back" in fields["openings"]["note"]
    assert "ignore_changes" in fields["status"]["note"]
    assert fields["name"]["note"] is None
    text = jobs.run("plan", "--explain", "ae").out
    assert "Matched by code" in text
    assert "  name               Account Executive, new\n" in text
    assert "in the ATS: Account Executive\n" in text


def test_a_held_job_and_its_way_out(jobs):
    jobs.write("sales/lead", "name: Lead\n")
    assert jobs.apply().code == 0
    text = jobs.run("plan", "--explain", "sales/lead").out
    assert "sales/lead: pending" in text
    assert "Held since" in text
    assert "apply --wait" in text


def test_sync_and_unreadable_files(jobs):
    jobs.write("gone", "sync: {id: nothing-of-the-kind, distinct_from: [a]}\n")
    jobs.write("bad", "name: [\n")
    _, fields = explained(jobs, "gone")
    assert (fields["sync.id"]["value"], fields["sync.id"]["column"]) == ("nothing-of-the-kind", 12)
    assert fields["sync.distinct_from"]["value"] == ["a"]
    ran, fields = explained(jobs, "bad")
    assert not fields
    assert [found["rule"] for found in ran.json["explain"]["diagnostics"]] == ["yaml/syntax"]


def test_an_address_without_a_file_is_an_error_and_asks_nothing(jobs, sandbox):
    jobs.write("sales/lead", "name: Lead\n")
    for arguments in (["--explain", "sales/leed"], ["--explain", "sales/lead", "--target", "nobody*"]):
        assert jobs.plan(*arguments).code == 1
    assert not sandbox.state["requests"]
    assert jobs.run("plan", "--explain", "sales/lead", "--format", "markdown").code == 64


def test_a_job_is_named_by_its_file_too(jobs):
    jobs.write("sales/füh", "name: Lead\n")
    for name in ("jobs/sales/füh.yaml", "sales/fu\u0308h"):
        assert jobs.plan("--explain", name).json["explain"]["address"] == "sales/füh"


def test_control_characters_reach_no_terminal(jobs):
    jobs.write("sales/odd", 'name: "a\\e[31m\\u202eb"\n')
    ran = jobs.run("plan", "--explain", "sales/odd")
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
