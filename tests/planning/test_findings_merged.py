"""A wrong value that many jobs inherit is one thing to fix: reported once, with the jobs that inherit it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.planning.merging import merged
from bindbee_sync.rules.drift import NO_UPDATE

DEFAULTS = Place("jobs/c/_defaults.yaml", 1, 15)


def finding(address, **fields):
    known = {
        "rule": "reference/not-found",
        "severity": Severity.ERROR,
        "message": "There is no department 'Nope'",
        "hint": "Mend it.",
        "place": DEFAULTS,
    }
    return Diagnostic(**(known | fields), address=address)


def shown(*findings):
    return [each.message for each in merged(findings)]


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (1, "c/0"),
        (2, "c/0, c/1"),
        (3, "c/0, c/1, c/2"),
        (4, "c/0, c/1, c/2 and 1 more"),
        (30, "c/0, c/1, c/2 and 27 more"),
    ],
)
def test_one_line_names_the_jobs_that_inherit_it(number, names):
    found = [finding(f"c/{each}") for each in range(number)]
    assert shown(*found) == [f"There is no department 'Nope' (inherited by {names})"]


def test_a_fault_of_the_defaults_themselves_names_the_jobs_that_it_stops():
    assert shown(finding(None), finding("c/a")) == ["There is no department 'Nope' (inherited by c/a)"]
    assert shown(finding(None)) == ["There is no department 'Nope'"]


@pytest.mark.parametrize(
    "differing",
    [
        {"place": replace(DEFAULTS, line=2)},
        {"rule": "reference/ambiguous"},
        {"message": "Another"},
        {"severity": Severity.WARNING},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_differs_is_told_apart(differing):
    assert len(merged([finding("c/a"), finding("c/b", **differing)])) == 2


def test_of_hints_for_one_job_each_the_rules_own_is_left():
    drift = [replace(finding(each), rule=NO_UPDATE.id, hint=f"import --update {each}") for each in "ab"]
    assert [each.hint for each in merged(drift)] == [NO_UPDATE.hint]
    assert merged(drift[:1])[0].hint == "import --update a"


def test_findings_on_job_files_stay_as_they_are():
    own = finding("a", place=Place("jobs/a.yaml"))
    nowhere = finding(None, place=None)
    assert merged([nowhere, own]) == (nowhere, own)


def test_what_is_merged_stays_so():
    once = merged([finding("c/a"), finding("c/b")])
    assert merged(once) == once


LEFT = {"rule": "reference/user-disabled", "message": "The account of Tom is disabled"}


def left(address, **fields):
    known = {"severity": Severity.WARNING, "place": Place(f"jobs/{address}.yaml", 5, 3)}
    return finding(address, **{**LEFT, **known, **fields})


def test_a_person_who_left_is_reported_once_for_all_jobs_that_exist():
    (found,) = merged([left(each) for each in "abcde"])
    assert found.message == "The account of Tom is disabled (in 5 jobs: a, b, c and 2 more)"
    assert (found.place, found.severity, found.address) == (Place("jobs/a.yaml", 5, 3), "warning", None)


def test_one_job_that_names_them_twice_is_one_job():
    (found,) = merged([left("a"), left("a", place=Place("jobs/a.yaml", 9, 3))])
    assert (found.message, found.address) == ("The account of Tom is disabled", "a")


def test_of_jobs_to_create_each_is_an_error_of_its_own():
    assert len(merged([left(each, severity=Severity.ERROR) for each in "ab"])) == 2


def test_another_person_is_another_finding():
    assert len(merged([left("a"), left("b", message="The account of Ann is disabled")])) == 2


def test_two_jobs_that_name_a_person_who_left_are_one_finding():
    (found,) = merged([left("a"), left("b")])
    assert (found.message, found.address) == ("The account of Tom is disabled (in 2 jobs: a, b)", None)
