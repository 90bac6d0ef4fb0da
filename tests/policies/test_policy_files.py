"""A policy file as read: what compiles, and the place of every fault."""

from __future__ import annotations

import re
from dataclasses import replace
from threading import Event

import pytest

from bindbee_sync.desired.load import load_text
from bindbee_sync.diagnostics import Place
from bindbee_sync.policies.load import load_policies, read_policies
from bindbee_sync.policies.policy import Case, Policies, judge
from bindbee_sync.policies.position import place_in
from bindbee_sync.policies.variables import VARIABLES, as_written, values_of

HEAD = "id: policy/one\nmessage: No\n"
PATH = "policies/one.yaml"


def read(text):
    return read_policies({PATH: text.encode()}, {})


def faults(text):
    return [(f.rule, f.place.line, f.place.column, f.message, f.hint) for f in read(text).findings]


def fault(text):
    (only,) = faults(text)
    assert only[0] == "policy/invalid"
    return only[1:]


def case(text, *, is_new=True, address="sales/driver", customer="Acme"):
    file = load_text(text, address=address)
    context = {"connector": "acme", "customer": customer, "provider": "greenhouse"}
    values = values_of(file, VARIABLES, context=context, names=as_written(file, VARIABLES), is_new=is_new)
    return Case(file=file, is_new=is_new, values=values)


def breaks(expression, job, **about):
    text = f"{HEAD}require: {expression!r}\n" if not expression.startswith("|") else expression
    policies = read(text)
    assert not policies.findings, policies.findings
    return [(f.rule, f.message) for f in judge(policies, [case(job, **about)]).findings]


@pytest.mark.parametrize(
    ("lines", "line", "column", "words"),
    [
        ("require: nme == ''", 3, 10, "no variable or function 'nme'"),
        ("require: \"name == '' && nme\"", 3, 25, "'nme'"),
        ("require: 'name == \"it''s\" && nme'", 3, 30, "'nme'"),
        ('require: "name == \\"\\u00e9\\" && nme"', 3, 33, "'nme'"),
        ("require: |\n  name == '' &&\n    nme", 5, 5, "'nme'"),
        ("require: |2-\n   name == '' &&\n   nme", 5, 4, "'nme'"),
        ("require: >\n  name == ''\n  && nme", 5, 6, "'nme'"),
        ("require: >\n  name == ''\n\n\n  && nme", 7, 6, "'nme'"),
        ("require: name == ''\n  && nme", 4, 6, "'nme'"),
        ("require: \"name == ''\n\n  && nme\"", 5, 6, "'nme'"),
        ("require: !!str name == nme", 3, 24, "'nme'"),
        ("when: nme\nrequire: 'true'", 3, 7, "in 'when'"),
        ("require: name ==", 3, 17, "not valid CEL"),
        ("require: name", 3, 10, "must be true or false, and this is a text"),
        ("require: openings", 3, 10, "must be true or false, and this is a number"),
        ("require: offices", 3, 10, "must be true or false, and this is a list"),
        ("require: dyn(true)", 3, 10, "must be true or false"),
        ("require: name + 1 == name", 3, 15, "'+' can't be applied to (string, int)"),
        ("require: openings == 1.5", 3, 19, "can't be applied"),
        ("require: offices.map(o, offices + [o]).size() > 0", 3, 33, "not where a list is stepped through"),
        ("require: '[name].all(n, n + \"map\" == n) // map'", 3, 27, "not where a list is stepped through"),
        ("require: dyn(offices).map(o, dyn(o) + dyn(o)) == []", 3, 37, "not where a list is stepped"),
        ("require: bytes(name).size() > 0", 3, 15, "'bytes'"),
        ("require: offices.exists(o, o + o == o)", 3, 30, "not where a list is stepped through"),
        ("require: now == name", 3, 10, "'now'"),
        ("require: env.HOME == ''", 3, 13, "'env.HOME'"),
        ("require: name.matches('[')", 3, 10, "regular expression"),
        ("require: " + "(" * 50 + "true" + ")" * 50, 3, 10, "nested too deeply"),
        ("require: name == '" + "x" * 5000 + "'", 3, 10, "at most 4000 characters"),
        ("require: [a]", 3, 10, "'require' must be text, not a list"),
        ('require: "name == \\"\\ud800\\""', 3, 10, "U+D800"),
        ('require: "name == \\"\\0\\""', 3, 10, "U+0000"),
        ('require: "true"\nhint: "\\udfff"', 4, 7, "U+DFFF"),
        ("require:", 3, 1, "'require' is empty"),
        ("require: 'true'\nrequire: 'true'", 4, 1, "occurs twice"),
        ("require: 'true'\nseverty: error", 4, 1, "'severty' is not a key"),
        ("require: 'true'\nseverity: off", 4, 11, "'severity' must be error or warning"),
        ("require: 'true'\napplies_to: old", 4, 13, "'applies_to' must be new or all"),
        ("require: 'true'\nfield: ofices", 4, 8, "'field' must be a field of a job"),
        ("require: 'true'\nfield: sync", 4, 8, "'field' must be a field of a job"),
        ("require: 'true'\nhint: [a]", 4, 7, "'hint' must be text"),
        ("require: 'true'\nexamples: 1", 4, 11, "'examples' must be a group"),
        ("require: 'true'\nexamples:\n  passses: []", 5, 3, "'passses' is not a key"),
        ("require: 'true'\nexamples:\n  passes: {}", 5, 11, "must be a list of jobs"),
        ("require: 'true'\nexamples:\n  passes: [x]", 5, 12, "must be a job"),
        ("require: 'true'\nexamples:\n  passes: [{nam: x}]", 5, 13, "'nam' is not a field"),
        ("require: 'true'\nexamples:\n  passes: [{openings: x}]", 5, 23, "whole number"),
        ("require: 'true'\nexamples:\n  passes: [{is_new: 1}]", 5, 21, "true or false"),
        ("require: 'true'\nexamples:\n  fails:\n  - name: x", 6, 5, "one of 'fails', and it passes"),
        ("require: 'false'\nexamples:\n  passes: [{name: x}]", 5, 12, "one of 'passes', and it fails"),
        (
            "require: 1/openings == 1\nexamples:\n  passes: [{name: x}]",
            5,
            12,
            "can't be judged: .*divide by zero",
        ),
    ],
)
def test_each_fault_is_an_error_at_its_line_and_column(lines, line, column, words):
    found = fault(f"{HEAD}{lines}\n")
    assert found[:2] == (line, column), found
    assert re.search(words if ".*" in words else re.escape(words), found[2]), found


