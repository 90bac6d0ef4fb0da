from __future__ import annotations

import pytest
from gathering_repo import NAMES, ONE, THREE, TWO, job

EXPECTED = ",".join(NAMES)


@pytest.fixture
def planned(many):
    """The repository with a plan file of each connector."""
    for name in NAMES:
        many.run("plan", "--connector", name, "--out", f"{name}.json")
    return many


def test_all_of_many_runs_are_one_document(planned):
    ran = planned.run("report", *(f"{n}.json" for n in NAMES), "--expect", EXPECTED, "--format", "json")
    assert ran.code == 0, ran.out
    assert {each["connector"]["name"] for each in ran.json["plans"]} == set(NAMES)
    assert (ran.json["summary"]["create"], ran.json["failed"]) == (3, [])


@pytest.mark.parametrize("listed", [EXPECTED, "@names"])
def test_one_that_is_missing_fails_and_comes_first(planned, listed):
    (planned.path / "names").write_text("\n".join(NAMES), encoding="utf-8")
    files = (f"{ONE}.json", f"{TWO}.json")
    ran = planned.run("report", *files, "--expect", listed, "--format", "markdown")
    assert ran.code == 1
    lines = [line for line in ran.out.splitlines() if line.startswith("- **")]
    assert THREE.split("-")[0] in lines[0]
    assert len(lines) == 3
    assert "<!-- bindbee-sync:plan:many -->" in ran.out


def test_the_same_connector_twice_and_an_unreadable_file_fail(planned):
    (planned.path / "odd.json").write_text("{", encoding="utf-8")
    files = (f"{ONE}.json", f"{ONE}.json", f"{TWO}.json", f"{THREE}.json")
    assert planned.run("report", *files, "--expect", EXPECTED).code == 1
    assert planned.run("report", *files[1:], "odd.json", "--expect", EXPECTED).code == 1


def test_a_fleet_document_with_a_failed_connector_fails(many):
    many.write(f"{TWO}/driver", job(2, "Rider"))
    many.run("plan", "--out", "all.json")
    assert many.run("report", "all.json", "--expect", EXPECTED).code == 0
    many.write(f"{TWO}/driver", "name: [\n")
    many.run("plan", "--out", "all.json")
    assert many.run("report", "all.json", "--expect", EXPECTED).code == 1
