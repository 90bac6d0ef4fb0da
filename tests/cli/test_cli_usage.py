"""A wrong command line is 64, whatever the command: never 2, which says that a plan has changes."""

from __future__ import annotations

import pytest

WRONG = [
    [],
    ["nothing-of-the-kind"],
    ["--nonsense"],
    ["validate", "--nonsense"],
    ["validate", "--format", "xml"],
    ["plan", "--nonsense"],
    ["plan", "--format", "xml"],
    ["plan", "--fail-on", "drifted,whatever"],
    ["plan", "--fail-on", ""],
    ["plan", "--fail-on", " , "],
    ["plan", "--target"],
    ["apply", "--nonsense"],
    ["apply", "--max-creates", "-1"],
    ["apply", "--max-creates", "many"],
    ["apply", "--wait-timeout", "-1"],
    ["apply", "--wait-timeout", "nan"],
    ["apply", "--wait-timeout", "soon"],
    ["apply", "--format", "html"],
    ["ledger"],
    ["ledger", "nonsense"],
    ["ledger", "list", "surplus"],
    ["ledger", "show"],
    ["ledger", "resolve"],
    ["ledger", "resolve", "sales/lead"],
    ["ledger", "resolve", "sales/lead", "--created"],
    ["ledger", "resolve", "sales/lead", "--created", " "],
    ["ledger", "resolve", "sales/lead", "--created", "1", "--not-created"],
    ["ledger", "release"],
    ["ledger", "release", "sales/lead", "--nonsense"],
    ["rules", "--nonsense"],
    ["rules", "one", "two"],
    ["sandbox", "--port", "99999"],
    ["sandbox", "--faults", "no-such-file.json"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_command_line_is_64_and_asks_nothing_of_bindbee(repo, sandbox, arguments):
    ran = repo.run(*arguments)
    assert ran.code == 64
    assert ran.err or not arguments or arguments == ["ledger"]
    assert not sandbox.state["requests"]
    assert not repo.files()


@pytest.mark.parametrize("command", ["", "validate", "plan", "apply", "ledger", "ledger resolve", "rules"])
def test_help_is_zero_and_shows_an_example(repo, command):
    ran = repo.run(*command.split(), "--help")
    assert ran.code == 0
    assert "Example: bindbee-sync" in " ".join(ran.out.split())


def test_the_version_is_one_line(repo):
    ran = repo.run("--version")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
