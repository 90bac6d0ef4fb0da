"""The JSON Schema of a policy file: it takes the cookbook's rules, and refuses what the reader refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from bindbee_sync.schema.policy import policy_schema

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
RULES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
VALID = "id: policy/a\nrequire: true\nmessage: No\n"


def is_valid(text):
    schema = policy_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).is_valid(YAML(typ="safe").load(text))


@pytest.mark.parametrize("text", [VALID, *RULES])
def test_a_rule_is_valid(text):
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        VALID + "severty: error\n",
        VALID + "severity: off\n",
        VALID + "applies_to: old\n",
        VALID + "field: sync\n",
        VALID + "when: [a]\n",
        VALID + "examples: {pass: []}\n",
        VALID + "examples: {passes: [{nam: x}]}\n",
        VALID.replace("policy/a", "a"),
        VALID.replace("message: No\n", ""),
    ],
)
def test_a_fault_is_shown(text):
    assert not is_valid(text)


def test_the_command_prints_it(repo):
    assert repo.run("schema", "--document", "policy").json == policy_schema()
