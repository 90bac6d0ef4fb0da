"""Moments and spans as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bindbee_sync.times import in_utc, rfc3339, span_text


def test_a_moment_of_another_time_zone_is_shown_in_utc():
    moment = datetime(2026, 3, 2, 1, 30, 5, 999_999, tzinfo=timezone(timedelta(hours=-8)))
    assert in_utc(moment) == "2026-03-02 09:30 UTC"
    assert rfc3339(moment) == "2026-03-02T09:30:05Z"


def test_an_early_year_keeps_four_digits():
    assert rfc3339(datetime(33, 1, 2, tzinfo=UTC)).startswith("0033-01-02T")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (119.9, "119 seconds"),
        (120, "2 minutes"),
        (7_199, "119 minutes"),
        (36 * 3_600, "36 hours"),
        (48 * 3_600, "2 days"),
        (400 * 86_400, "400 days"),
    ],
)
def test_a_span_is_in_its_largest_unit_of_two_or_more(seconds, words):
    assert span_text(timedelta(seconds=seconds)) == words
