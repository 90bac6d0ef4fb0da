"""libyaml's events and the pure parser's give one tree, with the same places, wherever both are used."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bindbee_sync.desired import parsing, tree

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("jobs/**/*.yaml"), *ROOT.glob("examples/**/*.y*ml")])

ORDINARY = """\
\ufeff# Sales
name: Leiterin Vertrieb, Süd 😀 # not yet
code: 'SAL-''201'
description: |
  <p>You lead\xa0us.</p>

    indented
  - no list
departments: [Sales, "R & D", 'People']
offices:
- Berlin
-   London, UK
job_posting_urls: [https://jobs.example/a?b=c#d, {value: https://x.example, url_type: X}]
recruiters: [
  a@b.example,  # a comment
  c@d.example,
]
text: folded over
  two lines
folded: >-
  one
  two

  three
openings: 2
"""

PIECES = (
    *("a", "name: ", "'k': ", '"k": ', "- ", "-", "? ", ": ", ":", "key:\n", "<<", "null", "true", "12"),
    *("\n", "\n  ", "\n    ", "\r\n", "\r", " ", "  ", "\t", "\x85", "\u2028", "\u2029", "\ufeff", "\xa0"),
    *("[", "]", "{", "}", ",", ", ", "[https://a.example, b]", "{a: b}", "{x: }", "{a, b: }", "- - a"),
    *('"', "'", '"x"', "'y'", '"a\n b"', "'a\n\n b'", "\\n", "\\u00e9", "é", "😀", "#", " # c", "`", "@"),
    *("|", ">", "|\n  ", ">-\n  ", "|+\n a\n\n", "|2\n", ">#", "&a ", "*a", "!", "!!str ", "%", "---", "..."),
    *("\n---\n", "\n...\n", "a:\tb", "! 5", "&an:chor "),
)
DOCUMENTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: "name: N\n" + "".join(pieces)),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
)


def shown(node):
    at = node.place.line, node.place.column
    if isinstance(node, tree.ScalarNode):
        return at, node.text, node.plain, node.comment
    if isinstance(node, tree.SequenceNode):
        return at, [shown(item) for item in node.items]
    return at, [(shown(key), shown(value)) for key, value in node.entries]


def outcome(content):
    """Return the tree, or the error, in a form that can be compared."""
    try:
        found = parsing.parse(content, "p")
    except tree.YamlError as error:
        return error.place, error.message, error.hint
    twice = [(shown(each.key), each.first_line, each.top) for each in found.duplicates]
    return found.root and shown(found.root), twice


def check(content):
    fast = outcome(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        assert fast == outcome(content)


@pytest.fixture
def without_the_slow_parser(monkeypatch):
    def fail(*_):
        raise AssertionError

    monkeypatch.setattr(parsing, "_events", fail)


@settings(max_examples=1500, deadline=None)
@given(DOCUMENTS)
@example("name: N\na:\tb\n")
@example("{x: }")
@example("name:\ncode: # none\n")
@example("[! 5]")
@example("> #\n \n  a\n")
@example("|\n \n  \n  literal\n")
@example("block: ># comment\n  scalar\n")
@example("key: &an:chor value\n")
@example("- !!int &c 4\n")
@example('[ "a":b ]')
@example("name: N\n...\n...\n")
def test_both_parsers_read_the_same(text):
    check(text.encode())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_parsers_read_our_files_the_same(path):
    check(path.read_bytes())


def test_both_parsers_read_an_ordinary_file_the_same():
    check(ORDINARY.encode())


def test_both_parsers_read_an_ordinary_file_with_windows_line_ends_the_same():
    check(ORDINARY.replace("\n", "\r\n").encode())


@pytest.mark.usefixtures("without_the_slow_parser")
def test_an_ordinary_file_needs_libyaml_alone():
    assert parsing.parse(ORDINARY.encode(), "p").root


@pytest.mark.usefixtures("without_the_slow_parser")
@pytest.mark.parametrize("text", ["a:\tb", "{x: }", "name:\n", "a: *b", "a: &b c", "a: [", "! a", "...\n"])
def test_what_the_parsers_may_read_otherwise_is_read_by_the_slow_one(text):
    with pytest.raises(AssertionError):
        parsing.parse(text.encode(), "p")
