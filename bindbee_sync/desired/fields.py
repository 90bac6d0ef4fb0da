"""The fields of a job from the tree of its file, everything that is wrong with them, and all places."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property, partial
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bindbee_sync.desired import parsing, scalars, tree
from bindbee_sync.desired.values import (
    READERS,
    BrokenRuleError,
    described,
    name_of,
    oddity,
    read_text,
    wrong_type,
)
from bindbee_sync.desired.yaml_mistakes import LONGEST_LINE, parse_or_explain
from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.job_file import CREATE_FIELDS, JobSpec, Loc, Places, PostingUrl, Sync
from bindbee_sync.rules.rule import Rule
from bindbee_sync.rules.schema import ODD_TEXT, REPEATED_ITEM, TYPE, UNKNOWN_FIELD
from bindbee_sync.rules.yaml import COMMENT_IN_VALUE, DUPLICATE_KEY
from bindbee_sync.text import fold, in_quotes

FOREIGN = {
    "title": "name", "job_title": "name", "job_name": "name", "position": "name", "role": "name",
    "requisition_id": "code", "req_id": "code", "requisition": "code", "job_code": "code",
    "location": "offices", "locations": "offices", "site": "offices", "city": "offices",
    "team": "departments", "teams": "departments", "division": "departments",
    "headcount": "openings", "head_count": "openings", "number_of_openings": "openings",
    "positions": "openings", "vacancies": "openings", "quantity": "openings", "state": "status",
    "hiring_lead": "hiring_managers", "manager": "hiring_managers", "managers": "hiring_managers",
    "template": "template_id", "template_job_id": "template_id", "copy_of": "template_id",
    "user": "remote_user_id", "user_id": "remote_user_id", "creator": "remote_user_id",
    "created_by": "remote_user_id", "owner": "remote_user_id",
    "url": "job_posting_urls", "urls": "job_posting_urls", "job_posting_url": "job_posting_urls",
    "posting_urls": "job_posting_urls", "private": "confidential", "is_confidential": "confidential",
    "summary": "description", "notes": "description", "content": "description",
    "job_id": "id", "bindbee_id": "id", "greenhouse_id": "remote_id", "ats_id": "remote_id",
}  # fmt: skip
"""What other tools call the fields of a job."""
LONGEST_KEY = 60

DEFAULT_FIELDS = tuple(name for name in CREATE_FIELDS if name not in ("name", "code"))


@dataclass(frozen=True, slots=True)
class Layer:
    """The top-level fields that one file sets; `locate` reads the place of everything in them.

    A field that is null or in error is None.
    """

    fields: Mapping[str, object] = field(default_factory=dict)
    locate: Callable[[], Places] = Places

    def over(self, base: Layer) -> Layer:
        """Return this layer, with the fields that only `base` sets."""
        if not base.fields:
            return self
        kept = base.fields.keys() - self.fields.keys()
        inherited = {name: value for name, value in base.fields.items() if name in kept}
        return Layer({**inherited, **self.fields}, partial(_merged, self.locate, base.locate, kept))


def _merged(own: Callable[[], Places], base: Callable[[], Places], kept: Collection[str]) -> Places:
    above, below = own(), base()
    return Places(
        {**{loc: place for loc, place in below.values.items() if loc[0] in kept}, **above.values},
        {**{loc: place for loc, place in below.keys.items() if loc[0] in kept}, **above.keys},
    )


def read_fields(
    content: bytes, path: str, known: Collection[str], address: str | None = None
) -> tuple[Layer, tuple[Diagnostic, ...], bool]:
    """Return the `known` fields that the YAML in `content` sets, what is wrong with it, and if it has fields.

    Raises tree.YamlError where it is not YAML.
    """
    document, fields, reader = _read(content, path, known, address)
    # The content is kept, and not the places: it is a tenth of their size, and few files need a place.
    layer = Layer(fields, partial(_located, content, path, known))
    return layer, tuple(reader.diagnostics), isinstance(document.root, tree.MappingNode)


def _located(content: bytes, path: str, known: Collection[str]) -> Places:
    return _read(content, path, known, None)[2].places()


def _read(
    content: bytes, path: str, known: Collection[str], address: str | None
) -> tuple[tree.Tree, dict[str, object], _Reader]:
    document = parse_or_explain(content, path)
    reader = _Reader(address, content)
    for twice in document.duplicates:
        message = f"{in_quotes(twice.key.text)} occurs twice; the first is in line {twice.first_line}"
        reader.report(DUPLICATE_KEY, twice.key.place, (twice.top,) if twice.top else (), message)
    fields = {}
    if isinstance(document.root, tree.MappingNode):
        fields = reader.group(JobSpec, document.root, (), known)
        reader.report_odd_texts(fields)
    elif address is not None or not _is_nothing(document.root):  # defaults may be all in comments
        found = "is empty" if document.root is None else f"holds {described(document.root)}"
        message = f"This file {found}, but a job is described by fields, one to a line: `field: value`"
        reader.report(TYPE, Place(path), (), message, "Write the fields, or remove the file.")
    return document, fields, reader


def _is_nothing(root: tree.Node | None) -> bool:
    return root is None or (isinstance(root, tree.ScalarNode) and root.is_null)


def read_example(root: tree.MappingNode) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Return the fields of a job that a part of another file describes, and what is wrong with them."""
    reader = _Reader(None)
    fields = reader.group(JobSpec, root, (), JobSpec.model_fields)
    return Layer(fields, reader.places), tuple(reader.diagnostics)


