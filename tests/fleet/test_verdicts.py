"""The verdict on each connector: in the table of a run over several, and in a report gathered of it."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.sandbox import seed

ONE, TWO = (seed.company(number).name for number in (1, 2))
YES = ("apply", "--all", "--yes")


def apply_both(customers):
    assert customers.repo.run(*YES).code == 0


def stale(customers):
    customers.sandbox.connector(2).settings(sync="fails")
    customers.sandbox.connector(2).sync()


def no_job(customers):
    next((customers.repo.path / "jobs").rglob(f"{TWO}/a.yaml")).unlink()


def drift(customers):
    apply_both(customers)
    customers.sandbox.connector(2).sync()
    file = next((customers.repo.path / "jobs").rglob(f"{TWO}/a.yaml"))
    file.write_text(file.read_text().replace("[Berlin]", "[London]"), encoding="utf-8")


def uncertain(customers):
    customers.sandbox.connector(2).fault("lose", when="after")
    assert customers.repo.run("apply", "--connector", TWO, "--yes").code == 3


def broken(customers):
    customers.repo.write(f"{TWO}/b", "name: [\n")


CASES = {
    "plan with a create": (lambda _: None, ("plan",), "can be applied"),
    "plan without one": (no_job, ("plan",), "nothing to create"),
    "plan with an error": (broken, ("plan",), "1 error"),
    "plan of a list that is not to be trusted": (stale, ("plan",), "can't be applied yet: see the warnings"),
    "plan that is to fail": (
        drift,
        ("plan", "--fail-on", "drifted"),
        "nothing to create, but --fail-on matches",
    ),
    "created": (lambda _: None, YES, "1 job created"),
    "nothing to do": (no_job, YES, "nothing to do"),
    "applied before": (apply_both, YES, "nothing to do"),
    "an error": (broken, YES, "not applied: fix 1 error first"),
    "a refusal": (stale, YES, "not applied: fix 1 error first"),
    "no one to ask": (
        lambda _: None,
        ("apply", "--all"),
        "not applied: there is no terminal to ask on; --yes applies without asking",
    ),
    "refused by the ATS": (
        lambda customers: customers.sandbox.connector(2).fault("answer", status=400, body={"message": "No"}),
        YES,
        "1 job rejected",
    ),
    "uncertain": (lambda c: c.sandbox.connector(2).fault("lose", when="after"), YES, "1 job uncertain"),
    "uncertain before": (uncertain, YES, "nothing to do; an earlier create is uncertain"),
}


def verdict(text):
    line = next(each for each in text.splitlines() if each.startswith(TWO))
    return re.split(r" {2,}", line.rstrip())[-1]


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_says_what_is_true(customers, tmp_path, case):
    prepare, command, expected = CASES[case]
    customers.pinned(1, 2)
    prepare(customers)
    document = tmp_path / "run.json"
    ran = customers.repo.run(*command, "--json-into", document)
    assert verdict(ran.out) == expected
    if "--fail-on" not in command:  # the document of a plan does not have it
        gathered = customers.repo.run("report", document, "--expect", f"{ONE},{TWO}")
        assert verdict(gathered.out) == expected
