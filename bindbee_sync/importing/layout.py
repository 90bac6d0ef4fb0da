"""Positions of keys and values in the text of a job file, so that no other byte changes with one of them."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

_LINE_BREAKS_TO_1_1 = str.maketrans(dict.fromkeys("\x85\u2028\u2029\ufeff", "\ue000"))
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)")
_TRAILING_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_COLON = re.compile(r"[ \t]*:")


Edit = tuple[int, int, str]
"""Start, end and replacement of a piece of text."""


@dataclass(frozen=True)
class KeyValue:
    """A key of a mapping, and the positions of its value, without the comments after it."""

    key: str
    key_start: int
    colon: int
    start: int
    end: int
    value: Any

    @property
    def is_empty(self) -> bool:
        """True where nothing follows the colon."""
        return isinstance(self.value, ScalarNode) and self.value.start_mark.index == self.value.end_mark.index


class Layout:
    """The text of a job file and its outermost mapping. Making one raises ValueError where there is none."""

    def __init__(self, content: bytes) -> None:
        self._bom = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
        self.text = content.removeprefix(BOM_UTF8).decode()
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        try:
            root: Any = YAML(typ="safe", pure=True).compose(self.text.translate(_LINE_BREAKS_TO_1_1))
        except YAMLError as error:
            raise ValueError(str(error)) from error
        if not isinstance(root, MappingNode):
            raise ValueError("no mapping")  # noqa: TRY004 - of the text, not of an argument
        self.root = root

    def entry(self, *path: str) -> KeyValue | None:
        """Return the entry at `path`, e.g. `entry("sync", "id")`."""
        mapping, found = self.root, None
        for key in path:
            found = next((each for each in self.entries(mapping) if each.key == key), None)
            if found is None:
                return None
            mapping = found.value
        return found

    def entries(self, mapping: Any) -> Iterator[KeyValue]:  # noqa: ANN401 - ruamel.yaml's nodes are untyped
        """Yield the keys and values of a mapping; nothing for another node."""
        for key, value in mapping.value if isinstance(mapping, MappingNode) else ():
            colon = _COLON.match(self.text, key.end_mark.index)
            if isinstance(key, ScalarNode) and colon:
                yield KeyValue(
                    key=key.value,
                    key_start=key.start_mark.index,
                    colon=colon.end(),
                    start=value.start_mark.index,
                    end=self.end(value),
                    value=value,
                )

    def end(self, node: Any) -> int:  # noqa: ANN401 - as above
        """Return the end of a value, before the comments and blank lines that follow it."""
        start: int = node.start_mark.index
        end: int = node.end_mark.index
        if isinstance(node, ScalarNode):
            return start + len(self.text[start:end].rstrip("\r\n"))
        if node.flow_style or not node.value:
            return end
        last = node.value[-1]
        return self.end(last[1] if isinstance(node, MappingNode) else last)

    def indent(self, position: int) -> str:
        """Return the blanks before `position` on its line; nothing where there is something else."""
        before = self.text[self.text.rfind("\n", 0, position) + 1 : position]
        return before if not before.strip(" ") else ""

    def edited(self, *edits: Edit) -> bytes:
        """Return the file with those edits, which do not overlap; line breaks in them become the file's."""
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new.replace("\n", self.newline) + text[end:]
        return self._bom + text.encode()

    def comment(self, entry: KeyValue) -> tuple[str, int]:
        """Return the comment on a value's line, with the blanks before it, and its end.

        For a block scalar that is the comment after `|`, and the end of the value.
        """
        if isinstance(entry.value, ScalarNode) and entry.value.style in ("|", ">"):
            header = _HEADER_COMMENT.match(self.text, entry.start)
            return (header[1] if header else "", entry.end)
        trailing = _TRAILING_COMMENT.match(self.text, entry.end)
        return (trailing[0], trailing.end()) if trailing else ("", entry.end)

    def has_comment_inside(self, node: Any) -> bool:  # noqa: ANN401 - as above
        """Return whether a comment is between the parts of a value, where a new value would lose it."""
        at = node.start_mark.index
        for leaf in _leaves(node):
            if "#" in self.text[at : leaf.start_mark.index]:
                return True
            at = self.end(leaf)
        return "#" in self.text[at : self.end(node)]

    def with_entry(self, lines: str, flow: str) -> Iterator[bytes]:
        """Yield ways to add a key to the outermost mapping: at the end, else at the beginning.

        `lines` is the key with its value at the margin, `flow` the same on one line in flow style.
        """
        if self.root.flow_style:
            inside = self.root.start_mark.index + 1
            yield self.edited((inside, inside, f"{flow}, "))
            return
        first = next(self.entries(self.root)).key_start
        indent = self.indent(first)
        indented = "".join(f"{indent}{line}\n" if line else "\n" for line in lines.split("\n"))
        end = len(self.text)
        yield self.edited((end, end, "\n" * (not self.text.endswith("\n")) + indented))
        at = first - len(indent)
        yield self.edited((at, at, indented))


def _leaves(node: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    if isinstance(node, ScalarNode):
        yield node
        return
    for part in node.value:
        for each in part if isinstance(part, tuple) else (part,):
            yield from _leaves(each)


def is_block_list(entry: KeyValue) -> bool:
    """Return whether the value is a list with one item to a line."""
    return isinstance(entry.value, SequenceNode) and not entry.value.flow_style
