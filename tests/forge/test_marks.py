"""The marks by which a connector's comment and issue are known."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.reports.marks import drift_digest, drift_mark, failed_mark, mark_in, plan_mark

IDS = [
    "a",
    "b",
    "a b",
    "a --><!-- bindbee-sync:plan:b -->",
    "x" * 500 + "1",
    "x" * 500 + "2",
    "",
    "\ud800",
    "\udcff",
]


def test_no_two_connectors_or_configs_share_a_mark():
    marks = [make(each) for make in (plan_mark, failed_mark) for each in IDS]
    assert len(set(marks)) == len(marks)
    assert all(re.fullmatch(r"<!-- bindbee-sync:[a-z]+:[A-Za-z0-9._~%-]* -->", mark) for mark in marks)


@pytest.mark.parametrize("each", IDS)
def test_a_mark_is_found_at_the_beginning_alone(each):
    mark = plan_mark(each)
    assert mark_in(f"{mark}\ntext") == mark
    assert mark_in(f"text\n{mark}") is None
    assert mark_in(f"{mark} text") is None


def test_an_issue_is_known_by_its_own_connector():
    body = f"{drift_mark('c1', 'a' * 64)}\r\nwords"
    assert drift_digest(body, "c1") == "a" * 64
    assert drift_digest(body, "c2") is None
    assert drift_digest("words", "c1") is None
