"""A failure of one connector is named with its remedy, and stops no other."""

from __future__ import annotations

import json

import pytest

from bindbee_sync.commands import pipeline
from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

NAMES = [seed.company(number).name for number in range(1, 7)]
REFUSED, RELINK, BROKEN, STALE, CRASHES, FINE = NAMES


@pytest.fixture(scope="session")
def running_six():
    with Sandbox(connectors=6) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_six):
    running_six.reset()
    return running_six


@pytest.fixture
def troubled(customers, monkeypatch):
    """Six customers: five in trouble, each in its own way, and a sound one."""
    customers.pinned(*range(1, 7))
    customers.sandbox.connector(1).settings(refuses_token=True)
    customers.sandbox.connector(2).settings(connector={"status": "RELINK_NEEDED"})
    customers.repo.write(f"{BROKEN}/a", "name: [\n")
    customers.sandbox.connector(4).settings(connector={"last_sync_start_time": "2026-01-01T00:00:00Z"})
    whole = pipeline.fetch_needed

    def crash(api, loaded, **more):
        if loaded.settings.name == CRASHES:
            raise ZeroDivisionError
        return whole(api, loaded, **more)

    monkeypatch.setattr("bindbee_sync.commands.pipeline.fetch_needed", crash)
    monkeypatch.setattr("bindbee_sync.commands.apply.fetch_needed", crash)
    return customers


def without_time(document):
    return {key: value for key, value in document.items() if key != "created_at"}


def test_the_others_are_planned(troubled):
    ran = troubled.repo.plan()
    document = ran.json
    assert ran.code == 1
    assert [plan["connector"]["name"] for plan in document["plans"]] == [RELINK, BROKEN, STALE, FINE]
    assert [failed["connector"] for failed in document["failed"]] == [REFUSED, CRASHES]
    refused, crashed = (failed["error"] for failed in document["failed"])
    assert "check BINDBEE_API_KEY" in refused["hint"]
    assert "ZeroDivisionError" in crashed["message"]
    assert crashed["hint"].startswith("Report it")
    rules = {
        plan["connector"]["name"]: [d["rule"] for d in plan["diagnostics"]] for plan in document["plans"]
    }
    assert rules == {
        RELINK: ["connector/not-ready"],
        BROKEN: ["yaml/syntax"],
        STALE: ["connector/stale-list"],
        FINE: [],
    }
    assert document["summary"]["create"] == 3


def test_the_text_names_each_with_its_remedy(troubled):
    ran = troubled.repo.run("plan")
    assert ran.code == 1
    assert all(name in ran.out for name in NAMES)
    for remedy in ("check BINDBEE_API_KEY", "Report it"):
        assert remedy in ran.err
    for remedy in ("relink", "apply --refresh", "yaml/syntax"):
        assert remedy in ran.out


@pytest.mark.parametrize("parallel", [1, 6])
def test_the_others_are_applied(troubled, parallel):
    ran = troubled.repo.run("apply", "--all", "--yes", "--format", "json", "--parallel", parallel)
    assert ran.code == 1
    assert {number: troubled.creates(number) for number in range(1, 7)} == {
        1: [],
        2: [],
        3: [],
        4: [],
        5: [],
        6: ["J-6"],
    }
    assert [failed["connector"] for failed in ran.json["failed"]] == [REFUSED, CRASHES]
    errors = {plan["connector"]["name"]: plan.get("error") for plan in ran.json["plans"]}
    assert list(errors) == [RELINK, BROKEN, STALE, FINE]
    assert errors.pop(FINE) is None
    assert all(errors.values())
    assert {used for _, used in troubled.tokens_used} <= {"own", "none"}


def test_a_plan_is_the_same_alone_and_among_others_in_any_number_at_a_time(troubled):
    runs = [troubled.repo.plan("--parallel", n).json for n in (1, 6)]
    among = [[without_time(plan) for plan in run["plans"]] for run in runs]
    assert json.dumps(among[0]) == json.dumps(among[1])
    for plan in among[0]:
        alone = troubled.repo.plan("--connector", plan["connector"]["name"]).json
        assert json.dumps(without_time(alone)) == json.dumps(plan)


def test_a_first_answer_of_connectors_that_fails_is_the_same_for_all(customers):
    customers.pinned(1, 2, 3)
    customers.set("BINDBEE_API_KEY", "of-another-environment")
    ran = customers.repo.plan()
    assert (ran.code, len(ran.json["failed"]), ran.json["plans"]) == (1, 3, [])
    assert len(customers.sandbox.log()) == 1


class TestExitCodes:
    def test_the_worst_is_the_runs(self, customers):
        customers.pinned(1, 2)
        assert customers.repo.plan("--detailed-exitcode").code == 2
        (customers.repo.path / "jobs" / NAMES[1] / "a.yaml").write_text("name: [\n")
        assert customers.repo.plan("--detailed-exitcode").code == 1
        (customers.repo.path / "jobs" / NAMES[1] / "a.yaml").unlink()
        (customers.repo.path / "jobs" / NAMES[0] / "a.yaml").unlink()
        assert customers.repo.plan("--detailed-exitcode").code == 0

    def test_uncertain_outranks_a_failure(self, customers):
        customers.pinned(1, 2, 3)
        customers.repo.write(f"{NAMES[0]}/a", "name: [\n")
        customers.sandbox.connector(2).fault(do="lose", when="after")
        ran = customers.repo.run("apply", "--all", "--yes", "--format", "json")
        assert ran.code == 3
        results = {
            plan["connector"]["name"]: [entry.get("result") for entry in plan["entries"]]
            for plan in ran.json["plans"]
        }
        assert results[NAMES[1]] == ["uncertain"]
        assert results[NAMES[2]] == ["created"]
        again = customers.repo.run("apply", "--all", "--yes")
        assert (again.code, customers.creates(2)) == (3, ["J-2"])