@pytest.mark.parametrize(
    ("message", "column", "words"),
    [
        ("In {ofices}", 14, "'{ofices}'"),
        ("{name} in {offices.x}", 21, "'{offices.x}'"),
        ("{name!r}", 11, "'{name!r}'"),
        ("{name:>5}", 11, "'{name:>5}'"),
        ("{}", 11, "'{}'"),
        ("{0}", 11, "'{0}'"),
        ("{name", 10, "not closed"),
        ("name}", 10, "not closed"),
    ],
)
def test_a_placeholder_is_checked_when_the_message_is_read(message, column, words):
    line, at, found, _ = fault(f"id: policy/one\nrequire: 'true'\nmessage: '{message}'\n")
    assert (line, at) == (3, column), found
    assert words in found


def test_braces_can_be_written_in_a_message():
    assert breaks("name == ''", "name: A")
    policies = read(
        "id: policy/one\nrequire: name == ''\nmessage: '{{{name}}} {is_new} {offices} {openings}'\n"
    )
    (found,) = judge(policies, [case("name: A\noffices: [B, C]\nopenings: 2")]).findings
    assert found.message == "{A} true B, C 2"


@pytest.mark.parametrize(
    "rule_id",
    ["pay-range", "policy/", "policy/Pay", "greenhouse/x", "policy/a b", "policy/invalid"],
)
def test_an_id_is_a_name_of_ones_own_in_policy(rule_id):
    line, column, _, hint = fault(f"id: '{rule_id}'\nrequire: 'true'\nmessage: No\n")
    assert (line, column) == (1, 5)
    assert hint


def test_near_names_are_suggested():
    assert fault(HEAD + "require: ofices == []")[3] == "Did you mean 'offices'?"
    assert fault(HEAD + "require: 'true'\naplies_to: all")[3] == "Did you mean 'applies_to'?"
    assert fault(HEAD + "require: 'true'\nfield: ofices")[3] == "Did you mean 'offices'?"


@pytest.mark.parametrize("missing", ["id", "require", "message"])
def test_a_rule_without_a_key_that_it_needs_is_an_error(missing):
    keys = {"id": "policy/one", "require": "'true'", "message": "No"}
    text = "".join(f"{key}: {value}\n" for key, value in keys.items() if key != missing)
    assert fault(text)[:2] == (1, 1)
    assert f"'{missing}'" in fault(text)[2]


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "- a\n", "text\n", "a: [", "\ta: 1", "a: \x00", "&a [*a]"]
)
def test_a_file_that_holds_no_rule_is_an_error(text):
    assert [each[0] for each in faults(text)] == ["policy/invalid"]


def test_all_faults_of_a_file_are_reported_at_once():
    text = "id: Policy/a\nwhen: nme && foo\nrequire: 1\nmessage: '{x}'\nfoo: 1\n"
    assert len(faults(text)) == 6


def test_two_files_of_one_id_are_an_error_at_the_second():
    one = f"{HEAD}require: 'true'\n".encode()
    (found,) = read_policies({"policies/a.yaml": one, "policies/b.yaml": b"# b\n" + one}, {}).findings
    assert (found.place.path, found.place.line, found.place.column) == ("policies/b.yaml", 2, 5)
    assert "policies/a.yaml" in found.message


