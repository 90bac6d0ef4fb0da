"""Text as YAML that reads back as exactly that text: plain where that is safe, as a block, or in quotes."""

from __future__ import annotations

import re

from bindbee_sync.desired.load import load_text
from bindbee_sync.text import visible

_PLAIN = re.compile(r"[^\W\d_](?:[\w.,()&/+@'\u2019=?%\u2013\u2014-]|:(?=\S)| (?![ #])(?=\S)|(?<=\S)#)*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_TEXT_EVERYWHERE = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Control characters, line breaks of YAML 1.1 alone, and characters that turn the direction of writing.
_UNFIT_FOR_BLOCK = re.compile(
    "[^\t\n -~\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INDENT = "  "
_BYTE, _PLANE = 0xFF, 0xFFFF


def scalar(text: str) -> str:
    """Return `text` on one line, without quotes where every YAML reader reads it as this text."""
    harmless = _UUID.fullmatch(text) or (
        _PLAIN.fullmatch(text) and text.casefold() not in _NOT_TEXT_EVERYWHERE
    )
    return text if harmless else double_quoted(text)


def double_quoted(text: str) -> str:
    """Return `text` in double quotes, on one line, with invisible characters escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def block(text: str) -> str:
    """Return a longer text as an indented block, or in quotes where a block would change it."""
    as_block = _literal(text)
    return as_block if as_block is not None and _reads_as(as_block, text) else _quoted_lines(text)


def safe_comment(text: str) -> str:
    """Return text from the ATS that can't end a comment."""
    return visible(text)


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if visible(char) == char:
        return char
    number = ord(char)
    if number > _PLANE:
        return f"\\U{number:08x}"
    return f"\\x{number:02x}" if number <= _BYTE else f"\\u{number:04x}"


def _literal(text: str) -> str | None:
    if not text.strip() or _UNFIT_FOR_BLOCK.search(text):
        return None
    body = text.rstrip("\n")
    breaks = len(text) - len(body)
    indicator = str(len(_INDENT)) if body.startswith((" ", "\t", "\n")) else ""
    chomping = ("-", "", "+")[min(breaks, 2)]
    lines = [_INDENT + line if line else "" for line in body.split("\n")]
    return "\n".join([f"|{indicator}{chomping}", *lines, *[""] * (breaks - 1)])


def _reads_as(candidate: str, text: str) -> bool:
    read = load_text(f"description: {candidate}\nname: x\n", address="x")
    return read.spec.description == text and read.spec.name == "x"


def _quoted_lines(text: str) -> str:
    """Return the text in quotes, each of its lines on a line of its own."""
    first, *more = (double_quoted(line)[1:-1] for line in re.split(r"(?<=\n)(?!$)", text))
    kept = ("\\" + line if line.startswith(" ") else line for line in more)
    return '"' + f"\\\n{_INDENT}".join([first, *kept]) + '"'
