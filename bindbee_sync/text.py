"""Text that comes from files or from the ATS: folded for comparison, made harmless for display."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def fold(text: str) -> str:
    """Return `text` with case, white space and Unicode composition evened out, for comparing names."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", text).casefold().split()))


def visible(text: str, *, keep: str = "") -> str:
    """Return `text` with every control, bidirectional, zero-width or unassigned character written out.

    A newline becomes a space, unless `keep` holds it.
    """
    return "".join(
        char
        if char in keep or unicodedata.category(char) not in _UNSEEN
        else " "
        if char in "\n\r\t"
        else f"\\u{{{ord(char):x}}}"
        for char in text
    )


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return e.g. `1 job` or `3 jobs`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def nearest(word: str, known: list[str]) -> str | None:
    """Return the known word that `word` most likely was meant to be, if any is close."""
    by_fold = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), list(by_fold), n=1)
    return by_fold[found[0]] if found else None
