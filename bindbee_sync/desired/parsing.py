"""A reader of YAML text, which makes a small tree of it.

One pass over a parser's events, bounded on the way: what a value means is left to its field. The events are
those of libyaml, by way of PyYAML; where it gives none, or might mean something else by them, they come from
ruamel.yaml's pure parser, which is thirty times slower, and whose messages and places are shown.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import yaml

from bindbee_sync.desired.tree import (
    DuplicateKey,
    MappingNode,
    Mark,
    Node,
    ScalarNode,
    SequenceNode,
    Tree,
    YamlError,
)
from bindbee_sync.diagnostics import Place
from bindbee_sync.text import in_quotes

MAX_BYTES = 1024 * 1024

MAX_NODES = 10_000

MAX_DEPTH = 50

_SAVE_AS_UTF8 = "Save it as UTF-8: most editors have that under Save As, as the encoding."

_CORE = "tag:yaml.org,2002:"

_SCALAR_TAGS = {None, "!", *(_CORE + name for name in ("str", "int", "float", "bool", "null"))}

_SEQUENCE_TAGS = {None, "!", _CORE + "seq"}

_MAPPING_TAGS = {None, "!", _CORE + "map"}

_QUOTES = ("'", '"')

_EMPTY = ("", "\n")

LINE_BREAK = re.compile(r"\r\n?|\n")
"""Where a line of a YAML file ends; `str.splitlines` knows more ends, which are characters to YAML 1.2."""

LONGEST_COMMENT = 60
"""Characters of a comment that are kept."""

_COMMENT = re.compile(rf"(?:[ \t]*:)?([ \t]+#[^\r\n]{{0,{LONGEST_COMMENT}}})")

_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# YAML 1.1, and with it the parser, breaks lines at the first three and counts no column for the fourth.
# To YAML 1.2 they are characters like others: they pass the parser in disguise.
_SPECIAL_TO_1_1 = "\x85\u2028\u2029\ufeff"

# What the two parsers read differently, or only one of them reads: tabs (`a:<TAB>b`), directives, ends of
# documents, the tag `!`, a value right behind a quoted key's colon, a comment right behind `|` or `>`.
# Each alternative begins with a character of its own, so that the search skips from one of them to the next.
_READ_OTHERWISE = re.compile(
    r"""\t|%(?<![^\r\n]%)|\.(?<![^\r\n]\.)\.\.|!(?<![^\s\[{,]!)\s"""
    r"""|":[^\s,\]}]|':[^\s,\]}]|]:[^\s,\]}]|}:[^\s,\]}]|\|[-+0-9]*#|>[-+0-9]*#"""
)

_BLOCK = re.compile(r":[ \t]+[|>][-+0-9]*[ \t]*(#.*)?\r?$")

_SEPARATED = re.compile(r" *(?:-[ \t]+)*(?:[\w-]+[ \t]*:[ \t]+)?")

_TAIL = re.compile(r"(?<![ \t])[ \t]+(#.*)?\r?$")

_BLANK_TAIL = re.compile(r"(?<![ \t])[ \t]+\r?$")


def parse(content: bytes, path: str) -> Tree:
    """Return the tree of the one document in `content`, with `path` in its places.

    Raises YamlError where it is not YAML, is several documents, or holds more than a job file may.
    """
    text = _decode(content, path)
    disguise = _disguise(text)
    reveal = {ord(mask): chr(special) for special, mask in disguise.items()}
    masked = text.translate(disguise) if disguise else text
    if yaml.__with_libyaml__ and not _READ_OTHERWISE.search(text):
        try:
            return _Builder(yaml, path, text, reveal).built(_fast_events(masked))
        except (yaml.YAMLError, YamlError, _DoubtfulError):
            pass  # the slow parser's message and place are the better ones, if it finds anything wrong
    from ruamel.yaml import events  # noqa: PLC0415 - most files do not need it

    try:
        return _Builder(events, path, text, reveal).built(_events(masked, path))
    except YamlError:
        # The pure parser takes no tab where YAML 1.2 allows one between a key and its value.
        if (spaced := _with_spaces(masked)) == masked:
            raise
    return _Builder(events, path, text, reveal).built(_events(spaced, path))


def _with_spaces(text: str) -> str:
    """Return the text with spaces for tabs that only separate: no place moves, and no value changes."""
    lines, block = text.split("\n"), -1
    for index, line in enumerate(lines):
        bare = line.lstrip(" \t\r")
        indent = len(line) - len(line.lstrip(" "))
        if block >= 0 and (not bare or indent > block):
            continue  # of a text after `|` or `>`, every character counts
        block = indent if _BLOCK.search(line) else -1
        if "\t" not in line:
            continue
        if not bare or bare.startswith("#"):
            lines[index] = line.replace("\t", " ")
        elif found := _SEPARATED.match(line):
            start, rest = found[0].replace("\t", " "), line[found.end() :]
            tail = _TAIL.search(rest) if rest[:1] not in _QUOTES else _BLANK_TAIL.search(rest)
            if tail:
                rest = rest[: tail.start()] + tail[0].replace("\t", " ")
            lines[index] = start + rest
    return "\n".join(lines)


def _decode(content: bytes, path: str) -> str:
    if len(content) > MAX_BYTES:
        raise YamlError(
            Place(path), "This file is larger than 1 MiB, which no job needs", "Is it the right file?"
        )
    content = content.removeprefix(BOM_UTF8)
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in content[:2]:
        raise YamlError(Place(path), "This file is in UTF-16, and not in UTF-8", _SAVE_AS_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        place = _place_after(content[: error.start].decode(), path)
        char = content[error.start : error.start + 1].decode("cp1252", "replace")
        message = f"This file is not in UTF-8: its character here would be {in_quotes(char)} in Windows-1252"
        raise YamlError(place, message, _SAVE_AS_UTF8) from None
    if bad := _UNPRINTABLE.search(text):
        raise YamlError(
            _place_after(text[: bad.start()], path),
            f"Found the control character U+{ord(bad[0]):04X}, which YAML does not allow",
            "Remove the character.",
        )
    return text


def _disguise(text: str) -> dict[int, str]:
    """Return a private character that is not in the text for each special one that is."""
    special = [ord(char) for char in _SPECIAL_TO_1_1 if char in text]
    if not special:
        return {}
    used = set(text)
    spare = (char for char in map(chr, range(0x10FFFD, 0xFFFF, -1)) if char not in used)
    return dict(zip(special, spare, strict=False))


def _place_after(text: str, path: str) -> Place:
    lines = LINE_BREAK.split(text)
    return Place(path, len(lines), len(lines[-1]) + 1)


def _fast_events(text: str) -> Iterator[Any]:
    parser = yaml.CBaseLoader(text)
    return iter(parser.get_event, None)


def _events(text: str, path: str) -> Iterator[Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - as above
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415 - as above

    mark = None
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            mark = event.end_mark
            yield event
    except MarkedYAMLError as error:
        raise YamlError(
            _place(error.problem_mark or error.context_mark or mark, path),
            f"This is not valid YAML: {error.problem}" + (f" ({error.context})" if error.context else ""),
            "Write a space here, not a tab." if "\\t" in str(error.problem) else None,
        ) from None
    except Exception as error:  # noqa: BLE001  # the pure parser lets ValueError, RecursionError and others out
        raise YamlError(_place(mark, path), f"This is not valid YAML: {error}".rstrip(".")) from None


def _place(mark: Mark | None, path: str) -> Place:
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


class _DoubtfulError(Exception):
    """Events that the two parsers would not agree on."""


@dataclass(slots=True)
class _Anchor:
    node: Node
    size: int | None = None
    used: bool = False


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: SequenceNode | MappingNode
    count_before: int
    anchor: _Anchor | None
    key: Node | None = None
    seen: dict[str, ScalarNode] = field(default_factory=dict)


class _Builder:
    """Builds a tree from the events of the classes in `kinds`, which both parsers call by the same names."""

    def __init__(self, kinds: Any, path: str, text: str, reveal: dict[int, str]) -> None:  # noqa: ANN401  # a module
        self.kinds = kinds
        self.path = path
        self.text = text
        self.reveal = reveal
        self.root: Node | None = None
        self.duplicates: list[DuplicateKey] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, _Anchor] = {}
        self.count = 0
        self.key_end = 0

    def built(self, events: Iterator[Any]) -> Tree:  # noqa: C901, PLR0912  # calls would cost more than the work
        """Return the tree of these events; raises YamlError or _DoubtfulError."""
        kinds, is_fast, has_comments = self.kinds, self.kinds is yaml, "#" in self.text
        # By type and not by isinstance, the most frequent first: this loop runs forty times for a file.
        for event in events:
            kind = type(event)
            if kind is kinds.ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    if is_fast:
                        raise _DoubtfulError
                    plain = self._is_plain(event)
                else:
                    plain = event.implicit[0]
                text = event.value
                # An empty value is placed where the next one begins, and a block may not begin with a line of
                # too many blanks: only the pure parser knows either.
                if is_fast and text[:1] in _EMPTY and event.style not in _QUOTES:
                    raise _DoubtfulError
                comment = self._comment(event) if has_comments else ""
                if self.reveal:
                    text = text.translate(self.reveal)
                node = ScalarNode(self.path, event.start_mark, text, plain, comment)
                if event.anchor is not None:
                    self.anchors[event.anchor] = _Anchor(node, 1)
                self._grow(1, node.mark)
                self._add(node)
            elif kind is kinds.MappingStartEvent:
                self._begin(event, MappingNode(self.path, event.start_mark), _MAPPING_TAGS)
            elif kind is kinds.SequenceStartEvent:
                self._begin(event, SequenceNode(self.path, event.start_mark), _SEQUENCE_TAGS)
            elif kind is kinds.MappingEndEvent or kind is kinds.SequenceEndEvent:
                done = self.open.pop()
                if done.anchor is not None:
                    done.anchor.size = self.count - done.count_before
                self._add(done.node)
            elif kind is kinds.AliasEvent:
                self._add(self._resolve(event.anchor, event.start_mark))
            elif kind is kinds.DocumentStartEvent:
                self._document(event)
        self._check_anchors()
        return Tree(self.root, tuple(self.duplicates))

    def _check_anchors(self) -> None:
        """Raise YamlError for a mark that nothing uses: `name: &Co Lead` would silently become `Lead`."""
        for name, anchor in self.anchors.items():
            if not anchor.used and isinstance(anchor.node, ScalarNode):
                marked = in_quotes(f"&{name}")
                message = f"{marked} marks a text to be repeated with '*', and no line does that"
                raise YamlError(anchor.node.place, message, "Put the whole text in quotes.")

    def _document(self, event: Any) -> None:  # noqa: ANN401  # both libraries' events are untyped
        if self.root is not None:
            raise YamlError(
                _place(event.start_mark, self.path),
                "A second document begins here, and a file describes one job",
                "Move what follows this line to a file of its own, and remove the line.",
            )

    def _is_plain(self, event: Any) -> bool:  # noqa: ANN401  # as above
        """Return whether a field may read the scalar as more than text: no quotes, or another type's tag."""
        if event.tag is None:
            return bool(event.implicit[0])
        _check_tag(event, _SCALAR_TAGS, self.path)
        return event.tag not in ("!", _CORE + "str")

    def _comment(self, event: Any) -> str:  # noqa: ANN401  # as above
        # An empty value ends where the next one begins, so its comment is looked for behind its key.
        end = event.end_mark.index if event.value else self.key_end
        self.key_end = event.end_mark.index
        found = None if event.style else _COMMENT.match(self.text, end)
        return found[1] if found else ""

    def _begin(self, event: Any, node: SequenceNode | MappingNode, tags: set[str | None]) -> None:  # noqa: ANN401  # as above
        if event.tag is not None or event.anchor is not None:
            if self.kinds is yaml:
                raise _DoubtfulError
            _check_tag(event, tags, self.path)
        if len(self.open) == MAX_DEPTH:
            message = f"Values are nested more than {MAX_DEPTH} deep, which no job needs"
            raise YamlError(node.place, message)
        anchor = None
        if event.anchor is not None:
            anchor = self.anchors[event.anchor] = _Anchor(node)
        self.open.append(_Open(node, self.count, anchor))
        self._grow(1, node.mark)

    def _resolve(self, name: str, mark: Mark) -> Node:
        anchor = self.anchors.get(name)
        repeat = in_quotes(f"*{name}")
        if anchor is None:
            marker = in_quotes(f"&{name}")
            message = f"{repeat} repeats a value that is not marked {marker} above it"
            raise YamlError(_place(mark, self.path), message)
        if anchor.size is None:
            raise YamlError(_place(mark, self.path), f"{repeat} is inside the value that it repeats")
        anchor.used = True
        # A repeated list counts whole: nine levels of nine repetitions would be 400 million values.
        self._grow(anchor.size, mark)
        repeated = copy(anchor.node)
        repeated.mark = mark
        return repeated

    def _grow(self, nodes: int, mark: Mark) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            message = f"This file holds more than {MAX_NODES:,} values, counting each repetition"
            raise YamlError(_place(mark, self.path), message, "Is it the right file?")

    def _add(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.node, SequenceNode):
            parent.node.items.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            key, parent.key = parent.key, None
            if type(key) is ScalarNode:
                first = parent.seen.setdefault(key.text, key)
                if first is not key:
                    top = key if parent is self.open[0] else self.open[0].key
                    top_text = top.text if isinstance(top, ScalarNode) else None
                    self.duplicates.append(DuplicateKey(key, first.place.line, top_text))
                    return
            parent.node.entries.append((key, node))


def _check_tag(event: Any, known: set[str | None], path: str) -> None:  # noqa: ANN401  # as above
    if event.tag not in known:
        message = f"The tag {in_quotes(event.tag)} has no meaning in a job file"
        raise YamlError(_place(event.start_mark, path), message, "Remove the tag.")
