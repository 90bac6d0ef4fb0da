"""Inheritance: what each `_defaults.yaml` gives to the job files in and below its folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bindbee_sync.desired.fields import DEFAULT_FIELDS, Layer, read_fields
from bindbee_sync.desired.tree import YamlError
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.rules.yaml import SYNTAX

MOST_MISTAKES = 5
"""Mistakes shown of a file that is not YAML: to find each, the file is read a few times more."""

Read = Callable[[], bytes | str]
"""Returns the content of a file; may raise OSError."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Fields that jobs inherit from the `_defaults.yaml` in and above their folder, and its faults."""

    layer: Layer = field(default_factory=Layer)
    faults: tuple[Diagnostic, ...] = ()


NO_DEFAULTS = Defaults()


class FolderDefaults:
    """Inheritance: of the `_defaults.yaml` in and above a job's folder the nearest wins, by field.

    `own` returns a reader of the folder's own `_defaults.yaml` and its path as shown, None where it has none.
    Folders are paths below the jobs folder.
    """

    def __init__(self, own: Callable[[PurePosixPath], tuple[Read, str] | None]) -> None:
        self._own = own
        self._known: dict[PurePosixPath, Defaults] = {}

    def of(self, folder: PurePosixPath) -> Defaults:
        """Return what jobs in `folder` inherit; raises nothing."""
        inherited = NO_DEFAULTS
        # From the top and without recursion: folders may be nested deeper than Python's stack.
        for each in (*reversed(folder.parents), folder):
            if each not in self._known:
                own = self._own(each)
                self._known[each] = _defaults(*own, inherited) if own else inherited
            inherited = self._known[each]
        return inherited


def load_defaults(content: bytes | str, *, path: str, outer: Defaults = NO_DEFAULTS) -> Defaults:
    """Return what jobs inherit from a `_defaults.yaml` with this content; `outer` is what it inherits itself.

    Raises nothing; the faults of both are in `faults`.
    """
    return _defaults(lambda: content, path, outer)


def read_layer(
    read: Read, path: str, known: Collection[str], address: str | None
) -> tuple[Layer, tuple[Diagnostic, ...], bool]:
    """Return a file's own fields, its faults, and whether it could be read; raises nothing."""
    try:
        content = read()
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        return read_fields(data, path, known, address)
    except YamlError as error:
        return Layer(), tuple(_mistakes(error, path, known, address)), False
    except OSError as error:
        message = f"This file can't be read: {error.strerror}"
        hint = "Check that it is there and who may read it."
        return Layer(), (SYNTAX.at(Place(path), message, hint=hint, address=address),), False


def _mistakes(
    error: YamlError, path: str, known: Collection[str], address: str | None
) -> Iterator[Diagnostic]:
    """Yield what is wrong in a file that is not YAML, read on as if each line were as its hint shows it."""
    lines: set[int] = set()
    while error.place.line not in lines and len(lines) < MOST_MISTAKES:
        lines.add(error.place.line)
        yield SYNTAX.at(error.place, error.message, hint=error.hint, address=address)
        if error.corrected is None:
            return
        try:
            _, findings, _ = read_fields(error.corrected, path, known, address)
        except YamlError as further:
            error = further
        else:
            yield from (each for each in findings if each.place and each.place.line not in lines)


def _defaults(read: Read, path: str, outer: Defaults) -> Defaults:
    layer, faults, _ = read_layer(read, path, DEFAULT_FIELDS, None)
    return Defaults(layer.over(outer.layer), (*outer.faults, *faults))
