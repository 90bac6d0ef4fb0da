"""`bindbee-sync rules`: what is enforced for whom, and where to read more."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from email.message import Message
from importlib.metadata import PackageNotFoundError
from textwrap import dedent, indent

import pytest

from bindbee_sync.rules.examples import EXAMPLES
from bindbee_sync.rules.registry import RULES


def test_it_tells_what_holds_everywhere_from_what_one_ats_demands(repo):
    everywhere, *others = re.split(r"For (\w+)\n", repo.run("rules").out.partition("For every ATS\n")[2])
    listed = {None: everywhere} | dict(zip(others[::2], others[1::2], strict=True))
    for rule in RULES.values():
        assert [provider for provider, shown in listed.items() if rule.id in shown.split()] == [rule.provider]


def test_it_tells_who_documents_what_an_ats_requires(repo):
    shown = repo.run("rules").out.partition("documented by\n")[2]
    rows = {line.split()[0]: line for line in shown.splitlines() if line}
    assert "Bindbee " in rows["Greenhouse"]
    assert all(
        "the ATS alone: warnings" in rows[name] for name in ("Ashby", "BambooHR", "Lever", "Teamtailor")
    )
    assert "no one" in rows["Workable"]
    assert "no one" in rows["others"]
    packs = {each["provider"]: each for each in repo.run("rules", "--format", "json").json["providers"]}
    assert {provider: each["documented"] for provider, each in packs.items()} == {
        "greenhouse": "bindbee",
        "ashby": "ats",
        "bamboohr": "ats",
        "lever": "ats",
        "teamtailor": "ats",
        "workable": "none",
    }
    assert set(packs["lever"]["rules"]) == {"provider/lever-name", "provider/lever-user"}


@pytest.mark.usefixtures("forked")
def test_at_80_columns_each_line_is_whole(repo):
    ours, theirs = pty.openpty()
    with repo.start("rules", env={"COLUMNS": "80", "TERM": "xterm"}, stdout=theirs):
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # on Linux the end of a terminal is an error
            pass
    os.close(ours)
    lines = [line.rstrip() for line in shown.decode().splitlines()]
    assert max(map(len, lines)) <= 80
    assert [rule for rule in RULES if not any(line.startswith(f"{rule} ") for line in lines)] == []


@pytest.mark.parametrize("rule", RULES)
def test_one_rule_is_explained_with_its_examples_and_names_nothing_that_is_not_installed(repo, rule):
    shown = repo.run("rules", rule).out
    assert RULES[rule].demands in shown
    assert RULES[rule].hint in shown
    assert "docs/" not in shown
    example = EXAMPLES.get(rule)
    assert [title for title in ("Breaks it:", "Keeps it:") if title in shown] == (
        ["Breaks it:", "Keeps it:"] if example else []
    )
    for files in (example.breaks, example.keeps) if example else ():
        for path, text in files.items():
            assert indent(f"# {path}\n{text}", "  ") in shown


def test_an_example_is_read_as_it_is_shown(repo):
    shown = repo.run("rules", "greenhouse/single-department").out.partition("Keeps it:\n")[2]
    repo.write("sales/sales-coach", dedent(shown))
    assert repo.plan().outcomes == {"sales/sales-coach": "create"}


def test_only_this_command_reads_the_examples(repo):
    script = (
        "import sys; from bindbee_sync.cli.app import run; run(['rules']); run(['validate']); "
        "sys.exit('bindbee_sync.rules.examples' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=repo.path)


def test_where_the_package_names_its_source_the_page_is_found_there(repo, monkeypatch):
    named = Message()
    named["Project-URL"] = "Repository, https://forge.example/team/bindbee-sync/"
    monkeypatch.setattr("importlib.metadata.metadata", lambda _: named)
    shown = repo.run("rules", "yaml/syntax").out
    assert "https://forge.example/team/bindbee-sync/blob/main/docs/rules/yaml-syntax.md" in shown


def test_without_metadata_a_program_still_finds_the_page_by_its_path(repo, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.metadata", missing)
    ran = repo.run("rules", "yaml/syntax")
    assert (ran.code, "Keeps it:" in ran.out) == (0, True)
    assert repo.run("rules", "yaml/syntax", "--format", "json").json["rules"][0]["page"] == (
        "docs/rules/yaml-syntax.md"
    )
