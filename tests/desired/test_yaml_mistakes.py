"""YAML mistakes in their writer's words: one finding, its place, and a line that cures where there is one."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.config_file import parse_config
from bindbee_sync.desired.load import load_text
from bindbee_sync.errors import ConfigError
from bindbee_sync.policies.reading import read_policy

REST = "code: S-1\ndepartments: [Sales]\nopenings: 1\n"

# the file, the line of the mistake, a word of the message, the line as it should be
MENDABLE = {
    "colon": ("name: Template: X\n" + REST, 1, "colon", 'name: "Template: X"'),
    "colon, comment": ("name: Lead: X  # new\n" + REST, 1, "colon", 'name: "Lead: X"  # new'),
    "apostrophe": ("name: 'It's'\n" + REST, 1, "ends at the next '", 'name: "It\'s"'),
    "inner quotes": ('name: The "A" Team "B\n' + REST.replace("code", '"code'), 2, "", None),
    "quotes in quotes": ('name: "A "B" C"\n' + REST, 1, 'next "', 'name: "A \\"B\\" C"'),
    "brackets": ("name: [Draft] Lead\n" + REST, 1, "'['", 'name: "[Draft] Lead"'),
    "braces": ("name: {Draft} Lead\n" + REST, 1, "'{'", 'name: "{Draft} Lead"'),
    "dash": ("name: - Lead\n" + REST, 1, "'-'", 'name: "- Lead"'),
    "at": ("name: @Lead\n" + REST, 1, "'@'", 'name: "@Lead"'),
    "percent": ("name: %Lead\n" + REST, 1, "'%'", 'name: "%Lead"'),
    "backtick": ("name: `Lead`\n" + REST, 1, "'`'", 'name: "`Lead`"'),
    "star": ("name: *Lead\n" + REST, 1, "'*'", 'name: "*Lead"'),
    "star, blank": ("name: * Lead *\n" + REST, 1, "'*'", 'name: "* Lead *"'),
    "ampersand": ("name: &Lead\n" + REST, 1, "'&'", 'name: "&Lead"'),
    "ampersand, text": ("name: &Co Lead\n" + REST, 1, "'&'", 'name: "&Co Lead"'),
    "exclamation": ("name: !urgent Lead\n" + REST, 1, "'!'", 'name: "!urgent Lead"'),
    "pipe": ("name: | Lead\n" + REST, 1, "'|'", 'name: "| Lead"'),
    "greater": ("name: > 5 years\n" + REST, 1, "'>'", 'name: "> 5 years"'),
    "no space": ("name: A\nopenings:1\ncode: X\n", 2, "space after the colon", "openings: 1"),
    "no space, last": ("name: A\nopenings:1\n", 2, "space after the colon", "openings: 1"),
    "no space, first": ("name:A\ncode: X\n", 1, "space after the colon", "name: A"),
    "no colon": ("name: A\nopenings 1\ncode: X\n", 2, "no colon", "openings: 1"),
    "equals": ("name: A\nopenings = 1\ncode: X\n", 2, "no colon", "openings: 1"),
    "open quote": ('name: "Lead\n' + REST, 1, "not closed", 'name: "Lead"'),
    "open single quote": ("name: 'Lead\n" + REST, 1, "not closed", 'name: "Lead"'),
    "quote closed by another": ('name: "Lead\ncode: "S-1"\nopenings: 1\n', 1, "not closed", 'name: "Lead"'),
    "word in quotes": ('name: "Senior" Lead\n' + REST, 1, 'next "', "name: '\"Senior\" Lead'"),
    "words in quotes": ('name: "A" and "B"\n' + REST, 1, 'next "', "name: '\"A\" and \"B\"'"),
    "word in single quotes": ("name: 'Kids' Coach\n" + REST, 1, "next '", "name: \"'Kids' Coach\""),
    "both kinds of quotes": ('name: "It\'s" here\n' + REST, 1, 'next "', 'name: "\\"It\'s\\" here"'),
    "open quote in the last line": ('code: S-1\nname: "Lead', 2, "not closed", 'name: "Lead"'),
    "open bracket": ("departments: [Sales\nname: A\n", 1, "not closed", "departments: [Sales]"),
    "open bracket at the end": ("name: A\ndepartments: [Sales\n", 2, "not closed", "departments: [Sales]"),
    "indented field": ("name: A\n  code: X\nopenings: 1\n", 2, "indented", "code: X"),
    "first line indented": ("  name: A\ncode: X\n", 1, "indented", "name: A"),
    "first line indented, comment": ("# x\n  name: A\n" + REST, 2, "indented", "name: A"),
    "sync indent": ("name: A\nsync:\n  id: '1'\n   remote_id: '2'\n", 4, "indented", "  remote_id: '2'"),
    "list indent": ("offices:\n  - A\n - B\nname: X\n", 3, "indented", "  - B"),
    "tab indent": ("name: A\nsync:\n\tremote_id: '2'\n", 3, "tab", "  remote_id: '2'"),
    "tab before a field": ("name: A\n\tcode: X\n", 2, "tab", "code: X"),
    "tab before an item": ("name: A\noffices:\n\t- B\n", 3, "tab", "  - B"),
    "no-break space": ("name: A\nsync:\n\u00a0\u00a0remote_id: '2'\n", 3, "ordinary", "  remote_id: '2'"),
    "list item with an at": ("recruiters:\n  - @ada\nname: A\n", 2, "'@'", '  - "@ada"'),
    "list item with a quote": ("offices:\n  - 'It's'\nname: A\n", 2, "next '", "  - \"It's\""),
}  # fmt: skip


def read(text):
    file = load_text(text, address="a", path="jobs/a.yaml")
    return file, [finding for finding in file.diagnostics if finding.is_error]


@pytest.mark.parametrize("name", MENDABLE)
def test_the_hint_followed_to_the_letter_cures(name):
    text, line, words, right = MENDABLE[name]
    file, errors = read(text)
    assert len(errors) == 1, errors
    (found,) = errors
    if line is None or right is None:
        assert found.place.line <= text.count("\n")
        return
    assert (found.rule, found.place.line) == ("yaml/syntax", line), found
    assert words in found.message
    assert found.hint == f"Write: `{right}`."
    lines = text.splitlines()
    assert 1 <= found.place.column <= len(lines[line - 1]) + 1
    lines[line - 1] = re.fullmatch(r"Write: `(.*)`\.", found.hint)[1]
    file, errors = read("\n".join(lines) + "\n")
    assert errors == []
    assert file.spec.name or file.spec.code


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("text", [each[0] for each in MENDABLE.values() if "\r" not in each[0]])
def test_other_line_ends_change_no_finding(text, line_end):
    _, expected = read(text)
    _, found = read(text.replace("\n", line_end))
    assert [(each.place, each.message, each.hint) for each in found] == [
        (each.place, each.message, each.hint) for each in expected
    ]


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_what_ends_no_line_in_yaml_moves_no_place(character):
    _, (found,) = read(f"# a{character}b\nname: x{character}a: b\ncode: X\n")
    assert (found.place.line, found.place.column) == (2, 7)
    _, (found,) = read(f"name: a{character}b\n{character}: :\n x\n")
    assert found.place.line == 2


@pytest.mark.parametrize("text", [each[0] for each in MENDABLE.values()])
def test_two_mistakes_are_mended_one_after_the_other(text):
    if "'It's'" in text:
        return
    whole = text + ("" if text.endswith("\n") else "\n") + "description: Why: not\n"
    for _ in range(4):
        _, errors = read(whole)
        if not errors:
            return
        found = re.fullmatch(r"Write: `(.*)`\.", errors[0].hint)
        if not found:
            return
        lines = whole.splitlines()
        lines[errors[0].place.line - 1] = found[1]
        whole = "\n".join(lines) + "\n"
    raise AssertionError(whole)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: A\n<<<<<<< HEAD\ncode: A\n=======\ncode: B\n>>>>>>> b\n", 2, "merge conflict"),
        ("<<<<<<< HEAD\nname: A\n=======\nname: B\n>>>>>>> b\n", 1, "merge conflict"),
        ("name: A\n---\nname: B\n", 2, "second document"),
        ("- name: A\n- name: B\n", 1, "a list"),
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("name\n", 1, ""),
        ("Lead\n", 1, "'Lead'"),
        ("name: A\ndescription: |\n  x\n bad\n", 4, ""),
        ("name: [A, B\n\n\n", 1, "not closed"),
        ("departments: [A,\n", 1, ""),
        ("name: A\nopenings: {\n", 2, ""),
    ],
)  # fmt: skip
def test_one_cause_is_one_finding_inside_the_file(text, line, words):
    _, errors = read(text)
    assert len(errors) == 1, errors
    assert errors[0].place.line == line
    assert words in errors[0].message
    assert errors[0].hint


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name: A\n".encode("utf-16"), "UTF-16"),
        ("name: A\n".encode("utf-16-le"), "UTF-16"),
        ("name: A\n".encode("utf-16-be"), "UTF-16"),
        ("code: 1\nname: Büro\n".encode("latin-1"), "'ü'"),
    ],
)
def test_other_encodings_are_named(content, words):
    (found,) = read(content)[1]
    assert words in found.message
    assert "UTF-8" in found.hint


def test_a_byte_order_mark_is_read_over():
    assert read("name: A\n".encode("utf-8-sig"))[0].spec.name == "A"


@pytest.mark.parametrize(
    "text",
    [
        "name:\tA\nopenings: 1\n",
        "name: A\t\nopenings: 1\n",
        "name: A\t# note\nopenings: 1\n",
        "name: A\n\t\nopenings: 1\n",
        "name: A\nopenings:\t1\n",
        "name: A\nopenings: 1\noffices:\n  -\tB\n",
        "name: A\nopenings: 1\noffices: [B,\tC]\n",
        "name: A\nopenings: 1\n\t# a comment\n",
        "name: 'A'\topenings: 1\n".replace("\to", "\t\no"),
    ],
)
def test_a_tab_that_yaml_allows_is_read(text):
    file, errors = read(text)
    assert errors == []
    assert (file.spec.name, file.spec.openings) == ("A", 1)


def test_a_config_and_a_policy_are_explained_in_the_same_words():
    with pytest.raises(ConfigError) as caught:
        parse_config(b"version: 1\nprovider:greenhouse\n", "bindbee-sync.yaml")
    assert str(caught.value).startswith("There is no space after the colon")
    assert (caught.value.where, caught.value.hint) == (
        "bindbee-sync.yaml:2:9",
        "Write: `provider: greenhouse`.",
    )
    (found,) = read_policy(b"id: policy/x\nmessage: No: never\nrequire: 'true'\n", "policies/x.yaml").findings
    assert (found.message, found.place.line) == ("A text with a colon in it needs quotes", 2)
    assert found.hint == 'Write: `message: "No: never"`.'


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [
        ("- A\n  - B\n", True),
        ("  - A\n    - B\n", True),
        ("- A\n- B\n", False),
        ("- A - B\n- C\n", False),
        ("- A\n  B\n", False),
        ("- 'A\n  - B'\n", False),
    ],
)
def test_an_entry_that_takes_in_the_next_one_is_reported(text, is_odd):
    found = load_text(f"offices:\n{text}name: X\n", address="a").diagnostics
    assert [(each.rule, each.place.line) for each in found] == [("schema/odd-text", 3)] * is_odd


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_lines_that_such_hints_show_end_where_yaml_has_it(line_end):
    text = line_end.join(["name: Lead # 1", "offices:", "- A", "  - B", ""])
    hints = [each.hint for each in load_text(text, address="a").diagnostics]
    assert [hint[: hint.index("`.") + 2] for hint in hints] == ['Write: `name: "Lead # 1"`.', "Write: `- B`."]


@pytest.mark.parametrize(
    ("name", "is_odd"),
    [
        ("\u201cLead", True),
        ("\u201eLead", True),
        ("\u201cHead\u201d of Sales", False),
        ("\u2019s-Hertogenbosch Lead", False),
        ("12\u201d Monitor Tester", False),
    ],
)
def test_one_typographic_quote_that_is_not_closed_is_odd(name, is_odd):
    found = load_text(f"name: {name}\n", address="a").diagnostics
    assert [each.rule for each in found] == ["schema/odd-text"] * is_odd


def test_a_merge_conflict_names_the_lines_that_git_left():
    text = "<<<<<<< HEAD\r\nname: A\r\n=======\r\nname: B\r\n>>>>>>> b\r\ncode: X\r\n"
    _, (conflict,) = read(text)
    assert conflict.hint == "Remove git's own lines (1, 3 and 5), and one of the two versions between them."
    _, (many,) = read(text * 4)
    assert "(1, 3, 5, 7, 9, 11 and 6 more)" in many.hint


def lines_and_rules(text):
    file, errors = read(text)
    assert not file.readable
    return [(each.place.line, each.rule) for each in errors]


def test_one_run_shows_every_mistake_that_a_correction_uncovers():
    text = "name: [Draft] Lead\nopenings:1\nteam: Sales\ncode: @S-1\nconfidential: maybe\n"
    assert lines_and_rules(text) == [
        (1, "yaml/syntax"),
        (2, "yaml/syntax"),
        (3, "schema/unknown-field"),
        (4, "yaml/syntax"),
        (5, "schema/type"),
    ]


def test_of_a_file_that_is_all_mistakes_the_first_are_shown():
    text = "".join(f"{field}: @x\n" for field in ("name", "code", "status", "sync", "openings", "offices"))
    assert lines_and_rules(text) == [(number, "yaml/syntax") for number in range(1, 6)]


def test_behind_a_mistake_without_a_known_correction_nothing_is_guessed():
    assert lines_and_rules("name: A\n<<<<<<< HEAD\nteam: B\n") == [(2, "yaml/syntax")]


def test_a_corrected_line_is_not_reported_once_more():
    assert lines_and_rules("team: @x\n") == [(1, "yaml/syntax")]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ('"3"', "Write: `openings: 3`."),
        ("' 12 '", "Write: `openings: 12`."),
        ("3.0", "Write: `openings: 3`."),
        ("007x", "Write the number in digits, without quotes."),
        ("1.000", "Write the number in digits, without quotes."),
        ("'1,000'", "Write the number in digits, without quotes."),
        ("1.5", "Write the number in digits, without quotes."),
        ("three", "Write the number in digits, without quotes."),
        ("2 to 3", "Write the number in digits, without quotes."),
        ("[3]", "Write the number in digits, without quotes."),
        ('"0"', "Write the number in digits, without quotes."),
    ],
)
def test_no_number_is_made_up(value, hint):
    _, (wrong,) = read(f"name: A\nopenings: {value}\n")
    assert (wrong.rule, wrong.hint) == ("schema/type", hint)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("yes", "Write `confidential: true`, without quotes."),
        ('"true"', "Write `confidential: true`, without quotes."),
        ("Off", "Write `confidential: false`, without quotes."),
        ("maybe", "Write `confidential: true` or `confidential: false`, without quotes."),
        ("[true]", "Write `confidential: true` or `confidential: false`, without quotes."),
    ],
)
def test_yes_and_no_are_meant_as_true_and_false(value, hint):
    _, (wrong,) = read(f"name: A\nconfidential: {value}\n")
    assert (wrong.rule, wrong.hint) == ("schema/type", hint)
