"""Pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ruamel.yaml import YAML

GENERATED = "<!-- Written by `make docs` from the program itself: edit that, not this page. -->"

PROSE = YAML(typ="safe").load(Path(__file__).with_name("prose.yaml"))


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what stands in its cells is Markdown but for `|`, which is escaped."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(
        "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in row) + " |\n" for row in lines
    )


def rows_of(text: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this heading, by their first cell in plain text."""
    (found,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1])] for line in found.splitlines()]
    return {row[0].replace("`", ""): row for row in rows}


def fence(language: str, text: str) -> str:
    """Return a code block."""
    return f"```{language}\n{text.rstrip()}\n```\n"
