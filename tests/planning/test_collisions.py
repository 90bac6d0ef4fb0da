"""New jobs beside ones that they may well be; and templates, which are no jobs."""

from __future__ import annotations

import pytest
from make import (
    TEMPLATE,
    at,
    created,
    errors,
    file,
    job,
    linked,
    listed,
    only,
    outcomes,
    plan,
    relinked,
    rules,
    sent,
    template,
    warnings,
)

from bindbee_sync.diagnostics import Severity

NEW = file("new", name="Seller", code="NEW")


class TestNameCollision:
    def test_with_a_remote_job_that_no_file_manages(self):
        made = plan([file("new", text="code: NEW\nname: ' seller'\n")], [job()])
        assert ("new", "identity/name-collision") in errors(made)
        assert at(made.diagnostics, "identity/name-collision") == [("error", 2, 7)]
        (finding,) = (f for f in made.errors if f.rule == "identity/name-collision")
        assert finding.hint == (
            "If it is that job, write `sync: {id: j1}`; if it is another job, `sync: {distinct_from: [j1]}`."
        )

    def test_not_where_a_file_without_error_manages_it(self):
        made = plan([file("a", name="Seller", code="OLD"), NEW], [job(code="OLD")])
        assert outcomes(made) == {"a": "in_sync", "new": "create"}

    def test_but_where_that_file_has_an_error(self):
        made = plan([file("a", name="Seller", code="OLD", openings=0), NEW], [job(code="OLD")])
        assert ("new", "identity/name-collision") in errors(made)

    def test_drift_that_the_config_makes_an_error_puts_no_match_in_question(self):
        files = [file("a", name="Renamed", code="A"), file("b", name="Seller", code="B")]
        severities = {"drift/no-update": Severity.ERROR}
        made = plan(files, [job(code="A")], severities=severities)
        assert outcomes(made) == {"a": "blocked", "b": "create"}
        assert errors(made) == [("a", "drift/no-update")]
        assert made.links == ()

    def test_an_unreadable_file_is_one_with_an_error(self):
        made = plan(
            [file("a", text="["), NEW], [job(code="OLD")], [linked("a", to=job(code="OLD"), code="OLD")]
        )
        assert ("new", "identity/name-collision") in errors(made)

    def test_a_file_without_code_collides_with_a_managed_job_too(self):
        made = plan([file("a", name="Seller", code="OLD"), file("new", name="Seller")], [job(code="OLD")])
        assert errors(made) == [("new", "identity/name-collision")]

    @pytest.mark.parametrize("status", ["CLOSED", "ARCHIVED"])
    def test_not_with_a_closed_job_which_is_a_warning(self, status):
        made = plan([NEW], [job(status=status)])
        assert outcomes(made) == {"new": "create"}
        assert warnings(made) == [("new", "identity/closed-namesake")]
        assert at(made.diagnostics, "identity/closed-namesake") == [("warning", 4, 7)]

    @pytest.mark.parametrize("status", [None, "DRAFT", "PENDING", "-", "On hold"])
    def test_any_other_status_is_not_closed(self, status):
        assert errors(plan([NEW], [job(status=status)])) == [("new", "identity/name-collision")]

    @pytest.mark.parametrize("named", ["j1", "J1", "77"])
    def test_not_with_one_that_the_file_says_it_is_not(self, named):
        one = file("new", name="Seller", code="NEW", sync={"distinct_from": [named]})
        assert outcomes(plan([one], [job(remote_id="77")])) == {"new": "create"}

    def test_each_namesake_has_to_be_named(self):
        one = file("new", name="Seller", code="NEW", sync={"distinct_from": ["j1"]})
        made = plan([one], [job("j1"), job("j2")])
        assert errors(made) == [("new", "identity/name-collision")]
        assert "j2" in made.errors[0].message

    def test_all_namesakes_are_listed_at_once_with_those_that_the_file_names_already(self):
        one = file("new", name="Seller", code="NEW", sync={"distinct_from": ["j0"]})
        made = plan([one], [job(f"j{n}", code=f"C{n}") for n in range(4)])
        (finding,) = made.errors
        assert "`sync: {distinct_from: [j0, j1, j2, j3]}`" in finding.hint
        told = file("new", name="Seller", code="NEW", sync={"distinct_from": ["j0", "j1", "j2", "j3"]})
        jobs = [job(f"j{n}", code=f"C{n}") for n in range(4)]
        assert outcomes(plan([told], jobs)) == {"new": "create"}

    def test_namesakes_of_name_and_of_code_are_listed_together(self):
        one = file("new", name="Seller", code="NEW")
        made = plan([one], [job("j1", code="OLD"), job("j2", name="Other", code="new")])
        (finding,) = made.errors
        assert "distinct_from: [j1, j2]" in finding.hint

    def test_many_namesakes_are_cut_and_counted_in_the_message(self):
        made = plan([NEW], [job(f"j{n:03}", code=f"C{n}") for n in range(200)])
        (finding,) = made.errors
        assert "190 more" in finding.message
        assert len(finding.message) < 1000

    @pytest.mark.parametrize(("number", "end"), [(10, "id j09)"), (11, "; 1 more")])
    def test_ten_namesakes_are_told_and_more_are_counted(self, number, end):
        (finding,) = plan([NEW], [job(f"j{n:02}", code=f"C{n}") for n in range(number)]).errors
        assert finding.message.count("'Seller' (code ") == 10
        assert finding.message.endswith(end)

    def test_a_namesake_without_an_id_is_told_apart_from_those_with_one(self):
        made = plan([NEW], [job("j1", code="C1")], [sent("gone", code="OLD")])
        (finding,) = made.errors
        assert "distinct_from: [j1]" in finding.hint
        assert "Wait for the sync" in finding.hint

    @pytest.mark.parametrize("char", ["\u200b", "\ufeff", "\u2800", "\u3164", "\u202e"], ids=ascii)
    def test_a_character_that_does_not_show_makes_no_other_name_or_code(self, char):
        named = file("new", name=f"Seller{char}", code="NEW")
        assert ("new", "identity/name-collision") in errors(plan([named], [job(code="OLD")]))
        coded = file("new", name="Other", code=f"OLD{char}")
        assert ("new", "identity/name-collision") in errors(plan([coded], [job(code="OLD")]))

    @pytest.mark.parametrize("record", [sent, created])
    def test_with_an_open_record_without_id_it_has_to_wait(self, record):
        made = plan([NEW], [], [record("gone", code="OLD")])
        assert errors(made) == [("new", "identity/name-collision")]
        assert "Wait for the sync" in made.errors[0].hint

    def test_an_open_record_with_an_id_can_be_named(self):
        record = created("gone", code="OLD", job_id="j9", remote_id="99")
        made = plan([NEW], [], [record])
        assert "distinct_from: [j9]" in made.errors[0].hint
        for named in ("j9", "99"):
            one = file("new", name="Seller", code="NEW", sync={"distinct_from": [named]})
            assert outcomes(plan([one], [], [record])) == {"new": "create"}

    def test_not_with_an_open_record_that_a_file_manages(self):
        made = plan([file("a", name="Seller", code="OLD"), NEW], [], [created("a", code="OLD")])
        assert outcomes(made) == {"a": "pending", "new": "create"}

    def test_with_a_vanished_record(self):
        made = plan([NEW], [], [linked("gone", to=job("j9", code="OLD"), code="OLD")])
        assert errors(made) == [("new", "identity/name-collision")]

    def test_the_name_of_a_listed_job_is_the_listed_one(self):
        record = linked("gone", to=job(name="Buyer", code="OLD"), name="Seller", code="OLD")
        assert outcomes(plan([NEW], [job(name="Buyer", code="OLD")], [record])) == {"new": "create"}

    @pytest.mark.parametrize("code", ["new", " NEW", "NEW ", "N EW"])
    def test_a_code_that_differs_only_by_case_or_white_space(self, code):
        made = plan([file("new", text="name: Other\ncode: NEW\n")], [job(code=code)])
        assert ("new", "identity/name-collision") in errors(made)
        assert at(made.diagnostics, "identity/name-collision") == [("error", 2, 7)]

    def test_such_a_code_of_an_open_record(self):
        made = plan([file("new", name="Other", code="new")], [], [created("gone", code="NEW")])
        assert errors(made) == [("new", "identity/name-collision")]

    @pytest.mark.parametrize(
        ("jobs", "records", "same"),
        [
            ([job(code="new 1")], [], "`code: new 1`"),
            ([job(code="new1", confidential=True)], [], "`sync: {id: j1}`"),
            ([job(code="new1"), job("j2", code="NEW 1")], [], "`sync: {id: j1}` or `sync: {id: j2}`"),
            ([], [created("gone", code="new1", job_id="j1")], "`sync: {id: j1}`"),
            ([job(code=None)], [linked("gone", to=job(code="new1"), code="new1")], "`sync: {id: j1}`"),
        ],
        ids=["one job", "a confidential one", "two", "a record", "a job that lost its code"],
    )
    def test_the_exact_code_is_offered_where_only_one_job_has_one_that_may_be_shown(
        self, jobs, records, same
    ):
        jobs = [each.model_copy(update={"name": "Listed"}) for each in jobs]
        (finding,) = plan([file("new", name="Other", code="NEW1")], jobs, records).errors
        assert f", write {same}; if it is another job, `sync: {{distinct_from: [j1" in finding.hint

    def test_the_code_of_a_namesake_is_not_offered(self):
        (finding,) = plan([NEW], [job(code="OLD")]).errors
        assert "write `sync: {id: j1}`;" in finding.hint

    def test_not_with_a_job_of_such_a_code_that_a_file_without_error_manages(self):
        known = job(name="Known", code="NEW")
        files = [
            file("a", name="Known", code="OLD", sync={"id": "j1"}),
            file("new", name="Other", code="new"),
        ]
        assert outcomes(plan(files, [known])) == {"a": "drifted", "new": "create"}

    def test_closed_namesakes_are_told_apart_in_the_same_line(self):
        jobs = [
            job("j1", code="C1"),
            job("old", status="CLOSED"),
            job("nameless", name=None, status="CLOSED"),
        ]
        (finding,) = plan([NEW], jobs).errors
        assert "distinct_from: [j1, old]}" in finding.hint

    def test_but_none_that_the_file_names_by_another_id_already(self):
        one = file("new", name="Seller", code="NEW", sync={"distinct_from": ["77"]})
        (finding,) = plan([one], [job("j1"), job("old", remote_id="77", status="CLOSED")]).errors
        assert 'distinct_from: ["77", j1]}' in finding.hint

    def test_nor_an_open_one_that_a_file_manages(self):
        files = [file("a", name="Seller", code="OLD"), NEW]
        (finding,) = plan(files, [job("j1"), job("j2", code="OLD")]).errors
        assert "distinct_from: [j1]}" in finding.hint

    def test_nor_for_a_file_without_a_name_those_without_one(self):
        jobs = [job("j1", code="NEW"), job("old", name=None, status="CLOSED")]
        (finding,) = (f for f in plan([file("new", code="new")], jobs).errors if "collision" in f.rule)
        assert "distinct_from: [j1]}" in finding.hint

    def test_such_a_code_of_a_closed_job_or_of_one_that_is_told_apart(self):
        assert outcomes(plan([file(name="Other", code="new")], [job(code="NEW", status="CLOSED")])) == {
            "a": "create"
        }
        apart = file(name="Other", code="new", sync={"distinct_from": ["j1"]})
        assert outcomes(plan([apart], [job(code="NEW")])) == {"a": "create"}

    def test_of_a_confidential_job_only_id_and_status_are_shown(self):
        made = plan([NEW], [job(confidential=True, code="HUSH", name="Seller")])
        (finding,) = made.errors
        assert "a confidential job (OPEN, id j1)" in finding.message
        assert "HUSH" not in repr(made.diagnostics)

    def test_of_one_closed_namesake_and_of_several(self):
        (finding,) = plan([NEW], [job(status="CLOSED")]).diagnostics
        assert finding.message == "A closed job has this name: 'Seller' (CLOSED, id j1)"
        both = [job("j1", status="CLOSED"), job("j2", status="ARCHIVED")]
        (finding,) = plan([NEW], both).diagnostics
        assert finding.message == (
            "Closed jobs have this name: 'Seller' (CLOSED, id j1); 'Seller' (ARCHIVED, id j2)"
        )

    def test_a_closed_namesake_that_is_told_apart_is_no_warning(self):
        one = file("new", name="Seller", code="NEW", sync={"distinct_from": ["j1"]})
        assert plan([one], [job(status="CLOSED")]).diagnostics == ()

    def test_a_closed_job_without_a_name_is_no_namesake_of_a_file_without_one(self):
        made = plan([file("new", code="NEW")], [job(name=None, status="CLOSED")])
        assert "identity/closed-namesake" not in rules(made)

    def test_a_closed_confidential_namesake_shows_no_name(self):
        made = plan([NEW], [job(confidential=True, status="CLOSED", code="HUSH")])
        (finding,) = made.diagnostics
        assert "confidential job (CLOSED, id j1)" in finding.message
        assert "Seller" not in finding.message

    def test_jobs_without_a_name_collide_with_nothing(self):
        assert "identity/name-collision" not in rules(
            plan([file(code="X")], [job(name=None), job("j2", name=" ")])
        )


