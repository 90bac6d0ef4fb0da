"""Text that means something else than it seems to: cut by a comment, not shown, doubled."""

from __future__ import annotations

import pytest

from bindbee_sync.desired.load import load_text

HIDDEN = (
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u180e", "\u034f", "\u2063", "\u202a", "\u200e"),
    *("\u061c", "\ufe0f", "\u115f", "\u3164", "\u2800", "\u00ad"),
)


def found(text):
    return [
        (each.rule, str(each.severity), each.place.line, each.place.column)
        for each in load_text(text, address="a").diagnostics
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("name: Engineer #1\n", "name: C # developer\n", "name: x\ncode: #12\n", "offices:\n- Berlin #2\n"),
        *("name: x\nopenings: 1 #2\n", "name: |\n  x\ncode: A #1\n"),
    ],
)
def test_a_comment_that_looks_like_text_is_warned_about(text):
    assert [each[:2] for each in found(text)] == [("yaml/comment-in-value", "warning")]


@pytest.mark.parametrize(
    "text",
    [
        *("name: x  # a comment\n", "name: x\nopenings: 2 # people\n", "name: 'Engineer #1'\n", "name: C#\n"),
        *("name: x\ncode: # none\n", "name: x\noffices: [a] #1\n", "# name\nname: x\n", "name: |\n  x #1\n"),
    ],
)
def test_a_comment_that_looks_like_one_is_not(text):
    assert found(text) == []


def test_white_space_at_the_ends_of_a_line_is_cut_but_not_of_a_description():
    text = "name: >\n  Sales Manager\ncode: ' SM-1\u00a0'\noffices: ['Berlin ']\ndescription: |\n  x\n"
    spec = load_text(text + "sync: {remote_id: ' 7 '}\n", address="a").spec
    assert (spec.name, spec.code, spec.offices) == ("Sales Manager", "SM-1", ("Berlin",))
    assert (spec.description, spec.sync.remote_id) == ("x\n", "7")


@pytest.mark.parametrize("char", HIDDEN, ids=ascii)
def test_a_character_that_does_not_show_is_an_error(char):
    for text in (f"Sales{char} Manager", f"{char}Sales", f"Sales{char}"):
        assert found(f"name: '{text}'\ncode: '{text}'\n") == [
            ("schema/odd-text", "error", 1, 7),
            ("schema/odd-text", "error", 2, 7),
        ]


@pytest.mark.parametrize("text", ["\U0001f469\u200d\U0001f4bb x", "\u0645\u06cc\u200c\u062e\u0648"])
def test_a_joiner_that_shows_in_what_it_joins_is_none(text):
    assert found(f"name: {text}\n") == []


def test_a_name_of_nothing_that_shows_is_empty():
    assert found("name: '\u200b '\n") == [("schema/empty-name", "error", 1, 7)]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        *(('"a\\tb"', "warning"), ('"a\\nb"', "warning"), ('"a\\u2028b"', "error"), ('"a\\x85b"', "error")),
        *(("\u201ca\u201d", "warning"), ("\u201ea\u201c", "warning"), ("a\u00a0b", "warning")),
        ("'a  b'", "warning"),
    ],
)
@pytest.mark.parametrize("field", ["name", "code"])
def test_other_odd_texts(field, text, severity):
    assert [each[:2] for each in found(f"{field}: {text}\n")] == [("schema/odd-text", severity)]


def test_the_text_of_a_job_that_exists_is_not_odd():
    assert found('name: "a\\tb"\nsync: {id: x}\n') == []


def test_a_repeated_item_is_warned_about_where_it_is_repeated():
    assert found("name: x\noffices: [Berlin, Rome, berlin]\n") == [("schema/repeated-item", "warning", 2, 25)]
