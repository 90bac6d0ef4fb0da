"""`import` of a part of the jobs: by department, office and status, and as a preview that writes nothing."""

from __future__ import annotations

import pytest

from bindbee_sync.sandbox import seed

CONFIDENTIAL = seed.job_id("Chief Financial Officer")


@pytest.fixture
def imported(repo):
    repo.config("provider: greenhouse\n")
    return lambda *arguments: repo.run("import", "--format", "json", *arguments)


def count(imported, *arguments):
    return len(imported("--dry-run", *arguments).json["written"])


def test_by_department_by_id_name_or_glob(repo, imported, sandbox):
    sales = count(imported, "--department", "sales")
    assert 0 < sales < count(imported)
    both = count(imported, "--department", "Sales", "--department", "People")
    assert both == sales + count(imported, "--department", "People")
    assert count(imported, "--department", "S*les") == sales
    (department,) = repo.run("lookup", "departments", "Sales", "--format", "json").json["items"]
    assert count(imported, "--department", department["id"]) == sales
    ran = imported("--department", "Sales")
    texts = [(repo.path / each["path"]).read_text() for each in ran.json["written"]]
    assert all("departments:\n  - Sales\n" in text for text in texts)
    assert set(repo.plan().outcomes.values()) == {"in_sync"}
    assert sandbox.creates() == []


def test_department_office_status_and_glob_all_have_to_hold(repo, imported):
    sales = count(imported, "--department", "Sales")
    in_berlin = count(imported, "--department", "Sales", "--office", "Berlin")
    assert 0 < in_berlin < sales
    assert in_berlin < count(imported, "--office", "Berlin")
    assert count(imported, "SAL-*", "--office", "Berlin") <= in_berlin
    assert count(imported, "--department", "Sales", "--status", "closed") < sales
    assert len(imported("--department", "Sales", "--office", "Berlin").json["written"]) == in_berlin


@pytest.mark.parametrize(
    ("option", "text"), [("--department", "Sails"), ("--office", "Berlim"), ("--office", "zzz")]
)
def test_a_name_that_is_none_is_an_error_with_what_was_meant(imported, repo, option, text):
    ran = imported(option, text)
    assert ran.code == 1
    assert text in ran.json["error"]["message"]
    assert "Sales" in ran.json["error"]["hint"] or "Berlin" in ran.json["error"]["hint"] or text == "zzz"
    assert not list(repo.path.glob("jobs/**/*.yaml"))


def test_a_job_that_is_named_and_in_another_department_is_reported(imported):
    ran = imported("SAL-120", "--department", "People")
    (left,) = ran.json["skipped"]
    assert (ran.json["written"], left["reason"]) == (
        [],
        "it is in no department or office that was asked for",
    )


def test_where_a_confidential_job_belongs_is_not_told(imported):
    assert {
        tuple(each["id"] for each in imported("--dry-run", *place).json["skipped"])
        for place in ((), ("--department", "Sales"), ("--department", "Finance*"), ("--office", "London"))
    } == {(CONFIDENTIAL,)}


def test_a_dry_run_shows_a_table_and_writes_nothing(repo, imported, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    before = repo.files()
    ran = repo.run("import", "--dry-run", "--department", "Sales", "--by-department")
    assert ran.code == 0
    heading, *rows = ran.out.splitlines()
    assert heading.split() == ["File", "Job", "Code", "Status", "Departments", "Offices"]
    (row,) = [row for row in rows if row.startswith("jobs/sales/sales-engineer-sal-119.yaml")]
    assert "OPEN" in row
    assert "Sales" in row
    assert "files would be written." in rows[-1]
    assert imported("--dry-run").json["dry_run"] is True
    assert repo.files() == before
    assert "dry_run" not in imported().json


def test_a_dry_run_of_a_confidential_job_shows_its_status_only(repo):
    ran = repo.run("import", "--dry-run", CONFIDENTIAL)
    assert "(confidential)" in ran.out
    assert "Financial" not in ran.out
    assert "Finance" not in ran.out


@pytest.mark.parametrize("other", [("--update", "a"), ("--into", "a", "1")])
def test_filters_are_for_new_files(repo, other):
    for filters in (("--dry-run",), ("--department", "Sales"), ("--office", "Berlin")):
        assert repo.run("import", *other, *filters).code == 64
