from __future__ import annotations

import time

import httpx
import pytest

from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

JOBS = "/api/ats/v1/jobs"
CONNECTORS = "/api/ats/v1/connectors"
RESYNC = "/api/embedded/v1/connectors/resync"
KINDS = ("jobs", "departments", "offices", "remote-users")
TWO, THREE = seed.company(2), seed.company(3)


def listed(ask, number):
    params = {"connector_token": seed.company(number).token}
    (item,) = ask(None, "GET", CONNECTORS, params=params).json()["items"]
    return item


def names(ask, number):
    return [job["name"] for job in ask(number, "GET", JOBS).json()["items"]]


def test_the_first_company_is_the_same_alone_and_among_others(ask, sandbox, api):
    for kind in KINDS:
        path = f"/api/ats/v1/{kind}"
        alone, among = (send(path) for send in (api.get, lambda path: ask(1, "GET", path)))
        for item in alone.json()["items"] + among.json()["items"]:
            del item["modified_at"]
        assert [each["id"] for each in alone.json()["items"]] == [
            each["id"] for each in among.json()["items"]
        ]


def test_what_the_companies_are_never_changes():
    assert (TWO.end_user, TWO.origin_id, TWO.name) == ("Brightwater Foods", "cust-0002", "brightwater-foods")
    assert (TWO.id, TWO.token) == (
        "6a858171-efd9-5b1a-8dbe-ae678ebd4dd0",
        "sandbox-connector-token-137e68a71013",
    )
    assert TWO.variable == "BINDBEE_CONNECTOR_TOKEN_BRIGHTWATER_FOODS"
    assert TWO.template_id("Template: People Manager") == "cfe67437-9cb2-52ad-aed4-c77a974f91c2"


def test_nothing_of_two_companies_is_the_same(ask):
    seen = {"id": set(), "remote_id": set(), "email": {None}}
    for number in (1, 2, 3):
        for kind in KINDS:
            for item in ask(number, "GET", f"/api/ats/v1/{kind}").json()["items"]:
                for key, values in seen.items():
                    if item.get(key) is not None:
                        assert item[key] not in values
                        values.add(item[key])
    assert len({seed.company(number).token for number in range(1, 2001)}) == 2000
    assert len({seed.company(number).name for number in range(1, 2001)}) == 2000


def test_a_company_has_jobs_people_and_places_that_belong_together(ask):
    def items(kind):
        return ask(2, "GET", f"/api/ats/v1/{kind}").json()["items"]

    people = {kind: {item["id"] for item in items(kind)} for kind in KINDS}
    assert {kind: len(ids) for kind, ids in people.items()} == {
        "jobs": 23,
        "departments": 12,
        "offices": 7,
        "remote-users": 25,
    }
    for job in items("jobs"):
        assert set(job["departments"]) <= people["departments"]
        assert set(job["offices"]) <= people["offices"]
        assert {*job["hiring_managers"], *job["recruiters"]} <= people["remote-users"]
    assert TWO.office_id("Berlin") in people["offices"]
    assert TWO.user_id("jonas.weber@brightwater-foods.example") in people["remote-users"]
    assert not any("Halden" in str(item) for kind in KINDS for item in items(kind))


def test_a_create_reaches_the_one_company_whose_token_it_carries(ask, fleet):
    before = [len(fleet.connector(number).source_jobs()) for number in (1, 2, 3)]
    answer = ask(2, "POST", JOBS, json=ask.order(2))
    assert (answer.status_code, answer.json()["remote_id"]) == (201, "5050001")
    after = [len(fleet.connector(number).source_jobs()) for number in (1, 2, 3)]
    assert after == [before[0], before[1] + 1, before[2]]
    assert fleet.connector(2).creates() == [ask.order(2)]
    assert fleet.connector(3).creates() == []
    assert fleet.creates() == [ask.order(2)]


def test_ids_of_another_company_are_refused(ask, fleet):
    assert ask(2, "POST", JOBS, json=ask.order(3)).status_code == 422
    assert ask(2, "GET", f"{JOBS}/{THREE.template_id('Template: Internship')}").status_code == 404
    assert len(fleet.connector(2).source_jobs()) == 23


