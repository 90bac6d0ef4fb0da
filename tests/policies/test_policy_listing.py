"""A team's own rules in `rules`: listed, explained, tested, completed."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.commands.completion import rule_ids

RULE = """\
id: policy/two-words
severity: warning
require: name.contains(" ")
message: "'{name}' is one word"
hint: Write two.
"""
EXAMPLES = "examples:\n  passes: [{name: Bus Driver}]\n  fails: [{name: Driver}]\n"


@pytest.fixture
def own(repo):
    def write(text):
        (repo.path / "policies").mkdir(exist_ok=True)
        (repo.path / "policies" / "two-words.yaml").write_text(text, encoding="utf-8")

    return write


def test_it_is_listed_after_the_built_in_rules(repo, own):
    own(RULE + EXAMPLES)
    listed = repo.run("rules")
    assert listed.code == 0
    assert "policy/two-words  warning  '{name}' is one word" in listed.out.partition("Your own\n")[2]
    found = repo.run("rules", "--format", "json").json["rules"][-1]
    assert found == {
        "id": "policy/two-words",
        "severity": "warning",
        "demands": "'{name}' is one word",
        "hint": "Write two.",
        "source": "policies/two-words.yaml",
        "provider": None,
        "configurable": True,
        "page": "policies/two-words.yaml",
    }


def test_it_is_explained(repo, own):
    own(RULE + EXAMPLES)
    explained = repo.run("rules", "policy/two-words")
    assert explained.code == 0
    for words in ("What to do: Write two.", "Source: policies/two-words.yaml", "can be set under `rules`"):
        assert words in explained.out


def test_a_near_id_is_suggested(repo, own):
    own(RULE)
    assert "Did you mean 'policy/two-words'?" in repo.run("rules", "policy/two-word").err


def test_a_rule_that_can_not_be_read_is_said_below_the_list(repo, own):
    own(RULE.replace("name.c", "nam.c"))
    listed = repo.run("rules")
    assert listed.code == 1
    assert "policies/two-words.yaml" in listed.out
    (found,) = repo.run("rules", "--format", "json").json["diagnostics"]
    assert (found["rule"], found["line"], found["column"]) == ("policy/invalid", 3, 10)


def test_a_built_in_rule_is_explained_whatever_the_policies_and_the_config_are(repo, own):
    own("nonsense")
    repo.config("nonsense: 1\n")
    assert repo.run("rules", "yaml/syntax").code == 0


def test_the_examples_are_run(repo, own):
    own(RULE + EXAMPLES)
    ran = repo.run("rules", "test")
    assert ran.code == 0
    assert ran.out == "1 own rule with 2 examples tested: 0 errors, 0 warnings.\n"
    assert repo.run("rules", "test", "--format", "json").json["rules"] == [
        {"id": "policy/two-words", "path": "policies/two-words.yaml", "passes": 1, "fails": 1}
    ]


def test_an_example_that_comes_out_otherwise_is_an_error(repo, own):
    own(RULE + EXAMPLES.replace("Bus Driver", "Bus"))
    for command in (("rules", "test"), ("validate",), ("plan",)):
        ran = repo.run(*command, "--format", "json")
        (found,) = [each for each in ran.json["diagnostics"] if each["rule"].startswith("policy/")]
        assert ran.code == 1
        assert (found["rule"], found["line"], found["column"]) == ("policy/invalid", 7, 12)


@pytest.mark.parametrize(
    ("examples", "lacking"),
    [
        ("", "under 'passes' or 'fails'"),
        ("examples:\n  passes: [{name: Bus Driver}]\n", "under 'fails'"),
        ("examples:\n  fails: [{name: Driver}]\n", "under 'passes'"),
    ],
)
def test_a_rule_without_both_kinds_of_examples_is_a_warning(repo, own, examples, lacking):
    own(RULE + examples)
    ran = repo.run("rules", "test", "--format", "json")
    (found,) = ran.json["diagnostics"]
    assert ran.code == 0
    assert (found["rule"], found["severity"], found["line"]) == ("policy/untested", "warning", 1)
    assert found["message"].endswith(lacking)
    assert repo.run("validate", "--format", "json").json["diagnostics"] == []


@pytest.mark.parametrize(
    "text",
    [
        RULE + "examples:\n  passes: [{name: Driver}]\n  fails: [{name: Driver}]\n",
        RULE.replace("name", "nme"),
        "id: policy/x\n",
    ],
)
def test_a_rule_that_fails_its_test_counts_as_tested(repo, own, text):
    own(text)
    ran = repo.run("rules", "test")
    assert ran.code == 1
    assert re.match(r"1 own rule tested: [1-3] errors?, 0 warnings\.\n", ran.out)


def test_without_own_rules_there_is_nothing_to_test(repo):
    ran = repo.run("rules", "test")
    assert ran.code == 0
    assert ran.out == "No own rules to test: the folder policies has none.\n"


def test_ids_are_completed(repo, own):
    own(RULE)
    assert rule_ids("policy/t") == ["policy/two-words"]
    assert "test" in rule_ids("t")
