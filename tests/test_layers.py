"""The layers of the package, held by import-linter, and one meaning to a name."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
TURNED_ROUND = {
    "rules/rule.py": "import bindbee_sync.planning.plan",
    "forge/drift.py": "import bindbee_sync.sandbox.local_bindbee",
    "planning/compare.py": "import subprocess",
    "ledger/store.py": "import ruamel.yaml",
    "commands/validate.py": "import bindbee_sync.applying.executor",
}
"""For each contract an import that breaks it, by the file that it is put into."""


def lint_imports(folder):
    """Return the contracts that are kept and those that are broken."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    results = re.findall(r"^(.+) (KEPT|BROKEN)$", ran.stdout, re.MULTILINE)
    assert results, ran.stdout + ran.stderr
    broken = {name for name, result in results if result == "BROKEN"}
    assert ran.returncode == (1 if broken else 0)
    return {name for name, result in results if result == "KEPT"}, broken


def test_every_contract_is_kept_and_one_arrow_turned_round_breaks_it(tmp_path):
    shutil.copytree(ROOT / "bindbee_sync", tmp_path / "bindbee_sync")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    kept, broken = lint_imports(tmp_path)
    assert len(kept) == len(TURNED_ROUND)
    assert not broken
    for path, line in TURNED_ROUND.items():
        file = tmp_path / "bindbee_sync" / path
        file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert lint_imports(tmp_path) == (set(), kept)


def test_no_import_is_excepted():
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_no_two_public_classes_have_one_name():
    places = defaultdict(set)
    for file in sorted((ROOT / "bindbee_sync").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(str(file.relative_to(ROOT)))
    assert places["Plan"]
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