def test_each_is_synced_and_edited_alone(ask, fleet):
    two, three = fleet.connector(2), fleet.connector(3)
    begun = listed(ask, 3)["last_sync_start_time"]
    for steering in (two, three):
        steering.add_job(name="By hand")
    two.edit_job(5010101, status="closed", name="Filled")
    two.delete_job(5010102)
    with pytest.raises(ValueError, match="no such job"):
        two.edit_job(6010101, status="closed")
    two.sync()
    assert {"By hand", "Filled"} <= set(names(ask, 2))
    assert len(names(ask, 2)) == 23
    assert "By hand" not in names(ask, 3)
    assert listed(ask, 3)["last_sync_start_time"] == begun
    assert ask(3, "POST", RESYNC).status_code == 200
    assert (listed(ask, 3)["sync_status"], listed(ask, 2)["sync_status"]) == ("Syncing", "Done")
    fleet.advance(1)
    assert "By hand" in names(ask, 3)


def test_syncs_by_themselves_are_of_one_connector_also_before_anything_asked_for_it(ask, fleet):
    begun = {number: listed(ask, number)["last_sync_start_time"] for number in (2, 3)}
    fleet.connector(2).settings(sync_interval=3600)
    fleet.advance(5000)
    assert listed(ask, 2)["last_sync_start_time"] > begun[2]
    assert listed(ask, 3)["last_sync_start_time"] == begun[3]
    assert listed(ask, 3)["next_sync_start_time"] is None


def test_faults_are_of_one_connector(ask, fleet):
    fleet.connector(2).fault(on="get", status=503, times=2)
    assert [ask(number, "GET", JOBS).status_code for number in (1, 2, 3)] == [200, 503, 200]
    token = {"connector_token": TWO.token}
    assert ask(None, "GET", CONNECTORS, params=token).status_code == 503
    assert ask(2, "GET", JOBS).status_code == 200


def test_a_script_has_faults_for_many(ask, fleet):
    fleet.follow(
        {
            "steps": [{"on": "get", "status": 500}],
            "connectors": {
                "2": {"settings": {"refuses_token": True}},
                "3": {"synced": "first_empty", "settings": {"connector": {"status": "RELINK_NEEDED"}}},
            },
        }
    )
    assert ask(1, "GET", JOBS).status_code == 500
    assert ask(2, "GET", JOBS).status_code == 401
    assert ask(None, "GET", CONNECTORS, params={"connector_token": TWO.token}).status_code == 401
    assert names(ask, 3) == []
    assert (listed(ask, 3)["status"], listed(ask, 1)["status"]) == ("RELINK_NEEDED", "COMPLETE")


@pytest.mark.parametrize(
    "script",
    [
        {"settings": {"walk": "loops"}, "connectors": {"4": {}}},
        {"settings": {"walk": "loops"}, "connectors": {"2": {"settings": {"walk": "x"}}}},
        {"settings": {"walk": "loops"}, "connectors": {"2": {"connectors": {}}}},
        {"settings": {"walk": "loops", "connector": {"origin": "x"}}},
    ],
)
def test_a_script_with_a_fault_of_its_own_is_refused_as_a_whole(fleet, script):
    with pytest.raises(ValueError, match="detail"):
        fleet.follow(script)
    assert fleet.state["settings"]["walk"] == "steady"


def test_an_unknown_connector_is_named_with_those_there_are(fleet):
    with pytest.raises(ValueError, match="no connector has the key 4: they are 1 to 3, ashby and hris"):
        fleet.connector(4).sync()


def test_the_rate_limit_is_each_connectors_own(ask, fleet):
    fleet.connector(2).settings(rate_limit=2)
    lookup = {"connector_token": TWO.token}
    assert ask(None, "GET", CONNECTORS, params=lookup).headers["x-ratelimit-remaining"] == "1"
    assert ask(2, "GET", JOBS).headers["x-ratelimit-remaining"] == "0"
    assert [ask(number, "GET", JOBS).status_code for number in (1, 2, 3)] == [200, 429, 200]
    assert ask(None, "GET", CONNECTORS).headers["x-ratelimit-remaining"] == "199"


def test_latency_is_each_connectors_own(ask, fleet):
    fleet.connector(2).settings(latency=0.3)
    began = time.monotonic()
    ask(2, "GET", JOBS)
    assert time.monotonic() - began >= 0.3
    assert fleet.connector(3).settings()["latency"] == 0


