"""Text that comes from files or from the ATS: folded for comparison, made harmless for display."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RARE = re.compile("[^ -~]")
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that are drawn as nothing, as the inside of a regular expression's brackets.

Default_Ignorable_Code_Point in DerivedCoreProperties.txt of the Unicode Character Database, version 16.0.
"""
BLANK = "\u2800"
"""The Braille pattern without dots: a letter by its category, and as blank as a space."""
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_WITHOUT_WIDTH = re.compile(f"[{IGNORABLE}{BLANK}]")
_QUOTED = 60
_COMPARED = 60
"""Leading characters of a word that are compared with those of others."""


def same_spelling(text: str) -> str:
    """Return `text` with case and Unicode composition evened out, for comparing paths."""
    return composed(composed(text).casefold())


def fold(text: str) -> str:
    """Return `text` as names are compared: what looks the same is the same.

    Case, white space and compatible forms (NFKC) are evened out; characters that do not show are left out.
    """
    return " ".join(_look(text).split())


def fold_code(text: str) -> str:
    """Return `text` as codes are compared: like names, and without white space."""
    return "".join(_look(text).split())


def composed(text: str) -> str:
    """Return `text` in Unicode's composed form (NFC): macOS writes names decomposed."""
    return unicodedata.normalize("NFC", text)


def _look(text: str) -> str:
    """Return `text` in Unicode's NFKC_Casefold form, with a space for a blank Braille pattern."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.replace(BLANK, " ")).casefold()
    bare = _IGNORABLE.sub("", unicodedata.normalize("NFKC", decomposed).casefold())
    return unicodedata.normalize("NFKC", bare)


def visible(text: str, *, keep: str = "") -> str:
    """Return `text` with every control, bidirectional, zero-width or unassigned character written out.

    A newline becomes a space, unless `keep` holds it. `##[` is written out too: anywhere in a line of a log,
    it begins a command to GitHub's runner.
    """
    text = text.replace("##[", "#\\u{23}[")
    return _RARE.sub(lambda found: found[0] if found[0] in keep else _visible(found[0]), text)


def _visible(char: str) -> str:
    if char in "\n\r\t":
        return " "
    if unicodedata.category(char) in _UNSEEN or _WITHOUT_WIDTH.match(char):
        return f"\\u{{{ord(char):x}}}"
    return char


def for_log(text: str) -> str:
    """Return `text` as `visible` lines, none of which begins like a command to GitHub's runner."""
    return re.sub(r"(?m)^([^\S\n]*)::", r"\1| ::", visible(text, keep="\n"))


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def in_quotes(text: str) -> str:
    """Return `text` in single quotes, cut to what a message has room for."""
    return f"'{shorten(text, _QUOTED)}'"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return e.g. `1 job` or `3 jobs`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def did_you_mean(word: str, known: Iterable[str], *, at_most: int = 1) -> str | None:
    """Return the hint that `word` was meant to be one of the `known` words, None where none is close.

    Case and white space do not count.
    """
    near = [f"'{name}'" for name in close_words(word, known, at_most=at_most)]
    return f"Did you mean {either(near)}?" if near else None


def close_words(word: str, known: Iterable[str], *, at_most: int) -> list[str]:
    """Return those of the `known` words that `word` may be a misspelling of, the nearest first."""
    by_fold = {fold(name): name for name in known}
    # Only the beginning, as the cost grows with the length: a file may hold a word of a megabyte.
    found = get_close_matches(fold(word[:_COMPARED]), list(by_fold), n=at_most)
    return [by_fold[name] for name in found]


def joined(words: Sequence[str], *, at_most: int | None = None) -> str:
    """Return e.g. `Sales, Engineering and Finance`; past `at_most` words, `Sales, Engineering and 4 more`."""
    shown = list(words[:at_most])
    if len(words) > len(shown):
        shown.append(f"{len(words) - len(shown)} more")
    *others, last = shown
    return f"{', '.join(others)} and {last}" if others else last


def either(words: Iterable[str]) -> str:
    """Return e.g. `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
