"""Rules that need Bindbee's lists or the ledger: what breaks each, where, and what passes."""

from __future__ import annotations

import pytest
from make import (
    ANNA,
    BERLIN,
    CARLA,
    FULL,
    SALES,
    TEMPLATE,
    at,
    errors,
    file,
    job,
    listed,
    only,
    outcomes,
    plan,
    refused,
    rules,
    sent,
    template,
    warnings,
)

from bindbee_sync.bindbee.models import Department, User
from bindbee_sync.desired.defaults import load_defaults
from bindbee_sync.desired.load import load_text
from bindbee_sync.diagnostics import Place, Severity
from bindbee_sync.job_file import Desired
from bindbee_sync.planning.selection import Selection
from bindbee_sync.rules.files import IGNORED, RESERVED_NAME
from bindbee_sync.rules.schema import TYPE
from bindbee_sync.rules.yaml import SYNTAX


def put(old, new):
    """Return the sound file with this replaced."""
    assert old in FULL
    return FULL.replace(old, new)


BROKEN = {
    "department unknown": (put(f"[{SALES}]", "[Nowhere]"), "reference/not-found", "error", 3, 15),
    "second department unknown": (
        put(f"[{BERLIN}]", "\n  - Berlin\n  - Atlantis"),
        "reference/not-found",
        "error",
        6,
        5,
    ),
    "user unknown": (
        put(f"remote_user_id: {ANNA}", "remote_user_id: nobody@x.y"),
        "reference/not-found",
        "error",
        6,
        17,
    ),
    "user disabled": (
        put(f"remote_user_id: {ANNA}", f"remote_user_id: {CARLA}"),
        "reference/user-disabled",
        "error",
        6,
        17,
    ),
    "bare number": (put(f"[{SALES}]", "[77]"), "greenhouse/unified-ids", "error", 3, 15),
    "template unknown": (put(TEMPLATE, "Nothing"), "greenhouse/template-not-found", "error", 5, 14),
    "template is a job": (put(TEMPLATE, "j-other"), "greenhouse/template-flag", "error", 5, 14),
    "template is a job by remote id": (put(TEMPLATE, "'4711'"), "greenhouse/template-flag", "error", 5, 14),
    "template is a job by name": (put(TEMPLATE, "other job"), "greenhouse/template-flag", "error", 5, 14),
    "template missing": (
        put(f"template_id: {TEMPLATE}\n", ""),
        "greenhouse/template-required",
        "error",
        1,
        1,
    ),
    "openings null": (put("openings: 1", "openings:"), "greenhouse/openings-required", "error", 7, 1),
    "two departments": (put(f"[{SALES}]", "[Sales, People]"), "greenhouse/single-department", "error", 3, 22),
    "status unknown": (FULL + "status: open\n", "schema/status-value", "error", 8, 9),
    "status closed": (FULL + "status: CLOSED\n", "greenhouse/field-not-forwarded", "error", 8, 9),
    "confidential": (FULL + "confidential: true\n", "greenhouse/field-not-forwarded", "error", 8, 15),
    "not confidential": (FULL + "confidential: false\n", "greenhouse/field-not-forwarded", "warning", 8, 15),
    "status open": (FULL + "status: OPEN\n", "greenhouse/field-not-forwarded", "warning", 8, 9),
    "description": (FULL + "description: Any\n", "greenhouse/field-not-forwarded", "warning", 8, 14),
    "openings high": (put("openings: 1", "openings: 101"), "greenhouse/openings-high", "warning", 7, 11),
}
OTHER = job("j-other", name="Other job", code="O-1", remote_id="4711")


@pytest.mark.parametrize(("text", "rule", "severity", "line", "column"), BROKEN.values(), ids=BROKEN)
def test_a_new_job_that_breaks_a_rule(text, rule, severity, line, column):
    made = plan([file(text=text)], [OTHER])
    assert (severity, line, column) in at(made.diagnostics, rule)
    assert outcomes(made) == {"a": "blocked" if severity == "error" else "create"}
    assert bool(made.creates) is (severity == "warning")


def test_a_new_job_that_keeps_them_all_is_created_as_the_file_says():
    made = plan([file(text=FULL)], [OTHER])
    assert made.diagnostics == ()
    assert only(made).payload.fields == {
        "name": "Seller",
        "code": "S-1",
        "departments": [SALES],
        "offices": [BERLIN],
        "template_id": TEMPLATE,
        "remote_user_id": ANNA,
        "openings": 1,
    }