def test_the_list_of_connectors_has_pages_and_filters(ask):
    def walk(**params):
        cursor, found = None, []
        while True:
            page = ask(None, "GET", CONNECTORS, params=params | ({"cursor": cursor} if cursor else {})).json()
            found += [item["end_user"] for item in page["items"]]
            cursor = page["cursor"]
            if cursor is None:
                return found

    everybody = ["Halden Robotics", TWO.end_user, THREE.end_user, "Halden Ventures", "Halden Robotics People"]
    assert walk() == walk(page_size=2) == walk(page_size=1, is_active=True) == everybody
    assert walk(is_active=False) == walk(origin_id="cust") == walk(connector_token=f"{TWO.token}x") == []
    assert walk(origin_id="cust-0003") == walk(connector_token=THREE.token) == [THREE.end_user]
    assert walk(connector_token=THREE.token, origin_id="cust-0002") == []
    assert ask(None, "GET", CONNECTORS, params={"page_size": 201}).status_code == 422


def test_a_connector_may_be_inactive_renamed_or_a_namesake(ask, fleet):
    def found(**params):
        return [item["id"] for item in ask(None, "GET", CONNECTORS, params=params).json()["items"]]

    fleet.connector(2).settings(connector={"is_active": False})
    fleet.connector(3).settings(connector={"origin_id": "cust-0002", "end_user": "Brightwater Foods"})
    assert found(is_active=False) == [TWO.id]
    assert found(origin_id="cust-0002") == [TWO.id, THREE.id]
    assert listed(ask, 3)["end_user"] == TWO.end_user


def test_a_deleted_connector_is_neither_listed_nor_served(ask, fleet):
    fleet.connector(2).delete()
    ids = [item["id"] for item in ask(None, "GET", CONNECTORS).json()["items"]]
    assert (TWO.id in ids, len(ids)) == (False, 4)
    assert ask(None, "GET", CONNECTORS, params={"connector_token": TWO.token}).json()["items"] == []
    assert ask(2, "GET", JOBS).status_code == 403


def test_a_connector_made_again_has_a_new_id_and_token_and_the_same_ats(ask, fleet):
    ask(2, "POST", JOBS, json=ask.order(2))
    before = {job["remote_id"]: job["id"] for job in ask(2, "GET", JOBS).json()["items"]}
    made = fleet.connector(2).make_again()
    assert made["id"] != TWO.id
    assert made["connector_token"] != TWO.token
    assert (made["origin_id"], made["end_user"]) == (TWO.origin_id, TWO.end_user)
    assert ask(2, "GET", JOBS).status_code == 403
    after = {job["remote_id"]: job["id"] for job in ask(made["connector_token"], "GET", JOBS).json()["items"]}
    assert after.keys() - before.keys() == {"5050001"}
    assert not set(after.values()) & set(before.values())
    assert fleet.connector(2).make_again()["id"] not in {made["id"], TWO.id}
    fleet.reset()
    assert listed(ask, 2)["id"] == TWO.id


def test_the_log_tells_in_whose_name_each_request_came(ask, fleet):
    fleet.connector(3).make_again()
    fleet.sync()  # ids are known of what was asked for before
    ask(None, "GET", CONNECTORS, params={"connector_token": TWO.token})
    ask(2, "GET", JOBS)
    ask(2, "POST", JOBS, json=ask.order(1))
    ask(2, "GET", f"{JOBS}/{seed.job_id('Backend Engineer')}")
    ask(2, "GET", CONNECTORS, params={"connector_token": seed.CONNECTOR_TOKEN})
    ask(3, "GET", JOBS)
    ask("made-up", "GET", JOBS)
    ask(None, "GET", CONNECTORS)
    told = [(asked["connector"], asked["token"]) for asked in fleet.log()]
    assert told == [
        ("2", "own"),
        ("2", "own"),
        *[("2", "foreign")] * 3,
        ("3", "former"),
        (None, "unknown"),
        (None, "none"),
    ]
    assert [asked["method"] for asked in fleet.log()][1:3] == ["GET", "POST"]
    assert [asked["path"] for asked in fleet.log()][:2] == [CONNECTORS, JOBS]
    assert len(fleet.connector(2).log()) == 5
    assert fleet.connector(2).requests("GET", JOBS) == 1
    assert fleet.requests("GET", JOBS) == 3
    assert not any(TWO.token in str(asked) for asked in fleet.log())


