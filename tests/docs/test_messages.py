"""An error that a user can cause says what, and what now: no ToolError is raised without a hint."""

from __future__ import annotations

import ast

from site_pages import ROOT

from bindbee_sync import errors
from bindbee_sync.errors import ToolError
from bindbee_sync.rules.registry import RULES

TYPES = {
    name
    for name, each in vars(errors).items()
    if isinstance(each, type)
    and issubclass(each, ToolError)
    and name != "FindingError"  # its hint is that of the finding
} | {"ForgeError"}


def without_hint():
    for path in sorted((ROOT / "bindbee_sync").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TYPES:
                hint = next((each.value for each in node.keywords if each.arg == "hint"), None)
                if hint is None or (isinstance(hint, ast.Constant) and not hint.value):
                    yield f"{path.relative_to(ROOT)}: {ast.unparse(node.args[0])}"


def test_every_error_says_what_to_do_now():
    assert {"ToolError", "ConfigError", "ApiError", "LedgerError"} <= TYPES
    assert list(without_hint()) == ["bindbee_sync/commands/output.py: 'Interrupted'"]


def test_rules_speak_in_whole_sentences():
    for rule in RULES.values():
        for words in (rule.demands, rule.hint):
            assert words[0].isupper() or words[0] == "`", rule.id
            assert words.endswith("."), rule.id


def test_a_colleague_who_left_is_no_task_where_the_job_exists(repo):
    recruiters = "recruiters: [marta.silva@halden-robotics.example, tom.becker@halden-robotics.example]\n"
    repo.write("partner", f"name: Talent Acquisition Partner\ncode: PPL-135\n{recruiters}")
    (found,) = repo.plan().json["diagnostics"]
    assert (found["rule"], found["severity"]) == ("reference/user-disabled", "warning")
    assert found["hint"] == "This blocks nothing, as the job exists. Change who works on it in the ATS."
