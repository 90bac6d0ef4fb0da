"""A small tree of YAML, whose nodes know how and where they were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bindbee_sync.diagnostics import Place

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class YamlError(Exception):
    """Text that is not YAML, or that holds more than a job file may.

    `corrected` is the file with the line as the hint shows it, where the hint shows one.
    """

    def __init__(
        self, place: Place, message: str, hint: str | None = None, corrected: bytes | None = None
    ) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint
        self.corrected = corrected


class Mark(Protocol):
    """A place as a parser gives it: line and column count from 0."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column, in code points."""


# Not frozen: of a thousand files forty thousand nodes are made, and a frozen one takes three times as long.
@dataclass(slots=True, eq=False)
class _Node:
    path: str
    mark: Mark

    @property
    def place(self) -> Place:
        """The place of its first character."""
        return Place(self.path, self.mark.line + 1, self.mark.column + 1)


@dataclass(slots=True, eq=False)
class ScalarNode(_Node):
    """A single value: its characters, and whether they are written without quotes.

    `comment` is the one behind it on its line, with the blanks before it.
    """

    text: str
    plain: bool
    comment: str = ""

    @property
    def is_null(self) -> bool:
        """True where YAML 1.2 calls it null."""
        return self.plain and self.text in _NULLS


@dataclass(slots=True, eq=False)
class SequenceNode(_Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class MappingNode(_Node):
    """Keys with values, in the order of the file; of two equal keys the first."""

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
