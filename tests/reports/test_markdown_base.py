"""`plan --base REV`: what this change does stands apart, read from git without touching the work tree."""

from __future__ import annotations

import pytest
from git_runs import git

from bindbee_sync.reports.document_view import RunDocument
from bindbee_sync.reports.markdown import plan_markdown


@pytest.fixture
def change(repo):
    """A repository with one commit: `old/same`, `old/edited`, `old/moved` and `old/gone`."""
    (repo.path / ".git").rmdir()
    git(repo.path, "init", "-q")
    for name in ("same", "edited", "moved", "gone"):
        repo.job(f"old/{name}", f"Role {name}")
    commit(repo)
    return repo


def commit(repo):
    git(repo.path, "add", "-A")
    git(repo.path, "commit", "-q", "-m", "x")


def changed(repo, revision="HEAD"):
    return {each["address"] for each in repo.plan("--base", revision).json["entries"] if each["changed"]}


def test_added_edited_and_moved_files_are_this_changes(change):
    change.job("new/added", "Role added")
    change.job("old/edited", "Role edited anew")
    change.move("old/moved", "new/moved")
    (change.path / "jobs/old/gone.yaml").unlink()
    before = git(change.path, "status", "--porcelain")
    assert changed(change) == {"new/added", "old/edited", "new/moved"}
    assert git(change.path, "status", "--porcelain") == before
    markdown = change.run("plan", "--base", "HEAD", "--format", "markdown").out
    mine, others = markdown.split("### Already there before this change")
    assert "Role edited anew" in mine
    assert "Role same" in others
    assert "3 to create" not in mine
    assert "2 to create, 1 moved." in mine
    assert "This change moves 1 job file, which creates no job&#58; old/moved to new/moved." in mine
    assert "removes 1 job file" in mine
    text = change.run("plan", "--base", "HEAD").out
    mine, others = text.split("Already there before this change:")
    assert "new/added" in mine
    assert "  > moved     new/moved  from old/moved\n" in mine
    assert "old/same" in others


def test_a_file_that_moved_and_was_edited_is_known_by_its_code_else_by_its_name(change):
    change.job("old/coded", "Role coded", "C-1")
    commit(change)
    for name in ("coded", "edited"):
        (change.path / f"jobs/old/{name}.yaml").unlink()
    change.job("new/coded", "Another name", "C-1")
    change.write("new/edited", "name: 'role  EDITED'\n")
    change.job("new/other", "Role coded")
    markdown = change.run("plan", "--base", "HEAD", "--format", "markdown").out
    assert "moves 2 job files" in markdown
    assert "old/coded to new/coded and old/edited to new/edited" in markdown
    assert "1 to create, 2 moved" in markdown
    assert "removes" not in markdown


def test_of_many_moved_files_the_first_are_named(change):
    (change.path / "jobs/old").rename(change.path / "jobs/new")
    assert "moves 4 job files, " in change.run("plan", "--base", "HEAD", "--format", "markdown").out
    assert "and 1 more." in change.run("plan", "--base", "HEAD", "--format", "markdown").out


def test_broken_files_are_not_taken_for_one_another(change):
    change.write("old/gone", "{")
    commit(change)
    (change.path / "jobs/old/gone.yaml").unlink()
    change.write("new/other", "{")
    assert "> moved" not in change.run("plan", "--base", "HEAD").out


def test_comments_quotes_and_order_change_nothing(change):
    file = change.path / "jobs/old/same.yaml"
    lines = file.read_text().splitlines()
    file.write_text(
        "# a comment\n" + "\n".join(reversed(lines)).replace("name: Role same", 'name: "Role same"')
    )
    assert changed(change) == set()


def test_defaults_change_the_jobs_that_they_reach(change):
    change.write("old/_defaults", "recruiters: [jonas.weber@halden-robotics.example]\n")
    change.job("other/job", "Elsewhere")
    commit(change)
    change.write("old/_defaults", "recruiters: []\n")
    assert changed(change) == {"old/same", "old/edited", "old/moved", "old/gone"}


def test_a_new_fault_is_this_changes_and_an_old_one_is_not(change):
    change.write("old/edited", "name: A\nbogus: 1\n")
    commit(change)
    assert changed(change) == set()
    change.write("old/edited", "name: A\nbogus: 1\nbogus2: 1\n")
    change.write("old/same", "{")
    assert changed(change) == {"old/edited", "old/same"}


def test_without_a_base_nothing_is_said_of_it(change):
    assert all("changed" not in entry for entry in change.plan().json["entries"])


@pytest.mark.parametrize("revision", ["nowhere", "--help", "", "HEAD:jobs", "\n::error::x"])
def test_an_unknown_revision_is_an_error_with_its_remedy(change, revision):
    ran = change.plan("--base", revision)
    assert ran.code == 1
    assert "no such revision" in ran.json["error"]["message"]
    assert "fetch" in ran.json["error"]["hint"]


def test_outside_of_git_it_is_an_error(repo):
    ran = repo.plan("--base", "HEAD")
    assert ran.code == 1
    assert ran.json["error"]["hint"]


