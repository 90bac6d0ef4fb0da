"""`new`: a job file that validates, or that says what is left to fill in; nothing is overwritten."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import unicodedata

import pytest

from bindbee_sync.desired.load import load_jobs
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.rules.greenhouse import NOT_FORWARDED

FULL = [
    "--code",
    "SAL-301",
    "--department",
    "Sales",
    "--office",
    "London",
    "--office",
    "Berlin",
    "--template-id",
    "4009901",
    "--remote-user-id",
    "jonas.weber@halden-robotics.example",
    "--openings",
    "2",
]


@pytest.fixture
def greenhouse(repo):
    repo.config("provider: greenhouse\n")
    return repo


def spec(repo, address):
    files = load_jobs(repo.path / "jobs", repo.path).files
    return next(file for file in files if file.address == address).spec


def test_with_all_options_it_validates_and_is_planned(greenhouse, sandbox):
    ran = greenhouse.run("new", "sales/sales-coach", *FULL, "--template-id", "Template: People Manager")
    assert ran.code == 0, ran.err
    assert greenhouse.run("validate", "--format", "json").json["diagnostics"] == []
    (entry,) = greenhouse.plan().json["entries"]
    assert (entry["outcome"], entry["payload"]["name"]) == ("create", "Sales Coach")
    assert entry["payload"]["openings"] == 2
    text = (greenhouse.path / "jobs/sales/sales-coach.yaml").read_text()
    assert "  - London\n  - Berlin\n" in text


def test_each_field_has_a_comment_and_what_is_missing_is_named(greenhouse):
    ran = greenhouse.run("new", "sales/sales-coach", "--format", "json")
    assert (ran.code, ran.json["address"]) == (0, "sales/sales-coach")
    lines = (greenhouse.path / ran.json["path"]).read_text().splitlines()
    for field in CREATE_FIELDS:
        found = [index for index, line in enumerate(lines) if line.removeprefix("# ").startswith(f"{field}:")]
        assert bool(found) is (field not in NOT_FORWARDED), field
        assert not found or lines[found[0] - 1].startswith("# ")
    missing = {(each["rule"], lines[each["line"] - 1]) for each in ran.json["diagnostics"]}
    assert missing == {
        ("greenhouse/template-required", "template_id:"),
        ("greenhouse/remote-user-required", "remote_user_id:"),
        ("greenhouse/openings-required", "openings:"),
    }
    for field, value in (("template_id", "x"), ("remote_user_id", "a@b.example"), ("openings", "1")):
        lines[lines.index(f"{field}:")] += f" {value}"
    (greenhouse.path / ran.json["path"]).write_text("\n".join(lines))
    assert greenhouse.run("validate", "--format", "json").json["diagnostics"] == []


def test_the_examples_in_comments_are_valid(repo):
    path = repo.path / repo.run("new", "a", "--format", "json").json["path"]
    lines = path.read_text().splitlines()
    fields = tuple(f"# {field}:" for field in CREATE_FIELDS)
    taken = [line.removeprefix("# ") for line in lines if line.startswith((*fields, "#   - ", "name:"))]
    path.write_text("\n".join(taken) + "\n")
    assert {line.split(":")[0] for line in taken if line[0] != " "} == set(CREATE_FIELDS)
    assert repo.run("validate", "--format", "json").json["diagnostics"] == []


def test_what_the_folders_defaults_give_is_left_out(greenhouse):
    greenhouse.write("_defaults", "template_id: x\nremote_user_id: u@b.example\n")
    greenhouse.write("sales/_defaults", "departments: [Sales]\nopenings: 1\n")
    ran = greenhouse.run("new", "sales/coach", "--openings", "3", "--department", "Sales", "--format", "json")
    assert ran.json["diagnostics"] == []
    text = (greenhouse.path / ran.json["path"]).read_text()
    assert not any(f"\n{field}:" in text for field in ("template_id", "remote_user_id", "departments"))
    assert spec(greenhouse, "sales/coach").openings == 3


def test_like_copies_all_but_what_is_another_jobs_own(greenhouse):
    greenhouse.write(
        "sales/coach",
        "name: 'Coach #1'\ncode: C-1\ndepartments: [Sales]\noffices:\n- 'no'\n- London\ntemplate_id: T\n"
        "remote_user_id: u@b.example\nopenings: 2\ndescription: x\n"
        "confidential: true\nsync: {remote_id: '1'}\n",
    )
    greenhouse.write("ops/_defaults", "openings: 2\noffices: [Berlin]\n")
    ran = greenhouse.run("new", "ops/coach", "--like", "jobs/sales/coach.yaml", "--code", "C-2")
    assert ran.code == 0, ran.err
    old, new = spec(greenhouse, "sales/coach"), spec(greenhouse, "ops/coach")
    gone = {"code": "C-2", "description": None, "confidential": None, "sync": type(new.sync)()}
    assert new == old.model_copy(update=gone)
    assert "openings:" not in (greenhouse.path / "jobs/ops/coach.yaml").read_text()
    repo = greenhouse
    assert repo.run("new", "x", "--like", "sales/unknown").code == 1
    repo.write("broken", "name: [\n")
    assert "has errors" in repo.run("new", "x", "--like", "broken").err
    assert not (repo.path / "jobs/x.yaml").exists()


@pytest.mark.parametrize(
    "there", ["sales/coach.yaml", "sales/coach.yml", "Sales/COACH.yaml", "sales/coach.YAML"]
)
def test_nothing_is_overwritten(repo, there):
    file = repo.path / "jobs" / there
    file.parent.mkdir()
    file.write_text("name: x\n")
    before = repo.files()
    ran = repo.run("new", "sales/coach")
    assert (ran.code, repo.files()) == (1, before)
    assert "exists already" in ran.err


def test_a_composed_and_a_decomposed_address_are_one(repo):
    decomposed = unicodedata.normalize("NFD", "büro/pfleger")
    assert repo.run("new", "büro/pfleger").code == 0
    assert repo.run("new", decomposed).code == 1
    assert repo.run("new", f"jobs/{decomposed}.yaml").code == 1


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ("jobs/sales/coach.yaml", "sales/coach"),
        ("jobs/sales/coach.yml", "sales/coach"),
        ("jobs/sales/coach", "sales/coach"),
        ("./jobs/sales/../coach.yaml", "coach"),
        ("sales/v1.2", "sales/v1.2"),
    ],
)
def test_a_path_is_an_address(repo, wanted, address):
    ran = repo.run("new", wanted, "--format", "json")
    assert (ran.code, ran.json["address"]) == (0, address)
    assert (repo.path / f"jobs/{address}.yaml").is_file()


def test_a_path_counts_from_the_working_directory(repo, monkeypatch):
    (repo.path / "jobs/sales").mkdir()
    monkeypatch.chdir(repo.path / "jobs/sales")
    assert repo.run("new", "coach.yaml", "--format", "json").json["address"] == "sales/coach"
    assert repo.run("new", "ops/coach", "--format", "json").json["address"] == "ops/coach"


@pytest.mark.parametrize(
    "wanted",
    ["_coach", "sales/_coach", ".coach", ".sales/coach", "../coach", "sales/../../coach", "/coach",
     "sales/coach.yaml", "../jobs.yaml", "", "sales//coach", "sales/", "a\u202eb", "jobs/_x.yaml", "x\ny"],
)  # fmt: skip
def test_what_would_not_be_read_is_not_written(repo, wanted):
    before = repo.files()
    ran = repo.run("new", wanted)
    assert (ran.code, repo.files()) == (1, before), ran.err


def test_no_file_is_written_through_a_link(repo, tmp_path):
    (tmp_path / "outside").mkdir()
    (repo.path / "jobs/away").symlink_to(tmp_path / "outside")
    (repo.path / "jobs/inner").mkdir()
    (repo.path / "jobs/alias").symlink_to(repo.path / "jobs/inner")
    (repo.path / "jobs/file.yaml").symlink_to(tmp_path / "outside/file.yaml")
    for wanted in ("away/x", "away/deep/x", "alias/x", "jobs/alias/x.yaml", "file"):
        assert repo.run("new", wanted).code == 1, wanted
    assert list((tmp_path / "outside").rglob("*")) == []
    assert list((repo.path / "jobs/inner").iterdir()) == []


def test_of_several_connectors_prefix_path_or_option_chooses(repo):
    repo.config("connectors:\n  acme: {jobs: customers/acme}\n  globex: {provider: greenhouse}\n")
    ran = repo.run("new", "sales/coach")
    assert (ran.code, "--connector acme" in ran.err) == (1, True)
    for arguments, path in [
        (["acme:sales/a"], "customers/acme/sales/a.yaml"),
        (["customers/acme/b.yaml"], "customers/acme/b.yaml"),
        (["sales/c", "--connector", "globex"], "jobs/globex/sales/c.yaml"),
        (["jobs/globex/d.yaml"], "jobs/globex/d.yaml"),
    ]:
        ran = repo.run("new", *arguments, "--format", "json")
        assert (ran.code, ran.json["path"]) == (0, path)
    assert repo.run("new", "initech:x").code == 1


COPIES = [
    (["globex:b", "--like", "globex:a"], "jobs/globex/b.yaml", "Of globex"),
    (["b", "--like", "globex:a"], "jobs/globex/b.yaml", "Of globex"),
    (["b", "--like", "jobs/globex/a.yaml"], "jobs/globex/b.yaml", "Of globex"),
    (["acme:b", "--like", "globex:a"], "jobs/acme/b.yaml", "Of globex"),
    (["b", "--connector", "acme", "--like", "globex:a"], "jobs/acme/b.yaml", "Of globex"),
    (["jobs/acme/b.yaml", "--like", "jobs/globex/a.yaml"], "jobs/acme/b.yaml", "Of globex"),
    (["acme:b", "--like", "a"], "jobs/acme/b.yaml", "Of acme"),
    (["acme:b", "--like", "globex:a", "--connector", "a*"], "jobs/acme/b.yaml", "Of globex"),
]


@pytest.mark.parametrize(("arguments", "path", "description"), COPIES, ids=str)
def test_the_file_to_copy_may_be_another_connectors(repo, arguments, path, description):
    repo.config("connectors:\n  acme: {}\n  globex: {}\n")
    for name in ("acme", "globex"):
        repo.write(f"{name}/a", f"name: A\ndescription: Of {name}\n")
    ran = repo.run("new", *arguments, "--format", "json")
    assert (ran.code, ran.json["path"]) == (0, path), ran.err
    assert description in (repo.path / path).read_text()


def test_without_a_name_a_copy_of_an_address_alone_asks_for_the_connector(repo):
    repo.config("connectors:\n  acme: {}\n  globex: {}\n")
    repo.write("globex/a", "name: A\n")
    ran = repo.run("new", "b", "--like", "a")
    assert (ran.code, "--connector acme" in ran.err) == (1, True)
    assert repo.run("new", "b", "--like", "initech:a").code == 1


def test_an_address_of_one_connector_and_the_option_for_another_is_an_error(repo):
    repo.config("connectors:\n  acme: {}\n  globex: {}\n")
    (repo.path / "jobs/acme").mkdir()
    for command in (("new",), ("ledger", "show"), ("ledger", "release"), ("import", "--update")):
        ran = repo.run(*command, "globex:b", "--connector", "acme")
        assert (ran.code, "another connector" in ran.err) == (1, True), ran.err
        assert "Traceback" not in ran.err
    assert not (repo.path / "jobs/globex").exists()


def test_it_works_before_there_is_a_jobs_folder(repo):
    (repo.path / "jobs").rmdir()
    assert repo.run("new", "sales/coach").code == 0


def test_a_terminal_is_asked_with_completion(greenhouse):
    greenhouse.write("a", "name: A\ncode: A-1\noffices: [London]\ntemplate_id: Template X\n")
    ours, theirs = pty.openpty()
    answers = "Head Coach\nC-9\nSales\nLon\t\n\nTempl\t\nu@b.example\n3\n"
    os.write(ours, answers.encode())
    ran = subprocess.run(
        [sys.executable, "-m", "bindbee_sync", "new", "sales/coach"],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], "TERM": "dumb"},
    )
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == 0, ran.stderr
    made = spec(greenhouse, "sales/coach")
    assert (made.name, made.code, made.departments) == ("Head Coach", "C-9", ("Sales",))
    assert made.openings == 3
    assert (made.offices, made.template_id) == (("London",), "Template X")
