"""`--json-into`: text on standard output, the JSON document in a file, also at a failure."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from bindbee_sync.cli import app
from bindbee_sync.commands import validate as work


def read(path="out.json"):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def plain(document):
    return {key: value for key, value in document.items() if key != "created_at"}


COMMANDS = [
    ("plan",),
    ("validate",),
    ("apply", "--yes"),
    ("import",),
    ("lookup", "users"),
    ("connectors",),
    ("ledger", "list"),
    ("ledger", "show", "a"),
    ("rules",),
    ("rules", "schema/type"),
    ("doctor",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_file_has_what_standard_output_would(repo, sandbox, command):
    repo.job("a", "Field Sales Lead", "LEAD-1")
    if command[0] == "ledger":
        repo.apply()
    as_text = repo.run(*command, "--json-into", "out.json")
    in_file = read()
    assert not as_text.out.startswith("{")
    if command[0] in ("apply", "import"):
        return  # a second run finds another world
    as_json = repo.run(*command, "--format", "json", "--json-into", "both.json")
    assert as_json.code == as_text.code
    assert read("both.json") == as_json.json
    if command[0] != "doctor":
        assert plain(in_file) == plain(as_json.json)
    assert in_file.keys() == as_json.json.keys()


def test_the_matrix_too(repo):
    assert repo.run("connectors", "--matrix", "2", "--json-into", "out.json").json == read()


def test_a_failure_is_in_the_file(repo, monkeypatch):
    monkeypatch.delenv("BINDBEE_API_KEY")
    ran = repo.run("plan", "--json-into", "out.json")
    assert (ran.code, ran.out) == (1, "")
    assert "BINDBEE_API_KEY" in read()["error"]["message"]
    assert stat.S_IMODE(Path("out.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("asked", [["--json-into", "out.json"], ["--json-into=out.json"]])
def test_a_crash_is_in_the_file(repo, monkeypatch, asked):
    def crash(*_args, **_options):
        raise RuntimeError("boom")

    monkeypatch.setattr(work, "read_config", crash)
    ran = repo.run("validate", *asked)
    assert (ran.code, ran.out) == (1, "")
    assert "fault of its own" in read()["error"]["message"]


def test_an_interrupt_is_in_the_file(repo, monkeypatch):
    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "read_config", interrupt)
    assert repo.run("validate", "--json-into", "out.json").code == 130
    assert read()["error"]["message"] == "Interrupted"


def test_what_is_killed_leaves_no_document_of_an_earlier_run(repo, monkeypatch):
    assert repo.run("validate", "--json-into", "out.json").code == 0
    seen = []

    def look(_config):
        seen.append(read())
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "read_config", look)
    repo.run("validate", "--json-into", "out.json")
    assert "has not finished" in seen[0]["error"]["message"]


def test_a_file_that_cannot_be_written_stops_an_apply_before_it_creates(repo, sandbox):
    repo.job("a", "Field Sales Lead", "LEAD-1")
    ran = repo.run("apply", "--yes", "--json-into", "nowhere/out.json")
    assert (ran.code, ran.err.count("can't be written")) == (1, 1)
    assert not [each for each in sandbox.state["requests"] if each["method"] == "POST"]


def test_a_link_is_not_followed(repo, tmp_path):
    (tmp_path / "outside").mkdir()
    (repo.path / "away").symlink_to(tmp_path / "outside")
    (repo.path / "out.json").symlink_to(tmp_path / "outside/victim")
    assert repo.run("validate", "--json-into", "away/out.json").code == 1
    assert repo.run("validate", "--json-into", "out.json").code == 0
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_late_failure_keeps_the_exit_code_of_an_uncertain_create(repo, monkeypatch):
    out = repo.path / "sub" / "out.json"
    out.parent.mkdir()

    def work_and_lose(_config):
        out.unlink()
        out.parent.rmdir()
        return original(_config)

    original = work.read_config
    monkeypatch.setattr(work, "read_config", work_and_lose)
    ran = repo.run("validate", "--json-into", str(out))
    assert (ran.code, "can't be written" in ran.err) == (1, True)


def test_every_command_with_a_document_takes_it():
    for name in (
        "plan",
        "apply",
        "validate",
        "import",
        "lookup",
        "connectors",
        "report",
        "rules",
        "doctor",
        "new",
    ):
        command = app.Commands()[name]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--format", "--json-into"} <= options, name
