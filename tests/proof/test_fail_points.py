"""Every write, flush, lock, git command and request: it fails once, for good, or kills; and again later."""

from __future__ import annotations

import os

import pytest
from failures import MODES, FailPoint
from stage import KILLED, Stage

pytestmark = pytest.mark.slow

ALL = bool(os.environ.get("EVERY_FAIL_POINT"))
NAMES = {"sales/lead": "Field Sales Lead", "sales/other": "Other Lead"}


def stages(tmp_path, sandbox, *, git):
    """Yield a fresh stage for each fail point."""
    number = 0
    while True:
        number += 1
        sandbox.reset()
        sandbox.settings(create_body=("ids", "none")[number % 2], code=("kept", "dropped")[number // 2 % 2])
        folder = tmp_path / str(number)
        folder.mkdir()
        stage = Stage(folder, sandbox, git=git)
        stage.job("sales/lead", NAMES["sales/lead"], "LEAD-1")
        stage.job("sales/other", NAMES["sales/other"], None)
        yield stage


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("git", [False, True], ids=["file", "git"])
@pytest.mark.parametrize("again", [False, True], ids=["once", "and in the recovery"])
def test_each_job_is_made_once_whichever_call_goes_wrong(tmp_path, sandbox, git, mode, again):
    step = 1 if ALL else (24 if git else 16) + 4 * again
    at = 1 if ALL else 1 + 5 * MODES.index(mode) % step  # so that the modes together come to every part
    seen = 0
    for stage in stages(tmp_path, sandbox, git=git):
        first = FailPoint(at, mode)
        ran = stage.apply(fail=first)
        if not first.met:
            break
        seen += 1
        made = len([job for job in sandbox.source_jobs() if job["name"] in NAMES.values()])
        told = list(ran.results.values())
        if ran.code != KILLED:
            assert made <= told.count("created") + told.count("uncertain"), (at, mode, ran.out)
            assert ran.code == 3 or told.count("uncertain") == 0
        if again:
            stage.apply(fail=FailPoint(at, mode))
        jobs = stage.settle(NAMES)
        assert jobs == dict.fromkeys(NAMES.values(), 1), (at, mode, first.calls[at - 1])
        at += step
    assert seen > (10 if ALL else 0)