class _Reader:
    def __init__(self, address: str | None, content: bytes = b"") -> None:
        self.address = address
        self.content = content
        self.diagnostics: list[Diagnostic] = []
        self.values: dict[Loc, tree.Node] = {}
        self.keys: dict[Loc, tree.Node] = {}

    def places(self) -> Places:
        """Return the place of everything that was read."""
        return Places(
            {loc: node.place for loc, node in self.values.items()},
            {loc: node.place for loc, node in self.keys.items()},
        )

    def report(
        self,
        rule: Rule,
        place: Place,
        loc: Loc,
        message: str,
        hint: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        top = str(loc[0]) if loc and loc[0] in JobSpec.model_fields else None
        message = message[0].upper() + message[1:]
        self.diagnostics.append(
            rule.at(place, message, hint=hint, address=self.address, field=top, severity=severity)
        )

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return parsing.LINE_BREAK.split(self.content.decode("utf-8-sig"))

    def _report_folded(self, node: tree.ScalarNode, loc: Loc) -> None:
        """Report an entry that goes on in the next line, where another entry was meant."""
        number = node.mark.line + 1
        own, after = [*self.lines[number - 1 : number + 1], "", ""][:2]
        indents = [each[: len(each) - len(each.lstrip(" "))] for each in (own, after)]
        if after.lstrip(" ").startswith("- ") and len(indents[0]) < len(indents[1]):
            message = f"{name_of(loc)} is {in_quotes(node.text)}, as the next line is indented further"
            place = Place(node.path, number + 1, len(indents[1]) + 1)
            hint = f"Write: `{indents[0]}{after.strip()}`." if _fits(after) else None
            self.report(ODD_TEXT, place, loc, message, hint)

    def report_odd_texts(self, fields: Mapping[str, object]) -> None:
        sync = fields.get("sync")
        if isinstance(sync, Sync) and (sync.id or sync.remote_id):
            return  # The job exists and has the text that it has, which an imported file repeats.
        for name in ("name", "code"):
            text = fields.get(name)
            if isinstance(text, str) and (odd := oddity(text)):
                about, is_error, plain = odd
                severity = Severity.ERROR if is_error else None
                place = self.values[name,].place
                # A text that goes on for several lines is not the line that its place is in.
                hint = f"Write: `{name}: {scalars.scalar(plain)}`." if fold(plain) and _fits(text) else None
                self.report(ODD_TEXT, place, (name,), f"'{name}' {about}", hint, severity=severity)

    def group(
        self, model: type[BaseModel], node: tree.MappingNode, loc: Loc, known: Collection[str]
    ) -> dict[str, object]:
        """Return the `known` fields of `model` that `node` sets; those that are null or in error as None."""
        found: dict[str, object] = {}
        fields = kinds(model)
        for key, value in node.entries:
            if not isinstance(key, tree.ScalarNode):
                message = f"Expected the name of a field, found {described(key)}"
                self.report(TYPE, key.place, loc, message, "Write the name of a field.")
            elif key.text not in known:
                message = f"{in_quotes(key.text)} is not a field of {_owner(loc, known)}"
                meant = meant_field(key.text, known)
                hint = _unknown_key_hint(key.text, meant, model, node, value, known)
                # As a fault of the field that is meant: that it is missing has the same cause.
                at = (*loc, meant or key.text)
                self.report(UNKNOWN_FIELD, key.place, at, message, hint)
            else:
                at = (*loc, key.text)
                self.keys[at] = key
                null = isinstance(value, tree.ScalarNode) and value.is_null
                found[key.text] = self._value(fields[key.text], value, at, null=null)
        return found

    def _value(self, kind: Any, node: tree.Node, loc: Loc, *, null: bool = False) -> object:  # noqa: ANN401  # an annotation
        """Return the node's value by its field's type; None where it is `null` or in error."""
        self.values[loc] = node
        if isinstance(node, tree.ScalarNode) and node.comment and _is_cut(node.comment, loc, null=null):
            message = f"{name_of(loc)} ends before '#': {in_quotes(node.comment.strip())} is a comment"
            hint = self._with_comment(node, loc)
            self.report(COMMENT_IN_VALUE, (self.keys[loc] if null else node).place, loc, message, hint)
        if (
            isinstance(loc[-1], int)
            and isinstance(node, tree.ScalarNode)
            and node.plain
            and " - " in node.text
        ):
            self._report_folded(node, loc)
        try:
            if null:
                return None
            if kind in READERS:
                return READERS[kind](node, loc)
            if (item := _item_of(kind)) is not None:
                return self._list(item, node, loc)
            if kind is PostingUrl and not isinstance(node, tree.MappingNode):
                return PostingUrl(value=read_text(node, loc))
            return self._model(kind, node, loc)
        except BrokenRuleError as broken:
            self.report(broken.rule, node.place, loc, broken.message, broken.hint)
            return None

    def _with_comment(self, node: tree.ScalarNode, loc: Loc) -> str | None:
        """Return the hint at the line with the comment as part of its text; None if it is not all known."""
        text = node.text + node.comment.rstrip() if node.text else node.comment.strip()
        is_whole = len(node.comment) < parsing.LONGEST_COMMENT and node.text in self.lines[node.mark.line]
        if len(loc) > 1 or not is_whole or not _fits(text):
            return None
        apart = f"{loc[0]}: {node.text}  # {node.comment.strip().lstrip('#').strip()}"
        return f"Write: `{loc[0]}: {scalars.double_quoted(text)}`. If it is a note to skip, write: `{apart}`."

    def _list(self, kind: Any, node: tree.Node, loc: Loc) -> tuple[object, ...] | None:  # noqa: ANN401  # as above
        if not isinstance(node, tree.SequenceNode):
            raise wrong_type(node, loc, "a list", _as_list(node))
        items = [self._value(kind, item, (*loc, index)) for index, item in enumerate(node.items)]
        seen: dict[object, int] = {}
        for index, item in enumerate(items if len(items) > 1 else ()):
            first = seen.setdefault(fold(item) if isinstance(item, str) else item, index)
            if item is not None and first != index:
                message = f"{name_of((*loc, index))} is the same as entry {first + 1}"
                self.report(REPEATED_ITEM, node.items[index].place, loc, message)
        return None if None in items else tuple(items)

    def _model(self, model: type[BaseModel], node: tree.Node, loc: Loc) -> BaseModel | None:
        if not isinstance(node, tree.MappingNode):
            hint = "Write its fields below it, indented, each as `field: value`."
            raise wrong_type(node, loc, "a group of fields", hint)
        before = len(self.diagnostics)
        found = self.group(model, node, loc, model.model_fields)
        given = {name: value for name, value in found.items() if value is not None}
        lacking = [name for name in _required(model) if name not in given]
        if not lacking:
            return model(**given)
        at = self.values.get((*loc, lacking[0]))
        if at is None or all(finding.place != at.place for finding in self.diagnostics[before:]):
            raise BrokenRuleError(
                TYPE, f"{name_of(loc)} has no '{lacking[0]}'", f"Write `{lacking[0]}: ...` there."
            )
        return None


def _as_list(node: tree.Node) -> str:
    """Return the hint to write one text as a list; `{key}` is its key."""
    if not isinstance(node, tree.ScalarNode) or node.is_null or not _fits(node.text):
        return "Write `{key}: [...]`, or each entry on a line of its own that begins with `- `."
    whole = _braced(scalars.item(node.text))
    parts = [part.strip() for part in node.text.split(",")]
    if len(parts) == 1 or not all(parts):
        return f"Write: `{{key}}: [{whole}]`."
    several = _braced(", ".join(map(scalars.item, parts)))
    return f"Write: `{{key}}: [{several}]`; or `{{key}}: [{whole}]`, if the comma is part of a name."


def _braced(text: str) -> str:
    """Return text that `str.format` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def _fits(text: str) -> bool:
    """Return whether a hint may show a line with this text."""
    return len(text) <= LONGEST_LINE and "\n" not in text


@cache
def kinds(model: type[BaseModel]) -> dict[str, Any]:
    """Return each field's type, without the `| None`."""
    found = {}
    for name, info in model.model_fields.items():
        options = (
            get_args(info.annotation) if get_origin(info.annotation) is UnionType else (info.annotation,)
        )
        found[name] = next(option for option in options if option is not NoneType)
    return found


@cache
def _item_of(kind: Any) -> Any:  # noqa: ANN401  # as above
    """Return the type of the items of a list of this type; None where it is no list."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


@cache
def _required(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, info in model.model_fields.items() if info.is_required())


def _is_cut(comment: str, loc: Loc, *, null: bool) -> bool:
    """Return whether a comment looks like the rest of the text that it follows."""
    _, text = comment.split("#", 1)
    tight = bool(text) and text[0] not in " \t#!"
    return tight or (loc in (("name",), ("code",)) and not null and comment.startswith(" #"))


def meant_field(key: str, known: Collection[str]) -> str | None:
    """Return the known field that a key was probably meant to be."""
    word = "_".join(fold(key[:LONGEST_KEY]).replace("-", " ").split())
    if word in known:
        return word
    if FOREIGN.get(word) in known:
        return FOREIGN[word]
    # Only the beginning, as the cost grows with the length: a file may hold a word of a megabyte.
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def _owner(loc: Loc, known: Collection[str]) -> str:
    if loc:
        return name_of(loc)
    return "a job" if "name" in known else "a folder's defaults"


def _unknown_key_hint(
    key: str,
    meant: str | None,
    model: type[BaseModel],
    node: tree.MappingNode,
    value: tree.Node,
    known: Collection[str],
) -> str:
    if key == "<<":
        return "YAML 1.2 has no merge keys: write the fields out, or put them into `_defaults.yaml`."
    if model is JobSpec and key in JobSpec.model_fields:
        return f"It belongs to a single job: move '{key}' to the job's own file."
    if meant is None:
        return f"Remove the line. The fields are {', '.join(known)}."
    if any(isinstance(each, tree.ScalarNode) and each.text == meant for each, _ in node.entries):
        return f"Did you mean '{meant}'? The file has that already: remove this line."
    if not isinstance(value, tree.ScalarNode) or value.is_null or "\n" in value.text:
        return f"Did you mean '{meant}'? Write `{meant}:` in place of `{key}:`."
    is_list = get_origin(kinds(model)[meant]) is tuple
    text = (
        value.text
        if value.plain and value.text.isalnum()
        else (scalars.item if is_list else scalars.scalar)(value.text)
    )
    line = f"{meant}: [{text}]" if is_list else f"{meant}: {text}"
    return f"Did you mean '{meant}'? Write: `{line}`."
