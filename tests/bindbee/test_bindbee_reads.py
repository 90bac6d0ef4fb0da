from __future__ import annotations

import json
from contextlib import suppress

import pytest
from bindbee_servers import KEY, LOST, TOKEN, ScriptedServer, Step, answer, client, connector, page
from hypothesis import given, settings
from hypothesis import strategies as st

from bindbee_sync import __version__
from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.errors import ApiError


def failure(*steps, call=Bindbee.jobs, **options):
    with ScriptedServer(*steps) as server, client(server, **options) as api:
        with pytest.raises(ApiError) as caught:
            call(api)
        assert not server.steps
    error = caught.value
    assert error.hint
    assert "http://127.0.0.1:" in error.where
    assert error.__context__ is None
    return error


def test_a_walk_ends_at_the_null_cursor_and_nowhere_else():
    pages = [page({"id": "a"}, cursor="1"), page(cursor="2"), page({"id": "b"}, cursor=""), page({"id": "c"})]
    seen = []
    with (
        ScriptedServer(*pages) as server,
        client(server, on_progress=lambda *news: seen.append(news)) as api,
    ):
        assert [job.id for job in api.jobs()] == ["a", "b", "c"]
    assert [r.query.get("cursor") for r in server.requests[:3]] == [None, "1", "2"]
    assert server.requests[3].target.endswith("&cursor=")
    assert {r.query["include_raw_data"] + r.query["page_size"] for r in server.requests} == {"true200"}
    assert seen == [("jobs", 1), ("jobs", 1), ("jobs", 2), ("jobs", 3)]


def test_repeated_items_count_once_and_the_last_wins():
    pages = [page({"id": "a", "name": "old"}, {"id": "b"}, cursor="1"), page({"id": "a", "name": "new"})]
    with ScriptedServer(*pages) as server, client(server) as api:
        assert [(job.id, job.name) for job in api.jobs()] == [("a", "new"), ("b", None)]


def test_a_cursor_that_comes_back_is_an_error():
    error = failure(page(cursor="1"), page(cursor="2"), page(cursor="1"))
    assert "does not end" in error.message


def test_a_list_without_end_ends(monkeypatch):
    monkeypatch.setattr("bindbee_sync.bindbee.pages.MAX_PAGES", 2)
    assert "does not end" in failure(page(cursor="1"), page(cursor="2")).message


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (Bindbee.departments, "/api/ats/v1/departments"),
        (Bindbee.offices, "/api/ats/v1/offices"),
        (Bindbee.users, "/api/ats/v1/remote-users"),
    ],
)
def test_the_other_lists(call, path):
    with ScriptedServer(page({"id": "x", "name": "X", "new": 1})) as server, client(server) as api:
        assert [item.id for item in call(api)] == ["x"]
    assert (server.requests[0].path, server.requests[0].query) == (path, {"page_size": "200"})


def test_headers():
    with ScriptedServer(page(connector()), page()) as server, client(server) as api:
        api.connector()
        api.jobs()
        assert server.connections == 1
    first, second = (request.headers for request in server.requests)
    assert first["authorization"] == second["authorization"] == f"Bearer {KEY}"
    assert "x-connector-token" not in first
    assert second["x-connector-token"] == TOKEN
    assert second["accept-encoding"] == "identity"
    assert second["user-agent"] == f"bindbee-sync/{__version__}"
    assert "cookie" not in second


def test_a_connection_that_the_server_closed_is_not_used_again():
    closing = Step(page().data, close=True)
    waits = []
    with ScriptedServer(closing, page()) as server, client(server, waits=waits) as api:
        api.jobs()
        server.ended(1)
        api.jobs()
        assert (server.connections, waits) == (2, [])


def test_the_connector_is_the_one_of_the_token():
    other = {"id": "c0", "connector_token": "another"}
    with ScriptedServer(page(other, cursor="1"), page({}, connector())) as server, client(server) as api:
        found = api.connector()
    assert found.id == "c1"
    assert TOKEN not in repr(vars(found))
    assert server.requests[0].path == "/api/ats/v1/connectors"
    assert server.requests[1].query == {"connector_token": TOKEN, "page_size": "200", "cursor": "1"}


def test_no_connector_of_the_token():
    other = connector() | {"connector_token": "another"}
    error = failure(page(other), call=Bindbee.connector)
    assert "no ATS connector" in error.message
    assert "BINDBEE_CONNECTOR_TOKEN" in error.hint


