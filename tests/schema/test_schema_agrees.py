"""The schema and `validate` say the same of any job file, as far as a schema can see it.

`SCHEMA_EXAMPLES=10000` makes the corpus larger.
"""

from __future__ import annotations

import json
import os
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from bindbee_sync.desired import parsing, tree
from bindbee_sync.desired.defaults import load_defaults
from bindbee_sync.desired.load import load_text
from bindbee_sync.diagnostics import Severity
from bindbee_sync.job_file import CREATE_FIELDS, Desired
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.rules.schema import REPEATED_ITEM, STATUSES
from bindbee_sync.schema.document import defaults_schema, job_schema

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "500"))
PROVIDERS = ("greenhouse", None)
JOB = {provider: Draft202012Validator(job_schema(provider, {})) for provider in PROVIDERS}
DEFAULTS = Draft202012Validator(defaults_schema({}))

# What a schema can't see, because it is shown values and not how they were written:
# - a key that stands twice, and a merge key (`<<`), which the loader resolves: not generated
# - a number written otherwise than in plain digits (0x1F, 1_000, 1e3, 2.0, +5, 007), where its digits matter
WRITTEN_OTHERWISE = re.compile(r"(?!(?:0|-?[1-9][0-9]*)$)[-+]?\.?[0-9][0-9a-fA-FxobE_.+-]*")
DIGITS_MATTER = ("openings", "departments", "offices", "hiring_managers", "recruiters", "remote_user_id")
# - which characters beyond ASCII are blank, and halves of characters (`"\\ud800"`): not generated
# - a date: the loader makes one of `2026-01-01`, which is text to YAML 1.2 and in editors, and here

PLAIN = st.sampled_from([
    "Sales", "007", "NO", "yes", "true", "False", "null", "~", "", "1e3", "2026-01-01", ".nan", "0x1F", "-1",
    "0", "12:30", "1.5", "5", "4050001", "+5", "1_000", "2.0", "-", "a: b", "OPEN", "open", "1", "2", "101",
    "999999999999999999", "1000000000000000000",
])  # fmt: skip
BLANK = st.sampled_from(["", " ", "\t", "\n", "  \n "])
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=6)


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


SCALAR = st.one_of(
    PLAIN.filter(lambda text: text not in ("-", "a: b")),
    st.one_of(TEXT, BLANK, PLAIN, st.sampled_from(["a\0b", "5\n", *STATUSES])).map(quoted),
)


def flow_list(items):
    return st.lists(items, max_size=3).map(
        lambda texts: "[" + ", ".join(text or "null" for text in texts) + "]"
    )


def flow_map(**values):
    return st.fixed_dictionaries({}, optional=values).map(
        lambda found: "{" + ", ".join(f"{key}: {text or 'null'}" for key, text in found.items()) + "}"
    )


