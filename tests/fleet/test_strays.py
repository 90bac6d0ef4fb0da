"""Files beside the connectors' jobs folders: no connector reads them, and a run says so once."""

from __future__ import annotations

import pytest

from bindbee_sync.sandbox import seed

ONE, TWO = (seed.company(number).name for number in (1, 2))
BARE = "name: Bare\ncode: BARE-1\nopenings: 1\n"


@pytest.fixture
def several(customers):
    customers.pinned(1, 2)
    return customers


def strays(ran):
    """The strays that a run names, each as often as it does."""
    document = ran.json
    found = [each for part in document.get("plans", [document]) for each in part["diagnostics"]]
    return [each["path"] for each in found if each["rule"] == "files/ignored"]


def write(customers, path, text=BARE):
    file = customers.repo.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", ["jobs/bare.yaml", "jobs/sales/bare.yml", "jobs/_defaults.yaml"])
@pytest.mark.parametrize(
    "command",
    [
        ("validate",),
        ("plan",),
        ("plan", "jobs"),
        ("plan", "--connector", TWO),
        ("plan", "--shard", "1/2"),
        ("apply", "--all", "--yes"),
    ],
    ids=" ".join,
)
def test_a_file_that_no_connector_reads_is_named_once(several, command, path):
    write(several, path)
    assert strays(several.repo.run(*command, "--format", "json")) == [path]


@pytest.mark.parametrize("arguments", [("--shard", "2/2"), ("--target", f"{ONE}:a")], ids=" ".join)
def test_another_shard_and_a_selection_do_not_name_it(several, arguments):
    write(several, "jobs/bare.yaml")
    assert strays(several.repo.run("plan", *arguments, "--format", "json")) == []


@pytest.mark.parametrize(
    "path",
    [
        f"jobs/{ONE}/bare.yaml",
        "jobs/README.md",
        "jobs/.github/bare.yaml",
        "jobs/notes.txt",
        "bare.yaml",
        "policies/own.yaml",
        ".github/workflows/bare.yaml",
    ],
)
def test_a_file_that_is_a_connectors_or_no_job_is_not_named(several, path):
    write(several, path)
    assert strays(several.repo.run("validate", "--format", "json")) == []


FOLDERS = {
    "one in the common folder": ({"jobs": "jobs/acme"}, {"jobs": "customers/globex"}, "jobs/bare.yaml", True),
    "in none by default": ({"jobs": "in/eu/acme"}, {"jobs": "in/us/globex"}, "in/us/bare.yaml", True),
    "nothing but the root in common": ({"jobs": "acme"}, {"jobs": "globex"}, "other/bare.yaml", False),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_only_a_folder_that_is_for_jobs_is_looked_through(customers, case):
    one, two, path, is_named = FOLDERS[case]
    customers.config({"acme": one, "globex": two})
    for each in (one, two):
        (customers.repo.path / each["jobs"]).mkdir(parents=True)
    write(customers, path)
    assert strays(customers.repo.run("validate", "--format", "json")) == [path] * is_named


def test_an_only_connector_with_a_name_has_strays_too(customers):
    customers.config({ONE: {"id": seed.company(1).id}})
    customers.job(1, "a", "J-1")
    write(customers, "jobs/bare.yaml")
    assert strays(customers.repo.run("plan", "--format", "json")) == ["jobs/bare.yaml"]


def test_its_severity_is_the_configs(customers):
    customers.pinned(1, 2, top="rules: {files/ignored: error}\n")
    write(customers, "jobs/bare.yaml")
    assert customers.repo.run("validate").code == 1
    assert customers.repo.run("apply", "--connector", ONE, "--yes").code == 1
    assert customers.creates(1) == []


@pytest.mark.parametrize("name", [ONE, TWO])
def test_a_job_whose_file_is_a_stray_is_not_to_be_closed(several, name):
    repo, number = several.repo, (ONE, TWO).index(name) + 1
    for _ in range(2):  # the second time, it is recorded as listed
        assert repo.run("apply", "--connector", name, "--yes").code == 0
        several.sandbox.connector(number).sync()
    file = repo.path / "jobs" / name / "a.yaml"
    gone = file.rename(repo.path / "jobs" / "a.yaml")
    ran = repo.run("plan", "--format", "json")
    assert [step for plan in ran.json["plans"] for step in plan["steps"]] == []
    assert strays(ran) == ["jobs/a.yaml"]
    gone.unlink()
    steps = [step for plan in repo.run("plan", "--format", "json").json["plans"] for step in plan["steps"]]
    assert [(step["kind"], step["address"]) for step in steps] == [("close", "a")]
