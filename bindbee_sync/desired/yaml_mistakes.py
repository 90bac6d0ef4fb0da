"""What is wrong with text that is not YAML, in its writer's words, and the line as it should be.

A correction is never guessed: it is shown only where the file can be read with it, or is read further.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from bindbee_sync.desired.parsing import LINE_BREAK, parse
from bindbee_sync.desired.tree import MappingNode, ScalarNode, Tree, YamlError
from bindbee_sync.diagnostics import Place
from bindbee_sync.job_file import JobSpec, Sync
from bindbee_sync.text import joined

MOST = 64 * 1024
"""Characters of a file in which corrections are tried: each try reads it once more."""
LONGEST_LINE = 200
NEAR = 40
"""Lines above the parser's place in which a quote may have begun."""

MOST_LINES = 6
"""Numbers of lines that a hint names."""
_MARKER = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")
_LINE = re.compile(r"([ \t]*(?:- +)?)([\w-]+|\"[\w-]+\"|'[\w-]+')([ \t]*:)([ \t]+)(\S.*)")
_ITEM = re.compile(r"([ \t]*-)()()([ \t]+)(\S.*)")
_COMMENT = re.compile(r"(?<![ \t])[ \t]+#.*$")
_TIGHT = re.compile(r"([ \t]*)([\w-]+):(\S.*)")
_OTHER_SIGN = re.compile(r"([ \t]*)([\w-]+)(?:[ \t]*=[ \t]*|[ \t]+)(\S.*)")
_QUOTED_WORD = re.compile(r"(?:\"[^\"]+\"|'[^']+')[ \t]")
_IS_NO_TEXT = re.compile(r"\s*(#|$)")
_INDENT = re.compile("[ \t\xa0\u2000-\u200a\u202f\u3000\ufeff]*")
_ODD_SPACES = ("\xa0", *map(chr, range(0x2000, 0x200B)), "\u202f", "\u3000")
_ODD_INDENT = "A space that is no ordinary one, such as a no-break space, can't indent a line"
_CHARACTERS = "@`%*&!|>,]}?[{-:#"
FIELDS = frozenset(JobSpec.model_fields)

Correction = tuple[str, int, str]
"""A line, the column (from 1) that is at fault, and what is wrong."""


def parse_or_explain(content: bytes, path: str, fields: Collection[str] = FIELDS) -> Tree:
    """Return the tree of the one document in `content`; raises YamlError with the writer's mistake.

    `fields` are the keys that such a file has.
    """
    try:
        tree = parse(content, path)
        if not content.isascii():
            _check_indents(tree)
    except YamlError as error:
        raise _explained(content, path, error, fields) from None
    return tree


def _check_indents(tree: Tree) -> None:
    """Raise YamlError where a space that is no ordinary one was meant to indent a line."""
    groups = [tree.root]
    for group in groups:
        for key, value in group.entries if isinstance(group, MappingNode) else ():
            groups += [value] if group is tree.root else []
            for node in (key, value):
                is_first = node is key or node.mark.line > key.mark.line
                if isinstance(node, ScalarNode) and is_first and node.plain and node.text[:1] in _ODD_SPACES:
                    raise YamlError(node.place, _ODD_INDENT, "Write ordinary spaces there.")


def _explained(content: bytes, path: str, error: YamlError, fields: Collection[str]) -> YamlError:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return error
    lines = LINE_BREAK.split(text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # the end of the last line begins none
    if markers := [number for number, line in enumerate(lines, 1) if _MARKER.match(line)]:
        message = "A merge conflict is not resolved: git left this line between the two versions"
        numbers = joined([str(number) for number in markers], at_most=MOST_LINES)
        hint = f"Remove git's own lines ({numbers}), and one of the two versions between them."
        return YamlError(Place(path, markers[0]), message, hint)
    error.place = _inside(error.place, lines)
    if len(text) > MOST:
        return error

    def reads_further(number: int, corrected: bytes) -> bool:
        try:
            parse(corrected, path)
        except YamlError as left:
            return left.place.line > max(number, error.place.line)
        return True

    for number in _candidates(lines, error.place.line):
        for line, column, message in _corrections(lines, number, fields):
            corrected = _with_line(lines, number, line)
            if line != lines[number - 1] and reads_further(number, corrected):
                return YamlError(Place(path, number, column), message, _hint(line), corrected)
    return error


def _with_line(lines: list[str], number: int, line: str) -> bytes:
    changed = [*lines[: number - 1], line, *lines[number:], ""]
    return "\n".join(changed).encode("utf-8", "surrogatepass")


def _hint(line: str) -> str:
    return f"Write: `{line}`." if len(line) <= LONGEST_LINE else "Put the whole text in quotes."


def _inside(place: Place, lines: list[str]) -> Place:
    """Return the place, or where the last text ends if that is behind the end of the file."""
    if place.line <= len(lines):
        return place
    last = max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)
    return replace(place, line=last, column=max(1, len(lines[last - 1].rstrip())))


