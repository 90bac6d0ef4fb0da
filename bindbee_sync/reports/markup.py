"""A builder for GitHub's Markdown that escapes by default: text is data unless it is an `Md`.

Names and messages come from job files, which anyone may propose in a pull request, and from the ATS. Read as
Markdown they could mention people, close issues, or show a link or an approval that no one gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from markupsafe import Markup

from bindbee_sync.text import visible

BREAK = "\ufdd0"
"""The place of a zero-width space until entities are written; `visible` text never has this noncharacter."""
_UUID = re.compile(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", re.IGNORECASE)
# GitHub links these after it has rendered entities, so that escaping does not stop it: they are broken up.
_LIVELY = re.compile(
    r"(?<=[@#:])(?=\S)"  # @user, #1, owner/repo#1, :emoji:, any scheme
    r"|(?<=\w\.)(?=\S)"  # www.example.org, example.org
    r"|(?<=[A-Za-z]-)(?=\d)"  # GH-1, and the tickets of other systems
)
_COMMIT = re.compile(r"[0-9A-Fa-f]{7,}")
"""GitHub makes a link of anything that may be a commit's hash: a break after each 6 digits prevents it."""
_ENTITIES = str.maketrans(
    {char: f"&#{ord(char)};" for char in '!"#&*:<>@[\\]^_`{|}~'}
    | {
        "$": "<span>&#36;</span>",
        BREAK: "&#8203;",
    }  # An entity alone would still begin a formula; GitHub documents the span.
)
_LITERAL = re.compile(r"[A-Za-z0-9_ /.,:=()'-]*[A-Za-z0-9_/.,:=()'-]")
_LIST = re.compile(r"[-+=]|\d+[.)]")
"""The beginnings of a line that make it a list or a heading."""


class Md(Markup):
    """Markdown. `+`, `join` and `format` escape whatever is not Md itself.

    Escaped text is a single line in which nothing is markup, link, mention, reference, emoji or formula,
    also after GitHub's own passes over the rendered text: zero-width spaces break those.
    """

    @classmethod
    def escape(cls, text: object, /) -> Self:
        """Return `text` as Markdown that shows it."""
        if isinstance(text, cls):
            return text
        pieces = _UUID.split(" ".join(visible(str(text)).split()))
        return cls(
            "".join(f"`{piece}`" if index % 2 else _escaped(piece) for index, piece in enumerate(pieces))
        )


def code(text: str) -> Md:
    """Return `text` set as code: exactly as it is where a code span is safe, so that it can be copied."""
    return Md(f"`{text}`") if _LITERAL.fullmatch(text) else Md("<code>{}</code>").format(text)


def words(text: str) -> Md:
    """Return `text` with what is between backticks set as code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return Md.escape(text)
    return Md("").join(code(piece) if index % 2 else _spaced(piece) for index, piece in enumerate(pieces))


def pre(text: str) -> Md:
    """Return a block that shows `text` line by line. It begins and ends with a line of its own."""
    lines = visible(text.replace("\r\n", "\n"), keep="\n")
    return Md(f"<pre>\n{lines.translate(_ENTITIES)}\n</pre>\n")


def link(label: Md, url: str) -> Md:
    """Return a link; `url` is made of the tool's own parts, with foreign ones quoted by `url_path`."""
    return Md(f"[{label}](<{url}>)")


def table(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Md:
    """Return a table of at least one column."""
    head = [Md.escape(cell) for cell in header]
    lines = [_row(head), _row([Md("---")] * len(head)), *(_row(map(Md.escape, row)) for row in rows)]
    return Md("\n").join(lines) + Md("\n")


def details(summary: Md, body: Md) -> Md:
    """Return `body` below a summary that opens it."""
    return Md(f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n")


def _spaced(text: str) -> Md:
    """Return `text` escaped, with the space at its ends."""
    before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
    return Md(before) + text + Md(after if text.strip() else "")


def _row(cells: Iterable[Md]) -> Md:
    return Md("| ") + Md(" | ").join(cells) + Md(" |")


def _escaped(text: str) -> str:
    text = _COMMIT.sub(lambda found: re.sub("(.{6})", rf"\1{BREAK}", found[0]), text)
    text = _LIVELY.sub(BREAK, text).translate(_ENTITIES)
    return f"&#{ord(text[0])};{text[1:]}" if _LIST.match(text) else text
