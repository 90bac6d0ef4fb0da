from __future__ import annotations

import pytest
from bindbee_servers import ScriptedServer, client, connector, page

from bindbee_sync.bindbee.fetch import fetch_snapshot


def at(hour):
    return page(connector(last_sync_start_time=f"2030-01-01T0{hour}:00:00Z"))


def snapshot(*steps, **wanted):
    asked = {"departments": False, "offices": False, "users": False, **wanted}
    with ScriptedServer(*steps) as server, client(server) as api:
        taken = fetch_snapshot(api, **asked)
    return taken, [request.path.rpartition("/")[2] for request in server.requests]


def test_a_quiet_connector_is_read_once():
    taken, paths = snapshot(at(1), page({"id": "j"}), at(1))
    assert paths == ["connectors", "jobs", "connectors"]
    assert [job.id for job in taken.jobs] == ["j"]
    assert not taken.moved
    assert taken.departments is taken.offices is taken.users is None


def test_the_lists_that_were_asked_for():
    wanted = {"departments": True, "offices": True, "users": True}
    taken, paths = snapshot(at(1), page({"id": "d"}), page(), page({"id": "u"}), page(), at(1), **wanted)
    assert paths == ["connectors", "departments", "offices", "remote-users", "jobs", "connectors"]
    assert [item.id for item in taken.departments] == ["d"]
    assert taken.offices == ()
    assert [item.id for item in taken.users] == ["u"]


@pytest.mark.parametrize(("last", "moved"), [(2, False), (3, True)])
def test_a_sync_that_began_meanwhile_has_the_jobs_read_again(last, moved):
    taken, paths = snapshot(at(1), page({"id": "old"}), at(2), page({"id": "new"}), at(last))
    assert paths == ["connectors", "jobs", "connectors", "jobs", "connectors"]
    assert [job.id for job in taken.jobs] == ["new"]
    assert taken.moved is moved
    assert taken.connector.last_sync_start_time.hour == last


def test_a_sync_that_ended_meanwhile_has_the_jobs_read_again():
    syncing = page(connector(sync_status="Syncing", last_sync_start_time="2030-01-01T01:00:00Z"))
    taken, paths = snapshot(syncing, page({"id": "old"}), at(1), page({"id": "new"}), at(1))
    assert paths == ["connectors", "jobs", "connectors", "jobs", "connectors"]
    assert [job.id for job in taken.jobs] == ["new"]
    assert not taken.moved


def test_it_is_taken_at_the_servers_time():
    date = "Tue, 01 Jan 2030 00:00:00 GMT"
    taken, _ = snapshot(
        at(1), page(), page(connector(last_sync_start_time="2030-01-01T01:00:00Z"), Date=date)
    )
    assert taken.taken_at.year == 2030


def test_an_answer_that_was_read_after_a_sleep_does_not_set_the_clock_back(monkeypatch):
    from bindbee_sync.bindbee import http

    times = iter([0.0, 1.0, 0.0, 7200.0])
    monkeypatch.setattr(http, "ticks", lambda: next(times))
    now, past = "Tue, 01 Jan 2030 02:00:00 GMT", "Tue, 01 Jan 2030 00:00:00 GMT"
    with (
        ScriptedServer(page(connector(), Date=now), page(connector(), Date=past)) as server,
        client(server) as api,
    ):
        api.connector()
        api.connector()
        assert api.server_now().hour == 2


@pytest.mark.parametrize(("asleep", "asked"), [(59, 1), (61, 2)])
def test_a_machine_that_was_stopped_asks_the_server_for_the_time_again(monkeypatch, asleep, asked):
    from bindbee_sync.bindbee import pacing

    wall = [1000.0]
    monkeypatch.setattr(pacing, "wall", lambda: wall[0])
    monkeypatch.setattr(pacing, "ticks", lambda: 5.0)
    told = [page(connector(), Date=f"Tue, 01 Jan 2030 0{hour}:00:00 GMT") for hour in (1, 2)]
    with ScriptedServer(*told) as server, client(server) as api:
        api.connector()
        wall[0] += asleep
        assert api.server_now().hour == asked
        assert len(server.requests) == asked
