"""The names and ids in job files, as a plan over real HTTP resolves them."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.sandbox import seed

JOB = """\
name: Field Sales Lead
code: NEW-1
departments: [{department}]
offices: [{office}]
recruiters: [{recruiter}]
template_id: {template}
remote_user_id: {creator}
openings: 1
"""
GOOD = {
    "department": "Sales",
    "office": "Berlin",
    "recruiter": "marta.silva@halden-robotics.example",
    "template": '"Template: People Manager"',
    "creator": "Jonas Weber",
}


def planned(repo, **other):
    repo.write("sales/lead", JOB.format(**{**GOOD, **other}))
    return repo.plan()


def payload(repo, **other):
    ran = planned(repo, **other)
    assert ran.code == 0, ran.json["diagnostics"]
    return ran.json["entries"][0]["payload"]


def finding(repo, **other):
    ran = planned(repo, **other)
    (found,) = [each for each in ran.json["diagnostics"] if each["severity"] == "error"]
    return found


def test_names_become_ids(repo):
    sent = payload(repo)
    assert sent["departments"] == [seed.department_id("Sales")]
    assert sent["offices"] == [seed.office_id("Berlin")]
    assert sent["recruiters"] == [seed.user_id("marta.silva")]
    assert sent["template_id"] == seed.template_id("Template: People Manager")
    assert sent["remote_user_id"] == seed.user_id("jonas.weber")


@pytest.mark.parametrize(
    ("other", "field", "expected"),
    [
        ({"department": '"  finance  &  LEGAL "'}, "departments", [seed.department_id("Finance & Legal")]),
        ({"office": '"remote (europe)"'}, "offices", [seed.office_id("Remote (Europe)")]),
        ({"creator": "ADA.OKAFOR@Halden-Robotics.example"}, "remote_user_id", seed.user_id("ada.okafor")),
        ({"creator": '"Zoe\u0308 dubois"'}, "remote_user_id", seed.user_id("zoe.dubois")),
        ({"department": seed.department_id("Sales").upper()}, "departments", [seed.department_id("Sales")]),
        (
            {"template": "'template:  PEOPLE manager'"},
            "template_id",
            seed.template_id("Template: People Manager"),
        ),
        ({"template": "4010002"}, "template_id", "4010002"),
    ],
)
def test_case_and_white_space_are_folded_and_ids_are_fine(repo, other, field, expected):
    assert payload(repo, **other)[field] == expected


@pytest.mark.parametrize(
    ("other", "field", "near"),
    [
        ({"department": "Salse"}, "departments", "`Sales`"),
        ({"office": "Berlim"}, "offices", "`Berlin`"),
        (
            {"recruiter": "marta.sylva@halden-robotics.example"},
            "recruiters",
            "`marta.silva@halden-robotics.example`",
        ),
        ({"creator": "Jonas Veber"}, "remote_user_id", "`jonas.weber@halden-robotics.example` (Jonas Weber)"),
        ({"template": "Template People Manger"}, "template_id", '`"Template: People Manager"`'),
    ],
)
def test_no_match_names_the_nearest(repo, other, field, near):
    found = finding(repo, **other)
    assert found["field"] == field
    assert found["rule"] in {"reference/not-found", "greenhouse/template-not-found"}
    assert near in found["hint"]


def test_the_ats_number_is_no_name(repo):
    found = finding(repo, department="4001005")
    assert found["rule"] == "greenhouse/unified-ids"


def test_several_matches_are_listed_with_what_tells_them_apart(repo):
    found = finding(repo, department="enablement")
    assert found["rule"] == "reference/ambiguous"
    assert (found["line"], found["column"]) == (3, 15)
    for number in (4001007, 4001008):
        assert str(number) in found["message"]
        assert seed.bindbee_id(seed.CONNECTOR_ID, "departments", number) in found["message"]
    people = finding(repo, creator="Sam Lee")
    assert "sam.lee@halden-robotics.example" in people["message"]
    assert "samantha.lee@halden-robotics.example" in people["message"]


def test_a_disabled_account_can_not_be_named(repo):
    assert finding(repo, recruiter="Tom Becker")["rule"] == "reference/user-disabled"


def test_a_plan_shows_names_also_where_the_file_has_ids(repo):
    repo.write(
        "sales/lead",
        JOB.format(
            **{**GOOD, "department": seed.department_id("Marketing"), "office": seed.office_id("Lisbon")}
        ),
    )
    shown = repo.run("plan").out
    assert "Marketing" in shown
    assert "Lisbon" in shown
    assert seed.department_id("Marketing") not in shown


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("name: A\n", set()),
        ("name: A\ndepartments: [Sales]\n", {"departments"}),
        ("name: A\noffices: [Berlin]\n", {"offices"}),
        ("name: A\nremote_user_id: Ada Okafor\n", {"remote-users"}),
        ("name: A\nrecruiters: [Ada Okafor]\nhiring_managers: [Ada Okafor]\n", {"remote-users"}),
    ],
)
def test_lists_are_read_once_and_only_where_needed(repo, sandbox, text, lists):
    repo.write("one", text)
    repo.write("two", text.replace("name: A", "name: B"))
    repo.plan()
    for kind in ("departments", "offices", "remote-users"):
        assert sandbox.requests("GET", f"/api/ats/v1/{kind}") == (kind in lists)


def test_a_list_that_is_too_long_for_a_hint_is_counted_and_the_command_for_it_shown(repo):
    hint = finding(repo, creator="Zzyzx Qqqq")["hint"]
    assert re.fullmatch(r"Bindbee lists \d\d users\. `bindbee-sync lookup users` lists them\.", hint)
    assert repo.run("lookup", "users").code == 0


def test_no_candidate_is_someone_whose_account_is_disabled(repo):
    assert "tom.becker" not in finding(repo, recruiter="Tom Beker")["hint"]


def test_a_candidate_whose_name_is_that_of_two_is_its_email(repo):
    hint = finding(repo, creator="Sam Leee")["hint"]
    for email in ("sam.lee", "samantha.lee"):
        assert f"`{email}@halden-robotics.example` (Sam Lee)" in hint
