"""Every two faults in a row: never a job twice, every job in the end, and what is not known is said."""

from __future__ import annotations

import itertools
import os
import random

import pytest

pytestmark = pytest.mark.slow

UNKNOWN = {
    f"{name} {when}": {"when": when, **step}
    for when in ("before", "after")
    for name, step in {
        "lost": {"do": "lose"},
        "half": {"do": "half"},
        "500": {"do": "answer", "status": 500, "body": {"detail": "oops"}},
        "502 page": {"do": "answer", "status": 502, "html": "<h1>Bad gateway</h1>"},
        "408": {"do": "answer", "status": 408, "body": {"detail": "slow"}},
        "409": {"do": "answer", "status": 409, "body": {"detail": "conflict"}},
        "302": {"do": "answer", "status": 302, "headers": {"Location": "/elsewhere"}},
        "403 page": {"do": "answer", "status": 403, "html": "<h1>Forbidden</h1>"},
    }.items()
}
REFUSED = {
    "403": {"when": "before", "do": "answer", "status": 403, "body": {"detail": "no writes"}},
    "422 body": {
        "when": "before",
        "do": "answer",
        "status": 422,
        "body": {"detail": [{"loc": ["body", "openings"], "msg": "too many", "type": "value"}]},
    },
}
REFUSED_BY_ATS = {
    "400": {"when": "before", "do": "answer", "status": 400, "body": {"detail": "no"}},
    "422 ats": {"when": "before", "do": "answer", "status": 422, "body": {"detail": "Validation error"}},
}
HARMLESS = {
    "429": {"when": "before", "do": "answer", "status": 429, "headers": {"Retry-After": "0"}, "body": {}},
    "none": {"do": "pass"},
}
FAULTS = UNKNOWN | REFUSED | REFUSED_BY_ATS | HARMLESS
PAIRS = list(itertools.product(FAULTS, FAULTS, ["ids", "none"], ["kept", "dropped"]))
CHOSEN = PAIRS if os.environ.get("ALL_FAULT_PAIRS") else random.Random(7).sample(PAIRS, 24)  # noqa: S311 - a sample, no secret


@pytest.mark.parametrize("faults", CHOSEN, ids=lambda pair: "-".join(pair).replace(" ", "_"))
def test_two_faults_in_a_row(repo, sandbox, faults):
    first, second, ids, code = faults
    sandbox.settings(create_body=ids, code=code)
    names = {"a/one": "Solar Fitter", "a/two": "Wind Fitter"}
    repo.job("a/one", names["a/one"], "ONE-1")
    repo.job("a/two", names["a/two"])
    for fault in (first, second):
        sandbox.fault(on="create", **FAULTS[fault])

    ran = repo.apply()

    unknown = {"a/one": first in UNKNOWN, "a/two": second in UNKNOWN}
    if "429" not in faults:
        assert {a for a, result in ran.results.items() if result == "uncertain"} == {
            a for a, is_unknown in unknown.items() if is_unknown
        }
    assert ran.code == (3 if "uncertain" in ran.results.values() else ran.code)
    assert _made(sandbox, names) <= 1
    held = repo.plan()
    for address, result in ran.results.items():
        assert result != "uncertain" or held.outcomes[address] == "uncertain"

    sandbox.sync()
    repo.apply("--retry-rejected")
    assert _made(sandbox, names) <= 1
    sandbox.advance(30 * 60)
    sandbox.sync()
    repo.apply("--retry-absent", "--retry-rejected")
    sandbox.sync()
    last = repo.plan()
    assert set(last.outcomes.values()) <= {"in_sync", "drifted"}, last.out
    made = [job["name"] for job in sandbox.source_jobs()]
    assert [made.count(name) for name in names.values()] == [1, 1]


def _made(sandbox, names):
    made = [job["name"] for job in sandbox.source_jobs()]
    return max(made.count(name) for name in names.values())
