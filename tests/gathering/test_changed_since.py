from __future__ import annotations

import json
import subprocess

import pytest
from gathering_repo import NAMES, ONE, THREE, TWO, config, job

from bindbee_sync.sandbox import seed

ALL = list(NAMES)
TWO_ID = seed.company(2).id


def changed(many, revision="main", *more):
    """The connectors that differ from a revision, as a matrix of one shard has them."""
    ran = many.run("connectors", "--matrix", 1, "--changed-since", revision, *more)
    assert ran.code == 0, ran.err
    return [name for each in json.loads(ran.out)["include"] for name in each["connectors"].split(",")]


@pytest.fixture
def branch(many):
    """The repository on a branch of its own, with main where it began."""
    many.git("checkout", "--quiet", "-b", "work")
    return many


def test_without_a_change_the_matrix_is_empty(branch):
    ran = branch.run("connectors", "--matrix", 5, "--changed-since", "main")
    assert (ran.code, json.loads(ran.out)) == (0, {"include": []})


def test_comments_and_formatting_are_no_change(branch):
    branch.write(f"{TWO}/driver", "# a comment\n" + job(2, "'Driver'  # another"))
    branch.config("# pins\n" + config(1, 2, 3).replace("id: ", "id:   "))
    assert changed(branch) == []
    branch.commit()
    assert changed(branch) == []


def drop(branch, name):
    for file in (branch.path / "jobs" / name).iterdir():
        file.unlink()