class TestVerifiableTemplates:
    def test_a_template_is_neither_managed_nor_unmanaged(self):
        made = plan([file(name="Template")], [job()])
        assert [found.id for found in made.unmanaged] == ["j1"]
        assert outcomes(made) == {"a": "create"}

    @pytest.mark.parametrize("flag", [False, None])
    def test_a_job_that_says_it_is_none_is_a_job(self, flag):
        made = plan([file(name="Seller")], [job(raw_data={"is_template": flag})])
        assert outcomes(made) == {"a": "in_sync"}
        assert "identity/unverifiable-templates" not in rules(made)


class TestUnverifiableTemplates:
    """Bindbee passes on no `is_template`."""

    LIST = staticmethod(lambda *jobs: listed(*jobs, templates=[template(raw_data=None)]))
    UNMARKED = staticmethod(lambda identifier="j1", **fields: job(identifier, **({"raw_data": {}} | fields)))

    def test_is_reported_once_and_a_code_is_enough(self):
        made = plan([file(name="Seller", code="X")], on=self.LIST(self.UNMARKED(code="X")))
        assert made.errors == ()
        assert warnings(made) == [(None, "identity/unverifiable-templates")]

    def test_a_file_matched_by_name_alone_is_an_error(self):
        made = plan([file(text="name: Seller\n")], on=self.LIST(self.UNMARKED()))
        assert errors(made) == [("a", "identity/unverifiable-templates")]
        assert (made.errors[0].place.line, made.errors[0].place.column) == (1, 7)

    def test_a_file_matched_by_the_ledger_or_an_id_is_none(self):
        known = self.UNMARKED()
        assert plan([file(name="Seller")], [], [linked(to=known)], on=self.LIST(known)).errors == ()
        assert plan([file(name="Seller", sync={"id": "j1"})], on=self.LIST(known)).errors == ()

    @pytest.mark.parametrize("named", [TEMPLATE, TEMPLATE.upper(), "77", "template "])
    def test_what_a_template_id_names_is_a_template_and_never_created_again(self, named):
        pattern = template(raw_data=None, remote_id="77", code="T-1")
        by_name = file("by-name", name="TEMPLATE", template_id=named)
        by_code = file("by-code", name="Other", code="T-1", template_id=named)
        made = plan([by_name, by_code], on=listed(templates=[pattern]))
        assert errors(made) == [
            ("by-code", "identity/unverifiable-templates"),
            ("by-name", "identity/unverifiable-templates"),
        ]
        assert made.creates == ()
        assert made.unmanaged == ()

    def test_a_recorded_file_whose_job_another_one_names_as_its_template_is_not_called_vanished(self):
        known = self.UNMARKED(code="X")
        files = [file("a", name="Seller", code="X"), file("b", name="B", template_id="j1")]
        made = plan(files, [], [linked("a", to=known, code="X")], on=self.LIST(known))
        assert ("a", "identity/unverifiable-templates") in errors(made)
        assert outcomes(made)["a"] == "blocked"

    def test_elsewhere_than_greenhouse_it_does_not_matter(self):
        made = plan([file(name="Seller")], on=listed(self.UNMARKED(), templates=[], integration_slug="lever"))
        assert made.diagnostics == ()


def test_a_rename_that_is_recorded_is_not_reported_again():
    recorded = relinked(created(), "a", name="Buyer")
    assert "renamed" not in only(plan([file(name="Buyer")], [], [recorded])).reason