URL = st.one_of(SCALAR, flow_map(value=SCALAR, url_type=SCALAR), flow_map(value=SCALAR, kind=SCALAR))
FIELD_NAME = st.sampled_from([*CREATE_FIELDS, "opening", "sync", "5"])
SYNC = flow_map(
    id=SCALAR, remote_id=SCALAR, ignore_changes=flow_list(FIELD_NAME), distinct_from=flow_list(SCALAR)
)
ANYTHING = st.one_of(SCALAR, flow_list(SCALAR), SYNC, flow_map(ids=SCALAR), st.just("[[1]]"))
FITTING = {
    "name": st.sampled_from(["Sales Manager", "007", '"NO"', "2026-01-01", '"a\\0b"', '" "', "true", "null"]),
    "description": SCALAR,
    "code": SCALAR,
    "status": st.sampled_from([*map(quoted, STATUSES), "open", "5", "null"]),
    "job_posting_urls": flow_list(URL),
    "confidential": st.sampled_from(["true", "false", "True", '"true"', "yes", "1", "null"]),
    "openings": st.sampled_from(
        ["1", "2", "0", "-3", '"2"', "1.5", "true", ".nan", "null", "9" * 18, "9" * 19]
    ),
    "template_id": SCALAR,
    "remote_user_id": SCALAR,
    "sync": SYNC,
} | {
    name: flow_list(SCALAR.filter(bool))
    for name in ("departments", "offices", "hiring_managers", "recruiters")
}
SOUND = {
    "name": "Sales Manager",
    "description": "<p>You lead our team.</p>",
    "code": "SAL-201",
    "status": "OPEN",
    "job_posting_urls": "[https://jobs.example/1]",
    "confidential": "false",
    "departments": "[Sales]",
    "offices": "[Berlin, London]",
    "hiring_managers": "[jonas.weber@halden-robotics.example]",
    "recruiters": "[]",
    "template_id": '"Template: People Manager"',
    "remote_user_id": "jonas.weber@halden-robotics.example",
    "openings": "1",
}
NEEDED = ("name", "template_id", "remote_user_id", "openings")
UNKNOWN = st.sampled_from(["nmae", "Name", "7", "true", "department", '"sync "', "openings.1"])
NO_JOB = st.sampled_from(["", "# nothing yet\n", "[name]", "name", "null", "5"])


@st.composite
def job_files(draw):
    """A sound file in which up to three things are changed, left out or added."""
    if draw(st.integers(0, 99)) == 0:
        return draw(NO_JOB)
    others = st.sets(st.sampled_from([name for name in SOUND if name not in NEEDED]), max_size=4)
    entries = {name: SOUND[name] for name in (*NEEDED, *sorted(draw(others)))}
    if draw(st.integers(0, 3)) == 0:
        entries["sync"] = draw(SYNC)
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([*SOUND, "sync"]))
        change = draw(st.integers(0, 9))
        if change == 0:
            entries[draw(UNKNOWN)] = draw(ANYTHING)
        elif change == 1:
            entries.pop(name, None)
        elif change in (2, 3):
            entries[name] = draw(ANYTHING)
        else:
            entries[name] = draw(FITTING[name])
    return "".join(f"{key}: {text}\n" for key, text in draw(st.permutations(list(entries.items()))))


def as_shown_to_a_schema(content):
    """Return the document as an editor has it: YAML 1.2, in which a date is text."""
    return json.loads(json.dumps(_keys_as_text(YAML(typ="safe", pure=True).load(content))))


