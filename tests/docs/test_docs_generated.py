"""What the program can tell by itself is told by it: generated pages are current, and their examples true."""

from __future__ import annotations

import pytest
from site_pages import ROOT, name, read

from bindbee_sync.rules.examples import EXAMPLES
from bindbee_sync.rules.registry import RULES
from reference.examples import company, findings
from reference.pages import RULE_PAGES, pages


@pytest.fixture(scope="module")
def written():
    return pages()


@pytest.fixture(scope="module")
def snapshot():
    return company()


def test_generated_pages_are_current(written):
    stale = [
        path for path, text in written.items() if not (ROOT / path).exists() or read(ROOT / path) != text
    ]
    assert stale == [], "run `make docs`"


def test_every_rule_has_its_page_and_no_page_is_left_over(written):
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / RULE_PAGES).glob("*.md")}
    assert there == {rule.page for rule in RULES.values()} | {f"{RULE_PAGES}/index.md"}
    assert there <= set(written)


def test_what_is_written_twice_is_the_same(written):
    assert pages() == written


@pytest.mark.parametrize("rule", EXAMPLES)
def test_an_example_breaks_its_rule_and_no_other(rule, snapshot):
    assert {found.rule for found in findings(EXAMPLES[rule].breaks, rule, snapshot)} == {rule}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_keeps_the_rule_keeps_all(rule, snapshot):
    assert findings(EXAMPLES[rule].keeps, rule, snapshot) == ()


def test_what_a_file_alone_can_break_has_an_example():
    by_state = ("connector/", "ledger/", "plan/", "apply/")
    without = {rule for rule in RULES if not rule.startswith(by_state)} - set(EXAMPLES)
    # these take an earlier apply, a connector that tells nothing of templates, much time, or `rules test`
    assert without == {
        "identity/repurposed",
        "identity/unverifiable-templates",
        "policy/budget",
        "policy/untested",
        "provider/undocumented",
    }


def test_pages_say_by_themselves_that_they_are_written_by_the_program(written):
    assert all(text.startswith("<!-- Written by `make docs`") for text in written.values())
    assert {name(ROOT / path) for path in written} >= {"commands.md", "settings.md", "rules/index.md"}
