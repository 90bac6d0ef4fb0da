"""A longer text as YAML that reads back as exactly that text: as a block, or in quotes."""

from __future__ import annotations

import re

from bindbee_sync.desired.load import load_text
from bindbee_sync.desired.scalars import double_quoted
from bindbee_sync.text import visible

# Control characters, line breaks of YAML 1.1 alone, and characters that turn the direction of writing.
_UNFIT_FOR_BLOCK = re.compile(
    "[^\t\n -~\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INDENT = "  "


def block(text: str) -> str:
    """Return a longer text as an indented block, or in quotes where a block would change it."""
    as_block = _literal(text)
    return as_block if as_block is not None and _reads_as(as_block, text) else _quoted_lines(text)


def safe_comment(text: str) -> str:
    """Return text from the ATS that can't end a comment."""
    return visible(text)


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
