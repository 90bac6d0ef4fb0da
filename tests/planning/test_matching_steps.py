"""The job that a file is matched to: the seven steps, in their order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make import (
    created,
    errors,
    file,
    job,
    linked,
    listed,
    managed,
    not_created,
    only,
    outcomes,
    plan,
    refused,
    released,
    relinked,
    rules,
    seen,
    sent,
    template,
)

from bindbee_sync.planning.selection import Selection


class TestStepOneSync:
    def test_by_id_whatever_code_and_name_say(self):
        entry = only(
            plan([file(name="Other", code="X", sync={"id": "j1"})], [job("j1"), job("j2", code="X")])
        )
        assert (entry.job.id, entry.reason, entry.outcome) == ("j1", "sync.id", "drifted")

    def test_an_id_in_capitals_is_the_same(self):
        assert managed(plan([file(sync={"id": "ABC-1"})], [job("abc-1")])) == {"a": "abc-1"}

    def test_by_remote_id(self):
        entry = only(plan([file(sync={"remote_id": "77"})], [job(remote_id="77", name="Any")]))
        assert (entry.job.id, entry.reason) == ("j1", "sync.remote_id")

    def test_id_is_looked_for_first(self):
        jobs = [job("j1"), job("j2", remote_id="77")]
        assert managed(plan([file(sync={"id": "j1", "remote_id": "77"})], jobs)) == {"a": "j1"}

    def test_where_the_id_is_not_listed_the_remote_id_counts(self):
        jobs = [job("j2", remote_id="77")]
        assert managed(plan([file(sync={"id": "gone", "remote_id": "77"})], jobs)) == {"a": "j2"}

    def test_neither_is_listed_an_error_at_the_id_and_never_a_create(self):
        made = plan([file(text="name: Seller\nsync:\n  id: gone\n")], [job()])
        assert outcomes(made) == {"a": "blocked"}
        (finding,) = made.errors
        assert (finding.rule, finding.place.line, finding.place.column) == ("identity/id-not-found", 3, 7)

    def test_neither_is_listed_and_only_the_remote_id_is_written_an_error_there(self):
        made = plan([file(text="name: Seller\nsync: {remote_id: '77'}\n")], [job()])
        (finding,) = made.errors
        assert (finding.rule, finding.place.line, finding.place.column) == ("identity/id-not-found", 2, 19)
        assert finding.message == "No listed job has the remote_id '77' that this file names"

    def test_a_file_whose_id_is_not_listed_is_not_matched_by_its_name_instead(self):
        made = plan([file(name="Seller", sync={"id": "gone"})], [job()])
        assert managed(made) == {"a": None}
        assert [found.id for found in made.unmanaged] == ["j1"]

    def test_a_closed_job_that_a_file_names_is_meant(self):
        made = plan([file(name="Seller", sync={"id": "j1"})], [job(status="CLOSED")])
        assert made.diagnostics == ()

    def test_a_template_is_no_job_to_manage(self):
        assert errors(plan([file(sync={"id": "t"})], on=listed(templates=[template("t")]))) == [
            ("a", "identity/id-not-found")
        ]

    def test_two_files_for_one_job_are_reported_at_their_lines(self):
        files = [file("a", text="sync: {id: j1}\n"), file("b", text="name: B\nsync: {remote_id: '7'}\n")]
        made = plan(files, [job(remote_id="7", name="B")])
        assert [(f.address, f.rule, f.place.line, f.place.column) for f in made.errors] == [
            ("a", "identity/duplicate-target", 1, 12),
            ("b", "identity/duplicate-target", 2, 19),
        ]
        assert "jobs/a.yaml, jobs/b.yaml" in made.errors[0].message

    @pytest.mark.parametrize("events", [sent, created])
    def test_an_open_record_of_the_address_is_settled_by_it(self, events):
        made = plan([file(name="Seller", sync={"id": "j1"})], [job()], [events()])
        assert [(record.id, found.id) for record, found in made.listed_records] == [("r1", "j1")]
        assert only(made).record.id == "r1"

    def test_a_record_of_another_listed_job_is_left_alone_by_it(self):
        jobs = [job("j1", name="Old"), job("j2", name="New")]
        made = plan([file(name="New", sync={"id": "j2"})], jobs, [linked(to=jobs[0])])
        assert managed(made) == {"a": "j2"}
        assert [found.id for found in made.unmanaged] == ["j1"]
        assert [link.record for link in made.links] == [None]


class TestStepTwoTheAddressAndItsCode:
    def test_the_code_agrees(self):
        entry = only(plan([file(name="Any", code="X")], [], [created(code="X")]))
        assert (entry.outcome, entry.record.id) == ("pending", "r1")
        assert entry.reason == "the ledger: this file, code X; renamed from 'Seller'"

    def test_a_record_that_was_never_given_a_name_tells_of_no_rename(self):
        entry = only(plan([file(name="Any", code="X")], [], [created(code="X", name=None)]))
        assert entry.reason == "the ledger: this file, code X"

    @pytest.mark.parametrize(("code", "place"), [("X", (2, 7)), (None, (1, 7))])
    def test_of_a_closed_job_with_a_warning_at_what_it_was_known_by(self, code, place):
        closed = job(code=code, status="CLOSED")
        text = "name: Seller\n" + ("code: X\n" if code else "")
        made = plan([file(text=text)], [closed], [linked(to=closed, code=code)])
        (finding,) = made.diagnostics
        assert (finding.rule, finding.place.line, finding.place.column) == ("identity/closed-target", *place)

    def test_its_own_record_comes_before_another_jobs_code(self):
        made = plan(
            [file(name="Seller", code="X")],
            [job("j1", code="X")],
            [created(code="X", possibly_newer=("j1",))],
        )
        assert managed(made) == {"a": "r1"}

    def test_neither_has_a_code_and_the_folded_name_agrees(self):
        entry = only(plan([file(name=" SELLER ")], [], [created()]))
        assert (entry.outcome, entry.reason) == ("pending", "the ledger: this file, same name")

    def test_a_record_answers_to_its_file_as_last_recorded_to_the_code_as_sent_and_to_the_list(self):
        recorded = seen(
            relinked(created(code="SENT"), "a", code="NOW", name="Now"), job(code="LISTED", name="Li")
        )
        for code in ("SENT", "NOW", "LISTED"):
            entry = only(plan([file(name="Other", code=code)], [job(code="LISTED", name="Li")], [recorded]))
            assert (entry.job.id, entry.outcome) == ("j1", "drifted"), code

    def test_the_listed_code_counts_as_it_is_listed_now(self):
        recorded = seen(created(code=None, name="N"), job(code="OLD"))
        made = plan([file(name="Other", code="OLD")], [job(code="NEW")], [recorded])
        assert errors(made) == [("a", "identity/repurposed")]

    def test_of_a_job_that_is_not_listed_any_more_the_last_listed_code_counts(self):
        made = plan([file(name="Other", code="OLD")], [], [seen(created(), job(code="OLD"))])
        assert outcomes(made) == {"a": "vanished"}


class TestStepThreeTheCode:
    def test_of_a_remote_job_exactly(self):
        entry = only(plan([file(name="Any", code="X")], [job(code="X")]))
        assert (entry.job.id, entry.reason) == ("j1", "code X")

    @pytest.mark.parametrize(("code", "listed"), [("x", "X"), ("X", " X"), ("X", "X\u200b")])
    def test_case_white_space_and_what_does_not_show_matter(self, code, listed):
        made = plan([file(name="Any", code=code)], [job(code=listed)])
        assert errors(made) == [("a", "identity/name-collision")]

    def test_of_a_record_the_file_was_moved(self):
        made = plan([file("b", code="X", name="Seller")], [], [created("a", code="X")])
        assert (only(made).outcome, only(made).reason) == ("pending", "code X; moved from a")

    def test_the_code_as_sent_counts_where_the_ats_keeps_none(self):
        recorded = seen(created("a", code="X"), job(code=None))
        assert managed(plan([file("b", code="X")], [job(code=None)], [recorded])) == {"b": "j1"}

    def test_a_record_without_an_address_answers_too(self):
        recorded = relinked(created("a", code="X"), None)
        assert managed(plan([file("b", code="X")], [], [recorded])) == {"b": "r1"}

    def test_of_a_closed_job_with_a_warning(self):
        made = plan([file(name="Seller", code="X")], [job(code="X", status="CLOSED")])
        assert outcomes(made) == {"a": "in_sync"}
        assert rules(made) == {"identity/closed-target"}

    def test_two_remote_jobs_of_one_code(self):
        made = plan([file(text="name: A\ncode: X\n")], [job("j1", code="X"), job("j2", code="X")])
        (finding,) = made.errors
        assert (finding.rule, finding.place.line, finding.place.column) == ("identity/ambiguous-remote", 2, 7)
        assert "id j1" in finding.message
        assert "id j2" in finding.message
        assert finding.hint == (
            "Write `sync: {id: j1}` or `sync: {id: j2}`. Another job has a code of its own."
        )
        assert outcomes(made) == {"a": "blocked"}

    def test_a_job_and_a_record_of_one_code_have_to_wait_for_the_list(self):
        recorded = created("gone", code="X", possibly_newer=("j1",))
        (finding,) = plan([file(name="A", code="X")], [job("j1", code="X")], [recorded]).errors
        assert finding.rule == "identity/ambiguous-remote"
        assert finding.hint.startswith("Wait for the sync that lists it")

    def test_two_files_that_match_one_job_are_reported_at_their_codes(self):
        files = [file("a", text="name: A\ncode: X\n"), file("b", text="code: X\nname: B\n")]
        made = plan(files, [job(code="X")])
        assert [
            (f.address, f.place.line, f.place.column)
            for f in made.errors
            if f.rule == "identity/duplicate-target"
        ] == [("a", 2, 7), ("b", 1, 7)]

    def test_a_code_whose_job_an_earlier_step_gave(self):
        files = [file("a", name="A", sync={"id": "j1"}), file("b", text="name: B\ncode: X\n")]
        made = plan(files, [job(name="A", code="X")])
        (finding,) = made.errors
        assert (finding.address, finding.rule) == ("b", "identity/duplicate-target")
        assert (finding.place.line, finding.place.column) == (2, 7)
        assert "jobs/a.yaml" in finding.message
        assert outcomes(made) == {"a": "in_sync", "b": "blocked"}

    def test_a_code_that_was_another_files_before_an_edit(self):
        recorded = relinked(created("a", code="OLD"), "a", code="NEW")
        made = plan([file("a", name="Seller", code="NEW"), file("b", name="B", code="OLD")], [], [recorded])
        assert errors(made) == [("b", "identity/duplicate-target")]

    @pytest.mark.parametrize("ended", [released, not_created])
    def test_what_was_released_or_not_created_takes_no_part(self, ended):
        assert outcomes(plan([file(code="X", name="Seller")], [], [ended(sent(code="X"))])) == {"a": "create"}

    def test_what_was_refused_takes_no_part(self):
        made = plan([file(code="X", name="Seller")], [], [refused(code="X", by_ats=False)])
        assert outcomes(made) == {"a": "create"}

    def test_swapped_files_swap_their_jobs(self):
        jobs = [job("j1", name="A", code="A"), job("j2", name="B", code="B")]
        records = [
            linked("a", "r1", to=jobs[0], code="A", name="A"),
            linked("b", "r2", to=jobs[1], code="B", name="B"),
        ]
        made = plan([file("a", name="B", code="B"), file("b", name="A", code="A")], jobs, records)
        assert managed(made) == {"a": "j2", "b": "j1"}
        assert made.errors == ()


class TestStepFourTheAddressAndItsName:
    def test_the_code_was_edited(self):
        entry = only(
            plan(
                [file(name="seller", code="NEW")], [job(code="OLD")], [linked(to=job(code="OLD"), code="OLD")]
            )
        )
        assert (entry.job.id, entry.reason) == (
            "j1",
            "the ledger: this file, same name; its code has changed",
        )

    @pytest.mark.parametrize(("before", "now"), [("X", None), (None, "X")])
    def test_the_code_was_removed_or_added(self, before, now):
        assert outcomes(plan([file(name="Seller", code=now)], [], [created(code=before)])) == {"a": "pending"}

    def test_a_code_that_another_job_has_goes_first(self):
        jobs = [job("j1", code="OLD"), job("j2", code="NEW")]
        made = plan([file(name="Seller", code="NEW")], jobs, [linked(to=jobs[0], code="OLD")])
        assert managed(made) == {"a": "j2"}


class TestStepFiveTheNameOfARecord:
    def test_a_file_without_code_was_moved(self):
        entry = only(plan([file("b", name="SELLER")], [], [created("a")]))
        assert (entry.outcome, entry.reason) == ("pending", "the ledger: same name; moved from a")

    def test_the_name_as_listed_counts_too(self):
        recorded = linked("a", to=job(name="Listed"), name="Own")
        for name in ("Listed", "Own"):
            assert managed(plan([file("b", name=name)], [job(name="Listed")], [recorded])) == {"b": "j1"}

    def test_a_record_of_a_closed_job_answers_too(self):
        closed = job(status="CLOSED")
        made = plan([file("b", name="Seller")], [closed], [linked("a", to=closed)])
        assert managed(made) == {"b": "j1"}
        assert rules(made) == {"identity/closed-target"}

    def test_a_record_comes_before_a_remote_job_of_the_name(self):
        jobs = [job("j1"), job("j2")]
        assert managed(plan([file("b", name="Seller")], jobs, [linked("a", to=jobs[1])])) == {"b": "j2"}

    def test_two_records_of_the_name(self):
        made = plan([file("c", name="Seller")], [], [created("a", "r1"), created("b", "r2")])
        assert errors(made) == [("c", "identity/ambiguous-remote")]
        assert (made.errors[0].place.line, made.errors[0].field) == (4, "name")
        assert made.errors[0].hint.startswith("Wait for the sync that lists it")

    def test_two_files_that_match_one_record_are_reported_at_their_names(self):
        files = [file("b", text="name: Seller\n"), file("c", text="openings: 1\nname: Seller\n")]
        made = plan(files, [], [created("a")])
        assert [
            (f.address, f.place.line, f.place.column)
            for f in made.errors
            if f.rule == "identity/duplicate-target"
        ] == [("b", 1, 7), ("c", 2, 7)]

    def test_a_file_with_a_code_is_not_asked_for_its_name(self):
        made = plan([file("b", name="Seller", code="NEW")], [], [created("a", code="OLD")])
        assert errors(made) == [("b", "identity/name-collision")]

    @pytest.mark.parametrize("events", [lambda: created("a", job_id="j1"), lambda: linked("a", to=job("j1"))])
    def test_a_record_that_the_file_says_it_is_not_is_not_taken(self, events):
        made = plan([file("b", name="Seller", sync={"distinct_from": ["J1"]})], [], [events()])
        assert outcomes(made) == {"b": "create"}


class TestStepSixARenameOrAnotherOpening:
    def test_neither_has_a_code(self):
        entry = only(plan([file(name="Buyer")], [], [created(name="Seller")]))
        assert (entry.outcome, entry.reason) == ("pending", "the ledger: this file; renamed from 'Seller'")

    @pytest.mark.parametrize(("before", "now"), [("X", "Y"), ("X", None), (None, "Y")])
    def test_with_a_code_it_is_asked(self, before, now):
        made = plan([file(name="Buyer", code=now)], [], [created(code=before)])
        assert errors(made) == [("a", "identity/repurposed")]
        assert outcomes(made) == {"a": "blocked"}
        assert "new file" in made.errors[0].hint
        assert "until the job is listed" in made.errors[0].hint

    @pytest.mark.parametrize(("text", "place"), [("name: B\ncode: Y\n", (2, 7)), ("name: B\n", (1, 7))])
    def test_it_is_asked_at_the_code_or_where_there_is_none_at_the_name(self, text, place):
        (finding,) = plan([file(text=text)], [], [created(code="X")]).errors
        assert (finding.rule, finding.place.line, finding.place.column) == ("identity/repurposed", *place)

    def test_no_name_and_a_blank_one_are_no_agreement(self):
        known = job(code="X", name=" ")
        made = plan([file(code="Y")], [known], [linked(to=known, code="X", name="Seller")])
        assert errors(made) == [("a", "identity/repurposed")]

    def test_of_a_listed_job_releasing_is_a_way_out(self):
        known = job(code="X")
        made = plan([file(name="Buyer", code="Y")], [known], [linked(to=known, code="X")])
        assert "ledger release a" in made.errors[0].hint

    def test_a_confidential_jobs_code_is_not_shown(self):
        known = job(code="SECRET-CODE", name="Secret name", confidential=True)
        made = plan([file(name="Buyer", code="Y")], [known], [linked(to=known, name="N")])
        assert errors(made) == [("a", "identity/repurposed")]
        assert "ecret" not in repr(made.diagnostics).lower()


class TestStepSevenTheNameOfARemoteJob:
    def test_of_exactly_one(self):
        entry = only(plan([file(name="SELLER ")], [job()]))
        assert (entry.job.id, entry.reason) == ("j1", "name")

    def test_of_several(self):
        made = plan([file(text="name: Seller\n")], [job("j1"), job("j2")])
        (finding,) = made.errors
        assert (finding.rule, finding.place.line, finding.place.column) == ("identity/ambiguous-remote", 1, 7)

    def test_of_several_the_hint_sets_it_apart_from_the_closed_ones_too(self):
        jobs = [job("j1"), job("j2"), job("old", status="CLOSED")]
        (finding,) = plan([file(name="Seller")], jobs).errors
        assert finding.hint == (
            "If it is one of them, write `sync: {id: j1}` or `sync: {id: j2}`; "
            "if it is another job, `sync: {distinct_from: [j1, j2, old]}`."
        )

    def test_of_several_the_hint_leaves_out_what_other_files_manage(self):
        jobs = [job("j1"), job("j2"), job("theirs", code="X")]
        files = [
            file("a", name="Seller"),
            file("b", name="Seller", code="X"),
            file("c", name="Seller", code="Y"),
        ]
        (finding,) = plan(files, jobs, [created("c", code="Y", possibly_newer=("j1", "j2"))]).errors
        assert (finding.address, finding.rule) == ("a", "identity/ambiguous-remote")
        assert "distinct_from: [j1, j2]}" in finding.hint

    def test_of_several_but_those_it_says_it_is_not(self):
        jobs = [job("j1"), job("j2", remote_id="77"), job("j3")]
        made = plan([file(name="Seller", sync={"distinct_from": ["J1", "77"]})], jobs)
        assert managed(made) == {"a": "j3"}
        assert made.errors == ()

    def test_a_closed_one_does_not_count(self):
        made = plan([file(name="Seller")], [job("j1", status="ARCHIVED"), job("j2")])
        assert managed(made) == {"a": "j2"}
        alone = plan([file(name="Seller")], [job("j1", status="closed")])
        assert outcomes(alone) == {"a": "create"}
        assert rules(alone) == {"identity/closed-namesake"}

    def test_a_file_with_a_code_is_not_matched_by_name(self):
        assert errors(plan([file(name="Seller", code="X")], [job()])) == [("a", "identity/name-collision")]

    def test_a_template_of_the_name_is_no_job(self):
        made = plan([file(name="Seller")], on=listed(job("t", raw_data={"is_template": True})))
        assert only(made).job is None

    def test_what_an_earlier_step_gave_is_not_given_again(self):
        files = [file("a", name="Seller", code="X"), file("b", name="Seller")]
        made = plan(files, [job("j1", code="X"), job("j2")])
        assert managed(made) == {"a": "j1", "b": "j2"}


class TestRecords:
    def test_one_whose_address_went_to_another_file_stays_without_an_address(self):
        moved_in = relinked(created("b", "r2", code="Y", name="Other"), "a", code="Y", name="Other")
        made = plan([file("a", name="Other", code="Y")], [], [created("a", "r1", code="X"), moved_in])
        assert managed(made) == {"a": "r2"}
        assert [(orphan.record.id, orphan.outcome) for orphan in made.orphaned] == [("r1", "pending")]
        back = plan([file("c", name="Seller", code="X")], [], [created("a", "r1", code="X"), moved_in])
        assert managed(back) == {"c": "r1"}

    def test_one_whose_id_is_gone_is_linked_to_the_unclaimed_job_of_its_code(self):
        old, new = job("old", code="X"), job("new", code="X")
        made = plan([file(name="Seller", code="X")], [new], [linked(to=old, code="X")])
        assert managed(made) == {"a": "new"}
        assert [(record.id, found.id) for record, found in made.listed_records] == [("r1", "new")]

    def test_but_not_to_one_that_another_file_claims(self):
        old, new = job("old", code="X"), job("new", code="X", name="Seller")
        files = [file("a", name="Seller", code="Y"), file("b", name="Seller", sync={"id": "new"})]
        made = plan(files, [new], [relinked(linked(to=old, code="X"), "a", code="Y")])
        assert managed(made) == {"a": "r1", "b": "new"}
        assert outcomes(made) == {"a": "vanished", "b": "in_sync"}

    def test_one_whose_job_another_file_names_is_not_its_own_files_any_more(self):
        for code in (None, "X"):
            known = job(code=code)
            files = [file("a", name="Seller", code=code), file("b", name="B", sync={"id": "j1"})]
            made = plan(files, [known], [linked("a", to=known, code=code)])
            assert managed(made) == {"a": None, "b": "j1"}
            assert outcomes(made)["a"] == "blocked"

    def test_several_of_one_job_are_one_target(self):
        known = job(code="X")
        records = [linked("a", "r1", to=known, code="X"), linked("b", "r2", to=known, code="X")]
        made = plan([file("b", name="Seller", code="X")], [known], records)
        assert managed(made) == {"b": "j1"}
        assert made.unmanaged == ()
        both = plan([file("a", name="A", code="X"), file("b", name="B", code="X")], [known], records)
        assert {("a", "identity/duplicate-target"), ("b", "identity/duplicate-target")} <= set(errors(both))

    def test_the_ids_of_a_record_are_compared_without_case(self):
        assert managed(plan([file(name="Seller")], [job("abc")], [created(job_id="ABC")])) == {"a": "abc"}


class TestFilesInError:
    UNREADABLE = "name: [\n"

    def test_an_unreadable_file_still_manages_its_job(self):
        made = plan([file("a", text=self.UNREADABLE)], [job()], [linked("a", to=job())])
        assert managed(made) == {"a": "j1"}
        assert outcomes(made) == {"a": "blocked"}
        assert made.unmanaged == ()
        assert errors(made) == [("a", "yaml/syntax")]
        assert made.links == ()

    def test_an_unreadable_file_without_a_record_is_blocked_and_no_create(self):
        made = plan([file("a", text=self.UNREADABLE)])
        assert outcomes(made) == {"a": "blocked"}
        assert errors(made) == [("a", "yaml/syntax")]

    @pytest.mark.parametrize(
        "text",
        [
            UNREADABLE,
            "- a list\n",
            "",
            "cdoe: X\n",
            "code: ''\n",
            "code: [X]\n",
            "name: [X]\n",
            "name: Seller\ncode: ' '\n",
        ],
    )
    def test_its_job_is_given_to_no_other_file(self, text):
        records = [created("a", code="X")]
        made = plan([file("a", text=text), file("b", name="Seller", code="X")], [], records)
        assert ("b", "identity/duplicate-target") in errors(made)
        assert "identity/repurposed" not in rules(made)
        assert managed(made)["a"] == "r1"

    @pytest.mark.parametrize(
        ("wrong", "errors"),
        [({"openings": 0}, 1), ({"name": "New\u00a0B"}, 0)],
        ids=["elsewhere", "a warning"],
    )
    def test_neither_an_error_elsewhere_nor_a_warning_hides_a_code(self, wrong, errors):
        records = [created("a", "r1", name="Old A"), created("b", "r2", name="New B")]
        made = plan([file("a", **{"name": "New B"} | wrong), file("b", name="Old A")], [], records)
        assert (len(made.errors), bool(made.diagnostics)) == (errors, True)
        assert managed(made) == {"a": "r2", "b": "r1"}

    def test_a_file_with_a_code_is_known_by_it_whatever_is_wrong_with_its_name(self):
        records = [created("a", "r1", code="X"), created("b", "r2", code="Y")]
        made = plan([file("a", text="name: [A]\ncode: Y\n")], [], records)
        assert managed(made) == {"a": "r2"}

    def test_a_matched_file_in_error_counts_as_managing_its_job_but_is_not_recorded(self):
        made = plan([file("a", name="Seller", code="X", openings=0)], [job(code="X")])
        assert outcomes(made) == {"a": "blocked"}
        assert made.unmanaged == ()
        assert made.links == ()

    def test_a_stuck_file_keeps_its_addresss_record_from_being_loose(self):
        made = plan([file("a", name="N", sync={"id": "gone"})], [], [created("a", name="Old")])
        assert errors(made) == [("a", "identity/id-not-found")]
        assert made.orphaned == ()

    def test_of_two_stuck_files_of_one_address_one_keeps_its_record(self):
        stuck = file("a", name="N", sync={"id": "gone"})
        files = [stuck, replace(stuck, path="jobs/a.yml")]
        made = plan(files, [], [created("a", name="Old")])
        assert [entry.record and entry.record.id for entry in made.entries] == ["r1", None]

    def test_a_stuck_file_is_not_said_to_be_matched_by_name_to_what_may_be_a_template(self):
        known = job(raw_data={})
        stuck = file("a", name="Seller", sync={"id": "gone"})
        made = plan([stuck], [], [linked(to=known)], on=listed(known, templates=[]))
        assert errors(made) == [("a", "identity/id-not-found")]
        assert managed(made) == {"a": "j1"}


def test_target_narrows_what_is_shown_and_hides_no_claim():
    files = [file("a", name="Seller", sync={"id": "j1"}), file("b", name="Seller")]
    made = plan(files, [job("j1")], selects=Selection(frozenset({"b"})))
    assert outcomes(made) == {"b": "blocked"}
    assert errors(made) == [("b", "identity/duplicate-name"), ("b", "identity/name-collision")]
    assert made.unmanaged == ()


def test_another_files_error_is_not_judged_under_a_target():
    files = [file("a", name="A", openings=0), file("b", name="B")]
    made = plan(files, selects=Selection(frozenset({"b"})))
    assert outcomes(made) == {"b": "create"}
    assert made.errors == ()


def test_every_outcome_says_how_the_file_was_matched():
    made = plan([file("a", name="Seller"), file("b", name="B", code="X")], [job("j1"), job("j2", code="X")])
    assert all(entry.reason for entry in made.entries)
