"""The rules of the cookbook: each is a policy whose examples come out, of both kinds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bindbee_sync.policies.load import read_policies

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
RULES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", RULES)
def test_each_rule_of_the_cookbook_comes_out_as_its_examples_say(text):
    read = read_policies({"policies/a.yaml": text.encode()}, {})
    assert read.findings == ()
    (policy,) = read.policies
    assert policy.passes
    assert policy.fails


def test_all_of_them_can_be_used_together():
    files = {f"policies/{index}.yaml": text.encode() for index, text in enumerate(RULES)}
    read = read_policies(files, {})
    assert read.findings == ()
    assert len(read.policies) == len(RULES) >= 10
