"""Random schedules of the tool's own code in virtual time; `simulate.py` runs any number of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from history import History

pytestmark = pytest.mark.slow

SEEDS = 240


@pytest.mark.parametrize("part", range(4))
def test_no_schedule_makes_a_job_twice_or_loses_one(part):
    for seed in range(part * SEEDS // 4, (part + 1) * SEEDS // 4):
        history = History(seed)
        try:
            history.run()
        except AssertionError as error:
            error.add_note("\n".join((f"seed {seed}", *history.scheduler.trace)))
            raise


def test_a_seed_is_all_that_a_schedule_depends_on():
    history = History(7)
    history.run()
    script = Path(__file__).with_name("simulate.py")
    told = [
        subprocess.run(
            [sys.executable, str(script), "--seed", "7", "--trace"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()[:-1]
        for hash_seed in ("1", "2")
    ]
    assert told[0] == told[1] == history.scheduler.trace