def test_variables_are_flat_and_typed():
    job = "name: Driver\ncode: 7\noffices: [Berlin]\njob_posting_urls: [https://a.b]\nconfidential: false\n"
    kept = (
        "name == 'Driver' && code == '7' && offices == ['Berlin'] && departments == [] && description == '' "
        "&& openings == 0 && !has_openings && has_confidential && !confidential && has_offices "
        "&& job_posting_urls == ['https://a.b'] && address == 'sales/driver' && folder == 'sales' "
        "&& connector == 'acme' && customer == 'Acme' && provider == 'greenhouse' && is_new"
    )
    assert breaks(f"|\n  {kept}".replace("|\n  ", ""), job) == []
    assert breaks("folder == ''", job, address="driver") == []


def test_a_null_is_not_set():
    assert breaks("!has_description && description == ''", "name: A\ndescription: null\n") == []


def test_an_error_is_never_a_pass():
    found = breaks("1 / openings > 0", "name: A\n")
    assert [rule for rule, _ in found] == ["policy/failed"]
    assert "divide by zero" in found[0][1]
    assert [rule for rule, _ in breaks("offices[3] == 'a'", "name: A\n")] == ["policy/failed"]
    text = f"{HEAD}when: 1 / openings > 0\nrequire: 'true'\n"
    assert [f.rule for f in judge(read(text), [case("name: A\n")]).findings] == ["policy/failed"]


def test_a_rule_about_new_jobs_leaves_others_alone():
    assert breaks("name == ''", "name: A\n", is_new=False) == []
    policies = read(f"{HEAD}require: name == ''\napplies_to: all\n")
    assert judge(policies, [case("name: A\n", is_new=False)]).findings


def test_half_a_character_is_an_error_and_no_crash():
    found = breaks("customer == 'a'", "name: A\n", customer="\ud800")
    assert [rule for rule, _ in found] == ["policy/failed"]


def test_texts_are_joined_where_that_is_bounded():
    assert breaks("name.startsWith(customer + ': ')", "name: 'Acme: Driver'\n") == []
    assert breaks("name.startsWith(customer + ': ')", "name: Driver\n")
    assert fault(HEAD + "require: " + "+".join(["name"] * 12) + " == ''")[1] == 14


@pytest.mark.parametrize(
    "expression",
    [
        'offices.filter(o, o.matches("[A-Z]+")).map(o, o) == ["Berlin"]',
        "(offices + departments).exists_one(o, o == 'Berlin')",
        "offices.filter(o, o != '').size() + departments.size() == 1",
    ],
)
def test_lists_are_built_step_by_step(expression):
    text = f"{HEAD}require: |\n  {expression}\n"
    if "+ departments)" in expression:
        assert "stepped through" in fault(text)[2]
        return
    assert judge(read(text), [case("offices: [Berlin]\n")]).findings == ()


STEPS = "[" + ",".join("1" * 100) + "]"


def test_an_evaluation_has_a_bound_of_steps():
    found = breaks(f"{STEPS}.all(a, {STEPS}.all(b, {STEPS}.all(c, true)))", "name: A\n")
    assert [rule for rule, _ in found] == ["policy/failed"]
    assert "10,000 steps" in found[0][1]


def test_all_rules_over_all_jobs_have_a_budget_of_time():
    over = Event()
    (rule,) = read(f"{HEAD}require: 'true'\n").policies
    slow = replace(rule, keeps=lambda values: over.wait(30))
    (found,) = judge(Policies(policies=(slow,)), [case("name: A\n")] * 2, seconds=0.05).findings
    over.set()
    assert found.rule == "policy/budget"
    assert (found.place.path, found.place.line, found.place.column) == (PATH, 3, 10)
    assert "0.05 seconds" in found.message
    assert "policy/one" in found.message
    assert "sales/driver" in found.message


def test_a_link_out_of_the_folder_is_not_read(tmp_path):
    (tmp_path / "policies").mkdir()
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret: text\n")
    (tmp_path / "policies" / "a.yaml").symlink_to(secret)
    (found,) = load_policies(tmp_path / "policies", tmp_path, {}).findings
    assert (found.rule, found.place.path) == ("policy/invalid", "policies/a.yaml")
    assert "secret:" not in found.message


def test_hidden_files_and_other_files_are_left_alone(tmp_path):
    folder = tmp_path / "policies" / "pay"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# Rules\n")
    (folder / ".draft.yaml").write_text("x")
    (folder / "one.YML").write_text(f"{HEAD}require: 'true'\n")
    policies = load_policies(tmp_path / "policies", tmp_path, {})
    assert [each.rule.source for each in policies.policies] == ["policies/pay/one.YML"]
    assert policies.findings == ()


def test_a_place_that_can_not_be_followed_is_the_beginning_of_the_value():
    start = Place("a", 1, 4)
    assert place_in("a: *x", start, "name", 1, 2) == start


def test_without_a_policy_nothing_is_judged():
    assert judge(Policies(), [case("name: A\n")]).findings == ()
