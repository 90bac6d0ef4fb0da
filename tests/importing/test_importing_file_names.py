"""Addresses of imported jobs: the same whatever the order, on every file system."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindbee_sync.bindbee.models import Job
from bindbee_sync.importing.file_names import assign_addresses, free_address, is_address, slug
from bindbee_sync.text import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales Manager", "sales-manager"),
        ("  Köln / Straße ", "koln-strasse"),
        ("Søren Łódź Þór", "soren-lodz-thor"),
        ("Liam O'Connor\u2019s", "liam-oconnors"),
        ("_defaults", "defaults"),
        (".hidden", "hidden"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "job-con"),
        ("com1", "job-com1"),
        ("مدير", ""),
        ("🤖", ""),
        (None, ""),
        ("word " * 30, "word-" * 11 + "word"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_slug_is_safe_everywhere(text, expected):
    assert slug(text) == expected


def job(number, name=None, code=None, **other):
    return Job(id=f"id-{number}", remote_id=str(number), name=name, code=code, **other)


def found(*jobs):
    return assign_addresses(jobs, lambda _: "", {})


def test_a_name_goes_before_a_code_and_a_number_comes_last():
    names = found(job(1, "Sales Manager", "SAL-1"), job(2, "Sales Manager"), job(3, "مدير"), job(4))
    assert names == {"id-1": "sales-manager-sal-1", "id-2": "sales-manager", "id-3": "job-3", "id-4": "job-4"}


def test_all_that_would_share_an_address_get_their_number():
    names = found(job(1, "Lead"), job(2, "LEAD!"), job(3, "Lead 2"))
    assert names == {"id-1": "lead-1", "id-2": "lead-id-2", "id-3": "lead-2-3"}


def test_a_confidential_job_changes_no_other_address():
    assert found(job(1, "Lead"), job(2, "Lead", confidential=True)) == {"id-1": "lead", "id-2": "lead-2"}


def test_jobs_without_numbers_or_with_ids_alike_still_differ():
    alike = [Job(id=identifier, name="Lead") for identifier in ("a", "A", "ä", "!", "?", "a-a")]
    assert len({fold(name) for name in assign_addresses(alike, lambda _: "", {}).values()}) == 6


WORDS = st.sampled_from(
    ["lead", "Lead", "LEAD 1", "lead-2", "1", "2", "é", "e\u0301", "CON", "", " ", "id-1"]
)
JOBS = st.lists(st.tuples(WORDS, st.none() | WORDS, st.none() | WORDS, st.booleans()), max_size=8).map(
    lambda rows: [
        Job(id=f"id-{index}", name=name, code=code, remote_id=remote, confidential=confidential)
        for index, (name, code, remote, confidential) in enumerate(rows)
    ]
)


@settings(max_examples=200, deadline=None)
@given(JOBS, st.integers(), st.frozensets(WORDS.map(fold)))
def test_addresses_are_unique_and_depend_on_no_order(jobs, seed, taken):
    names = assign_addresses(jobs, lambda _: "", {})
    shuffled = random.Random(seed).sample(jobs, len(jobs))  # noqa: S311 - an order, no secret
    assert assign_addresses(shuffled, lambda _: "", {}) == names
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names.values()}
    assert len(folded) == len(jobs)
    for each in jobs:
        free = free_address(each, "", names[each.id], taken)
        assert fold(free) not in taken
        assert free.isascii()
        assert free[0] not in "_."
        assert len(free) < 200


def test_a_file_that_is_there_keeps_its_name():
    wanted = job(7, "Lead")
    assert free_address(wanted, "sales", "sales/lead", frozenset({"sales/lead"})) == "sales/lead-7"
    both = frozenset({"sales/lead", "sales/lead-7"})
    assert free_address(wanted, "sales", "sales/lead", both) == "sales/lead-id-7"


def test_a_given_address_is_kept_and_others_give_way():
    jobs = [job(1, code="A"), job(2, code="B")]
    assert assign_addresses(jobs, lambda _: "", {"id-2": "a"}) == {"id-1": "a-1", "id-2": "a"}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("sales/lead", True),
        ("Sales & Co/ü", True),
        ("", False),
        ("../x", False),
        ("a/../../x", False),
        ("/etc/x", False),
        ("a//b", False),
        (".hidden/x", False),
        ("a/_defaults", False),
        ("a/\x1bb", False),
        ("a\0", False),
    ],
)
def test_an_address_leads_nowhere_out_of_the_jobs_folder(text, fits):
    assert is_address(text) is fits
