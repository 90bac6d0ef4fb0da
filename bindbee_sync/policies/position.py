"""The place in a file of a character in a YAML scalar, however the scalar is written."""

from __future__ import annotations

import re

from bindbee_sync.desired.parsing import LINE_BREAK
from bindbee_sync.diagnostics import Place

_PROPERTIES = re.compile(r"(?:[!&]\S*\s+)*")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n?|\n|.)")


def place_in(source: str, start: Place, text: str, line: int, column: int) -> Place:
    """Return the place of the character at `line` and `column` of `text`, the scalar's own text.

    `source` is the whole file without a byte order mark; `start` is where the scalar begins. Returns `start`
    where the text can't be followed, as that of an alias.
    """
    before = text.split("\n")[: line - 1]
    wanted = sum(len(each) + 1 for each in before) + column - 1
    offset = _followed(source, _offset(source, start), text, wanted)
    if offset is None:
        return start
    lines = LINE_BREAK.split(source[:offset])
    return Place(start.path, len(lines), len(lines[-1]) + 1)


def _offset(source: str, place: Place) -> int:
    begin = 0
    for _ in range(place.line - 1):
        found = LINE_BREAK.search(source, begin)
        begin = found.end() if found else begin
    return begin + place.column - 1


def _followed(source: str, at: int, text: str, wanted: int) -> int | None:
    """Return the offset in `source` of the character `wanted` of `text`.

    The characters that show are in the source in the same order; white space between them may be folded, and
    is passed over. So each style of a scalar is followed by the same steps.
    """
    found = _PROPERTIES.match(source, at)
    at = found.end() if found else at
    style = source[at : at + 1]
    if style in ("|", ">"):
        at = source.find("\n", at) + 1
    elif style in ("'", '"'):
        at += 1
    else:
        style = ""
    end = at
    for index, char in enumerate(text):
        if char.isspace():
            if index == wanted:
                return min(end, len(source))
            # A space that is written where the last character ended is that space; a folded one has no place.
            end += source[end : end + 1] == char
            continue
        while source[at : at + 1].isspace() or (
            style == '"' and source[at : at + 2] in ("\\n", "\\t", "\\\n")
        ):
            at += 1 if source[at].isspace() else 2
        written = _ESCAPE.match(source, at) if style == '"' and source[at : at + 1] == "\\" else None
        if written is None and source[at : at + 1] != char:
            return None
        if index == wanted:
            return at
        at += len(written[0]) if written else 2 if style == "'" and char == "'" else 1
        end = at
    return end
