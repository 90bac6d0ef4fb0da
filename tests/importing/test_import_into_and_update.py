"""`import --into` and `--update`: a job file changes where it must, and every other byte stays."""

from __future__ import annotations

import pytest

from bindbee_sync.sandbox import seed

ENGINEER = seed.job_id("Backend Engineer")
IDS = f'  id: {ENGINEER}\n  remote_id: "4010101"\n'
INLINE = f'id: {ENGINEER}, remote_id: "4010101"'
COMMENTED = """\
# Ours; ask Lena before you change it.

name:   'Backend Engineer'   # the name on the board
code: "ENG-101"
departments: [ Engineering ]  # one only
offices:
    # where they sit
    - Berlin      # the lab
    - "Remote (Europe)"
"""


def into(repo, text, address="eng/backend", identifier="4010101"):
    path = repo.write(address, "")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = repo.run("import", "--format", "json", "--into", address, identifier)
    return ran, path.read_bytes()


def test_a_file_is_adopted_and_its_comments_stay(repo):
    ran, after = into(repo, COMMENTED)
    assert ran.code == 0, ran.out
    assert ran.json["written"] == [
        {"address": "eng/backend", "path": "jobs/eng/backend.yaml", "id": ENGINEER}
    ]
    assert after.decode() == f"{COMMENTED}sync:\n{IDS}"
    entry = repo.plan().json["entries"][0]
    assert (entry["outcome"], entry["reason"], entry["id"]) == ("in_sync", "sync.id", ENGINEER)
    again, untouched = into(repo, after)
    assert (again.code, again.json["written"], untouched) == (0, [], after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: X", f"name: X\nsync:\n{IDS}"),
        ("name: X\n...\n", f"sync:\n{IDS}name: X\n...\n"),
        ("---\nname: X\n# end\n", f"---\nname: X\n# end\nsync:\n{IDS}"),
        ("description: |\n  a\n", f"description: |\n  a\nsync:\n{IDS}"),
        ("# top\ndescription: |\n  a", f"# top\nsync:\n{IDS}description: |\n  a"),
        ("description: |+\n  a\n\n\n", f"description: |+\n  a\n\n\nsync:\n{IDS}"),
        (
            "  name: X\n  code: Y\n",
            f"  name: X\n  code: Y\n  sync:\n    {IDS.strip().replace('  r', '    r')}\n",
        ),
        ("{name: X}\n", f"{{sync: {{{INLINE}}}, name: X}}\n"),
        ("name: X\nsync:\ncode: Y\n", f"name: X\nsync: {{{INLINE}}}\ncode: Y\n"),
        ("name: X\nsync:   # none yet\n", f"name: X\nsync: {{{INLINE}}}   # none yet\n"),
        ("name: X\nsync: null  # none\n", f"name: X\nsync: {{{INLINE}}}  # none\n"),
        ("name: X\nsync: {}\n", f"name: X\nsync: {{{INLINE}, }}\n"),
        ("name: X\nsync: {distinct_from: [a]}\n", f"name: X\nsync: {{{INLINE}, distinct_from: [a]}}\n"),
        (
            "name: X\nsync:\n    # no\n    distinct_from:\n    - a  # b\n",
            f"name: X\nsync:\n    # no\n  {IDS.replace('  r', '    r')}    distinct_from:\n    - a  # b\n",
        ),
        ("name: X\u2028y  # z\n", f"name: X\u2028y  # z\nsync:\n{IDS}"),
        ("\ufeffname: X\n", f"\ufeffname: X\nsync:\n{IDS}"),
        ("name: X  # a\r\ncode: Y\r\n", f"name: X  # a\ncode: Y\nsync:\n{IDS}".replace("\n", "\r\n")),
    ],
)
def test_every_layout_keeps_its_bytes(repo, before, after):
    ran, found = into(repo, before)
    assert ran.code == 0, ran.out
    assert found == after.encode()


