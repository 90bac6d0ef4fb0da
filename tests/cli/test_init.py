"""`init`: from nothing to a repository that validates; what is there already is never touched."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET

import pytest
from git_runs import git
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from bindbee_sync.schema import DEFAULTS_SCHEMA_FILE, POLICY_SCHEMA_FILE, SCHEMA_FILE

WORKFLOWS = {f".github/workflows/{name}.yml" for name in ("apply", "drift", "plan", "settle")}
ACTION = "acme/bindbee-sync@8f1d2c3b4a5968778695a4b3c2d1e0f112233445"
SCHEMA_FILES = (SCHEMA_FILE, DEFAULTS_SCHEMA_FILE, POLICY_SCHEMA_FILE)
ALWAYS = {
    "bindbee-sync.yaml",
    "jobs/first-job.yaml",
    SCHEMA_FILE,
    DEFAULTS_SCHEMA_FILE,
    POLICY_SCHEMA_FILE,
    ".vscode/settings.json",
    ".idea/jsonSchemas.xml",
    "README.md",
}


def paths(repo):
    found = {path.relative_to(repo.path).as_posix() for path in repo.files()}
    return {path for path in found if not path.startswith(".git/")}


def load(text):
    return YAML(typ="safe").load(text)


@pytest.fixture
def empty(repo):
    """A folder with nothing in it, not even a repository."""
    (repo.path / ".git").rmdir()
    (repo.path / "jobs").rmdir()
    return repo


@pytest.fixture
def shared(empty, tmp_path):
    """An empty git repository with a remote."""
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(empty.path, "init", "--quiet")
    git(empty.path, "remote", "add", "origin", f"file://{tmp_path}/remote.git")
    return empty


def test_an_empty_folder_becomes_a_repository_that_validates(empty, sandbox):
    ran = empty.run("init")
    assert ran.code == 0, ran.err
    assert paths(empty) == ALWAYS | {".gitignore"}
    assert (empty.path / ".gitignore").read_text() == ".bindbee-sync/\n"
    checked = empty.run("validate", "--format", "json")
    assert (checked.code, checked.json["diagnostics"]) == (0, [])
    told = ran.out[ran.out.index("What to do next") :]
    steps = [told.index(word) for word in ("BINDBEE_API_KEY", "doctor", "import", "first-job", "apply")]
    assert steps == sorted(steps)
    assert not sandbox.state["requests"]


def test_the_first_job_is_valid_and_cant_be_created_by_accident(empty, sandbox):
    assert empty.run("init", "--provider", "greenhouse").code == 0
    checked = empty.run("validate", "--format", "json")
    assert (checked.code, checked.json["diagnostics"]) == (0, [])
    planned = empty.plan()
    assert planned.outcomes == {"first-job": "blocked"}
    assert {found["rule"] for found in planned.json["diagnostics"] if found["severity"] == "error"} == {
        "reference/not-found",
        "greenhouse/template-not-found",
    }
    assert empty.apply().code == 1
    assert sandbox.creates() == []


def test_from_nothing_to_a_created_job_by_names_alone(shared, sandbox):
    assert shared.run("init", "--provider", "greenhouse").code == 0
    assert shared.run("doctor").code == 1, "the ledger's branch does not exist yet"
    assert shared.run("ledger", "init").code == 0
    assert shared.run("doctor").code == 0
    first = shared.path / "jobs/first-job.yaml"
    text = first.read_text()
    for placeholder, word in {
        "Your job's title": "Field Engineer",
        "YOUR-CODE-1": "ENG-900",
        "Your department": "Engineering",
        "Your office": "Berlin",
        "Your other office": "London",
        "Your template": "Template: Individual Contributor",
        "you@your-company.example": "jonas.weber@halden-robotics.example",
    }.items():
        assert f'"{placeholder}"' in text
        text = text.replace(f'"{placeholder}"', f'"{word}"')
    first.write_text(text)
    assert shared.plan("--detailed-exitcode").code == 2
    assert shared.apply().results == {"first-job": "created"}
    assert [body["name"] for body in sandbox.creates()] == ["Field Engineer"]


def test_a_repository_with_a_remote_gets_the_git_ledger_and_workflows(shared):
    ran = shared.run("init", "--provider", "Green-House", "--yes", "--action", ACTION)
    assert paths(shared) == ALWAYS | WORKFLOWS
    config = YAML(typ="safe").load((shared.path / "bindbee-sync.yaml").read_text())
    assert config == {"version": 1, "provider": "greenhouse", "ledger": "git+origin#bindbee-sync-ledger"}
    assert "ledger init" in ran.out
    assert "repository's secrets" in ran.out
    for path in WORKFLOWS:
        text = (shared.path / path).read_text()
        used = {step.get("uses") for job in load(text)["jobs"].values() for step in job["steps"]} - {None}
        assert ACTION in used
        assert all(each == ACTION or each.startswith("actions/") for each in used)


def test_where_the_config_has_several_connectors_their_workflows_are_written(shared):
    (shared.path / "bindbee-sync.yaml").write_text(
        "version: 1\nprovider: greenhouse\nledger: git+origin#bindbee-sync-ledger-{connector}\n"
        "connectors:\n  acme: {jobs: jobs/acme}\n  globex: {jobs: jobs/globex}\n"
    )
    ran = shared.run("init", "--workflows", "--yes")
    assert ".github/workflows: not written" in ran.out
    shared.run("init", "--workflows", "--action", ACTION)
    written = {path.removeprefix(".github/workflows/") for path in paths(shared) if "workflows" in path}
    assert written == {"apply.yml", "drift.yml", "plan.yml"}
    for name in written:
        text = (shared.path / ".github/workflows" / name).read_text()
        assert "matrix" in text
        assert ACTION in text
    assert "not written" not in shared.run("init").out


def test_without_the_action_all_but_the_workflows_is_written_and_the_command_shown_cures(shared):
    ran = shared.run("init", "--workflows", "--yes")
    assert ran.code == 0
    assert paths(shared) == ALWAYS
    assert ".github/workflows: not written" in ran.out
    (command,) = re.findall("bindbee-sync (init .*--action )ACCOUNT/REPOSITORY@COMMIT", ran.out)
    assert shared.run(*command.split(), ACTION).code == 0
    assert paths(shared) == ALWAYS | WORKFLOWS
    assert "not written" not in shared.run("init").out, "all are there: there is no need to know the action"


def test_a_released_package_knows_its_action(shared, tmp_path, monkeypatch):
    (tmp_path / "reference").write_text(f"{ACTION} # v0.1.0\n")
    monkeypatch.setattr("bindbee_sync.scaffold.action._WRITTEN_AT_RELEASE", tmp_path / "reference")
    shared.run("init", "--workflows", "--yes")
    assert f"uses: {ACTION} # v0.1.0\n" in (shared.path / ".github/workflows/plan.yml").read_text()


@pytest.mark.parametrize(
    "reference",
    [
        "acme/bindbee-sync@v0.1.0",
        "acme/bindbee-sync@main",
        "acme/bindbee-sync@8f1d2c3",
        f"acme/bindbee-sync@{'0' * 40}",
        "acme/bindbee-sync",
        f"bindbee-sync@{'a' * 40}",
        f"https://github.com/acme/bindbee-sync@{'a' * 40}",
        f"acme/x\n- run: evil@{'a' * 40}",
    ],
)
def test_a_reference_that_pins_no_commit_is_refused_and_nothing_written(shared, reference):
    ran = shared.run("init", "--workflows", "--action", reference)
    assert ran.code == 64
    assert "40 hexadecimal digits" in ran.err or "ACCOUNT/REPOSITORY@COMMIT" in ran.err
    assert not paths(shared)


def test_options_decide_what_is_written(shared):
    assert shared.run("init", "--ledger", "file", "--no-workflows").code == 0
    assert paths(shared) == ALWAYS | {".gitignore"}
    assert "ledger" not in YAML(typ="safe").load((shared.path / "bindbee-sync.yaml").read_text())


def test_a_remote_that_is_still_to_come_is_the_first_step(empty):
    ran = empty.run("init", "--workflows", "--action", ACTION)
    assert ran.code == 0
    assert "1. git init, then git remote add origin URL" in ran.out
    assert paths(empty) == ALWAYS | WORKFLOWS


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ledger", "file", "--workflows"],
        ["--ledger", "file", "--action", ACTION],
        ["--no-workflows", "--action", ACTION],
        ["--provider", "a: b"],
        ["--ledger", "sql"],
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_written(empty, arguments):
    assert empty.run("init", *arguments).code == 64
    assert not paths(empty)


def test_a_copy_of_an_imported_file_becomes_a_new_job_as_the_readme_says(empty, sandbox):
    empty.run("init", "--provider", "greenhouse")
    (empty.path / "jobs/first-job.yaml").unlink()
    empty.run("import", "ENG-101")
    readme = (empty.path / "README.md").read_text()
    steps = readme[readme.index("## A new job") : readme.index("3. Check it")]
    added, surplus = (re.findall("`([a-z_]+)`", part) for part in re.split("remove `status`", steps))
    job = YAML(typ="safe").load((empty.path / "jobs/backend-engineer-eng-101.yaml").read_text())
    for field in ("sync", "status", *surplus[:-1]):
        del job[field]
    needed = {
        "template_id": "Template: Individual Contributor",
        "remote_user_id": "jonas.weber@halden-robotics.example",
        "openings": 2,
    }
    assert added == list(needed)
    assert surplus[-1] == "code"
    job |= needed | {"code": "ENG-999", "name": "Backend Engineer, Rotterdam"}
    empty.write("eng-999", json.dumps(job))
    checked = empty.run("validate", "--format", "json")
    assert (checked.code, checked.json["diagnostics"]) == (0, [])
    plan = empty.plan()
    assert plan.outcomes == {"backend-engineer-eng-101": "in_sync", "eng-999": "create"}
    assert plan.json["diagnostics"] == []


def test_run_again_it_changes_nothing(shared):
    shared.run("init")
    before = shared.files()
    ran = shared.run("init")
    assert ran.code == 0
    assert shared.files() == before
    assert "wrote" not in ran.out
    assert "worth a look" not in ran.out
    mine = shared.path / ".idea/jsonSchemas.xml"
    mine.write_text(mine.read_text() + "<!-- mine -->\n")
    assert "worth a look: .idea/jsonSchemas.xml\n" in shared.run("init").out
    assert ran.out.count("kept") >= len(ALWAYS)


def test_everything_that_is_there_is_kept_byte_for_byte(shared):
    own = {
        path: f"{path}: mine\r\n".encode()
        for path in ("README.md", ".vscode/settings.json", ".github/workflows/plan.yml", "jobs/a.yaml")
    }
    own |= {"bindbee-sync.yaml": b"version: 1\nprovider: lever\n", ".gitignore": b"# mine \xff"}
    for path, content in own.items():
        file = shared.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    ran = shared.run("init", "--provider", "greenhouse", "--action", ACTION)
    assert ran.code == 0
    for path in own.keys() - {".gitignore"}:
        assert (shared.path / path).read_bytes() == own[path]
    assert (shared.path / ".gitignore").read_bytes() == b"# mine \xff\n.bindbee-sync/\n"
    for path in ("bindbee-sync.yaml", "jobs", ".vscode/settings.json", ".github/workflows/plan.yml"):
        assert f"  kept   {path}: " in ran.out
    assert "job openings" in (shared.path / "jobs/README.md").read_text()
    assert "worth a look: .vscode/settings.json, .github/workflows/plan.yml" in ran.out
    schema = json.loads((shared.path / SCHEMA_FILE).read_text())
    assert Draft202012Validator(schema).is_valid({"openings": 1}), "the config's ATS counts, not the option's"


def test_links_lead_nowhere_out_of_the_repository(empty, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (empty.path / ".vscode").symlink_to(outside)
    ran = empty.run("init")
    assert ran.code == 1
    assert ".vscode/settings.json" in ran.err
    assert not list(outside.iterdir())


def test_a_folder_below_a_repository_is_refused(shared, monkeypatch):
    below = shared.path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    ran = shared.run("init")
    assert ran.code == 1
    assert str(shared.path) in ran.err
    assert not paths(shared)


def test_editors_are_led_to_the_schemas(shared):
    shared.config("jobs: hr/openings\nprovider: greenhouse\n")
    shared.run("init", "--no-workflows")
    schemas = json.loads((shared.path / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert list(schemas) == [f"./{each}" for each in SCHEMA_FILES]
    assert schemas[f"./{SCHEMA_FILE}"][0] == "hr/openings/**/*.yaml"
    assert schemas[f"./{POLICY_SCHEMA_FILE}"] == ["policies/**/*.yaml", "policies/**/*.yml"]
    mapped = ET.parse(shared.path / ".idea/jsonSchemas.xml").getroot()  # noqa: S314 - it is our own
    values = {option.get("value") for option in mapped.iter("option")}
    assert {*SCHEMA_FILES, "hr/openings", "policies"} <= values
    first = shared.path / "hr/openings/first-job.yaml"
    target = first.read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (first.parent / target).resolve() == shared.path / SCHEMA_FILE
    job = YAML(typ="safe").load(first.read_text())
    Draft202012Validator(json.loads((shared.path / SCHEMA_FILE).read_text())).validate(job)
    assert not any(
        "$" in path.read_text().replace("$schema", "") for path in (first, shared.path / "README.md")
    )


@pytest.mark.usefixtures("forked")
def test_at_a_terminal_it_asks(shared, monkeypatch):
    monkeypatch.delenv("BINDBEE_API_KEY")
    ours, theirs = os.openpty()
    with shared.start("init", stdin=theirs) as ran:
        os.write(ours, b"not an ats!\nlever\nshared\nfile\n")
        out, err = ran.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 0, err
    assert "Your ATS" in out + err
    assert paths(shared) == ALWAYS | {".gitignore"}
    assert "provider: lever\n" in (shared.path / "bindbee-sync.yaml").read_text()


@pytest.mark.usefixtures("forked")
def test_with_yes_it_does_not_ask_at_a_terminal(shared):
    ours, theirs = os.openpty()
    with shared.start("init", "--yes", "--action", ACTION, stdin=theirs) as ran:
        ran.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 0
    assert paths(shared) == ALWAYS | WORKFLOWS
