"""`bindbee-sync rules`: what is enforced for whom, and where to read more."""

from __future__ import annotations

import os
import pty
from email.message import Message

import pytest

from bindbee_sync.rules.registry import RULES


def test_it_tells_what_holds_everywhere_from_what_one_ats_demands(repo):
    everywhere, greenhouse = repo.run("rules").out.split("For greenhouse\n")
    for rule in RULES.values():
        assert rule.id in (greenhouse if rule.provider else everywhere)
        assert rule.id not in (everywhere if rule.provider else greenhouse).split()


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
    named["Project-URL"] = "Source, https://forge.example/team/bindbee-sync/"
    monkeypatch.setattr("importlib.metadata.metadata", lambda _: named)
    shown = repo.run("rules", "yaml/syntax").out
    assert "https://forge.example/team/bindbee-sync/blob/main/docs/rules/yaml-syntax.md" in shown