def _candidates(lines: list[str], at: int) -> Iterator[int]:
    """Yield the numbers of lines that may be the cause: open quotes, the first, the parser's, one above."""
    for number in range(max(1, at - NEAR), at + 1):
        if _opens_quote(lines[number - 1]):
            yield number
    # A first line that is indented alone is the one to move, and not all that come after it.
    texts = (number for number, line in enumerate(lines[:at], 1) if not _IS_NO_TEXT.match(line))
    first = next(texts, at)
    if lines[first - 1][:1] == " ":
        yield first
    yield at
    above = [number for number in range(max(1, at - NEAR), at) if lines[number - 1].strip()]
    yield from above[-1:]


def _opens_quote(line: str) -> bool:
    found = _LINE.fullmatch(line) or _ITEM.fullmatch(line)
    value = found[5] if found else ""
    return value[:1] in ("'", '"') and value.count(value[0]) % 2 == 1


def _corrections(lines: list[str], number: int, fields: Collection[str]) -> Iterator[Correction]:
    """Yield the line as it may have been meant, the likeliest first."""
    line = lines[number - 1]
    if line.startswith("---"):  # the beginning of a document: no correction makes one of two
        return
    blanks = _INDENT.match(line)
    indent = blanks[0] if blanks else ""
    rest = line[len(indent) :]
    if "\t" in indent:
        column = indent.index("\t") + 1
        for spaces in _indents(lines, number, rest, fields):
            yield spaces + rest, column, "A tab can't indent a line in YAML"
    elif indent.strip(" "):
        column = len(indent) - len(indent.lstrip(" ")) + 1
        for spaces in (" " * len(indent), *_indents(lines, number, rest, fields)):
            yield spaces + rest, column, _ODD_INDENT
    if tight := _TIGHT.fullmatch(line):
        yield f"{tight[1]}{tight[2]}: {tight[3]}", tight.end(2) + 1, "There is no space after the colon"
    if (found := _LINE.fullmatch(line)) or (found := _ITEM.fullmatch(line)):
        yield from _quoted(found)
    if (found := _OTHER_SIGN.fullmatch(line)) and found[2] in fields:
        yield f"{found[1]}{found[2]}: {found[3]}", found.end(2), f"There is no colon after '{found[2]}'"
    for spaces in _indents(lines, number, rest, fields):
        message = "This line is not indented like the lines that it belongs to"
        yield spaces + rest, len(indent) + 1, message


def _quoted(found: re.Match[str]) -> Iterator[Correction]:
    """Yield the line with its value closed or in quotes."""
    value, column = found[5], found.start(5) + 1
    start = found.string[: found.start(5)]
    comment = _COMMENT.search(value)
    note = comment[0] if comment and value[:1] not in ("'", '"') else ""
    value = value[: len(value) - len(note)].rstrip()
    for opening, closing in ("[]", "{}"):
        if value.startswith(opening) and not value.endswith(closing):
            yield f"{start}{value}{closing}{note}", column, f"The '{opening}' that begins here is not closed"
    mark = value[0] if value[0] in "'\"" else ""
    closed = bool(mark) and len(value) > 1 and value.endswith(mark)
    ends_early = f"A text between {mark} ends at the next {mark}, and this one has more behind it"
    if _QUOTED_WORD.match(value) and value.count(mark) % 2 == 0:
        whole = f"'{value}'" if "'" not in value else json.dumps(value, ensure_ascii=False)
        yield f"{start}{whole}{note}", column, ends_early
    if mark and not closed:
        message = f"The quote ({mark}) that begins here is not closed"
    elif mark:
        message = ends_early
    elif value[0] in _CHARACTERS:
        message = f"A text that begins with '{value[0]}' needs quotes"
    else:
        message = "A text with a colon in it needs quotes"
    text = value[1:-1] if closed else value[1:] if mark else value
    yield f"{start}{json.dumps(text, ensure_ascii=False)}{note}", column, message


def _indents(lines: list[str], number: int, rest: str, fields: Collection[str]) -> Iterator[str]:
    """Yield the indents that the line may need: those of fields, of what `sync` holds, of its neighbours."""
    key = rest.partition(":")[0].strip()
    if key in fields:
        yield ""
    if key in Sync.model_fields or rest.startswith("-"):
        yield "  "
    for other in (*reversed(lines[max(0, number - 4) : number - 1]), *lines[number : number + 2]):
        if other.strip() and other.strip(" ")[0] != "\t":
            yield other[: len(other) - len(other.lstrip(" "))]
