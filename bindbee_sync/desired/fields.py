"""Nodes to the fields of a job: each value is what its field's type makes of the characters."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bindbee_sync.desired import tree
from bindbee_sync.desired.model import CREATE_FIELDS, JobSpec, Loc, PostingUrl
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.rules import files as rules
from bindbee_sync.rules.rule import Rule

DEFAULT_FIELDS = tuple(name for name in CREATE_FIELDS if name not in ("name", "code"))

_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_BASES = {"0o": 8, "0x": 16}
_MAX_DIGITS = 18
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")
_NOT_BLANK = {("name",): rules.EMPTY_NAME, ("code",): rules.EMPTY_CODE}

# What a value must be, and how it is written.
_WANTED: dict[object, tuple[str, str]] = {
    str: ("text", "Write the text on the line of its key: `{key}: ...`."),
    bool: ("true or false", "Write `{key}: true` or `{key}: false`, without quotes."),
    int: ("a whole number", "Write digits alone, without quotes: `{key}: 1`."),
    tuple: ("a list", "Write `{key}: [...]`, or each entry on a line of its own that begins with `- `."),
    PostingUrl: ("a web address", "Write the address, or `value: ...` and `url_type: ...` below each other."),
    BaseModel: ("a group of keys", "Write the keys below it, indented, each as `key: value`."),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """The top-level fields that one file sets, None for one that is null or in error, and where all of it stands."""

    fields: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[Loc, Place] = field(default_factory=dict)
    keys: Mapping[Loc, Place] = field(default_factory=dict)

    def over(self, base: Layer) -> Layer:
        """Return this layer, with the fields that only `base` sets."""
        kept = base.fields.keys() - self.fields.keys()
        return Layer(
            {**{name: base.fields[name] for name in base.fields if name in kept}, **self.fields},
            {**{loc: place for loc, place in base.values.items() if loc[0] in kept}, **self.values},
            {**{loc: place for loc, place in base.keys.items() if loc[0] in kept}, **self.keys},
        )


def read_fields(
    content: bytes, path: str, known: Collection[str], address: str | None = None
) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Return the `known` fields that the YAML in `content` sets, and everything that is wrong with it.

    Raises tree.YamlError where it is no YAML.
    """
    document = tree.parse(content, path)
    reader = _Reader(address)
    for duplicate in document.duplicates:
        reader.report(
            rules.DUPLICATE_KEY,
            duplicate.key.place,
            (duplicate.top or "",),
            f"{quoted(duplicate.key.text)} stands twice; the first one is in line {duplicate.first_line}.",
        )
    if not isinstance(document.root, tree.Mapping):
        message = (
            "This file is empty." if document.root is None else f"This file holds {_seen(document.root)}."
        )
        reader.report(
            rules.TYPE,
            Place(path),
            (),
            f"{message} A job is described by fields, one to a line, each as `field: value`.",
            hint="Begin with `name: ...`, or remove the file.",
        )
        return Layer(), tuple(reader.diagnostics)
    fields = reader.group(JobSpec, document.root, (), known)
    return Layer(fields, reader.values, reader.keys), tuple(reader.diagnostics)


def quoted(text: str) -> str:
    """Return the text in quotes, cut to what a message has room for."""
    return f"'{text[:59]}…'" if len(text) > 60 else f"'{text}'"  # noqa: PLR2004  # 59 and the ellipsis


