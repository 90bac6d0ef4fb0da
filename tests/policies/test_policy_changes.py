"""`--changed-since`: a changed rule touches the connectors that it judges otherwise."""

from __future__ import annotations

import subprocess

import pytest

RULE = """\
id: policy/pay
when: '"Berlin" in offices'
require: description.contains("EUR")
message: No pay in {offices}
"""


@pytest.fixture
def since(repo):
    """Return the connectors that differ from the first commit, once files are changed."""
    (repo.path / ".git").rmdir()
    git("init", "-q", "-b", "main")
    repo.config("connectors:\n  acme: {origin_id: a}\n  globex: {origin_id: g}\n")
    repo.write("acme/driver", "name: Driver\noffices: [Berlin]\n")
    repo.write("globex/driver", "name: Driver\noffices: [London]\n")
    write(repo, RULE)
    git("add", "-A")
    git("commit", "-qm", "first")

    def names():
        ran = repo.run("connectors", "--matrix", "9", "--changed-since", "HEAD")
        assert ran.code == 0, ran.err
        return [each["connectors"] for each in ran.json["include"]]

    return names


def git(*arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def write(repo, text, name="pay"):
    (repo.path / "policies").mkdir(exist_ok=True)
    (repo.path / "policies" / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        (RULE, []),
        ("# comment\n" + RULE.replace("pay in", '"pay" in').replace('No "pay" in', "No pay in"), []),
        (RULE.replace('"Berlin"', '"London"'), ["acme", "globex"]),
        (RULE.replace('"Berlin" in offices', "offices.size() > 0"), ["globex"]),
        (RULE.replace("EUR", "CHF"), []),
        (RULE.replace("No pay", "No range"), ["acme"]),
        (RULE + "severity: warning\n", ["acme"]),
        (RULE.replace('"Berlin" in offices', 'customer == "x"'), ["acme", "globex"]),
        (RULE.replace("offices'", "ofices'"), ["acme", "globex"]),
    ],
)
def test_a_changed_rule_touches_the_connectors_that_it_judges_otherwise(repo, since, changed, touched):
    write(repo, changed)
    assert since() == touched


def test_a_new_rule_and_one_that_is_gone_touch_those_that_break_it(repo, since):
    write(repo, RULE.replace("policy/pay", "policy/more").replace("Berlin", "London"), "more")
    assert since() == ["globex"]
    (repo.path / "policies" / "more.yaml").unlink()
    (repo.path / "policies" / "pay.yaml").unlink()
    (repo.path / "policies").rmdir()
    assert since() == ["acme"]


def test_a_rules_severity_in_the_config_touches_all(repo, since):
    file = repo.path / "bindbee-sync.yaml"
    file.write_text(file.read_text() + "rules: {policy/pay: warning}\n")
    assert since() == ["acme", "globex"]
    git("commit", "-qam", "second")
    file.write_text("# moved\n" + file.read_text())
    assert since() == []
