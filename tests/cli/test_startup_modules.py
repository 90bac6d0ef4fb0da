"""What a command imports is what its start costs: heavy modules are imported where they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "deepdiff",
    "httpx",
    "jinja2",
    "markdown_it",
    "nh3",
    "pydantic",
    "rich",
    "ruamel",
    "starlette",
    "yaml",
)
"""Libraries that take longer to import than anything that a small command does."""

COUNTED = """\
import os, sys
sys.argv = ["bindbee-sync", *sys.argv[1:]]
from bindbee_sync.cli.app import main
try:
    main()
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
print(len(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "allowed", "most"),
    [
        (["--version"], (), 330),
        (["plan", "--help"], (), 350),
        (["apply", "--help"], (), 350),
        (["validate", "--help"], (), 350),
        (["validate"], ("pydantic", "rich", "ruamel", "yaml"), 800),
    ],
)
def test_a_start_imports_only_what_it_needs(tmp_path, words, allowed, most):
    (tmp_path / "bindbee-sync.yaml").write_text("version: 1\n")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "a.yaml").write_text("name: A\n")
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    *_, found, number = done.stderr.splitlines()
    assert set(HEAVY) & set(found.split()) <= set(allowed)
    assert int(number) <= most