@pytest.mark.parametrize(
    ("text", "identifier", "said"),
    [
        ("name: X\nsync: {id: other}\n", "4010101", "names another job"),
        (f"name: X\nsync: {{id: {ENGINEER}, remote_id: '1'}}\n", "4010101", "names another job"),
        ("name: X\nsync: {distinct_from: ['4010101']}\n", "4010101", "distinct_from"),
        ("name: X\nsync: {id: ~}\n", "4010101", "by hand"),
        (
            "name: [\n",
            "4010101",
            "jobs/eng/backend.yaml: This file can't be read Fix what `bindbee-sync validate`",
        ),
        ("name: X\n", "no-such-id", "No listed job"),
        ("name: X\n", "4010002", "No listed job"),
    ],
)
def test_what_can_not_be_adopted_is_left_as_it_is(repo, text, identifier, said):
    ran, after = into(repo, text, identifier=identifier)
    assert ran.code == 1
    error = ran.json["error"]
    assert said in f"{error['message']} {error['hint']}"
    assert after == text.encode()


def test_no_job_gets_a_second_file(repo):
    repo.run("import", "ENG-101")
    ran, after = into(repo, "name: X\n")
    assert "jobs/backend-engineer-eng-101.yaml already manages this job" in ran.json["error"]["message"]
    assert after == b"name: X\n"


def test_an_unknown_address_is_an_error(repo):
    repo.write("one", "name: X\n")
    ran = repo.run("import", "--into", "two", "4010101")
    assert ran.code == 1
    assert "two" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--into", "one"),
        ("--into", "one", "1", "ENG-101"),
        ("--into", "a", "1", "--update", "b"),
        ("--update", "a", "x"),
    ],
)
def test_ways_to_import_are_not_mixed(repo, arguments):
    assert repo.run("import", *arguments).code == 64


def updated(repo, text, *, address="job", code=0):
    path = repo.write(address, "")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = repo.run("import", "--format", "json", "--update", address)
    assert ran.code == code, ran.out
    return ran, path.read_bytes().decode()


DRIFTED = f"""\
# Ours.
name: Backend Engineering   # was: Developer
code: ENG-101
status: "DRAFT"  # not yet
departments: [Sales]  # one
offices:   # where
  # the lab
  - London   # for now
  - Berlin   # stays

  - New York
# people
hiring_managers: []
recruiters:
- Ada Okafor
- Priya Raman  # she stays
sync: {{id: {ENGINEER}}}
description: |-  # short
  Old
  words

# the end
"""


def test_drifted_fields_are_taken_over_and_comments_stay(repo):
    ran, after = updated(repo, DRIFTED)
    assert [each["address"] for each in ran.json["written"]] == ["job"]
    html = "\n".join(
        f"  {line}"
        for line in next(
            job for job in seed.documents("company")["jobs"] if job["name"] == "Backend Engineer"
        )["description"].split("\n")
    )
    assert (
        after
        == f"""\
# Ours.
name: Backend Engineer   # was: Developer
code: ENG-101
status: OPEN  # not yet
departments: [Engineering]  # one
offices:   # where
  # the lab
  - Remote (Europe)   # for now
  - Berlin   # stays

# people
hiring_managers: [lena.hoffmann@halden-robotics.example]
recruiters:
- Priya Raman  # she stays
sync: {{id: {ENGINEER}}}
description: |-  # short
{html}

# the end
"""
    )
    assert repo.plan("--fail-on", "drifted").json["entries"][0]["outcome"] == "in_sync"
    again, untouched = updated(repo, after)
    assert (again.json["written"], untouched) == ([], after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("offices: []\n", "offices: [Berlin, {remote}]\n"),
        ("offices:\n  - Berlin", "offices:\n  - Berlin\n  - Remote (Europe)"),
        ("offices:\n- Berlin  # x\n# y\n", "offices:\n- Berlin  # x\n- Remote (Europe)\n# y\n"),
        ("offices: [London,\n  Berlin]\n", "offices: [Berlin, {remote}]\n"),
        ("name: 'X'\r\n", "name: Backend Engineer\r\n"),
        ("name: X\n  y  # z\n", "name: Backend Engineer  # z\n"),
        ("name: |\n  X\n", "name: Backend Engineer\n"),
        ("confidential: true  # not\n", "confidential: false  # not\n"),
        ("job_posting_urls: [https://x.test]\n", "job_posting_urls: [{url}]\n"),
        (
            "job_posting_urls:\n  - value: https://x.test\n    url_type: JOB_POSTING\n",
            "job_posting_urls:\n  - {plain}\n",
        ),
        ("job_posting_urls: # n\n  - https://x.test # m\n", "job_posting_urls: # n\n  - {plain} # m\n"),
        ("  name: X\n  code: ENG-101\n", "  name: Backend Engineer\n  code: ENG-101\n"),
        ("{{name: X, status: OPEN}}\n", "{{name: Backend Engineer, status: OPEN}}\n"),
    ],
)
def test_each_layout_of_a_value(repo, before, after):
    url = "https://boards.halden-robotics.example/jobs/4010101"
    text = before.replace("{{", "{").replace("}}", "}")
    sync = f"sync: {{id: {ENGINEER}}}"
    whole = text.replace("{", f"{{{sync}, ", 1) if text.startswith("{") else None
    indent = "  " if text.startswith("  ") else ""
    _, found = updated(repo, whole or f"{indent}{sync}\n{text}")
    expected = after.format(remote='"Remote (Europe)"', url=f'"{url}"', plain=url)
    if whole:
        assert found == expected.replace("{", f"{{{sync}, ", 1)
    else:
        assert found == f"{indent}{sync}\n{expected}"