def test_a_thousand_companies_start_as_quickly_as_one():
    began = time.process_time()
    with Sandbox(connectors=1000, jobs=20) as sandbox:
        assert time.process_time() - began < 2
        headers = {"Authorization": f"Bearer {sandbox.api_key}"}
        page = httpx.get(f"{sandbox.url}{CONNECTORS}?page_size=200", headers=headers).json()
        assert page["page_size"] == 200
        assert not sandbox.bindbee.database.execute("SELECT 1 FROM source").fetchone()
        steering = sandbox.connector(1000)
        assert steering.company.origin_id == "cust-1000"
        assert len(steering.source_jobs()) == 23
        assert sandbox.bindbee.database.execute("SELECT DISTINCT connector FROM source").fetchall() == [
            ("1000",)
        ]


@pytest.mark.parametrize("jobs", [0, 2, 150])
def test_the_number_of_jobs_of_each(jobs):
    with Sandbox(connectors=2, jobs=jobs) as sandbox:
        for steering in (sandbox, sandbox.connector(2)):
            made = [job for job in steering.source_jobs() if not job["is_template"]]
            assert len(made) == jobs
            codes = [job["requisition_id"] for job in made if job["requisition_id"]]
            assert len(set(codes)) == len(codes)
        assert len({job["name"] for job in made}) == jobs


def test_a_database_keeps_many(tmp_path):
    with Sandbox(database=tmp_path / "state.db", connectors=3) as first:
        made = first.connector(2).make_again()
        first.connector(2).add_job(name="Kept")
    with Sandbox(database=tmp_path / "state.db", connectors=3) as second:
        two = second.connector(2)
        assert two.state["connector"]["id"] == made["id"]
        assert two.state["connector"]["connector_token"] == made["connector_token"]
        assert two.source_jobs()[-1]["name"] == "Kept"
        assert two.add_job(name="Next")["id"] == 5050002
        assert len(second.connector(3).source_jobs()) == 23


def test_what_leads_to_each(fleet):
    assert fleet.connector(2).env["BINDBEE_CONNECTOR_TOKEN"] == TWO.token
    assert fleet.tokens[TWO.variable] == TWO.token
    assert len(fleet.tokens) == 3


def test_a_job_in_the_shape_of_harvest_v3(ask, fleet):
    def raw(number):
        items = ask(number, "GET", JOBS, params={"include_raw_data": True}).json()["items"]
        return {item["name"]: item["raw_data"] for item in items}

    fleet.settings(raw_data="v3")
    template = raw(1)["Template: People Manager"]
    assert (template["is_template"], template["copied_from_id"]) == (True, None)
    assert (template["department_id"], template["office_ids"]) == (4001005, [4002001, 4002003])
    assert raw(1)["Engineering Manager, Perception"]["copied_from_id"] == 4010002
    assert raw(1)["Staff Engineer"]["is_template"] is None
    assert not {"openings", "hiring_team", "departments", "offices"} & template.keys()
    envelope = {"method": "GET", "path": "/jobs", "headers": {}, "params": {}}
    assert "office_ids" in ask(1, "POST", "/api/v1/passthrough", json=envelope).json()[0]
    assert "openings" in raw(2)["Template: People Manager"]
    fleet.settings(template_flag=False)
    assert not any("is_template" in job for job in raw(1).values())


def test_a_create_may_be_listed_at_once(ask, fleet):
    fleet.connector(2).settings(list_at_once=True)
    begun = listed(ask, 2)["last_sync_start_time"]
    made = ask(2, "POST", JOBS, json=ask.order(2)).json()
    job = ask(2, "GET", f"{JOBS}/{made['id']}").json()
    assert (job["name"], job["code"], job["remote_id"]) == ("Sales Manager", "SAL-900", made["remote_id"])
    assert names(ask, 2)[-1] == "Sales Manager"
    assert listed(ask, 2)["last_sync_start_time"] == begun
    fleet.connector(2).sync()
    assert names(ask, 2).count("Sales Manager") == 1
    ask(3, "POST", JOBS, json=ask.order(3))
    assert "Sales Manager" not in names(ask, 3)
