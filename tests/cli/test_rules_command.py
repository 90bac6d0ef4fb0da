"""`bindbee-sync rules`: what is enforced for whom, and where to read more."""

from __future__ import annotations

import os
import pty
import re
from email.message import Message
from importlib.metadata import PackageNotFoundError

import pytest

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
def test_one_rule_names_its_page(repo, rule):
    shown = repo.run("rules", rule).out
    assert f"With examples: docs/rules/{rule.replace('/', '-')}.md\n" in shown
    assert repo.run("rules", rule, "--format", "json").json["rules"][0]["page"] in shown


def test_where_the_package_names_its_source_the_page_is_found_there(repo, monkeypatch):
    named = Message()
    named["Project-URL"] = "Repository, https://forge.example/team/bindbee-sync/"
    monkeypatch.setattr("importlib.metadata.metadata", lambda _: named)
    shown = repo.run("rules", "yaml/syntax").out
    assert "https://forge.example/team/bindbee-sync/blob/main/docs/rules/yaml-syntax.md" in shown


def test_without_metadata_it_names_the_page_by_its_path(repo, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.metadata", missing)
    assert "With examples: docs/rules/yaml-syntax.md\n" in repo.run("rules", "yaml/syntax").out
