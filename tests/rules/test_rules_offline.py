"""Each rule about a file by itself: what breaks it, where, and what passes."""

from __future__ import annotations

from pkgutil import iter_modules

import pytest

from bindbee_sync import rules
from bindbee_sync.desired.defaults import load_defaults
from bindbee_sync.desired.load import load_text
from bindbee_sync.diagnostics import Place, Severity
from bindbee_sync.job_file import Desired
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.planning.selection import EVERYTHING, Selection
from bindbee_sync.rules import greenhouse
from bindbee_sync.rules.registry import GROUPS, RULES, check_new_job, with_severities
from bindbee_sync.rules.rule import Rule

FULL = """\
name: Seller
departments: [Sales]
template_id: T
remote_user_id: anna@corp.example
openings: 1
"""


def validate(*texts, provider="greenhouse", selects=EVERYTHING, **severities):
    """Return the findings on files of these contents, `a.yaml`, `b.yaml`, ..."""
    files = tuple(load_text(text, address="abcdef"[index]) for index, text in enumerate(texts))
    chosen = {rule.replace("__", "/").replace("_", "-"): Severity(to) for rule, to in severities.items()}
    return validate_files(Desired(files=files, diagnostics=()), provider, chosen, selects)


def found(findings):
    return [(f.rule, str(f.severity), f.place.line, f.place.column) for f in findings]


def without(field):
    return "".join(line for line in FULL.splitlines(keepends=True) if not line.startswith(field))


BROKEN = {
    "template missing": (without("template_id"), "greenhouse/template-required", "error", 1, 1),
    "template null": (
        FULL.replace("template_id: T", "template_id:"),
        "greenhouse/template-required",
        "error",
        3,
        1,
    ),
    "user missing": (without("remote_user_id"), "greenhouse/remote-user-required", "error", 1, 1),
    "user null": (
        FULL.replace("remote_user_id: anna@corp.example", "remote_user_id: null"),
        "greenhouse/remote-user-required",
        "error",
        4,
        1,
    ),
    "openings missing": (without("openings"), "greenhouse/openings-required", "error", 1, 1),
    "openings null": (
        FULL.replace("openings: 1", "openings: ~"),
        "greenhouse/openings-required",
        "error",
        5,
        1,
    ),
    "name missing": (without("name"), "greenhouse/name-required", "error", 1, 1),
    "name null": (FULL.replace("name: Seller", "name:"), "greenhouse/name-required", "error", 1, 1),
    "two departments": (
        FULL.replace("[Sales]", "[Sales, People]"),
        "greenhouse/single-department",
        "error",
        2,
        22,
    ),
    "three departments in lines": (
        FULL.replace(" [Sales]", "\n  - Sales\n  - People\n  - Ops"),
        "greenhouse/single-department",
        "error",
        4,
        5,
    ),
    "bare department": (FULL.replace("[Sales]", "[ 4001 ]"), "greenhouse/unified-ids", "error", 2, 16),
    "bare second office": (FULL + 'offices: [Berlin, "77"]\n', "greenhouse/unified-ids", "error", 6, 19),
    "bare user": (
        FULL.replace("anna@corp.example", "123"),
        "greenhouse/unified-ids",
        "error",
        4,
        17,
    ),
    "many openings": (
        FULL.replace("openings: 1", "openings: 101"),
        "greenhouse/openings-high",
        "warning",
        5,
        11,
    ),
    "description": (FULL + "description: Sell.\n", "greenhouse/field-not-forwarded", "warning", 6, 14),
    "status open": (FULL + "status: OPEN\n", "greenhouse/field-not-forwarded", "warning", 6, 9),
    "status closed": (FULL + "status: CLOSED\n", "greenhouse/field-not-forwarded", "warning", 6, 9),
    "confidential": (FULL + "confidential: true\n", "greenhouse/field-not-forwarded", "warning", 6, 15),
    "not confidential": (FULL + "confidential: false\n", "greenhouse/field-not-forwarded", "warning", 6, 15),
    "urls": (FULL + "job_posting_urls: []\n", "greenhouse/field-not-forwarded", "warning", 6, 19),
    "managers": (FULL + "hiring_managers: [a@b.c]\n", "greenhouse/field-not-forwarded", "warning", 6, 18),
    "recruiters": (FULL + "recruiters: [a@b.c]\n", "greenhouse/field-not-forwarded", "warning", 6, 13),
    "blank name": (FULL.replace("Seller", "' '"), "schema/empty-name", "error", 1, 7),
    "blank code": (FULL + "code: ''\n", "schema/empty-code", "error", 6, 7),
    "no openings": (FULL.replace("openings: 1", "openings: 0"), "schema/openings-positive", "error", 5, 11),
    "text for openings": (FULL.replace("openings: 1", "openings: one"), "schema/type", "error", 5, 11),
    "unknown": (FULL + "departement: [Sales]\n", "schema/unknown-field", "error", 6, 1),
    "twice": (FULL + "name: Again\n", "yaml/duplicate-key", "error", 6, 1),
    "syntax": ("name: [\n", "yaml/syntax", "error", 1, 7),
}