@pytest.mark.parametrize(
    "text",
    [text for text, rule, *_ in BROKEN.values() if rule.startswith(("greenhouse/", "schema/status"))],
)
def test_a_job_that_exists_is_never_blocked_by_rules_about_creating(text):
    made = plan([file(text=text)], [job(code="S-1"), OTHER])
    assert made.errors == ()
    assert not [rule for rule in rules(made) if rule.startswith(("greenhouse/", "schema/"))]


class TestReferencesOfAJobThatExists:
    TEXT = f"name: Seller\ncode: S-1\nrecruiters: [{CARLA}, gone@corp.example]\ndepartments: [Nowhere, 77]\n"

    def test_are_warnings(self):
        made = plan([file(text=self.TEXT)], [job(code="S-1")])
        assert outcomes(made) == {"a": "in_sync"} or outcomes(made) == {"a": "drifted"}
        assert at(made.diagnostics, "reference/user-disabled") == [("warning", 3, 14)]
        assert at(made.diagnostics, "reference/not-found") == [
            ("warning", 3, 52),
            ("warning", 4, 15),
            ("warning", 4, 24),
        ]

    def test_stay_warnings_whatever_the_config_says(self):
        raised = dict.fromkeys(("reference/not-found", "reference/user-disabled"), Severity.ERROR)
        assert plan([file(text=self.TEXT)], [job(code="S-1")], severities=raised).errors == ()

    def test_are_warnings_on_a_job_that_is_not_listed_yet(self):
        made = plan([file(text=self.TEXT)], [], [sent(code="S-1")])
        assert made.errors == ()
        assert "reference/not-found" in rules(made)


class TestNames:
    def test_a_department_an_office_a_person_and_a_template_may_be_named(self):
        text = (
            "name: Seller\ndepartments: [sales]\noffices: [' BERLIN ']\n"
            "template_id: template\nremote_user_id: ANNA@corp.example\nopenings: 2\n"
        )
        assert only(plan([file(text=text)])).payload.fields == {
            "name": "Seller",
            "departments": [SALES],
            "offices": [BERLIN],
            "template_id": TEMPLATE,
            "remote_user_id": ANNA,
            "openings": 2,
        }

    def test_several_of_one_name_are_listed(self):
        on = listed()
        twins = (Department(id="d1", name="Ops"), Department(id="d2", name="ops", remote_id="8"))
        on = type(on)(**{**on.__dict__, "departments": twins})
        made = plan([file(text=put(f"[{SALES}]", "[OPS]"))], on=on)
        assert at(made.diagnostics, "reference/ambiguous") == [("error", 3, 15)]
        message = next(f.message for f in made.errors if f.rule == "reference/ambiguous")
        assert "d1" in message
        assert "d2" in message

    def test_several_templates_of_one_name(self):
        patterns = [template("t1", name="T"), template("t2", name="t")]
        made = plan([file(text=put(TEMPLATE, "T"))], on=listed(templates=patterns))
        assert at(made.diagnostics, "reference/ambiguous") == [("error", 5, 14)]

    def test_a_template_by_its_number_is_sent_as_written(self):
        patterns = [template(remote_id="4001"), template("t2", name="4001")]
        made = plan([file(text=put(TEMPLATE, "4001"))], on=listed(templates=patterns))
        assert only(made).payload.fields["template_id"] == "4001"

    def test_a_template_by_its_id_is_sent_as_written(self):
        made = plan([file(text=put(TEMPLATE, TEMPLATE.upper()))])
        assert only(made).payload.fields["template_id"] == TEMPLATE.upper()

    def test_a_number_of_the_ats_is_answered_with_the_right_id(self):
        made = plan([file(text=FULL.replace(f"[{SALES}]", "[77]"), address="a")], [job(code="S-1")])
        hint = next(f.hint for f in made.diagnostics if f.rule == "reference/not-found")
        assert "People" in hint

    def test_two_people_of_one_name_are_told_apart_by_email(self):
        on = listed()
        people = (
            User(id="u1", first_name="Anna", email="a1@x.y"),
            User(id="u2", first_name="Anna", email="a2@x.y"),
        )
        on = type(on)(**{**on.__dict__, "users": people})
        made = plan([file(text=put(f"remote_user_id: {ANNA}", "remote_user_id: a2@x.y"))], on=on)
        assert only(made).payload.fields["remote_user_id"] == "u2"