@pytest.mark.parametrize(
    ("status", "body", "words", "hint"),
    [
        (400, {"error": "odd"}, '400 Bad Request: {"error": "odd"}', "newer bindbee-sync"),
        (401, {"detail": "Invalid token"}, "401 Unauthorized: Invalid token", "BINDBEE_API_KEY"),
        (403, {"detail": "Wrong category"}, "403 Forbidden: Wrong category", "BINDBEE_CONNECTOR_TOKEN"),
        (404, b"<html>\n <b>nothing</b>\x07", "404 Not Found: <html> <b>nothing</b>", "base URL"),
        (422, {"detail": [{"loc": ["query", "x"], "msg": "m"}]}, "query.x: m", "newer bindbee-sync"),
        (499, b"", "499: no body", "newer bindbee-sync"),
        (302, b"", "302, a redirect to /login, and redirects are not followed", "region"),
    ],
)
def test_errors_of_reads(status, body, words, hint):
    error = failure(answer(status, body, Location="/login"))
    assert words in error.message
    assert hint in error.hint


def test_an_error_with_half_a_body_keeps_its_status():
    error = failure(Step(answer(401, {"detail": "x"}, Content_Length=99).data, close=True))
    assert "401 Unauthorized" in error.message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>login</html>", "is not JSON: <html>login</html>"),
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"items": [], "cursor": NaN}', "is not JSON"),
        ([], "is not a page"),
        ({"items": []}, "is not a page"),
        ({"cursor": None}, "is not a page"),
        ({"items": None, "cursor": None}, "is not a page"),
        ({"items": [], "cursor": 7}, "is not a page"),
        ({"items": [1], "cursor": None}, "an item that is not an object"),
        ({"items": [{"name": "x"}], "cursor": None}, "Job.id: Field required"),
        ({"items": [{"id": None}], "cursor": None}, "Job.id"),
        ({"items": [{"id": ""}], "cursor": None}, "Job.id"),
    ],
)
def test_what_is_not_understood_is_said(body, words):
    assert words in failure(answer(200, body)).message


@pytest.mark.parametrize("depth", range(100, 1000, 50))
def test_deep_nesting_in_a_text_field_crashes_nothing(depth):
    body = b'{"items": [{"id": "a", "name": %s%s}], "cursor": null}' % (b"[" * depth, b"]" * depth)
    with ScriptedServer(answer(200, body)) as server, client(server) as api, suppress(ApiError):
        assert api.jobs()[0].name.startswith("[[[")


def test_a_page_too_large_is_an_error(monkeypatch):
    monkeypatch.setattr("bindbee_sync.bindbee.http.READ_LIMIT", 1 << 20)
    assert "larger than 1 MiB" in failure(answer(200, b" " * (2 << 20))).message


def test_a_dripping_page_is_an_error():
    drips = [Step(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", drip=b" ") for _ in range(5)]
    assert "within 0.1 seconds" in failure(*drips, timeout=0.1).message


def test_resync_sends_no_body_and_reads_none():
    with ScriptedServer(answer(200, "started"), answer(200, b"<ok>")) as server, client(server) as api:
        api.resync()
        api.resync()
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/embedded/v1/connectors/resync")
    assert request.body == b""
    assert request.headers["content-length"] == "0"
    assert request.headers["x-connector-token"] == TOKEN


def test_resync_is_not_sent_again_after_an_error():
    assert "500" in failure(answer(500, {}), call=Bindbee.resync).message
    assert "did not answer" in failure(LOST, call=Bindbee.resync).message


def test_passthrough():
    with ScriptedServer(answer(200, [{"id": 1}])) as server, client(server) as api:
        assert api.passthrough("/jobs", {"requisition_id": "R"}) == [{"id": 1}]
    assert server.requests[0].target == "/api/v1/passthrough"
    assert json.loads(server.requests[0].body) == {
        "method": "GET",
        "path": "/jobs",
        "headers": {},
        "params": {"requisition_id": "R"},
        "data": None,
        "request_format": "JSON",
        "response_format": "JSON",
        "timeout": 5.0,
    }


def test_passthrough_that_is_no_json():
    error = failure(answer(200, b"<xml/>"), call=lambda api: api.passthrough("/jobs", {}))
    assert "<xml/>" in error.message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["id", "remote_id", "name", "raw_data", "confidential", "departments", "job_posting_urls", "modified_at"]
)
bodies = json_values | st.fixed_dictionaries(
    {
        "items": st.lists(json_values | st.dictionaries(fields, json_values), max_size=3),
        "cursor": st.none() | json_values,
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(bodies, max_size=100))
def test_no_json_crashes_a_list(many):
    with ScriptedServer() as server, client(server) as api:
        for body in many:
            server.steps[:] = [answer(200, body)]
            for call in (Bindbee.jobs, Bindbee.connector):
                try:
                    call(api)
                except ApiError as error:
                    assert error.message  # noqa: PT017 (the only error allowed, and it says something)