@pytest.mark.parametrize(("text", "rule", "severity", "line", "column"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_breaks_a_rule_is_told_which_where_and_how_gravely(text, rule, severity, line, column):
    assert found(validate(text)) == [(rule, severity, line, column)]


PASSING = {
    "plain": FULL,
    "hundred openings": FULL.replace("openings: 1", "openings: 100"),
    "uuid": FULL.replace("[Sales]", "[0f000000-0000-4000-8000-000000000001]"),
    "no department": without("departments"),
    "empty department list": FULL.replace("[Sales]", "[]"),
    "null for what is not required": FULL + "description:\nstatus: null\nconfidential: ~\ncode:\n",
    "number with a letter": FULL.replace("[Sales]", "[4001a]"),
    "a template may be a number": FULL.replace("template_id: T", "template_id: 4001"),
}


@pytest.mark.parametrize("text", PASSING.values(), ids=PASSING)
def test_a_file_that_keeps_the_rules_passes(text):
    assert found(validate(text)) == []


@pytest.mark.parametrize("status", ["CLOSED", "DRAFT", "ARCHIVED", "PENDING", "-", "OPEN"])
def test_every_status_of_create_job_is_known(status):
    assert found(validate(f"status: {status!r}\n", provider=None)) == []


def test_another_status_is_an_error_with_the_nearest_one():
    (finding,) = validate("status: Open\n", provider=None)
    assert (finding.rule, str(finding.severity), finding.place.line, finding.place.column) == (
        "schema/status-value",
        "error",
        1,
        9,
    )
    assert "OPEN" in finding.hint


@pytest.mark.parametrize("key", ["id: j1", "remote_id: '77'"])
def test_a_file_that_names_its_job_is_not_asked_for_what_only_a_new_one_needs(key):
    assert found(validate(f"departments: [1, 2]\nstatus: Open\nsync: {{{key}}}\n")) == []


def test_a_file_that_names_another_job_only_is_still_a_new_one():
    rules = {rule for rule, *_ in found(validate("sync: {distinct_from: [j1]}\n"))}
    assert "greenhouse/name-required" in rules


def test_without_a_provider_only_common_rules_run():
    assert found(validate("departments: [1, 2]\nstatus: Open\n", provider=None)) == [
        ("schema/status-value", "error", 2, 9)
    ]


def test_an_inherited_fault_points_into_the_defaults_and_says_whose_it_is():
    defaults = load_defaults("offices: [1]\ndepartments:\n- A\n- B\n", path="jobs/_defaults.yaml")
    file = load_text(without("departments"), address="a", defaults=defaults)
    findings = validate_files(Desired(files=(file,), diagnostics=()), "greenhouse", {})
    assert [(f.rule, f.place.path, f.place.line, f.place.column, f.address) for f in findings] == [
        ("greenhouse/unified-ids", "jobs/_defaults.yaml", 1, 11, "a"),
        ("greenhouse/single-department", "jobs/_defaults.yaml", 4, 3, "a"),
    ]


def test_a_default_cancelled_with_null_points_at_the_key_that_cancels():
    defaults = load_defaults("openings: 2\n", path="jobs/_defaults.yaml")
    file = load_text(FULL.replace("openings: 1", "openings:"), address="a", defaults=defaults)
    findings = validate_files(Desired(files=(file,), diagnostics=()), "greenhouse", {})
    assert [(f.rule, f.place.path, f.place.line) for f in findings] == [
        ("greenhouse/openings-required", "jobs/a.yaml", 5)
    ]


def test_a_null_in_the_defaults_points_into_them():
    defaults = load_defaults("openings:\n", path="jobs/_defaults.yaml")
    file = load_text(without("openings"), address="a", defaults=defaults)
    (finding,) = validate_files(Desired(files=(file,), diagnostics=()), "greenhouse", {})
    assert (finding.rule, finding.place.path, finding.place.line) == (
        "greenhouse/openings-required",
        "jobs/_defaults.yaml",
        1,
    )


class TestFilesThatCantBeToldApart:
    @pytest.mark.parametrize(
        "codes", [("X1", "X1"), ("X1", "x1"), ("X1", "' X1'"), ("A B", "a B"), ("AB", "a b")]
    )
    def test_two_files_of_one_code(self, codes):
        one, two = (f"{FULL}code: {code}\n" for code in codes)
        findings = validate(one, two.replace("Seller", "Buyer"))
        assert found(findings) == [("identity/duplicate-code", "error", 6, 7)] * 2
        assert [f.address for f in findings] == ["a", "b"]
        assert "jobs/b.yaml" in findings[0].message

    def test_two_files_without_code_of_one_folded_name(self):
        findings = validate(FULL, FULL.replace("Seller", "' SELLER '"))
        assert found(findings) == [("identity/duplicate-name", "error", 1, 7)] * 2

    def test_one_name_is_fine_where_codes_differ_or_only_one_has_none(self):
        assert found(validate(FULL + "code: A\n", FULL + "code: B\n", FULL)) == []

    def test_one_name_is_fine_where_the_files_name_their_jobs(self):
        assert found(validate("name: X\nsync: {id: j1}\n", "name: X\nsync: {remote_id: '2'}\n")) == []

    def test_but_not_where_only_one_does(self):
        findings = validate("name: Seller\nsync: {id: j1}\n", FULL)
        assert found(findings) == [("identity/duplicate-name", "error", 1, 7)] * 2

    @pytest.mark.parametrize(("key", "column"), [("id", 12), ("remote_id", 19)])
    def test_two_files_that_name_one_job(self, key, column):
        findings = validate(f"name: X\nsync: {{{key}: j1}}\n", f"name: Y\nsync: {{{key}: J1}}\n")
        assert found(findings) == [("identity/duplicate-target", "error", 2, column)] * 2
        assert "jobs/b.yaml" in findings[0].message

    @pytest.mark.parametrize(
        ("one", "two"),
        [("Sales/Lead", "sales/lead"), ("caf\u00e9", "cafe\u0301"), ("a", "a"), ("STRASSE", "straße")],
    )
    def test_two_addresses_that_a_file_system_may_take_for_one(self, one, two):
        files = (
            load_text(FULL + "code: A\n", address=one, path=f"jobs/{one}.yaml"),
            load_text(FULL + "code: B\n", address=two, path=f"jobs/{two}.yml"),
        )
        findings = validate_files(Desired(files=files, diagnostics=()), "greenhouse", {})
        assert found(findings) == [("identity/duplicate-address", "error", 1, 1)] * 2

    def test_addresses_that_differ_by_white_space_are_two(self):
        files = (
            load_text(FULL + "code: A\n", address="a b"),
            load_text(FULL + "code: B\n", address="a  b"),
        )
        assert validate_files(Desired(files=files, diagnostics=()), "greenhouse", {}) == ()


class TestSeverities:
    def test_a_rule_can_be_lowered_switched_off_and_raised(self):
        two = FULL.replace("[Sales]", "[Sales, People]")
        assert found(validate(two, greenhouse__single_department="warning"))[0][1] == "warning"
        assert validate(two, greenhouse__single_department="off") == ()
        many = FULL.replace("openings: 1", "openings: 101")
        assert found(validate(many, greenhouse__openings_high="error"))[0][1] == "error"

    def test_offline_a_field_that_is_not_forwarded_is_never_an_error(self):
        findings = validate(FULL + "confidential: true\n", greenhouse__field_not_forwarded="error")
        assert [str(f.severity) for f in findings] == ["warning"]

    @pytest.mark.parametrize(
        ("text", "off", "then"),
        [
            (
                FULL.replace("openings: 1", "openings: 0"),
                "schema__openings_positive",
                "greenhouse/openings-required",
            ),
            (FULL.replace("Seller", "' '"), "schema__empty_name", "greenhouse/name-required"),
            (FULL.replace("name:", "nmae:"), "schema__unknown_field", "greenhouse/name-required"),
        ],
    )
    def test_a_rule_switched_off_lets_no_job_through_without_a_required_field(self, text, off, then):
        assert then in {f.rule for f in validate(text, **{off: "off"}) if f.is_error}

    def test_findings_of_two_jobs_at_one_inherited_place_have_one_order(self):
        at_defaults = Place("jobs/_defaults.yaml", 2, 1)
        both = [RULES["reference/not-found"].at(at_defaults, "gone", address=address) for address in "ab"]
        assert with_severities(both, {}) == with_severities(reversed(both), {}) == tuple(both)

    def test_selected_files_alone_are_judged_and_all_are_compared(self):
        broken = without("openings") + "code: X\n"
        findings = validate(broken, FULL + "code: X\n", selects=Selection(frozenset({"b"})))
        assert [(f.address, f.rule) for f in findings] == [("b", "identity/duplicate-code")]


def test_every_rule_says_what_it_demands_what_to_do_and_where_it_comes_from():
    for rule in RULES.values():
        assert rule.demands.endswith("."), rule.id
        assert rule.hint, rule.id
        assert rule.source, rule.id
        assert rule.id.count("/") == 1
        assert (rule.provider == "greenhouse") >= rule.id.startswith("greenhouse/")


def test_a_rule_is_in_the_file_that_its_id_names():
    modules = {module.name for module in iter_modules(rules.__path__)}
    files = modules - {"rule", "registry", "pack", "providers", "examples"}
    assert {group.__name__.rpartition(".")[2] for group in (*GROUPS, greenhouse)} == files
    for group in (*GROUPS, greenhouse):
        here = [rule.id for rule in vars(group).values() if isinstance(rule, Rule)]
        prefix = group.__name__.rpartition(".")[2] + "/"
        assert here, group
        assert [rule for rule in here if not rule.startswith(prefix)] == []


CONTRACT = """
yaml/syntax yaml/duplicate-key schema/unknown-field schema/type schema/empty-name schema/empty-code
schema/openings-positive schema/status-value reference/not-found reference/ambiguous reference/user-disabled
identity/duplicate-code identity/duplicate-name identity/duplicate-target identity/ambiguous-remote
identity/name-collision identity/repurposed identity/id-not-found identity/unverifiable-templates
identity/duplicate-address identity/closed-target identity/closed-namesake drift/no-update files/ignored
files/reserved-name greenhouse/template-required greenhouse/remote-user-required greenhouse/openings-required
greenhouse/name-required greenhouse/single-department greenhouse/unified-ids greenhouse/template-not-found
greenhouse/template-flag greenhouse/openings-high greenhouse/field-not-forwarded connector/not-ready
connector/never-synced connector/list-moved connector/sync-failed connector/stale-list ledger/vanished
ledger/rejected-unchanged ledger/refused-by-ats
"""


def test_all_promised_rules_are_there():
    assert set(CONTRACT.split()) <= set(RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_groups_that_guard_creating_cant_be_lowered(rule):
    fixed = rule.startswith(("yaml/", "reference/", "identity/", "ledger/")) or rule == "schema/type"
    if rule.startswith(("schema/", "greenhouse/", "files/", "drift/")) and not fixed:
        assert RULES[rule].lowerable
    if fixed:
        assert not RULES[rule].lowerable


def test_no_hint_lets_a_confidential_job_be_created_in_the_open():
    file = load_text("name: x\nconfidential: true\n", address="a")
    new = check_new_job(file, "greenhouse", offline=False)
    (found,) = (each for each in new if each.field == "confidential")
    assert found.is_error
    assert found.hint.startswith("Remove the file")


@pytest.mark.parametrize("key", ["id", "remote_id"])
def test_a_file_that_names_its_job_needs_nothing_for_a_create(key):
    assert validate(f'name: Seller\nsync: {{{key}: "j1"}}\n') == ()


def test_of_a_file_that_can_not_be_read_that_alone_is_said():
    assert {finding.rule.partition("/")[0] for finding in validate("name: [\n")} == {"yaml"}
