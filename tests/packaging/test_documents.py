from __future__ import annotations

import re
import subprocess

import pytest
from documents import DOCUMENTS, ROOT, blocks, code, examples, table, words
from tool_runs import run_script
from typer.main import get_command

from bindbee_sync.cli.app import app
from bindbee_sync.commands.demo import copy_samples
from bindbee_sync.config import FileConfig
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.planning.model import Outcome

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = get_command(app)
HELP = {"--help", "-h"}


def options(command):
    return HELP | {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("-")
    }


def all_options(command):
    found = options(command)
    for each in getattr(command, "commands", {}).values():
        found |= all_options(each)
    return found


def faults(line):
    """What in this command line the program does not know."""
    command, taken = PROGRAM, 0
    arguments = words(line)
    for word in arguments:
        if word not in getattr(command, "commands", {}):
            break
        command, taken = command.commands[word], taken + 1
    rest = arguments[taken:]
    if hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        return [rest[0]]
    return [word for word in rest if word.startswith("-") and word.split("=")[0] not in options(command)]


def described():
    """Every command line in every document, by where it stands."""
    for document in DOCUMENTS:
        for piece in code(document.read_text(encoding="utf-8")):
            if piece.startswith("bindbee-sync "):
                yield pytest.param(piece.removeprefix("bindbee-sync "), id=f"{document.name}: {piece}")
            elif re.match(rf"({'|'.join(PROGRAM.commands)}) -", piece):
                yield pytest.param(piece, id=f"{document.name}: {piece}")


@pytest.mark.parametrize("line", list(described()))
def test_every_command_that_is_shown_exists_with_its_options(line):
    assert faults(line) == []


def test_a_command_that_does_not_exist_would_be_found():
    assert faults("plam --target x") == ["plam"]
    assert faults("plan --traget x") == ["--traget"]
    assert faults("ledger burn") == ["burn"]


def test_every_option_that_is_named_alone_exists():
    named = {
        words(piece)[0]
        for document in DOCUMENTS
        for piece in code(document.read_text(encoding="utf-8"))
        if piece.startswith("--")
    }
    assert named
    assert named <= all_options(PROGRAM)


def test_the_readme_lists_every_command():
    assert {row[0] for row in table(README, "command")} == set(PROGRAM.commands)


def test_the_readme_has_every_exit_code():
    assert [int(row[0]) for row in table(README, "exit code")] == [int(each) for each in ExitCode]


def test_the_readme_has_every_outcome():
    assert [row[0] for row in table(README, "outcome")] == [str(each) for each in Outcome]


def test_the_readme_has_every_config_key_with_its_default():
    shown = {row[0]: row[1] for row in table(README, "key")}
    assert set(shown) == set(FileConfig.model_fields)
    for key, field in FileConfig.model_fields.items():
        if not field.is_required() and field.default is not None:
            assert shown[key] == str(field.default)


def test_the_readme_has_every_variable():
    package = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bindbee_sync").rglob("*.py"))
    read = set(re.findall(r"\bBINDBEE_[A-Z_]+", package)) - {"BINDBEE_"}
    shown = {word for row in table(README, "environment variable") for word in row[0].split(", ")}
    shown.remove("BINDBEE_CONNECTOR_TOKEN_<NAME>")
    assert {each for each in shown if each.startswith("BINDBEE_")} == read


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in anchors, link


def test_make_has_what_the_documents_name():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        words(piece)[1]
        for document in DOCUMENTS
        for piece in code(document.read_text(encoding="utf-8"))
        if piece.startswith("make ")
    }
    assert {"demo", "test", "check"} <= named <= targets
    assert set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()) >= named


def test_make_help_shows_every_text_whole():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    texts = re.findall(r"^([a-z-]+):.*## (.+)$", makefile, re.MULTILINE)
    assert [line.split(maxsplit=2)[1:] for line in shown] == [list(each) for each in texts]
    assert any(":" in text for _, text in texts)


@pytest.mark.parametrize(
    "document",
    [each for each in DOCUMENTS if examples(each.read_text(encoding="utf-8"))],
    ids=lambda path: path.name,
)
def test_the_job_files_that_are_shown_are_sound(document, repo):
    repo.config("provider: greenhouse\n")
    shown = examples(document.read_text(encoding="utf-8"))
    for path, body in shown.items():
        (repo.path / path).parent.mkdir(parents=True, exist_ok=True)
        (repo.path / path).write_text(body, encoding="utf-8")
    checked = repo.run("validate", "--format", "json")
    assert (checked.code, checked.json["diagnostics"]) == (0, [])
    planned = repo.plan()
    assert planned.json["diagnostics"] == []
    assert len(planned.outcomes) == sum("_defaults" not in path for path in shown)
    assert set(planned.outcomes.values()) <= {"create", "in_sync"}


def test_the_first_look_is_what_the_samples_look_like(repo):
    (repo.path / "jobs").rmdir()
    copy_samples(repo.path)
    (shown,) = [block for block in blocks(README, "console") if block.startswith("$ bindbee-sync plan")]
    told = repo.run("plan").out
    assert without_time(told) == without_time(shown.split("\n", 1)[1])


def without_time(text):
    return re.sub(r"(?<=As of )\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)", "then", text)


def test_the_quick_start_works_as_printed(repo, sandbox):
    for path, body in examples(README).items():
        (repo.path / path).parent.mkdir(parents=True)
        (repo.path / path).write_text(body, encoding="utf-8")
    (script,) = [block for block in blocks(README, "console") if "bindbee-sync apply" in block]
    commands = [line for line in script.splitlines() if not line.startswith("export ")]
    exports = re.findall(r'^export (\w+)="paste', script, re.MULTILINE)
    assert {*exports, "BINDBEE_BASE_URL"} == set(sandbox.env)
    printed = run_script("\n".join(commands), repo.path)
    assert [body["name"] for body in sandbox.creates()] == ["Sales Manager, Central Europe"]
    assert "1 job created" in printed
    assert "1 pending" in printed