def test_inherited_values_point_into_the_defaults():
    defaults = load_defaults("offices: [Atlantis]\ntemplate_id: Nothing\n", path="jobs/_defaults.yaml")
    text = FULL.replace(f"offices: [{BERLIN}]\ntemplate_id: {TEMPLATE}\n", "")
    made = plan([load_text(text, address="x/a", defaults=defaults)])
    assert [(f.rule, f.place, f.address) for f in made.errors] == [
        ("reference/not-found", Place("jobs/_defaults.yaml", 1, 11), "x/a"),
        ("greenhouse/template-not-found", Place("jobs/_defaults.yaml", 2, 14), "x/a"),
    ]


class TestPayload:
    def test_has_no_nulls_and_keeps_an_empty_list(self):
        text = FULL.replace(f"[{BERLIN}]", "[]") + "description:\n"
        payload = only(plan([file(text=text)])).payload.fields
        assert payload["offices"] == []
        assert "description" not in payload

    def test_sends_urls_as_objects(self):
        text = (
            FULL + "job_posting_urls: ['https://a.example', {value: 'https://b.example', url_type: BLOG}]\n"
        )
        assert only(plan([file(text=text)])).payload.fields["job_posting_urls"] == [
            {"value": "https://a.example", "url_type": "JOB_POSTING"},
            {"value": "https://b.example", "url_type": "BLOG"},
        ]

    def test_never_has_what_is_about_the_file(self):
        text = FULL + "sync: {distinct_from: [x], ignore_changes: [status]}\n"
        assert "sync" not in only(plan([file(text=text)])).payload.fields

    def test_is_in_no_other_entry(self):
        made = plan(
            [file(text=FULL), file("b", text=FULL.replace("S-1", "S-2") + "status: open\n")],
            [job(code="S-1", departments=[SALES], offices=[BERLIN])],
        )
        assert [(str(e.outcome), e.payload) for e in made.entries] == [("in_sync", None), ("blocked", None)]


class TestRefusedByTheAts:
    DIGEST = only(plan([file(text=FULL)])).payload.digest

    def test_unchanged_it_is_blocked(self):
        made = plan([file(text=FULL)], [], [refused(digest=self.DIGEST)])
        assert errors(made) == [("a", "ledger/rejected-unchanged")]
        assert warnings(made) == [("a", "ledger/refused-by-ats")]
        assert at(made.diagnostics, "ledger/rejected-unchanged") == [("error", 1, 1)]
        assert outcomes(made) == {"a": "blocked"}

    def test_a_moved_file_does_not_get_round_it(self):
        made = plan([file("b", text=FULL)], [], [refused("a", digest=self.DIGEST)])
        assert errors(made) == [("b", "ledger/rejected-unchanged")]

    def test_changed_it_is_created_with_a_warning(self):
        made = plan(
            [file(text=FULL.replace("openings: 1", "openings: 2"))], [], [refused(digest=self.DIGEST)]
        )
        assert outcomes(made) == {"a": "create"}
        assert warnings(made) == [("a", "ledger/refused-by-ats")]
        assert "no such office" in made.diagnostics[0].message

    def test_or_unchanged_where_that_is_asked_for(self):
        made = plan([file(text=FULL)], [], [refused(digest=self.DIGEST)], retry_rejected=True)
        assert outcomes(made) == {"a": "create"}
        assert warnings(made) == [("a", "ledger/refused-by-ats")]

    def test_what_bindbee_itself_refused_is_simply_created(self):
        made = plan([file(text=FULL)], [], [refused(digest=self.DIGEST, by_ats=False)])
        assert outcomes(made) == {"a": "create"}
        assert made.diagnostics == ()


class TestSeverities:
    def test_a_warning_raised_to_an_error_blocks(self):
        one = file(text=FULL.replace("openings: 1", "openings: 101"))
        made = plan([one], severities={"greenhouse/openings-high": Severity.ERROR})
        assert outcomes(made) == {"a": "blocked"}

    @pytest.mark.parametrize(("to", "shown"), [(Severity.WARNING, 1), (Severity.OFF, 0)])
    def test_an_error_lowered_or_switched_off_lets_through(self, to, shown):
        one = file(text=FULL + "confidential: true\n")
        made = plan([one], severities={"greenhouse/field-not-forwarded": to})
        assert outcomes(made) == {"a": "create"}
        assert len(made.diagnostics) == shown

    def test_what_cant_be_lowered_keeps_its_errors_where_it_is_a_warning_elsewhere(self):
        made = plan(
            [file(name="Seller")],
            on=listed(job(raw_data={}), templates=[template(raw_data={})]),
            severities={"identity/unverifiable-templates": Severity.WARNING},
        )
        assert errors(made) == [("a", "identity/unverifiable-templates")]

    def test_a_switched_off_drift_warning_leaves_the_drift(self):
        made = plan(
            [file(name="X", sync={"id": "j1"})], [job()], severities={"drift/no-update": Severity.OFF}
        )
        assert outcomes(made) == {"a": "drifted"}
        assert made.diagnostics == ()


