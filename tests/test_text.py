"""Text from files and from the ATS: folded for comparison, harmless for display."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindbee_sync.text import counted, did_you_mean, fold, fold_code, same_spelling, shorten, visible

NOT_SHOWN = [
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u034f", "\u2063", "\u202a"),
    *("\u200e", "\u061c", "\ufe0f", "\u115f", "\u3164", "\u2800", "\uffa0", "\U000e0041", "\U000e0100"),
]
"""Characters of every range of Default_Ignorable_Code_Point, and one more that looks like a space."""


class TestFold:
    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("Sales Lead", "  sales\t LEAD\n"),
            ("Straße", "STRASSE"),
            ("café", "cafe\u0301"),
            ("\u212bngström", "\u00e5ngstr\u00f6m"),
            ("a\u00a0b", "a b"),
            ("a\u2003b", "A B"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("1", "\uff11"),
            ("\ufb01tter", "Fitter"),
            ("Engineer\u2460", "engineer1"),
        ],
    )
    def test_evens_out_case_white_space_and_form(self, one, two):
        assert fold(one) == fold(two)

    @pytest.mark.parametrize(
        ("one", "two"), [("a", "b"), ("ab", "a b"), ("e", "é"), ("", "a"), ("a", "\u0430")]
    )
    def test_keeps_apart_what_differs(self, one, two):
        assert fold(one) != fold(two)

    @pytest.mark.parametrize("char", NOT_SHOWN, ids=ascii)
    def test_leaves_out_what_does_not_show(self, char):
        assert fold(f"{char}Plain old job{char}") == fold("plain old job")
        assert fold_code(f"OLD{char}-1{char}") == fold_code("old-1")
        assert visible(char) == f"\\u{{{ord(char):x}}}"

    @given(st.text())
    def test_twice_is_once(self, text):
        assert fold(fold(text)) == fold(text)

    @given(st.text())
    def test_composed_or_not_is_one(self, text):
        assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))

    @given(st.text())
    def test_has_no_white_space_at_its_ends_nor_twice(self, text):
        assert fold(text).split() == fold(text).split(" ") or not fold(text)


class TestSameSpelling:
    def test_evens_out_case_and_composition_and_keeps_white_space(self):
        assert same_spelling("Café/A") == same_spelling("cafe\u0301/a")
        assert same_spelling("a b") != same_spelling("a  b")

    @given(st.text())
    def test_twice_is_once(self, text):
        assert same_spelling(same_spelling(text)) == same_spelling(text)


class TestVisible:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("plain: ü 漢 🎉", "plain: ü 漢 🎉"),
            ("a\nb\tc\rd", "a b c d"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("\u202eevil", "\\u{202e}evil"),
            ("a\u200bb", "a\\u{200b}b"),
            ("a\u2028b", "a\\u{2028}b"),
            ("\x9b1m", "\\u{9b}1m"),
            ("\ud800", "\\u{d800}"),
            ("\ue000", "\\u{e000}"),
            ("a\u034fb\ufe0f", "a\\u{34f}b\\u{fe0f}"),
            ("\u3164\u115f", "\\u{3164}\\u{115f}"),
            ("see ##[error]", "see #\\u{23}[error]"),
            ("\x00\x7f", "\\u{0}\\u{7f}"),
        ],
    )
    def test_writes_out_what_is_not_seen(self, text, shown):
        assert visible(text) == shown

    def test_keeps_what_it_is_told_to(self):
        assert visible("a\nb\tc", keep="\n") == "a\nb c"

    @given(st.text(st.characters(exclude_categories=())))
    def test_nothing_unseen_is_left(self, text):
        assert not {unicodedata.category(char) for char in visible(text)} & {
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Cn",
            "Zl",
            "Zp",
        }


class TestSmallOnes:
    @given(st.text(), st.integers(1, 20))
    def test_shorten_keeps_to_the_limit(self, text, limit):
        short = shorten(text, limit)
        assert len(short) <= limit
        assert short == text or short.endswith("…")

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (counted(1, "job"), "1 job"),
            (counted(0, "job"), "0 jobs"),
            (counted(2, "copy", "copies"), "2 copies"),
        ],
    )
    def test_counted(self, said, words):
        assert said == words

    @pytest.mark.parametrize(
        ("word", "hint"),
        [
            ("nmae", "Did you mean 'name'?"),
            ("OFFICE", "Did you mean 'offices'?"),
            (" Offices ", "Did you mean 'offices'?"),
            ("zzz", None),
            ("", None),
            ("name" * 1_000_000, None),
        ],
    )
    def test_did_you_mean(self, word, hint):
        assert did_you_mean(word, ["name", "offices", "openings"]) == hint
        assert did_you_mean(word, []) is None

    def test_did_you_mean_one_of_several(self):
        several = did_you_mean("berlin", ["Berlin A", "Berlin B", "Berlin C", "Rome"], at_most=3)
        assert several == "Did you mean 'Berlin C', 'Berlin B' or 'Berlin A'?"
