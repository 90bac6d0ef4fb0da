"""Tasks side by side, in threads."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from bindbee_sync.applying.crew import threads


def test_threads_work_side_by_side_and_an_error_comes_last():
    meeting = threading.Barrier(3, timeout=10)

    def task(number):
        meeting.wait()  # breaks where the tasks do not run at the same time
        if number == 0:
            raise ValueError(number)
        return number * 10

    answers = threads([partial(task, number) for number in range(3)])
    assert {next(answers), next(answers)} == {(1, 10), (2, 20)}
    with pytest.raises(ValueError, match="0"):
        next(answers)


def test_the_first_begins_at_once_and_each_of_the_others_a_moment_later(monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    assert sorted(threads([lambda: "done"] * 3)) == [(0, "done"), (1, "done"), (2, "done")]
    assert sum(waits) == pytest.approx(0.04)


def test_the_end_of_the_process_waits_for_none_of_them():
    assert list(threads([lambda: threading.current_thread().daemon])) == [(0, True)]
