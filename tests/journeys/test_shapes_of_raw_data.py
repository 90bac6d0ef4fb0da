"""Greenhouse's two shapes of a job, nested as in Harvest v1 and flat as in v3: a plan is alike on both."""

from __future__ import annotations

import pytest


def planned(repo):
    plan = repo.plan("--unmanaged").json
    return {key: plan[key] for key in ("entries", "diagnostics", "summary", "unmanaged", "steps")}


def test_a_plan_is_the_same_on_both(repo, sandbox):
    repo.job("new", "New Job", code="NEW-1")
    repo.write("seller", "name: Sales Engineer\ncode: SAL-119\n")
    repo.write("named", "name: Staff Engineer\n")
    repo.write("template", 'name: "Template: People Manager"\ncode: TPL-MGR\n')
    plans = []
    for shape in ("v1", "v3"):
        sandbox.settings(raw_data=shape)
        plans.append(planned(repo))
    assert plans[0] == plans[1]
    assert plans[0]["summary"]["create"] >= 1


@pytest.mark.parametrize("shape", ["v1", "v3"])
def test_a_create_that_is_listed_at_once_is_in_sync_at_once(repo, sandbox, shape):
    sandbox.settings(raw_data=shape, list_at_once=True)
    repo.job("new", "New Job", code="NEW-1")
    assert repo.apply().results == {"new": "created"}
    assert repo.plan().outcomes == {"new": "in_sync"}
    assert sandbox.requests("POST", "/api/ats/v1/jobs") == 1
    again = repo.apply()
    assert again.code == 0
    assert sandbox.requests("POST", "/api/ats/v1/jobs") == 1