CHANGES = {
    "edited": (lambda b: b.write(f"{TWO}/driver", job(2, "Rider")), [TWO]),
    "new": (lambda b: b.write(f"{THREE}/sales/rider", job(3, "Rider")), [THREE]),
    "defaults": (lambda b: b.write(f"{TWO}/_defaults", "openings: 2\nconfidential: false\n"), [TWO]),
    "deleted": (lambda b: drop(b, ONE), [ONE]),
    "renamed": (lambda b: b.move(f"{TWO}/driver", f"{TWO}/rider"), [TWO]),
    "moved across": (lambda b: b.move(f"{ONE}/driver", f"{THREE}/elsewhere"), [ONE, THREE]),
    "broken": (lambda b: b.write(f"{TWO}/driver", "name: [\n"), [TWO]),
    "stray": (lambda b: b.write(f"{TWO}/_draft", "name: Draft\n"), [TWO]),
    "beside the folders": (lambda b: b.write("bare", "name: Draft\n"), [ONE]),
    "setting": (lambda b: b.config(config(1, 2, 3) + "    max_creates: 3\n"), [THREE]),
    "top-level setting": (lambda b: b.config(config(1, 2, 3, more="max_creates: 3\n")), ALL),
    "region": (lambda b: b.config(config(1, 2, 3, more="region: eu\n")), ALL),
    "new connector": (lambda b: b.config(config(1, 2, 3) + f"  acme: {{jobs: jobs-of-{TWO}}}\n"), ["acme"]),
    "pin": (lambda b: b.config(config(1, 2, 3).replace("    id: ", "    origin_id: ", 1)), [ONE]),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("committed", [False, True], ids=["untracked", "committed"])
def test_a_change_of_meaning_counts_for_its_connector_alone(branch, change, committed):
    do, expected = CHANGES[change]
    do(branch)
    if committed:
        branch.commit()
    assert changed(branch) == expected


def test_a_file_that_git_ignores_is_read_and_so_counts(branch):
    (branch.path / ".gitignore").write_text("*.yaml\n", encoding="utf-8")
    branch.write(f"{THREE}/rider", job(3, "Rider"))
    assert changed(branch) == [THREE]


def test_the_base_may_have_moved_on(branch):
    branch.write(f"{TWO}/rider", job(2, "Rider"))
    branch.commit()
    branch.git("checkout", "--quiet", "main")
    branch.write(f"{ONE}/driver", job(1, "Changed on main"))
    branch.commit()
    branch.git("checkout", "--quiet", "work")
    assert changed(branch) == [TWO]


def test_a_connector_that_is_gone_is_named(branch):
    branch.config(config(1, 2))
    ran = branch.run("connectors", "--changed-since", "main", "--format", "json")
    assert (ran.code, ran.json["connectors"], ran.json["gone"]) == (0, [], [THREE])
    assert THREE in ran.err


def test_a_config_that_could_not_be_used_before_counts_for_all(branch):
    branch.git("checkout", "--quiet", "main")
    branch.config("connectors: {BAD NAME: {}}\n")
    branch.commit()
    branch.git("checkout", "--quiet", "-B", "work")
    branch.config(config(1, 2, 3))
    assert changed(branch) == ALL


def test_a_first_config_makes_every_connector_new(branch):
    branch.git("rm", "--quiet", "bindbee-sync.yaml")
    branch.commit()
    branch.git("branch", "--force", "main")
    branch.config(config(1, 2, 3))
    assert changed(branch) == ALL


@pytest.mark.parametrize("command", [["plan"], ["validate"], ["apply", "--all", "--yes"], ["connectors"]])
def test_every_command_is_about_the_changed_ones(branch, fleet, command):
    branch.write(f"{TWO}/driver", job(2, "Rider"))
    before = len(fleet.log())
    ran = branch.run(*command, "--changed-since", "main", "--format", "json")
    assert ran.code == 0, ran.err
    asked = {each["connector"] for each in fleet.log()[before:] if each.get("connector")}
    assert len(asked) == (0 if command == ["validate"] else 1)


@pytest.mark.parametrize("command", [["plan"], ["validate"], ["apply", "--all", "--yes"], ["connectors"]])
def test_where_nothing_changed_there_is_nothing_to_do(branch, fleet, command):
    before = len(fleet.log())
    ran = branch.run(*command, "--changed-since", "main", "--format", "json")
    assert (ran.code, "error" in ran.json) == (0, False), ran.err
    if command == ["plan"]:
        page = branch.path / "page.html"
        assert branch.run(*command, "--changed-since", "main", "--html", page).code == 0
        assert "0 connectors" in page.read_text()
    assert len(fleet.log()) == before


@pytest.mark.parametrize("command", ["plan", "validate", "connectors"])
def test_a_revision_that_is_not_here_is_an_error_with_its_remedy(branch, command):
    ran = branch.run(command, "--changed-since", "origin/main", "--format", "json")
    assert ran.code == 1
    assert "fetch-depth: 0" in ran.json["error"]["hint"]
    assert "plans" not in ran.json


def test_a_shallow_clone_is_an_error_and_neither_nothing_nor_everything(branch, tmp_path, monkeypatch):
    branch.write(f"{TWO}/rider", job(2, "Rider"))
    branch.commit()
    branch.git("checkout", "--quiet", "main")
    branch.write(f"{ONE}/rider", job(1, "Rider"))
    branch.commit()
    clone = tmp_path / "clone"
    url = f"file://{branch.path}"
    branch.git("clone", "--quiet", "--depth=1", "--branch=work", "--no-single-branch", url, str(clone))
    monkeypatch.chdir(clone)
    ran = branch.run("connectors", "--matrix", 4, "--changed-since", "origin/main")
    assert (ran.code, ran.out) == (1, "")
    assert "fetch-depth: 0" in ran.err
    subprocess.run(["git", "fetch", "--quiet", "--unshallow"], cwd=clone, check=True)
    assert changed(branch, "origin/main") == [TWO]


def test_a_folder_without_git_is_an_error(many):
    (many.path / ".git").rename(many.path / "no-git")
    ran = many.run("plan", "--changed-since", "main")
    assert ran.code == 1
    assert "Traceback" not in ran.err


def repointed(ran):
    found = ran.json.get("plans", [ran.json])
    findings = [each for plan in found for each in plan["diagnostics"]]
    return [
        (each["path"], each["line"], each["severity"])
        for each in findings
        if each["rule"] == "connector/repointed"
    ]


def test_a_repointed_connector_is_a_warning_at_its_line(branch):
    assert repointed(branch.plan("--base", "main")) == []
    moved = config(1, 2, 3).replace(f"  {TWO}:\n    id", f"  {TWO}:\n    jobs: customers\n    id")
    branch.config(moved)
    (branch.path / "jobs" / TWO).rename(branch.path / "customers")
    assert repointed(branch.plan("--base", "main")) == [("bindbee-sync.yaml", 6, "warning")]
    targeted = branch.plan("--base", "main", "--target", f"{TWO}:driver")
    assert repointed(targeted) == [("bindbee-sync.yaml", 6, "warning")]


def test_a_pin_and_a_region_that_change_are_warnings(branch):
    lines = config(1, 2, 3)
    lines = lines.replace(f"  {TWO}:\n    id: ", f"  {TWO}:\n    origin_id: cust-0002 # ")
    branch.config(f"region: eu\n{lines}")
    ran = branch.plan("--base", "main")
    assert ("bindbee-sync.yaml", 7, "warning") in repointed(ran)
    assert ("bindbee-sync.yaml", 2, "warning") in repointed(ran)
    shown = branch.run("plan", "--base", "main", "--connector", TWO, "--format", "markdown").out
    own, _, _ = shown.partition("Already there before this change")
    assert "connector/repointed" in own


def renamed(text, keys):
    return text.replace(f"  {TWO}:\n    id: {TWO_ID}", f"  new:\n    jobs: jobs/{TWO}\n{keys}")


REPOINTS = {
    "another pin": (lambda text: text.partition(f"  {THREE}:")[0].replace(TWO_ID, seed.company(3).id), 6),
    "origin_id for id": (lambda text: text.replace(f"    id: {TWO_ID}", "    origin_id: cust-0002"), 6),
    "removed pin": (lambda text: text.replace(f"    id: {TWO_ID}", "    max_creates: 5"), 5),
    "renamed": (lambda text: renamed(text, "    origin_id: cust-0002"), 7),
    "renamed without its pin": (lambda text: renamed(text, ""), 5),
    "moved": (lambda text: text.replace(f"  {TWO}:\n", f"  {TWO}:\n    jobs: elsewhere\n"), 6),
}


@pytest.mark.parametrize("name", REPOINTS)
def test_each_way_to_repoint_one_connector_is_a_warning_at_its_line(branch, monkeypatch, name):
    variable = "BINDBEE_CONNECTOR_TOKEN_NEW" if "renamed" in name else seed.company(2).variable
    monkeypatch.setenv(variable, seed.company(3 if name == "another pin" else 2).token)
    change, line = REPOINTS[name]
    (branch.path / "elsewhere").mkdir()
    text = change(config(1, 2, 3))
    assert text != config(1, 2, 3)
    branch.config(text)
    ran = branch.plan("--base", "main")
    assert repointed(ran) == [("bindbee-sync.yaml", line, "warning")], ran.out


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("connectors:\n  one: {{id: {id}, jobs: jobs}}\n", "max_creates: 5\n", 1),
        ("max_creates: 5\n", "connectors:\n  one: {{id: {id}, jobs: jobs}}\n", 3),
        ("jobs: jobs\n", "jobs: elsewhere\n", 2),
        (
            "connectors:\n  one: {{id: {id}, jobs: jobs}}\n",
            "connectors:\n  two: {{id: {id}, jobs: jobs}}\n",
            None,
        ),
    ],
    ids=["section removed", "section added", "folder without a section", "renamed alone"],
)
def test_a_section_that_comes_or_goes_repoints_its_folder(branch, monkeypatch, before, after, line):
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", seed.company(2).token)
    (branch.path / "elsewhere").mkdir()
    branch.config(before.format(id=TWO_ID))
    branch.commit()
    branch.config(after.format(id=TWO_ID))
    found = repointed(branch.plan("--base", "HEAD"))
    assert found == ([("bindbee-sync.yaml", line, "warning")] if line else [])


