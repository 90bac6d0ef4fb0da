from __future__ import annotations

import pytest

from bindbee_sync.sandbox import seed

JOBS = "/api/ats/v1/jobs"
CONNECTORS = "/api/ats/v1/connectors"
JOB_KEYS = {
    *("id", "remote_id", "modified_at", "raw_data", "custom_fields", "name", "description", "code", "status"),
    *("job_posting_urls", "remote_created_at", "remote_updated_at", "confidential", "departments", "offices"),
    *("hiring_managers", "recruiters"),
}
COMMON = {"id", "remote_id", "modified_at", "raw_data", "custom_fields"}


def names(answer):
    return [item["name"] for item in answer.json()["items"]]


def test_a_job_has_every_documented_key_and_raw_data_only_on_request(api):
    (plain,) = api.get(JOBS, params={"code": "ENG-101"}).json()["items"]
    (raw,) = api.get(JOBS, params={"code": "ENG-101", "include_raw_data": "true"}).json()["items"]
    assert plain.keys() == JOB_KEYS
    assert plain["raw_data"] is None
    assert raw["raw_data"]["is_template"] is False
    assert raw["raw_data"]["requisition_id"] == "ENG-101"
    assert len(raw["raw_data"]["openings"]) == 2
    assert plain["departments"] == [seed.department_id("Engineering")]
    assert plain["offices"] == [seed.office_id("Berlin"), seed.office_id("Remote (Europe)")]
    assert plain["job_posting_urls"][0].keys() == {"value", "url_type"}


@pytest.mark.parametrize(
    ("kind", "keys", "count"),
    [
        ("departments", {"name"}, 12),
        ("offices", {"name", "location"}, 6),
        (
            "remote-users",
            {"first_name", "last_name", "email", "disabled", "remote_created_at", "access_role"},
            25,
        ),
    ],
)
def test_the_other_lists_have_their_documented_keys(api, kind, keys, count):
    listed = api.get(f"/api/ats/v1/{kind}").json()
    assert listed["cursor"] is None
    assert listed["page_size"] == len(listed["items"]) == count
    assert all(item.keys() == COMMON | keys for item in listed["items"])
    first = listed["items"][0]
    assert api.get(f"/api/ats/v1/{kind}/{first['id']}").json() == first


def test_a_walk_in_pages_meets_every_job_once(api):
    cursor, seen, sizes = None, [], []
    while True:
        params = {"page_size": 20} | ({"cursor": cursor} if cursor else {})
        page = api.get(JOBS, params=params).json()
        seen += [item["id"] for item in page["items"]]
        sizes.append(page["page_size"])
        cursor = page["cursor"]
        if cursor is None:
            break
    assert sizes == [20, 20, 3]
    assert len(set(seen)) == len(seen) == 43


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"code": "PRD-112"}, ["Product Manager"]),
        ({"code": "prd-112"}, []),
        ({"remote_id": "4010101"}, ["Backend Engineer"]),
        ({"status": "DRAFT"}, ["Supply Chain Analyst", "Content Marketing Manager"]),
        ({"status": "NO_SUCH"}, []),
        ({"offices": seed.office_id("Toronto"), "status": "CLOSED"}, ["Account Executive", "Office Manager"]),
        (
            {"ids": f"{seed.job_id('UX Researcher')},{seed.job_id('Staff Engineer')}"},
            ["Staff Engineer", "UX Researcher"],
        ),
        ({"name": "nothing filters by name", "code": "007"}, ["Hardware Test Technician"]),
        ({"modified_after": "2999-01-01", "code": "007"}, []),
        ({"modified_after": "2020-01-01T00:00:00Z", "code": "007"}, ["Hardware Test Technician"]),
    ],
)
def test_the_jobs_filters(api, params, expected):
    assert names(api.get(JOBS, params=params)) == expected


def test_a_user_is_found_by_email_whatever_its_case(api):
    found = api.get("/api/ats/v1/remote-users", params={"email": "SAM.LEE@halden-robotics.EXAMPLE"}).json()
    assert [user["remote_id"] for user in found["items"]] == ["4003007"]


@pytest.mark.parametrize(
    ("path", "params", "loc"),
    [
        (JOBS, {"page_size": 201}, ["query", "page_size"]),
        (JOBS, {"page_size": 0}, ["query", "page_size"]),
        (JOBS, {"include_raw_data": "perhaps"}, ["query", "include_raw_data"]),
        (JOBS, {"cursor": "made up"}, ["query", "cursor"]),
        (f"{JOBS}/4010101", {}, ["path", "id"]),
    ],
)
def test_bad_input_is_a_422_that_names_the_place(api, path, params, loc):
    answer = api.get(path, params=params)
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == loc
    assert {"loc", "msg", "type", "input"} <= fault.keys()


def test_an_unknown_job_and_an_unknown_path_are_404(api):
    assert api.get(f"{JOBS}/{seed.CONNECTOR_ID}").json() == {"detail": "Not found"}
    nowhere = api.get("/api/ats/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()) == (404, {"detail": "Not Found"})
    assert api.patch(JOBS).status_code == 405


def test_a_wrong_key_is_401(api):
    answer = api.get(JOBS, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("token", ["wrong", seed.HRIS.token])
def test_a_token_that_is_unknown_or_of_another_category_is_403(api, token):
    answer = api.get(JOBS, headers={"x-connector-token": token})
    assert answer.status_code == 403
    assert isinstance(answer.json()["detail"], str)


def test_a_missing_token_is_422(api):
    del api.headers["x-connector-token"]
    answer = api.get(JOBS)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "x-connector-token"]


def test_connectors_need_the_key_only_and_filter_by_token(api):
    del api.headers["x-connector-token"]
    slugs = [item["integration_slug"] for item in api.get(CONNECTORS).json()["items"]]
    assert slugs == ["greenhouse", "ashby", "bamboohr"]
    (item,) = api.get(CONNECTORS, params={"connector_token": seed.CONNECTOR_TOKEN}).json()["items"]
    assert item["id"] == seed.CONNECTOR_ID
    assert (item["category"], item["status"], item["sync_status"]) == ("ATS", "COMPLETE", "Done")
    assert set(item) == {
        *("id", "is_active", "status", "integration_slug", "end_user", "origin_id", "sync_status"),
        *("last_sync_start_time", "next_sync_start_time", "connector_token", "category"),
        *("relink_needed_at", "is_test_connector", "completed_at", "created_at"),
    }


def test_the_other_ats_connector_has_records_of_its_own(api):
    api.headers["x-connector-token"] = seed.ASHBY.token
    assert names(api.get(JOBS)) == []
    office = api.get("/api/ats/v1/offices").json()["items"][0]
    assert (office["name"], office["id"] != seed.office_id("Berlin")) == ("Berlin", True)
    assert api.post(JOBS, json={"name": "No template needed"}).status_code == 201


def test_the_rate_limit(api, sandbox):
    sandbox.settings(rate_limit=2)
    first, second, third = (api.get(JOBS) for _ in range(3))
    assert first.headers["x-ratelimit-limit"] == "2"
    assert [answer.headers["x-ratelimit-remaining"] for answer in (first, second, third)] == ["1", "0", "0"]
    assert third.status_code == 429
    assert third.json() == {"detail": "Rate limit exceeded"}
    assert 0 < int(third.headers["retry-after"]) <= 60
    assert api.get(JOBS, headers={"x-connector-token": seed.ASHBY.token}).status_code == 200
    sandbox.advance(61)
    assert api.get(JOBS).status_code == 200
    sandbox.settings(rate_window=0.001)
    assert api.get(JOBS).status_code == 200
