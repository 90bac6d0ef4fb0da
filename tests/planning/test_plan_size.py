"""A large company's plan takes seconds, not minutes: nothing in it is quadratic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest
from make import SENT, TEMPLATE, created, file, job, linked, listed, plan, refused, sent, template

pytestmark = pytest.mark.slow

COUNT = 5_000
SECONDS = 10
"""Many times what it takes; a loop over all within a loop over all takes minutes."""


def address(number):
    return f"team-{number % 50}/role-{number}"


def files(**more):
    """Return as many files as one is read, of different addresses, names and codes."""
    one = file("a", name="N", code="C", departments=["Sales"])
    return [
        replace(
            one,
            address=address(n),
            path=f"jobs/{address(n)}.yaml",
            spec=one.spec.model_copy(update={"name": f"Role {n}", "code": f"C-{n}"} | more),
        )
        for n in range(COUNT)
    ]


def timed(*args, **more):
    begun = process_time()
    made = plan(*args, **more)
    assert process_time() - begun < SECONDS
    return made


@pytest.fixture(scope="module")
def new():
    return files()


@pytest.fixture(scope="module")
def known():
    return [job(f"j{n}", name=f"Role {n}", code=f"C-{n}", remote_id=str(n)) for n in range(COUNT)]


def test_all_known(new, known):
    records = [
        linked(address(n), f"r{n}", to=known[n], code=f"C-{n}", name=f"Role {n}") for n in range(COUNT)
    ]
    assert timed(new, known, records).summary["drifted"] == COUNT


def test_all_new_beside_as_many_closed_ones_and_refused_ones(new):
    closed = [job(f"j{n}", name=f"Role {n}", status="CLOSED", remote_id=str(n)) for n in range(COUNT)]
    records = [refused(address(n), f"r{n}", digest=str(n)) for n in range(COUNT)]
    assert timed(new, closed, records).summary["create"] == COUNT


def test_all_new_by_a_templates_number(known):
    others = [each.model_copy(update={"name": f"Other {each.id}", "code": None}) for each in known]
    patterns = [template(TEMPLATE, remote_id="T-1")]
    made = timed(files(template_id="T-1"), on=listed(*others, templates=patterns))
    assert made.summary["create"] == COUNT


def test_all_open_and_none_listed(new):
    records = [
        (sent if n % 2 else created)(
            address(n), f"r{n}", at=SENT - timedelta(days=1), code=f"C-{n}", name=f"Role {n}"
        )
        for n in range(COUNT)
    ]
    summary = timed(new, [], records).summary
    assert summary["uncertain"] + summary["vanished"] == COUNT


def test_all_in_one_collision():
    assert len(timed(files(name="Role"), [job(name="Role")]).errors) == COUNT


@pytest.mark.parametrize("shared", [{"code": "C"}, {"code": None, "name": "Role"}])
def test_all_of_one_code_or_name_are_named_by_the_first_and_counted(shared):
    errors = timed(files(**shared)).errors
    assert len(errors) == COUNT
    assert sum(len(finding.message) for finding in errors) < 300 * COUNT
    assert "jobs/team-0/role-1000.yaml, jobs/team-0/role-1050.yaml, " in errors[-1].message
    assert f", {COUNT - 6} more" in errors[-1].message
