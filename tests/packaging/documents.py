"""What the documents say, taken apart: code, tables, examples, links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "RELEASING.md",
    ROOT / "SECURITY.md",
    *(ROOT / "docs").glob("*.md"),
)
COMMANDS = ("bindbee-sync ", "make ")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")


def blocks(text, language):
    """The code blocks of a language."""
    return [body for found, body in _FENCE.findall(text) if found == language]


def code(text):
    """Every piece of code: the spans in the prose, and the command lines in console blocks."""
    lines = [line.removeprefix("$ ") for block in blocks(text, "console") for line in block.splitlines()]
    return _SPAN.findall(_FENCE.sub("", text)) + [line for line in lines if line.startswith(COMMANDS)]


def table(text, heading):
    """The rows, without their backticks, of the one table whose first column has this heading."""
    (found,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    rows = [re.split(r"(?<!\\)\|", line.strip("|")) for line in found.splitlines()]
    return [[cell.strip().replace("`", "") for cell in row] for row in rows]


def examples(text):
    """The files that are shown, by the path in their first line."""
    shown = [block.split("\n", 1) for block in blocks(text, "yaml")]
    return {first.removeprefix("# "): body for first, body in shown if first.startswith("# jobs/")}


def words(line):
    """A command line's words."""
    return shlex.split(line, comments=True)
