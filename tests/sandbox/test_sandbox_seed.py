from __future__ import annotations

import subprocess
import sys
from collections import Counter

from bindbee_sync.sandbox import seed

JOBS = seed.documents("company")["jobs"]
ORDINARY = [job for job in JOBS if job["is_template"] is not True]


def test_ids_never_change():
    assert seed.CONNECTOR_ID == "197339ee-7bd5-5032-9cc5-9b16ab89e4c7"
    assert seed.template_id("Template: People Manager") == "cce835cb-7db0-51c3-abf0-764cad264007"
    assert seed.department_id("Sales") == "ef5de530-a5d4-5b3b-a216-7e992c1e1624"
    assert seed.office_id("Berlin") == "30da1ce9-a57e-5a90-be3c-5ed69a62d25d"
    assert seed.user_id("ada.okafor") == "77d2dd26-c12e-5923-9ed1-0411f5df38c2"


def test_the_company_is_one_that_makes_matching_hard():
    assert len(ORDINARY) == 40
    assert Counter(job["name"] for job in ORDINARY).most_common(2) == [
        ("Account Executive", 3),
        ("Product Manager", 2),
    ]
    assert {job["is_template"] for job in ORDINARY} == {False, None}
    assert {job["status"] for job in ORDINARY} == {"open", "closed", "draft"}
    assert sum(job["requisition_id"] is None for job in ORDINARY) == 6
    assert [job["name"] for job in ORDINARY if job.get("confidential")] == ["Chief Financial Officer"]


def test_its_people_and_places_are_ambiguous_where_real_ones_are():
    departments = Counter(department["name"] for department in seed.DEPARTMENTS)
    assert [name for name, count in departments.items() if count > 1] == ["Enablement"]
    names = Counter((user["first_name"], user["last_name"]) for user in seed.USERS)
    assert [name for name, count in names.items() if count > 1] == [("Sam", "Lee")]
    assert [user["first_name"] for user in seed.USERS if user["disabled"]] == ["Tom"]
    assert [user["first_name"] for user in seed.USERS if user["email"] is None] == ["Agency"]
    assert (len(seed.DEPARTMENTS), len(seed.OFFICES), len(seed.USERS)) == (12, 6, 25)
    assert sorted(job["status"] for job in JOBS if job["is_template"]) == ["closed", "open", "open"]


def test_numbers_are_unique_and_references_lead_somewhere():
    people = {
        kind: {record["id"] for record in records} for kind, records in seed.documents("company").items()
    }
    assert sum(map(len, people.values())) == len(set().union(*people.values()))
    for job in JOBS:
        assert {job["department_id"]} - {None} <= people["departments"]
        assert set(job["office_ids"]) <= people["offices"]
        assert {*job["hiring_managers"], *job["recruiters"]} <= people["remote-users"]


def test_the_seed_needs_no_server():
    program = "import sys, bindbee_sync.sandbox.seed; sys.exit('starlette' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
