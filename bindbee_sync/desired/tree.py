"""YAML text to a small tree whose nodes know how and where they were written.

One pass over ruamel.yaml's events, bounded on the way: what a value means is left to its field.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from bindbee_sync.diagnostics import Place
from bindbee_sync.text import in_quotes

MAX_BYTES = 1024 * 1024
MAX_NODES = 10_000
MAX_DEPTH = 50

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_CORE = "tag:yaml.org,2002:"
_TAGS = {
    ScalarEvent: {None, "!", *(_CORE + name for name in ("str", "int", "float", "bool", "null"))},
    SequenceStartEvent: {None, "!", _CORE + "seq"},
    MappingStartEvent: {None, "!", _CORE + "map"},
}
_LINE_BREAK = re.compile(r"\r\n?|\n")
_COMMENT = re.compile(r"(?:[ \t]*:)?([ \t]+#[^\r\n]{0,60})")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# YAML 1.1, and with it the parser, breaks lines at the first three and counts no column for the fourth.
# To YAML 1.2 they are characters like others: they pass the parser in disguise.
_SPECIAL_TO_1_1 = "\x85\u2028\u2029\ufeff"


class YamlError(Exception):
    """Text that is not YAML, or that holds more than a job file may."""

    def __init__(self, place: Place, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value: its characters, and whether they are written without quotes.

    `comment` is the one behind it on its line, with the blanks before it.
    """

    text: str
    plain: bool
    place: Place
    comment: str = ""

    @property
    def is_null(self) -> bool:
        """True where YAML 1.2 calls it null."""
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys with values, in the order of the file; of two equal keys the first."""

    place: Place
    entries: list[tuple[Node, Node]] = field(default_factory=list)


Node = ScalarNode | SequenceNode | MappingNode


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A key that is repeated, the line where it was first, and the top-level key that it is or is under."""

    key: ScalarNode
    first_line: int
    top: str | None


@dataclass(frozen=True, slots=True)
class Tree:
    """The value of a whole file; no root where it has only comments."""

    root: Node | None
    duplicates: tuple[DuplicateKey, ...] = ()


def parse(content: bytes, path: str) -> Tree:
    """Return the tree of the one document in `content`, with `path` in its places.

    Raises YamlError where it is not YAML, is several documents, or holds more than a job file may.
    """
    text = _decode(content, path)
    disguise = _disguise(text)
    builder = _Builder(path, text, {ord(mask): chr(special) for special, mask in disguise.items()})
    for event in _events(text.translate(disguise), path):
        builder.take(event)
    return Tree(builder.root, tuple(builder.duplicates))


def _decode(content: bytes, path: str) -> str:
    if len(content) > MAX_BYTES:
        raise YamlError(
            Place(path), "This file is larger than 1 MiB, which no job needs", "Is it the right file?"
        )
    content = content.removeprefix(BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        place = _place_after(content[: error.start].decode(), path)
        raise YamlError(place, "This file is not in UTF-8", "Save it as UTF-8.") from None
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
    lines = _LINE_BREAK.split(text)
    return Place(path, len(lines), len(lines[-1]) + 1)


def _events(text: str, path: str) -> Iterator[Any]:
    # The pure parser, so that a file means the same everywhere: the C one refuses `[https://...]`.
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


def _place(mark: Any, path: str) -> Place:  # noqa: ANN401  # ruamel.yaml's marks and events are untyped
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


@dataclass(slots=True)
class _Anchor:
    node: Node
    size: int | None = None


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: SequenceNode | MappingNode
    count_before: int
    anchor: _Anchor
    key: Node | None = None
    seen: dict[str, ScalarNode] = field(default_factory=dict)


class _Builder:
    def __init__(self, path: str, text: str, reveal: dict[int, str]) -> None:
        self.path = path
        self.text = text
        self.reveal = reveal
        self.root: Node | None = None
        self.duplicates: list[DuplicateKey] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, _Anchor] = {}
        self.count = 0
        self.key_end = 0

    def take(self, event: Any) -> None:  # noqa: ANN401  # as above
        place = _place(event.start_mark, self.path)
        match event:
            case DocumentStartEvent() if self.root is not None:
                raise YamlError(
                    place,
                    "A second document begins here, and a file describes one job",
                    "Move it to its own file, or remove the line `---`.",
                )
            case AliasEvent():
                self._add(self._resolve(event.anchor, place))
            case ScalarEvent():
                # An empty value ends where the next one begins, so its comment is looked for behind its key.
                end = event.end_mark.index if event.value else self.key_end
                self.key_end = event.end_mark.index
                comment = _COMMENT.match(self.text, end) if not event.style else None
                text = event.value.translate(self.reveal)
                node = ScalarNode(text, _plain(event, place), place, comment[1] if comment else "")
                self._grow(1, place)
                if event.anchor is not None:
                    self.anchors[event.anchor] = _Anchor(node, 1)
                self._add(node)
            case CollectionStartEvent():
                self._begin(event, place)
            case CollectionEndEvent():
                done = self.open.pop()
                done.anchor.size = self.count - done.count_before
                self._add(done.node)

    def _begin(self, event: Any, place: Place) -> None:  # noqa: ANN401  # as above
        _check_tag(event, place)
        if len(self.open) == MAX_DEPTH:
            raise YamlError(place, f"Values are nested more than {MAX_DEPTH} deep, which no job needs")
        node = MappingNode(place) if isinstance(event, MappingStartEvent) else SequenceNode(place)
        anchor = _Anchor(node)
        if event.anchor is not None:
            self.anchors[event.anchor] = anchor
        self.open.append(_Open(node, self.count, anchor))
        self._grow(1, place)

    def _resolve(self, name: str, place: Place) -> Node:
        anchor = self.anchors.get(name)
        repeat = in_quotes(f"*{name}")
        if anchor is None:
            marker = in_quotes(f"&{name}")
            raise YamlError(place, f"{repeat} repeats a value that is not marked {marker} above it")
        if anchor.size is None:
            raise YamlError(place, f"{repeat} is inside the value that it repeats")
        # A repeated list counts whole: nine levels of nine repetitions would be 400 million values.
        self._grow(anchor.size, place)
        return replace(anchor.node, place=place)

    def _grow(self, nodes: int, place: Place) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            message = f"This file holds more than {MAX_NODES:,} values, counting each repetition"
            raise YamlError(place, message, "Is it the right file?")

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
            if not isinstance(key, ScalarNode):
                parent.node.entries.append((key, node))
            elif key.text in parent.seen:
                top = key if parent is self.open[0] else self.open[0].key
                top_text = top.text if isinstance(top, ScalarNode) else None
                self.duplicates.append(DuplicateKey(key, parent.seen[key.text].place.line, top_text))
            else:
                parent.seen[key.text] = key
                parent.node.entries.append((key, node))


def _plain(event: Any, place: Place) -> bool:  # noqa: ANN401  # as above
    """Return whether a field may read the scalar as more than text: no quotes, or a tag of another type."""
    _check_tag(event, place)
    return bool(event.implicit[0]) if event.tag is None else event.tag not in ("!", _CORE + "str")


def _check_tag(event: Any, place: Place) -> None:  # noqa: ANN401  # as above
    if event.tag not in _TAGS[type(event)]:
        message = f"The tag {in_quotes(event.tag)} has no meaning in a job file"
        raise YamlError(place, message, "Remove the tag.")