def test_a_value_that_the_ats_has_not_becomes_null(repo):
    researcher = seed.job_id("UX Researcher")
    _, after = updated(repo, f"code: UX-1  # ours\nsync: {{id: {researcher}}}\n")
    assert after == f"code: null  # ours\nsync: {{id: {researcher}}}\n"
    assert repo.plan().json["entries"][0]["outcome"] == "in_sync"


def test_all_items_may_go(repo):
    text = (
        f"sync: {{id: {seed.job_id('Speculative Application')}}}\noffices: # o\n  - Berlin  # b\n  - London\n"
    )
    _, after = updated(repo, text)
    assert after == text.replace("offices:", "offices: []").replace(
        "  - Berlin  # b\n  - London\n", "  # b\n"
    )


def test_an_inherited_value_is_overridden_in_the_job_not_in_the_defaults(repo):
    defaults = repo.write("_defaults", "offices: [London]\nstatus: DRAFT\n")
    _, after = updated(repo, f"sync: {{id: {ENGINEER}}}\n")
    assert after == f"sync: {{id: {ENGINEER}}}\nstatus: OPEN\noffices:\n  - Berlin\n  - Remote (Europe)\n"
    assert defaults.read_text(encoding="utf-8") == "offices: [London]\nstatus: DRAFT\n"
    assert repo.plan().json["entries"][0]["outcome"] == "in_sync"


@pytest.mark.parametrize(
    "text",
    [
        "name: &n X\ndescription: *n\n",
        "departments: &d [Sales]\nrecruiters: *d\n",
        "offices: [  # where\n  London]\n",
        "job_posting_urls:\n  - value: https://x.test\n    # shown\n    url_type: JOB_POSTING\n",
    ],
)
def test_what_can_not_be_changed_alone_is_left_as_it_is(repo, text):
    whole = f"sync: {{id: {ENGINEER}}}\n{text}"
    ran, after = updated(repo, whole, code=1)
    assert "by hand" in ran.json["error"]["hint"]
    assert after == whole


def test_only_the_addresses_that_are_named_change(repo):
    repo.write("a/one", f"name: X\nsync: {{id: {ENGINEER}}}\n")
    repo.write("b/two", f"name: Y\nsync: {{id: {seed.job_id('Frontend Engineer')}}}\n")
    ran = repo.run("import", "--update", "b/*", "--format", "json")
    assert [each["address"] for each in ran.json["written"]] == ["b/two"]
    assert repo.run("import", "--update", "c/*").code == 1
    assert repo.run("import", "--update", "*").code == 0
    assert {entry["outcome"] for entry in repo.plan().json["entries"]} == {"in_sync"}