def _keys_as_text(value):
    if isinstance(value, dict):
        return {str(key): _keys_as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_keys_as_text(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def numbers_written_otherwise(content):
    root = parsing.parse(content.encode(), "p").root
    if not isinstance(root, tree.MappingNode):
        return False
    return any(
        isinstance(scalar, tree.ScalarNode) and scalar.plain and WRITTEN_OTHERWISE.fullmatch(scalar.text)
        for key, node in root.entries
        if key.text in DIGITS_MATTER
        for scalar in (node.items if isinstance(node, tree.SequenceNode) else [node])
    )


def department_written_twice(content):
    findings = load_text(content, address="a").diagnostics
    return any((each.rule, each.field) == (REPEATED_ITEM.id, "departments") for each in findings)


def accepted(content, provider):
    desired = Desired(files=(load_text(content, address="a"),), diagnostics=())
    return not any(finding.is_error for finding in validate_files(desired, provider, {}))


def agreed(content, provider):
    """Whether both accept it."""
    by_validate = accepted(content, provider)
    document = as_shown_to_a_schema(content)
    why = [error.message for error in JOB[provider].iter_errors(document)]
    assert (not why) is by_validate, (why, load_text(content, address="a").diagnostics)
    return by_validate


WHOLE = "name: x\ntemplate_id: t\nremote_user_id: u\nopenings: 1\n"
EDGES = [
    ("departments: [a, b]\n", False),
    ("departments: [a]\n", True),
    ("offices: [a, b, c]\n", True),
    ("recruiters: [4050001]\n", False),
    ('offices: ["0"]\n', False),
    ('offices: ["5\\n"]\n', False),
    ('offices: [" 5 "]\n', False),
    ('offices: ["5 6"]\n', True),
    ("offices: [-1]\n", True),
    ("offices: [0.5]\n", True),
    ("status: open\n", False),
    ('status: "-"\n', True),
    ("status: null\n", True),
    ("confidential: true\n", True),
    ("sync: {}\n", True),
    ("sync: {ignore_changes: [nme]}\n", False),
    ("job_posting_urls: [{url_type: x}]\n", False),
    ("job_posting_urls: [5, {value: x, url_type: null}]\n", True),
    ("departments: [null]\n", False),
    ("departments: Sales\n", False),
]
FOR_SOME = [
    ("sync: {id: x}\nstatus: gone\ndepartments: [a, 5]\n", True),
    ("sync: {remote_id: x}\n", True),
    ("sync: {remote_id: null}\n", False),
    ('sync: {id: ""}\n', True),
    ("sync: {id: x}\nopenings: 0\n", False),
    (WHOLE.replace("1", "0"), False),
    (WHOLE.replace("1", "9" * 18), True),
    (WHOLE.replace("1", "1" + "0" * 18), False),
    (WHOLE.replace("1", "null"), False),
    (WHOLE.replace("u\n", "7\n"), False),
    (WHOLE.replace("t\n", "7\n"), True),
    (WHOLE.replace(": x", ": ' '"), False),
    *((WHOLE.replace(line, ""), False) for line in WHOLE.splitlines(keepends=True)),
]


@pytest.mark.parametrize(("content", "sound"), [*((WHOLE + more, sound) for more, sound in EDGES), *FOR_SOME])
def test_edges(content, sound):
    assert agreed(content, "greenhouse") is sound
    agreed(content, None)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(job_files(), st.sampled_from(PROVIDERS))
def test_schema_and_validate_agree(content, provider):
    if numbers_written_otherwise(content):
        event("left out: a number written otherwise")
        return
    if department_written_twice(content):  # a schema counts them; it can't say that two texts are one
        event("left out: a department written twice")
        return
    by_validate = agreed(content, provider)
    event(f"{provider or 'any ATS'}: {'accepted' if by_validate else 'refused'}")


@settings(max_examples=EXAMPLES // 5, deadline=None, suppress_health_check=list(HealthCheck))
@given(job_files())
def test_the_schema_of_defaults_agrees_too(content):
    if numbers_written_otherwise(content):
        return
    faults = load_defaults(content, path="jobs/_defaults.yaml").faults
    assert DEFAULTS.is_valid(as_shown_to_a_schema(content)) is not any(fault.is_error for fault in faults)


LOWERABLE = {
    "schema/unknown-field": "openings: 1\nnmae: x\n",
    "schema/empty-name": "name: ' '\n",
    "schema/empty-code": "code: ' '\n",
    "schema/openings-positive": "openings: 0\n",
    "schema/status-value": "status: open\n",
}


@pytest.mark.parametrize("rule", LOWERABLE)
def test_a_rule_that_the_config_lowers_is_not_in_the_schema(rule):
    content = LOWERABLE[rule]
    document = as_shown_to_a_schema(content)
    desired = Desired(files=(load_text(content, address="a"),), diagnostics=())
    for severity in Severity:
        by_schema = Draft202012Validator(job_schema(None, {rule: severity})).is_valid(document)
        findings = validate_files(desired, None, {rule: severity})
        assert by_schema is (severity is not Severity.ERROR) is not any(f.is_error for f in findings)


def test_a_warning_that_the_config_makes_an_error_is_in_the_schema():
    whole = {"name": "x", "template_id": "t", "remote_user_id": "u", "openings": 101}
    raised = {"greenhouse/openings-high": Severity.ERROR}
    assert JOB["greenhouse"].is_valid(whole)
    assert not Draft202012Validator(job_schema("greenhouse", raised)).is_valid(whole)
