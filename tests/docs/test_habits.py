"""The tools that a contributor is told to use exist, and do what `make check` does."""

from __future__ import annotations

import re
import tomllib

from ruamel.yaml import YAML
from site_pages import ROOT, read, sections

HOOKS = YAML(typ="safe", pure=True).load(read(ROOT / ".pre-commit-config.yaml"))["repos"][0]["hooks"]


def test_a_commit_is_checked_by_the_tools_of_make_check():
    makefile = read(ROOT / "Makefile")
    for hook in HOOKS:
        tool = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert f"$(BIN)/{tool}" in makefile
    assert {hook["id"] for hook in HOOKS} == {"ruff-check", "ruff-format", "mypy", "lint-imports", "zizmor"}


def test_every_dependency_has_its_reason():
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    declared = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[\[<>=]", each)[0] for group in declared for each in group} - {"bindbee-sync"}
    table = sections(read(ROOT / "CONTRIBUTING.md"))["Dependencies"]
    given = {
        name
        for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
        for name in re.findall(r"[\w.-]+", row)
    }
    assert names <= given
