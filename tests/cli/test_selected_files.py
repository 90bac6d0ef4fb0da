"""PATHs and targets that name, or stand beside, files that are no jobs: drafts, hidden and lone files."""

from __future__ import annotations

import pytest

GOOD = "name: A\n"


@pytest.fixture
def folder(repo):
    """Good jobs in `sub`; a draft, broken defaults and a hidden file in folders without jobs."""
    repo.job("sub/a", "One", "A-1")
    repo.write("drafts/_x", GOOD)
    repo.write("broken/_defaults", "bogus: 1\n")
    repo.write("hidden/.x", GOOD)
    repo.write(".x", GOOD)
    repo.write("empty/_defaults", "openings: 1\n")
    return repo


def found(ran):
    return [(each["rule"], each["path"]) for each in ran.json["diagnostics"]]


def test_all_of_them_count_where_nothing_is_selected(folder):
    assert {rule for rule, _ in found(folder.run("validate", "--format", "json"))} == {
        "files/reserved-name",
        "schema/unknown-field",
        "files/ignored",
    }


@pytest.mark.parametrize("path", ["jobs/sub", "jobs/sub/a.yaml"])
def test_a_path_leaves_other_folders_out(folder, path):
    ran = folder.run("validate", path, "--format", "json")
    assert (ran.code, found(ran)) == (0, [])


def test_a_target_is_the_way_round_them(folder, sandbox):
    ran = folder.run("apply", "--target", "sub/a", "--yes", "--format", "json")
    assert (ran.code, ran.results, found(ran)) == (0, {"sub/a": "created"}, [])


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("jobs/drafts/_x.yaml", "files/reserved-name"),
        ("jobs/drafts", "files/reserved-name"),
        ("jobs/broken/_defaults.yaml", "schema/unknown-field"),
        ("jobs/broken", "schema/unknown-field"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_path_to_one_says_what_is_wrong_with_it(folder, sandbox, command, path, rule):
    ran = folder.run(command, path, "--format", "json")
    assert (ran.code, [each for each, _ in found(ran)]) == (1, [rule])


def test_a_folder_is_judged_with_what_stands_below_it(folder):
    folder.write("sub/later/_y", GOOD)
    folder.write("sub/.z", GOOD)
    assert found(folder.run("validate", "jobs/sub", "--format", "json")) == [
        ("files/ignored", "jobs/sub/.z.yaml"),
        ("files/reserved-name", "jobs/sub/later/_y.yaml"),
    ]


@pytest.mark.parametrize("path", ["jobs/hidden/.x.yaml", "jobs/hidden", "jobs/out.yaml"])
def test_a_path_to_what_is_not_read_says_why(folder, tmp_path, path):
    (tmp_path / "elsewhere").mkdir()
    (folder.path / "jobs/out.yaml").symlink_to(tmp_path / "elsewhere")
    ran = folder.run("validate", path)
    assert ran.code == 1
    assert f"{path}: No job file matches. '" in ran.err
    assert "is not read: " in ran.err
    assert "Rename or move the file" in ran.err


def test_beside_a_job_it_is_a_warning(folder):
    ran = folder.run("validate", "jobs/sub/a.yaml", "jobs/hidden/.x.yaml", "--format", "json")
    assert (ran.code, found(ran)) == (0, [("files/ignored", "jobs/hidden/.x.yaml")])


def test_defaults_that_no_job_inherits_are_checked_all_the_same(folder):
    ran = folder.run("validate", "jobs/empty/_defaults.yaml")
    assert (ran.code, ran.out) == (0, "0 job files checked: 0 errors, 0 warnings.\n")


@pytest.mark.parametrize(
    "path", ["jobs/nowhere.yaml", "jobs/nowhere/_defaults.yaml", "other/_defaults.yaml", "jobs/empty"]
)
def test_a_path_to_nothing_is_an_error(folder, path):
    folder.write("../other/_defaults", "openings: 1\n")
    ran = folder.run("validate", path, "jobs/sub")
    assert ran.code == 1
    assert f"{path}: No job file matches\n" in ran.err


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_target_that_is_an_address_is_no_glob(repo, sandbox, command):
    for address, code in (("sales/a[1]", "A-1"), ("sales/a1", "A-2")):
        repo.job(address, f"Lead {code}", code)
    ran = repo.run(command, "--target", "sales/a[1]", "--format", "json", *["--yes"] * (command == "apply"))
    assert [entry["address"] for entry in ran.json["entries"]] == ["sales/a[1]"]
    assert len(sandbox.creates()) == (command == "apply")
