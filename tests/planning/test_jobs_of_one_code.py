"""Jobs that share a code: their files are told apart by the job that each names under `sync`."""

from __future__ import annotations

import pytest
from make import errors, file, job, linked, managed, outcomes, plan

from bindbee_sync.desired.load import load_text
from bindbee_sync.planning.duplicates import duplicates, same_job

JOBS = (job("j1", code="X"), job("j2", code="X", name="Other"))
RECORDS = (
    linked("a", "r1", to=JOBS[0], code="X"),
    linked("b", "r2", to=JOBS[1], code="X", name="Other"),
)


def files(one="a", two="b"):
    return [
        file(one, name="Seller", code="X", sync={"id": "j1"}),
        file(two, name="Other", code="X", sync={"id": "j2"}),
    ]


@pytest.mark.parametrize("records", [(), RECORDS])
@pytest.mark.parametrize(("one", "two"), [("a", "b"), ("b", "a"), ("c", "d")])
def test_are_told_apart_by_what_the_files_name_before_and_after_an_apply(records, one, two):
    made = plan(files(one, two), JOBS, records)
    assert managed(made) == {one: "j1", two: "j2"}
    assert set(outcomes(made).values()) == {"in_sync"}
    assert made.diagnostics == ()
    assert {(each.file.address, each.job.id) for each in made.links} == {(one, "j1"), (two, "j2")}


def test_a_renamed_file_keeps_its_job_and_one_whose_job_is_gone_gets_no_other():
    renamed = file("b", name="New", code="X", sync={"id": "j2"})
    made = plan([files()[0], renamed], JOBS, RECORDS)
    assert (managed(made), errors(made)) == ({"a": "j1", "b": "j2"}, [])
    gone = plan(files(), JOBS[:1], RECORDS)
    assert errors(gone) == [("b", "identity/id-not-found")]
    assert gone.creates == ()


@pytest.mark.parametrize("records", [(), RECORDS])
def test_a_third_file_of_the_code_is_never_a_new_job(records):
    made = plan([*files(), file("c", name="Third", code="X")], JOBS, records)
    assert ("c", "identity/duplicate-code") in errors(made)
    assert ("c", "identity/duplicate-target") in errors(made)
    assert made.creates == ()


def test_without_sync_nothing_tells_them_apart():
    unnamed = [file("a", name="Seller", code="X"), file("b", name="Other", code="X")]
    made = plan(unnamed, JOBS, RECORDS)
    assert errors(made) == [("a", "identity/duplicate-code"), ("b", "identity/duplicate-code")]


def test_the_list_shows_two_names_of_one_job():
    one = job("j1", code="X", remote_id="1")
    both = [file("a", code="X", sync={"id": "j1"}), file("b", code="X", sync={"remote_id": "1"})]
    assert errors(plan(both, [one])) == [
        ("a", "identity/duplicate-target"),
        ("b", "identity/duplicate-target"),
    ]


def found(*texts):
    """Return which files, `a.yaml`, `b.yaml`, ..., share a code or a job, and what is said of each."""
    files = [load_text(text, address=name) for name, text in zip("abc", texts, strict=False)]
    return {
        finding.address: finding.message
        for finding in (*duplicates(files), *same_job(files))
        if finding.rule in ("identity/duplicate-code", "identity/duplicate-target")
    }


@pytest.mark.parametrize("codes", [("X1", "X1"), ("X1", "' x1'")])
def test_offline_each_file_has_to_name_a_job_of_its_own(codes):
    ids = ("{id: j1, remote_id: '1'}", "{remote_id: '2'}")
    files = [f"name: X\ncode: {code}\nsync: {job}\n" for code, job in zip(codes, ids, strict=True)]
    assert found(*files) == {}


@pytest.mark.parametrize("sync", ["{id: J1}", "{id: j1, remote_id: '2'}", "{distinct_from: [j2]}", "{}"])
def test_offline_a_file_that_names_no_job_or_the_same_one_is_an_error(sync):
    assert found("code: X\nsync: {id: j1}\n", f"code: x\nsync: {sync}\n").keys() == {"a", "b"}


def test_of_three_files_each_names_those_that_it_cant_be_told_from():
    told = found("code: X\nsync: {id: j1}\n", "code: X\nsync: {id: j2}\n", "code: X\n")
    paths = {name: [other for other in "abc" if f"jobs/{other}.yaml" in text] for name, text in told.items()}
    assert paths == {"a": ["c"], "b": ["c"], "c": ["a", "b"]}


@pytest.mark.parametrize(("number", "more"), [(6, ""), (7, ", 1 more"), (9, ", 3 more")])
@pytest.mark.parametrize(("text", "end"), [("code: X\n", ""), ("name: Seller\n", ", and neither has a code")])
def test_each_of_many_files_names_the_first_five_others_and_counts_the_rest(text, end, number, more):
    names = "abcdefghi"[:number]
    told = {f.address: f.message for f in duplicates([load_text(text, address=name) for name in names])}
    assert told.keys() == set(names)
    for name, message in told.items():
        first = ", ".join(f"jobs/{other}.yaml" for other in names.replace(name, "")[:5])
        assert message.endswith(f" is also used by {first}{more}{end}")


def test_offline_one_job_of_two_files_is_reported_at_the_id_that_each_writes():
    texts = ("name: A\nsync: {remote_id: j1, id: J1}\n", "name: B\nsync: {remote_id: j1}\n")
    files = [load_text(text, address=name) for name, text in zip("ab", texts, strict=True)]
    assert [(f.address, f.place.line, f.place.column) for f in same_job(files)] == [
        ("a", 2, 27),
        ("b", 2, 19),
    ]


@pytest.mark.parametrize(("number", "more"), [(10, False), (11, True), (12, True)])
def test_of_more_than_ten_jobs_the_hint_offers_ten_and_says_that_there_are_others(number, more):
    jobs = [job(f"j{each}", code="X", name="Seller") for each in range(number)]
    made = plan([file(name="Seller", code="X")], jobs)
    (hint,) = [each.hint for each in made.diagnostics if each.address == "a"]
    assert hint.count("`sync: {id: ") == min(number, 10) + more
    assert ("with another of the ids" in hint) is more
