from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

JOBS = "/api/ats/v1/jobs"
RESYNC = "/api/embedded/v1/connectors/resync"


@pytest.fixture
def connector(api):
    def ask():
        params = {"connector_token": seed.CONNECTOR_TOKEN}
        (item,) = api.get("/api/ats/v1/connectors", params=params).json()["items"]
        return item

    return ask


@pytest.fixture
def walk(api):
    def ask(most=20, **params):
        names, cursor = [], None
        for _ in range(most):
            page = api.get(
                JOBS, params={"page_size": 10, **params} | ({"cursor": cursor} if cursor else {})
            ).json()
            names += [item["remote_id"] for item in page["items"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        return names

    return ask


def test_a_resync_is_syncing_first_and_done_later(api, sandbox, connector):
    sandbox.settings(sync_duration=30)
    before = connector()["last_sync_start_time"]
    sandbox.add_job(name="In time", requisition_id="NEW-1")
    answer = api.post(RESYNC)
    assert answer.status_code == 200
    assert isinstance(answer.json(), str)
    sandbox.add_job(name="Too late", requisition_id="NEW-2")
    assert connector()["sync_status"] == "Syncing"
    assert connector()["last_sync_start_time"] > before
    assert api.get(JOBS, params={"code": "NEW-1"}).json()["items"] == []
    api.post(RESYNC)
    sandbox.advance(31)
    assert connector()["sync_status"] == "Done"
    (job,) = api.get(JOBS, params={"code": "NEW-1"}).json()["items"]
    assert job["modified_at"] > connector()["last_sync_start_time"]
    assert api.get(JOBS, params={"code": "NEW-2"}).json()["items"] == []
    assert len(sandbox.state["syncs"]) == 1


def test_a_sync_keeps_ids_moves_modified_at_and_drops_what_was_deleted(api, sandbox):
    before = {job["remote_id"]: job for job in api.get(JOBS).json()["items"]}
    sandbox.delete_job(4010101)
    sandbox.edit_job(4010102, status="closed", name="Frontend Engineer (filled)")
    assert {job["remote_id"]: job for job in api.get(JOBS).json()["items"]} == before
    sandbox.sync()
    after = {job["remote_id"]: job for job in api.get(JOBS).json()["items"]}
    assert before.keys() - after.keys() == {"4010101"}
    assert after["4010102"]["status"] == "CLOSED"
    assert all(job["id"] == before[key]["id"] for key, job in after.items())
    assert all(job["modified_at"] > before[key]["modified_at"] for key, job in after.items())


def test_a_number_is_never_given_twice(sandbox):
    first = sandbox.add_job(name="One")
    sandbox.delete_job(first["id"])
    assert sandbox.add_job(name="Two")["id"] == first["id"] + 1


def test_syncs_happen_by_themselves_at_an_interval(api, sandbox, connector):
    sandbox.settings(sync_interval=3600)
    sandbox.add_job(name="New", requisition_id="NEW-1")
    assert connector()["next_sync_start_time"] > connector()["last_sync_start_time"]
    sandbox.advance(3601)
    assert len(api.get(JOBS, params={"code": "NEW-1"}).json()["items"]) == 1
    assert connector()["sync_status"] == "Done"


def test_a_sync_may_fail_or_never_end(sandbox, connector, walk):
    before = walk()
    sandbox.settings(sync="fails")
    sandbox.add_job(name="New")
    assert sandbox.sync()["sync_status"] == "Failed"
    assert walk() == before
    sandbox.settings(sync="hangs")
    sandbox.sync()
    sandbox.advance(86400)
    assert connector()["sync_status"] == "Syncing"
    sandbox.settings(sync="works")
    assert sandbox.sync()["sync_status"] == "Done"
    assert len(walk()) == len(before) + 1


@pytest.mark.parametrize(
    ("synced", "status", "listed"),
    [("never", None, 0), ("first_empty", "Syncing", 0), ("first_partial", "Syncing", 21)],
)
def test_a_connector_may_be_found_before_its_first_sync_ended(
    sandbox, connector, walk, synced, status, listed
):
    sandbox.reset(synced=synced)
    sandbox.advance(3600)
    assert connector()["sync_status"] == status
    assert (connector()["last_sync_start_time"] is None) == (synced == "never")
    assert len(walk()) == listed
    sandbox.sync()
    assert len(walk()) == 43


def test_the_connector_shows_what_it_is_told_to(sandbox, connector):
    sandbox.settings(connector={"status": "RELINK_NEEDED", "last_sync_start_time": "2026-01-01T00:00:00Z"})
    assert connector()["status"] == "RELINK_NEEDED"
    assert connector()["last_sync_start_time"] == "2026-01-01T00:00:00Z"


def test_a_sync_in_the_middle_of_a_walk_moves_items(sandbox, connector, walk):
    sandbox.settings(syncs_during_walks=1)
    before = connector()["last_sync_start_time"]
    disturbed = walk()
    assert connector()["last_sync_start_time"] > before
    assert len(set(disturbed)) < 43
    assert len(set(walk())) == 43


def test_a_walk_may_repeat_items_stand_still_or_have_gaps(sandbox, walk):
    sandbox.settings(walk="repeats")
    assert len(walk()) > len(set(walk())) == 43
    sandbox.settings(walk="gaps")
    assert len(walk()) == 43
    sandbox.settings(walk="loops")
    assert len(set(walk())) == 10


def test_a_long_list_takes_many_pages(sandbox, walk):
    made = sandbox.add_jobs([{"name": f"Robot {number}"} for number in range(1000)])
    sandbox.sync()
    assert walk(page_size=200)[43:] == [str(job["id"]) for job in made]


def test_pages_may_be_smaller_than_asked_for(api, sandbox):
    sandbox.settings(page_limit=7)
    assert api.get(JOBS, params={"page_size": 200}).json()["page_size"] == 7


def test_is_template_may_be_missing(api, sandbox):
    sandbox.settings(template_flag=False)
    sandbox.sync()
    items = api.get(JOBS, params={"include_raw_data": True}).json()["items"]
    assert not any("is_template" in item["raw_data"] for item in items)


def test_the_clock_moves_the_date_and_what_is_made(api, sandbox):
    sandbox.advance(86400)
    date = parsedate_to_datetime(api.get(JOBS).headers["date"])
    assert date - datetime.now(UTC) > timedelta(hours=23)
    assert datetime.fromisoformat(sandbox.add_job(name="Tomorrow")["created_at"]) >= date


def test_a_misspelt_setting_or_field_is_refused(sandbox):
    with pytest.raises(ValueError, match="sync_durations"):
        sandbox.settings(sync_durations=3)
    with pytest.raises(ValueError, match="titel"):
        sandbox.add_job(name="x", titel="y")
    with pytest.raises(ValueError, match="no such job"):
        sandbox.edit_job(1, name="x")


def test_a_database_outlives_the_server(tmp_path):
    with Sandbox(database=tmp_path / "state.db", seed="empty") as first:
        first.add_job(name="Kept")
        first.sync()
    with Sandbox(database=tmp_path / "state.db") as second:
        headers = {"Authorization": f"Bearer {second.api_key}", "x-connector-token": second.connector_token}
        listed = httpx.get(second.url + JOBS, headers=headers).json()["items"]
        assert [job["name"] for job in listed][3:] == ["Kept"]