def test_a_file_that_can_not_be_changed_stops_no_other(repo):
    for address, name, text in (
        ("a/alias", "Backend Engineer", "name: &n X\ndescription: *n\n"),
        ("b/two", "Frontend Engineer", "name: Y\n"),
        ("c/alias", "UX Researcher", "name: &n X\ndescription: *n\n"),
        ("d/four", "Talent Acquisition Partner", "name: Y\n"),
    ):
        repo.write(address, f"{text}sync: {{id: {seed.job_id(name)}}}\n")
    ran = repo.run("import", "--update", "*", "--format", "json")
    assert ran.code == 1
    assert [each["address"] for each in ran.json["written"]] == ["b/two", "d/four"]
    assert [each["message"].split(":")[0] for each in ran.json["failed"]] == [
        "jobs/a/alias.yaml",
        "jobs/c/alias.yaml",
    ]
    assert ran.json["error"] == ran.json["failed"][0]
    text = repo.run("import", "--update", "*")
    assert text.code == 1
    assert "jobs/a/alias.yaml:1: 'name' can't be updated" in text.err
    assert "jobs/c/alias.yaml:1: 'name' can't be updated" in text.err
    assert "Nothing" not in text.out


def test_ignored_changes_stay(repo):
    text = f"name: X\nstatus: DRAFT\nsync:\n  id: {ENGINEER}\n  ignore_changes: [name]\n"
    _, after = updated(repo, text)
    assert after == text.replace("DRAFT", "OPEN")


def test_a_confidential_job_is_written_only_where_the_file_says_so(repo):
    officer = seed.job_id("Chief Financial Officer")
    ran, after = updated(repo, f"name: X\nsync: {{id: {officer}}}\n")
    assert (ran.json["written"], [each["id"] for each in ran.json["skipped"]]) == ([], [officer])
    assert "Chief" not in after + ran.out
    _, after = updated(repo, f"name: X\nconfidential: true\nsync: {{id: {officer}}}\n")
    assert after.startswith("name: Chief Financial Officer\n")


def test_after_an_update_everything_imported_is_clean_again(repo, sandbox):
    repo.run("import", "--by-department")
    sandbox.edit_job(
        4010101, name="Platform Engineer: #1", description="a\r\nb \u2028", status="closed", office_ids=[]
    )
    sandbox.edit_job(
        4010102, requisition_id=None, description="  - x\n\n", hiring_managers=[4003007, 4003008]
    )
    sandbox.sync()
    assert repo.plan().json["summary"]["drifted"] == 2
    ran = repo.run("import", "--update", "*", "--format", "json")
    assert len(ran.json["written"]) == 2
    assert repo.plan().json["summary"]["drifted"] == 0


def test_an_update_of_a_file_that_can_not_be_read_fails(repo):
    repo.write("eng/backend", 'name: "Backend Engineer\n')
    ran = repo.run("import", "--update", "eng/backend")
    assert ran.code == 1
    assert "jobs/eng/backend.yaml: This file can't be read" in ran.out + ran.err


@pytest.mark.parametrize("wanted", ["sales/new", "sales/*"])
def test_an_update_that_has_no_job_to_take_from_fails(repo, wanted):
    repo.job("sales/new", "New role", "NEW-1")
    ran = repo.run("import", "--update", wanted, "--format", "json")
    assert ran.code == 1
    assert "no listed job is matched" in ran.json["error"]["message"]


def test_the_file_to_adopt_into_or_update_is_named_by_its_path_too(repo):
    repo.write("eng/bäcker", COMMENTED)
    name = "jobs/eng/ba\u0308cker.yaml"
    assert repo.run("import", "--into", name, "4010101").code == 0
    assert repo.plan().json["entries"][0]["id"] == ENGINEER
    assert repo.run("import", "--update", name).code == 0