class _Reader:
    def __init__(self, address: str | None) -> None:
        self.address = address
        self.diagnostics: list[Diagnostic] = []
        self.values: dict[Loc, Place] = {}
        self.keys: dict[Loc, Place] = {}

    def report(self, rule: Rule, place: Place, loc: Loc, message: str, *, hint: str | None = None) -> None:
        top = str(loc[0]) if loc and loc[0] in JobSpec.model_fields else None
        self.diagnostics.append(rule.at(place, message, hint=hint, address=self.address, field=top))

    def group(
        self, model: type[BaseModel], node: tree.Mapping, loc: Loc, known: Collection[str]
    ) -> dict[str, object]:
        """Return the values of the keys that are `known` fields of `model`, None for null ones and ones in error."""
        found: dict[str, object] = {}
        for key, value in node.entries:
            if not isinstance(key, tree.Scalar):
                self.report(
                    rules.TYPE, key.place, loc, f"{_seen(key).capitalize()} stands where a key belongs."
                )
            elif key.text not in known:
                self._unknown_key(key, loc, known)
            else:
                at = (*loc, key.text)
                self.keys[at], self.values[at] = key.place, value.place
                found[key.text] = self._value(_kinds(model)[key.text], value, at)
        return found

    def _unknown_key(self, key: tree.Scalar, loc: Loc, known: Collection[str]) -> None:
        owner = _named(loc) if loc else "a job" if "name" in known else "a folder's defaults"
        message = f"{quoted(key.text)} is not a field of {owner}."
        if key.text == "<<":
            hint = "YAML 1.2 has no merge keys: write the fields out, or put them into `_defaults.yaml`."
        elif not loc and key.text in JobSpec.model_fields:
            hint = f"{quoted(key.text)} belongs to one job alone: move it to the job's own file."
        else:
            hint = _nearest(key.text, known)
        self.report(rules.UNKNOWN_FIELD, key.place, (*loc, key.text), message, hint=hint)

    def _value(self, kind: Any, node: tree.Node, loc: Loc) -> object:  # noqa: ANN401  # an annotation
        if isinstance(node, tree.Scalar) and node.is_null:
            return None
        if get_origin(kind) is tuple:
            return self._list(get_args(kind)[0], node, loc)
        if kind is str:
            return self._text(node, loc)
        if kind is bool:
            if isinstance(node, tree.Scalar) and node.plain and node.text in _BOOLS:
                return _BOOLS[node.text]
            return self._wrong(bool, node, loc)
        if kind is int:
            return self._integer(node, loc)
        return self._group_value(kind, node, loc)

    def _text(self, node: tree.Node, loc: Loc, wanted: object = str) -> str | None:
        if not isinstance(node, tree.Scalar):
            return self._wrong(wanted, node, loc)
        if bad := _UNSENDABLE.search(node.text):
            message = f"{_named(loc)} holds the character U+{ord(bad[0]):04X}, which can't be sent."
            return self.report(rules.TYPE, node.place, loc, message, hint="Remove the character.")
        if loc in _NOT_BLANK and not node.text.strip():
            return self.report(_NOT_BLANK[loc], node.place, loc, f"{_named(loc)} is blank.")
        if loc[:2] == ("sync", "ignore_changes") and node.text not in CREATE_FIELDS:
            message = f"{quoted(node.text)} is not a field of a job, so its changes can't be ignored."
            hint = _nearest(node.text, CREATE_FIELDS)
            return self.report(rules.UNKNOWN_FIELD, node.place, loc, message, hint=hint)
        return node.text

    def _integer(self, node: tree.Node, loc: Loc) -> int | None:
        if not isinstance(node, tree.Scalar) or not node.plain or not _INTEGER.fullmatch(node.text):
            return self._wrong(int, node, loc)
        if len(node.text.lstrip("+-")) > _MAX_DIGITS:
            message = f"{_named(loc)} has more than {_MAX_DIGITS} digits."
            return self.report(rules.TYPE, node.place, loc, message)
        number = int(node.text, _BASES.get(node.text[:2], 10))
        if number <= 0:
            message = f"{_named(loc)} is {number}, but a job that nobody is hired for can't be created."
            return self.report(rules.OPENINGS_POSITIVE, node.place, loc, message)
        return number

    def _list(self, kind: Any, node: tree.Node, loc: Loc) -> tuple[object, ...] | None:  # noqa: ANN401  # as above
        if not isinstance(node, tree.Sequence):
            return self._wrong(tuple, node, loc)
        items = []
        for index, item in enumerate(node.items):
            at = (*loc, index)
            self.values[at] = item.place
            if isinstance(item, tree.Scalar) and item.is_null:
                items.append(self._wrong(kind, item, at))
            elif kind is str or isinstance(item, tree.Scalar):
                text = self._text(item, at, kind)
                items.append(text if kind is str or text is None else kind(value=text))
            else:
                items.append(self._group_value(kind, item, at))
        return None if None in items else tuple(items)

    def _group_value(self, model: type[BaseModel], node: tree.Node, loc: Loc) -> BaseModel | None:
        wanted = model if model in _WANTED else BaseModel
        if not isinstance(node, tree.Mapping):
            return self._wrong(wanted, node, loc)
        before = len(self.diagnostics)
        found = self.group(model, node, loc, model.model_fields)
        given = {name: value for name, value in found.items() if value is not None}
        lacking = [
            name for name, info in model.model_fields.items() if info.is_required() and name not in given
        ]
        if not lacking:
            return model(**given)
        at = self.values.get((*loc, lacking[0]))
        if all(finding.place != at for finding in self.diagnostics[before:]):
            hint = f"Write `{lacking[0]}: ...` there."
            self.report(rules.TYPE, node.place, loc, f"{_named(loc)} has no '{lacking[0]}'.", hint=hint)
        return None

    def _wrong(self, wanted: object, node: tree.Node, loc: Loc) -> None:
        noun, hint = _WANTED[wanted]
        key = next(str(part) for part in reversed(loc) if isinstance(part, str))
        if isinstance(loc[-1], int) and wanted is str:
            hint = f"Write one text after each `- `, or leave the entry out of `{key}`."
        message = f"{_named(loc)} must be {noun}, but {_seen(node)} stands here."
        self.report(rules.TYPE, node.place, loc, message, hint=hint.format(key=key))


@cache
def _kinds(model: type[BaseModel]) -> dict[str, Any]:
    """Return each field's type, without the `| None`."""
    kinds = {}
    for name, info in model.model_fields.items():
        options = (
            get_args(info.annotation) if get_origin(info.annotation) is UnionType else (info.annotation,)
        )
        kinds[name] = next(option for option in options if option is not NoneType)
    return kinds


def _named(loc: Loc) -> str:
    """Return how a message calls the value at `loc`: 'sync.id', or entry 2 of 'departments'."""
    keys = [part for part in loc if isinstance(part, str)]
    entry = next((f"entry {part + 1} of " for part in loc if isinstance(part, int)), "")
    return f"{entry}'{'.'.join(keys)}'"


def _seen(node: tree.Node) -> str:
    match node:
        case tree.Sequence():
            return "a list"
        case tree.Mapping():
            return "a group of keys"
        case tree.Scalar(is_null=True):
            return "nothing"
        case tree.Scalar():
            return f"{'' if node.plain else 'the text '}{quoted(node.text)}"


def _nearest(name: str, known: Collection[str]) -> str | None:
    near = get_close_matches(name[:60].lower(), known, n=1)
    return f"Did you mean '{near[0]}'?" if near else None