def changed_entries(ran):
    """What a plan against a base says of each job file: whether the change is its own."""
    return {each["path"]: each["changed"] for plan in ran.json["plans"] for each in plan["entries"]}


SINGLE = {
    "without a name": "max_creates: 5\n",
    "pinned": f"connectors:\n  {ONE}: {{id: {seed.company(1).id}, jobs: jobs}}\n",
}


@pytest.fixture(params=SINGLE)
def grown(request, branch, monkeypatch):
    """The repository of one customer, whose files then moved into a folder of their own among others."""
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", seed.company(1).token)
    for name in NAMES:
        drop(branch, name)
    branch.config(SINGLE[request.param])
    branch.write("driver", job(1, "Driver"))
    branch.commit()
    branch.config(config(1, 2, 3))
    branch.move("driver", f"{ONE}/driver")
    return branch


def test_files_that_moved_into_their_customers_folder_are_no_change_of_it(grown):
    assert changed_entries(grown.plan("--base", "HEAD")) == {f"jobs/{ONE}/driver.yaml": False}
    grown.write(f"{ONE}/rider", job(1, "Rider"))
    assert changed_entries(grown.plan("--base", "HEAD"))[f"jobs/{ONE}/rider.yaml"] is True


def test_a_file_of_the_same_address_at_another_customer_is_a_change(grown):
    grown.write(f"{TWO}/driver", job(2, "Driver"))
    assert changed_entries(grown.plan("--base", "HEAD"))[f"jobs/{TWO}/driver.yaml"] is True


def test_a_file_left_beside_the_folders_is_of_this_change_and_not_removed(grown):
    grown.move(f"{ONE}/driver", "driver")
    shown = grown.run("plan", "--base", "HEAD", "--format", "markdown").out
    own, _, _ = shown.partition("Already there before this change")
    assert "files/ignored" in own
    assert "removes" not in shown
    grown.commit()
    own, there, earlier = grown.run("plan", "--base", "HEAD", "--format", "markdown").out.partition(
        "Already there before this change"
    )
    assert there, own
    assert "files/ignored" in earlier


@pytest.mark.parametrize("path", ["_draft", ".hidden"])
def test_a_new_file_that_is_no_job_is_of_this_change(branch, path):
    branch.write(f"{TWO}/{path}", job(2, "Rider"))
    command = ("plan", "--base", "HEAD", "--connector", TWO, "--format", "markdown")
    assert "/" + path in branch.run(*command).out.partition("Already there before this change")[0]
    branch.commit()
    assert "/" + path in branch.run(*command).out.partition("Already there before this change")[2]


def test_what_exchanged_pins_bring_is_not_called_there_before(branch):
    one, two = seed.company(1).id, seed.company(2).id
    branch.config(config(1, 2, 3).replace(one, "x").replace(two, one).replace("x", two))
    found = changed_entries(branch.plan("--base", "main"))
    assert found == {f"jobs/{ONE}/driver.yaml": True, f"jobs/{TWO}/driver.yaml": True} | {
        f"jobs/{THREE}/driver.yaml": False
    }


def test_a_pin_that_is_new_moves_no_job(branch):
    branch.config(config(1, 2, 3).replace(f"    id: {TWO_ID}\n", "    max_creates: 5\n"))
    branch.commit()
    branch.config(config(1, 2, 3))
    assert set(changed_entries(branch.plan("--base", "HEAD")).values()) == {False}
