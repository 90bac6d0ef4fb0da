from __future__ import annotations

import json

import pytest

from bindbee_sync.sandbox import seed

JOBS = "/api/ats/v1/jobs"
NOBODY = "0194bcb7-bf3e-7315-8628-000000000000"


def test_a_create_is_in_the_ats_at_once_and_listed_after_a_sync(api, sandbox, order):
    answer = api.post(JOBS, json=order)
    assert answer.status_code == 201
    made = answer.json()
    assert made == {"id": sandbox.source_jobs()[-1]["bindbee_id"], "remote_id": "4050001"}
    assert api.get(f"{JOBS}/{made['id']}").status_code == 404
    sandbox.sync()
    job = api.get(f"{JOBS}/{made['id']}", params={"include_raw_data": True}).json()
    assert job["name"] == "Sales Manager"
    assert job["code"] == "SAL-900"
    assert job["departments"] == order["departments"]
    assert set(job["offices"]) == set(order["offices"])
    assert job["raw_data"]["copied_from_id"] == 4010002
    assert job["raw_data"]["is_template"] is False
    assert len(job["raw_data"]["openings"]) == 2


def test_what_is_left_out_comes_from_the_template(api, sandbox, order):
    for key in ("name", "code", "departments", "offices"):
        del order[key]
    order |= {"template_id": "4010002", "status": "DRAFT", "confidential": True, "description": "Mine"}
    assert api.post(JOBS, json=order).status_code == 201
    template, made = sandbox.source_jobs()[1], sandbox.source_jobs()[-1]
    assert made["name"] == "Copy Of Template: People Manager"
    assert (made["requisition_id"], made["status"], made["confidential"]) == (None, "open", False)
    for key in ("department_id", "office_ids", "description", "hiring_managers"):
        assert made[key] == template[key]


def test_two_equal_creates_make_two_jobs_and_both_are_recorded(api, sandbox, order):
    before = len(sandbox.source_jobs())
    for _ in range(2):
        api.post(JOBS, content=json.dumps(order))
    assert len(sandbox.source_jobs()) == before + 2
    assert sandbox.creates() == [order, order]
    assert sandbox.create_texts()[0] == json.dumps(order)
    assert sandbox.requests("POST", JOBS) == 2


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"remote_user_id": None}, ["body", "remote_user_id"]),
        ({"remote_user_id": "4003001"}, ["body", "remote_user_id"]),
        ({"departments": ["4001001"]}, ["body", "departments", 0]),
        ({"openings": "many"}, ["body", "openings"]),
        ({"status": "LIVE"}, ["body", "status"]),
        ({"name": 7}, ["body", "name"]),
    ],
)
def test_a_fault_of_type_is_refused_before_the_ats_is_asked(api, sandbox, order, change, loc):
    before = sandbox.source_jobs()
    answer = api.post(JOBS, json=order | change)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == loc
    assert sandbox.source_jobs() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"template_id": None}, "template_id"),
        ({"template_id": NOBODY}, "template_id"),
        ({"remote_user_id": NOBODY}, "remote_user_id"),
        ({"remote_user_id": seed.user_id("tom.becker")}, "remote_user_id"),
        ({"openings": None}, "openings"),
        ({"openings": 0}, "openings"),
        ({"openings": 10**30}, "openings"),
        ({"template_id": "9" * 40}, "template_id"),
        ({"departments": [NOBODY]}, "departments"),
        (
            {"departments": [seed.department_id("Sales"), seed.department_id("People")]},
            "departments",
        ),
        ({"offices": [seed.office_id("Berlin"), NOBODY]}, "offices"),
    ],
)
def test_what_the_ats_refuses_comes_back_as_text(api, sandbox, order, change, field):
    before = sandbox.source_jobs()
    answer = api.post(JOBS, json=order | change)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{field}: ")
    assert sandbox.source_jobs() == before


def test_an_unknown_key_is_dropped_without_a_word(api, sandbox, order):
    assert api.post(JOBS, json=order | {"titel": "Boss"}).status_code == 201
    assert sandbox.source_jobs()[-1]["name"] == "Sales Manager"


def test_who_may_not_create_makes_nothing(api, sandbox, order):
    before = sandbox.source_jobs()
    assert api.post(JOBS, json=order, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert api.post(JOBS, json=order, headers={"x-connector-token": seed.HRIS.token}).status_code == 403
    assert sandbox.source_jobs() == before


def test_a_body_that_is_no_json_is_422(api):
    answer = api.post(JOBS, content=b"{")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]


@pytest.mark.parametrize(
    ("mode", "body"),
    [
        ("remote_id", b'{"remote_id":"4050001"}'),
        ("none", b"{}"),
        ("string", b'"Job 4050001 has been created"'),
        ("null", b"null"),
        ("empty", b""),
        ("odd", b'[{"data":[[1,"two"],null]},true]'),
    ],
)
def test_the_answer_takes_every_form(api, sandbox, order, mode, body):
    sandbox.settings(create_body=mode)
    answer = api.post(JOBS, json=order)
    assert (answer.status_code, answer.content) == (201, body)


@pytest.mark.parametrize(("code", "kept"), [("dropped", None), ("altered", "GH-SAL-900")])
def test_a_code_may_not_survive(api, sandbox, order, code, kept):
    sandbox.settings(code=code)
    api.post(JOBS, json=order)
    sandbox.sync()
    (job,) = [job for job in api.get(JOBS).json()["items"] if job["name"] == "Sales Manager"]
    assert job["code"] == kept


def test_passthrough_asks_the_ats_without_lag(api, order):
    def ask(path="/v1/jobs", **params):
        envelope = {"method": "GET", "path": path, "headers": {}, "params": params}
        return api.post("/api/v1/passthrough", json=envelope).json()

    before = len(ask())
    api.post(JOBS, json=order)
    (job,) = ask("/jobs", requisition_id="SAL-900")
    assert job["name"] == "Sales Manager"
    assert ask(created_after="2026-10-01T00:00:00Z") == [job]
    assert len(ask()) == before + 1
    assert ask("/v1/candidates") == {"message": "Resource not found"}
    assert api.post("/api/v1/passthrough", json={"method": "GET"}).status_code == 422
