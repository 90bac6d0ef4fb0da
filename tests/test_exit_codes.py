"""Exit codes: the table, and that nothing else chooses one."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import bindbee_sync
from bindbee_sync.exit_codes import TABLE, Ending, ExitCode, with_output_lost

PACKAGE = Path(bindbee_sync.__file__).parent
FACTS = ("wrong_usage", "uncertain", "sent", "interrupted", "refused", "failed", "creates")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ("", 0),
        ("creates", 2),
        ("creates failed", 1),
        ("failed", 1),
        ("refused", 1),
        ("sent", 0),
        ("sent failed", 1),
        ("sent refused", 1),
        ("uncertain", 3),
        ("uncertain failed", 3),
        ("uncertain refused", 1),
        ("uncertain refused sent", 3),
        ("uncertain sent failed", 3),
        ("uncertain interrupted", 3),
        ("uncertain interrupted refused", 3),
        ("interrupted", 130),
        ("interrupted refused", 130),
        ("interrupted sent failed", 130),
        ("wrong_usage", 64),
    ],
)
def test_the_code_of_an_ending(facts, code):
    assert Ending(**dict.fromkeys(facts.split(), True)).exit_code == code


def test_every_row_decides_some_ending():
    decided = {
        next(row.condition for row in TABLE if row.applies(Ending(**dict(zip(FACTS, facts, strict=True)))))
        for facts in product((False, True), repeat=len(FACTS))
    }
    assert decided == {row.condition for row in TABLE}
    assert {row.code for row in TABLE} == set(ExitCode)


@pytest.mark.parametrize(("code", "without"), [(0, 1), (2, 1), (1, 1), (3, 3), (130, 130), (64, 64)])
def test_an_answer_that_could_not_be_written_is_a_failure_and_hides_no_worse_one(code, without):
    assert with_output_lost(code) == without


def test_no_other_module_chooses_a_code_but_that_of_success():
    chosen = re.compile(r"ExitCode\.(?!OK\b)|typer\.Exit\(\d|sys\.exit\(\d|exitcode\": int")
    others = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        if path.name != "exit_codes.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if chosen.search(line)
    ]
    assert others == []
