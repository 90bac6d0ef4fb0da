"""Change a list with one item to a line, item by item: items that stay keep their lines and comments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from bindbee_sync.importing.layout import Edit, KeyValue, Layout

There = TypeVar("There")
Wanted = TypeVar("Wanted")


def with_items(
    layout: Layout,
    entry: KeyValue,
    there: Sequence[There],
    wanted: Sequence[tuple[Wanted, str]],
    *is_same: Callable[[There, Wanted], bool],
) -> Iterator[bytes]:
    """Yield the file with the items `wanted` in the list, each with its text, in place of those `there`.

    An item stays where it is the same as a wanted one, by the first of `is_same` for all before the next.
    Nothing where the list has another layout.
    """
    items = [_Item(layout, node) for node in entry.value.value]
    if len(items) != len(there) or not all(item.is_alone for item in items):
        return
    missing = list(wanted)
    left = list(zip(items, there, strict=True))
    for same in is_same:
        unmatched = []
        for item, value in left:
            found = next((pair for pair in missing if same(value, pair[0])), None)
            if found:
                missing.remove(found)
            else:
                unmatched.append((item, value))
        left = unmatched
    surplus = [item for item, _ in left]
    if any(layout.has_comment_inside(item.node) for item in surplus):
        return
    edits: list[Edit] = []
    for item, (_, text) in zip(surplus, missing, strict=False):
        edits.append((item.start, item.end, item.indented(text)))
    edits += [item.removal() for item in surplus[len(missing) :]]
    added = missing[len(surplus) :]
    edits += [items[-1].addition([text for _, text in added])] if added else []
    if not wanted:
        edits.append((entry.colon, entry.colon, " []"))
    yield layout.edited(*edits)


class _Item:
    """One item of the list: its value is from `start` to `end`."""

    def __init__(self, layout: Layout, node: Any) -> None:  # noqa: ANN401 - ruamel.yaml's nodes are untyped
        text = layout.text
        self.node = node
        self._text = text
        self.start: int = node.start_mark.index
        self.end = layout.end(node)
        self._line = text.rfind("\n", 0, self.start) + 1
        line_end = text.find("\n", self.end)
        self._next_line = len(text) if line_end < 0 else line_end + 1
        self._lead = text[self._line : self.start]

    @property
    def is_alone(self) -> bool:
        """True where only the dash is before the item on its line."""
        return self._lead.strip(" ") == "-"

    def indented(self, text: str) -> str:
        """Return the text of an item, its further lines aligned with its first."""
        return text.replace("\n    ", "\n" + " " * len(self._lead))

    def removal(self) -> Edit:
        """Return the edit that removes the item, and keeps a comment after it on its line."""
        rest = self._text[self.end : self._next_line]
        if not rest.strip():
            return (self._line, self._next_line, "")
        return (self._line + self._lead.index("-"), self.end + len(rest) - len(rest.lstrip(" \t")), "")

    def addition(self, texts: Sequence[str]) -> Edit:
        """Return the edit that adds items below this one."""
        lines = "".join(f"{self._lead}{self.indented(text)}\n" for text in texts)
        if not self._text.endswith("\n") and self._next_line == len(self._text):
            lines = "\n" + lines.removesuffix("\n")
        return (self._next_line, self._next_line, lines)