def test_a_jobs_folder_that_is_new_makes_every_job_new(change):
    git(change.path, "rm", "-rq", "--cached", "jobs")
    git(change.path, "commit", "-q", "--allow-empty", "-m", "none")
    assert changed(change) == {"old/same", "old/edited", "old/moved", "old/gone"}


def test_odd_names_are_found_again(change):
    for name in ("ä ö", "e\u0301", "tab\there", "quo'te\""):
        change.job(f"odd/{name}", f"Role {name!r}")
    commit(change)
    assert changed(change) == set()


def test_a_file_that_the_clone_lacks_is_an_error(change):
    blob = git(change.path, "rev-parse", "HEAD:jobs/old/same.yaml").strip()
    (change.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    ran = change.plan("--base", "HEAD")
    assert ran.code == 1
    assert "not in this clone" in ran.json["error"]["message"]


TOM = "The account of Tom Becker is disabled"


def managed(repo, number, more=""):
    who = "recruiters: [tom.becker@halden-robotics.example]\n"
    repo.write(f"old/{number}", f"name: Job {number}\ncode: ENG-{number}\n{who}{more}")


@pytest.mark.parametrize("form", ["markdown", "text"])
def test_a_person_who_left_is_reported_once_and_where_the_change_touches_nothing_of_it_as_before(
    change, form
):
    for number in (101, 102, 103):
        managed(change, number)
    commit(change)
    change.job("new/added", "Role added")
    shown = change.run("plan", "--base", "HEAD", "--format", form).out
    mine, before = shown.split("Already there before this change")
    assert (mine.count(TOM), before.count(TOM)) == (0, 1)
    assert "(in 3 jobs: old/101, old/102, old/103)" in before.replace("&#58;", ":")
    found = [each for each in change.plan("--base", "HEAD").json["diagnostics"] if each["message"] == TOM]
    assert [(each["path"], each["line"]) for each in found] == [
        (f"jobs/old/{number}.yaml", 3) for number in (101, 102, 103)
    ]

    managed(change, 102, "openings: 2\n")
    mine, before = change.run("plan", "--base", "HEAD", "--format", form).out.split(
        "Already there before this change"
    )
    # On a terminal all findings are at the end.
    assert (mine.count(TOM), before.count(TOM)) == ((1, 1) if form == "markdown" else (0, 2))
    assert "(in 2 jobs: old/101, old/103)" in before.replace("&#58;", ":")


RULE = """\
id: policy/short
require: name.size() < 3
message: "{name} is long"
"""


def policy(repo, text=RULE, name="short"):
    (repo.path / "policies").mkdir(exist_ok=True)
    (repo.path / "policies" / f"{name}.yaml").write_text(text, encoding="utf-8")


def parts(repo):
    """Return the comment's head, what this change does, and what was there before, live and gathered."""
    live = repo.run("plan", "--base", "HEAD", "--format", "markdown", "--out", "plan.json").out
    document = RunDocument.model_validate_json((repo.path / "plan.json").read_bytes())
    assert plan_markdown(document.view()) == live
    head, both = live.replace("&#8203;", "").split("### In this change")
    return head, *both.split("### Already there before this change")


def test_a_new_rules_findings_are_this_changes(change):
    policy(change)
    head, mine, others = parts(change)
    assert "This change adds or edits policy/short, which is about every job." in head
    assert mine.count("`policy/short`") == 4
    assert "`policy/short`" not in others


def test_an_edited_rules_findings_are_this_changes(change):
    policy(change)
    commit(change)
    _, mine, others = parts(change)
    assert "`policy/short`" in others
    policy(change, RULE.replace("is long", "is too long"))
    _, mine, others = parts(change)
    assert "is too long" in mine
    assert "`policy/short`" not in others


def test_a_removed_rule_is_named(change):
    policy(change)
    commit(change)
    (change.path / "policies/short.yaml").unlink()
    head, *_ = parts(change)
    assert "This change removes policies/short.yaml, so that its rule is no longer checked." in head


def test_a_rule_file_that_was_only_moved_is_no_change(change):
    policy(change)
    commit(change)
    (change.path / "policies/short.yaml").rename(change.path / "policies/name.yaml")
    head, mine, _ = parts(change)
    assert "polic" not in head
    assert "is long" not in mine


def test_a_rule_file_that_can_not_be_read_is_this_changes(change):
    policy(change, RULE.replace("name.size", "nme.size"))
    head, mine, others = parts(change)
    assert "This change adds or edits policies/short.yaml" in head
    assert "`policy/invalid`" in mine
    assert "`policy/invalid`" not in others


def test_what_is_no_rule_file_is_no_change_of_rules(change):
    policy(change)
    commit(change)
    (change.path / "policies/README.md").write_text("Ours.", encoding="utf-8")
    (change.path / "policies/.draft.yaml").write_text("a: b", encoding="utf-8")
    head, *_ = parts(change)
    assert "polic" not in head
