"""When the list can't be trusted: each reason, at its boundary."""

from __future__ import annotations

from datetime import timedelta

import pytest
from make import NOW, SYNCED, file, job, listed, plan

from bindbee_sync.planning.list_problems import decisive_sync

SECOND = timedelta(seconds=1)


def list_problems(*jobs, hint="--refresh", **known):
    made = plan([file(name="Seller", code="X")], on=listed(*jobs, **known))
    found = [finding for finding in made.diagnostics if finding.rule.startswith("connector/")]
    assert made.trusted is not bool(found)
    for finding in found:
        assert str(finding.severity) == "warning"
        assert "--allow-stale-list" in finding.hint
        assert hint in finding.hint
    assert [entry.outcome for entry in made.entries] == ["create"], "a list problem alone blocks no plan"
    return [finding.rule for finding in found]


def test_a_fresh_whole_list_is_trusted():
    assert list_problems() == []


@pytest.mark.parametrize("status", ["INCOMPLETE", "RELINK_NEEDED", "complete", ""])
def test_a_connector_that_is_not_complete(status):
    assert list_problems(status=status) == ["connector/not-ready"]


@pytest.mark.parametrize("category", ["HRIS", "LMS"])
def test_a_connector_that_is_no_ats(category):
    assert list_problems(category=category, hint="token of the connector") == ["connector/not-ready"]


def test_a_connector_that_does_not_say_its_category_is_taken_for_an_ats():
    assert list_problems(category=None) == []


@pytest.mark.parametrize("known", [{"last_sync_start_time": None}, {"sync_status": None}], ids=str)
def test_one_that_never_finished_a_sync(known):
    assert list_problems(**known) == ["connector/never-synced"]


def test_a_first_sync_that_still_runs_is_one_too():
    begun = {"sync_status": "Syncing", "last_sync_start_time": SYNCED}
    assert list_problems(**begun) == ["connector/never-synced"]
    assert list_problems(job(code="O", name="O", modified_at=SYNCED), **begun) == ["connector/never-synced"]


def test_a_later_sync_that_runs_may_move_jobs():
    older = job(code="O", name="O", modified_at=SYNCED - SECOND)
    assert list_problems(older, sync_status="Syncing") == ["connector/list-moved"]


def test_a_list_during_which_a_sync_began_twice():
    assert list_problems(moved=True) == ["connector/list-moved"]


def test_a_failed_sync():
    assert list_problems(sync_status="Failed") == ["connector/sync-failed"]


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (timedelta(hours=36) - SECOND, []),
        (timedelta(hours=36), []),
        (timedelta(hours=36) + SECOND, ["connector/stale-list"]),
        (timedelta(minutes=-15), []),
        (timedelta(minutes=-15) - SECOND, ["connector/stale-list"]),
        (timedelta(days=-365_000), ["connector/stale-list"]),
    ],
)
def test_a_list_older_than_36_hours_or_of_the_future(age, found):
    assert list_problems(last_sync_start_time=NOW - age) == found


def test_its_age_is_counted_by_the_servers_clock():
    made = plan([], on=listed(at=SYNCED + timedelta(hours=37)), now=SYNCED)
    assert [finding.rule for finding in made.diagnostics] == ["connector/stale-list"]


def test_the_limit_is_what_the_config_says():
    made = plan([], on=listed(), max_list_age=1.5)
    assert "the limit is 1.5" in made.diagnostics[0].message
    assert plan([], on=listed(), max_list_age=2).diagnostics == ()


def test_all_reasons_are_reported_at_once():
    assert list_problems(
        status="RELINK_NEEDED", sync_status="Failed", moved=True, at=NOW + timedelta(days=9)
    ) == [
        "connector/list-moved",
        "connector/not-ready",
        "connector/stale-list",
        "connector/sync-failed",
    ]


def test_the_age_is_said_in_hours():
    made = plan([], on=listed(last_sync_start_time=NOW - timedelta(hours=4000)))
    assert "began 4000 hours ago" in made.diagnostics[0].message


def test_jobs_without_a_date_tell_nothing_of_a_sync_that_runs():
    undated = job(code="O", name="O", modified_at=None)
    assert list_problems(undated, sync_status="Syncing") == ["connector/never-synced"]
    older = job("j2", code="P", name="P", modified_at=SYNCED - SECOND)
    assert list_problems(undated, older, sync_status="Syncing") == ["connector/list-moved"]


@pytest.mark.parametrize(
    ("ahead", "counts"),
    [(-SECOND, True), (timedelta(minutes=15), True), (timedelta(minutes=15, seconds=1), False)],
)
def test_a_sync_dated_later_than_the_clocks_may_differ_decides_nothing(ahead, counts):
    written = job(modified_at=NOW + ahead)
    on = listed(written, last_sync_start_time=NOW + ahead)
    assert decisive_sync(on) == (NOW + ahead if counts else None)


def test_a_sync_that_wrote_no_job_with_a_date_decides_nothing():
    undated = job(modified_at=None)
    assert decisive_sync(listed(undated, templates=())) is None
    assert decisive_sync(listed(undated, job("j2"), templates=())) == SYNCED
