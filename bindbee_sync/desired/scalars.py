"""A text on one line of YAML, plain or in quotes, so that it reads back as exactly that text."""

from __future__ import annotations

import re

from bindbee_sync.text import visible

# Compiled by the first text that is written: most runs write none.
_PLAIN = r"[^\W\d_](?:[\w.,()&/+@'\u2019=?%\u2013\u2014-]|:(?=\S)| (?![ #])(?=\S)|(?<=\S)#)*"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NOT_TEXT_EVERYWHERE = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_BYTE, _PLANE = 0xFF, 0xFFFF


def scalar(text: str) -> str:
    """Return `text` on one line, without quotes where every YAML reader reads it as this text."""
    harmless = re.fullmatch(_UUID, text) or (
        re.fullmatch(_PLAIN, text) and text.casefold() not in _NOT_TEXT_EVERYWHERE
    )
    return text if harmless else double_quoted(text)


def item(text: str) -> str:
    """Return `text` as it is written between brackets or braces, where a comma would end it."""
    return double_quoted(text) if "," in text else scalar(text)


def double_quoted(text: str) -> str:
    """Return `text` in double quotes, on one line, with invisible characters escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if visible(char) == char:
        return char
    number = ord(char)
    if number > _PLANE:
        return f"\\U{number:08x}"
    return f"\\x{number:02x}" if number <= _BYTE else f"\\u{number:04x}"