class TestOtherFindings:
    RESERVED = RESERVED_NAME.at(Place("jobs/drafts/_x.yaml"), "reserved")
    BESIDE = RESERVED_NAME.at(Place("jobs/_notes.yaml"), "reserved")
    MISNAMED = RESERVED_NAME.at(Place("jobs/_defaults.yml"), "reserved")
    ALONE = TYPE.at(Place("jobs/drafts/_defaults.yaml"), "wrong")
    IN_DEFAULTS = TYPE.at(Place("jobs/x/_defaults.yaml"), "wrong")
    UNREADABLE = SYNTAX.at(Place("jobs/closed"), "This folder can't be read")

    HIDDEN = IGNORED.at(Place("jobs/.draft.yaml"), "not read", severity=Severity.ERROR)

    FILES = (file("a", text=FULL), file("x/b", name="B"), file("x/c", name="C"))

    def errors(self, finding, *selected):
        found = Desired(files=self.FILES, diagnostics=(finding,))
        return plan(found, selects=Selection(frozenset(selected) if selected else None)).errors

    @pytest.mark.parametrize("finding", [RESERVED, MISNAMED, HIDDEN, ALONE, IN_DEFAULTS, UNREADABLE])
    def test_are_part_of_the_plan(self, finding):
        assert self.errors(finding) == (finding,)

    @pytest.mark.parametrize("finding", [RESERVED, BESIDE, ALONE, HIDDEN, IN_DEFAULTS])
    def test_a_target_is_the_way_round_those_of_no_concern_to_it(self, finding):
        assert self.errors(finding, "a") == ()

    def test_every_target_is_the_way_round_those_of_folders_without_jobs(self):
        assert self.errors(self.RESERVED, "a", "x/b", "x/c") == ()
        assert self.errors(self.ALONE, "a", "x/b", "x/c") == ()

    @pytest.mark.parametrize("finding", [IN_DEFAULTS, MISNAMED])
    def test_those_in_the_folder_of_a_target_or_above_it_count(self, finding):
        assert self.errors(finding, "x/b") == (finding,)

    def test_those_that_were_named_count(self):
        found = Desired(files=self.FILES, diagnostics=(self.RESERVED, self.ALONE))
        named = Selection(frozenset({"a"}), frozenset({self.RESERVED.place.path}))
        assert plan(found, selects=named).errors == (self.RESERVED,)

    def test_but_not_round_jobs_that_could_not_be_read(self):
        assert self.errors(self.UNREADABLE, "a") == (self.UNREADABLE,)


class TestWhatNoOneDocuments:
    def test_is_said_once_where_something_is_created(self):
        made = plan([file("a", name="A"), file("b", name="B")], on=listed(integration_slug="workday"))
        (found,) = [each for each in made.diagnostics if each.rule == "provider/undocumented"]
        assert (found.place, found.address, str(found.severity)) == (None, None, "warning")
        assert found.message == "Neither Bindbee nor Workday documents what a create requires there"
        assert len(made.creates) == 2

    def test_says_of_workable_that_a_create_may_not_be_possible(self):
        made = plan([file("a", name="A")], on=listed(integration_slug="workable"))
        (found,) = [each for each in made.diagnostics if each.rule == "provider/undocumented"]
        assert "may not be possible" in found.message

    @pytest.mark.parametrize("slug", ["greenhouse", "lever", "ashby"])
    def test_is_not_said_of_others(self, slug):
        made = plan([file("a", name="A")], on=listed(integration_slug=slug))
        assert [each for each in made.diagnostics if each.rule == "provider/undocumented"] == []

    def test_is_not_said_where_nothing_is_created(self):
        made = plan([file("a", name="Seller")], on=listed(job(name="Seller"), integration_slug="workday"))
        assert [each for each in made.diagnostics if each.rule == "provider/undocumented"] == []

    def test_is_not_said_where_only_other_jobs_are_created(self):
        files = [file("a", name="A"), file("b", name="Seller")]
        on = listed(job(name="Seller"), integration_slug="workday")
        for address, said in (("a", True), ("b", False)):
            made = plan(files, on=on, selects=Selection(frozenset({address})))
            assert ("provider/undocumented" in {each.rule for each in made.diagnostics}) is said
