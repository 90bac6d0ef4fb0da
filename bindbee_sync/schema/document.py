"""JSON Schema of job files: the fields of `JobSpec`, and the rules that a schema can state.

It accepts exactly what `validate` accepts, within the limits of a schema: it sees values and not how they are
written, a single file, and neither the lists nor the folder's defaults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bindbee_sync.desired.fields import DEFAULT_FIELDS, kinds
from bindbee_sync.desired.values import MAX_DIGITS
from bindbee_sync.diagnostics import Severity
from bindbee_sync.job_file import CREATE_FIELDS, JobSpec, PostingUrl
from bindbee_sync.rules.registry import RULES
from bindbee_sync.rules.rule import IS_DROPPED, IS_SET, Rule
from bindbee_sync.rules.schema import UNKNOWN_FIELD

Schema = dict[str, Any]
Names = Mapping[str, Sequence[str]]
"""The names that each field may refer to, for completion."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = ("string", "number", "boolean")
_WITHOUT_NUL = "^[^\\u0000]*$"


def job_schema(
    provider: str | None,
    severities: Mapping[str, Severity],
    *,
    inherited: Collection[str] = (),
    names: Names | None = None,
) -> Schema:
    """Return the schema of a job file: `provider` None states the common rules only.

    `severities` are the config's. A field in `inherited` may be missing from the file, as a `_defaults.yaml`
    sets it. `names` are suggested; others are accepted too.
    """
    fields = _Fields(severities, names or {})
    schema = _head("Job file of bindbee-sync") | fields.group(JobSpec, JobSpec.model_fields)
    rules = [rule for rule in RULES.values() if rule.provider in (None, provider)]
    schema["allOf"] = _stated([rule for rule in rules if not rule.check], severities)
    schema["if"] = _names_its_job()
    schema["else"] = {"allOf": _stated([rule for rule in rules if rule.check], severities, inherited)}
    return schema


def defaults_schema(severities: Mapping[str, Severity], *, names: Names | None = None) -> Schema:
    """Return the schema of a `_defaults.yaml`."""
    fields = _Fields(severities, names or {})
    schema = _head("Defaults of bindbee-sync's job files") | fields.group(JobSpec, DEFAULT_FIELDS)
    rules = [rule for rule in RULES.values() if not rule.check and rule.schema.keys() <= set(DEFAULT_FIELDS)]
    schema["type"] = ["object", "null"]  # it may hold comments alone
    schema["allOf"] = _stated(rules, severities)
    return schema


class _Fields:
    """The part of the schema about the type of each field."""

    def __init__(self, severities: Mapping[str, Severity], names: Names) -> None:
        self.closed = severities.get(UNKNOWN_FIELD.id, UNKNOWN_FIELD.severity) is Severity.ERROR
        self.names = names

    def group(self, model: type[BaseModel], known: Collection[str]) -> Schema:
        properties = {}
        for name, kind in kinds(model).items():
            if name in known:
                info = model.model_fields[name]
                about = {"title": info.title, "description": info.description, "examples": info.examples}
                value = self._value(kind, name)
                properties[name] = {key: each for key, each in about.items() if each is not None} | _or_null(
                    value, required=info.is_required()
                )
        required = [name for name in properties if model.model_fields[name].is_required()]
        return (
            {"type": "object", "properties": properties}
            | ({"required": required} if required else {})
            | ({"additionalProperties": False} if self.closed else {})
        )

    def _value(self, kind: Any, name: str) -> Schema:  # noqa: ANN401  # an annotation
        if kind is str:
            return self._text(name)
        if kind is bool:
            return {"type": "boolean"}
        if kind is int:
            return {"type": "integer", "maximum": 10**MAX_DIGITS - 1}
        if get_origin(kind) is tuple:
            return {"type": "array", "items": self._value(get_args(kind)[0], name)}
        whole = self.group(kind, kind.model_fields)
        return {"anyOf": [self._text(name), whole]} if kind is PostingUrl else whole

    def _text(self, name: str) -> Schema:
        if name == "ignore_changes" and self.closed:
            return {"enum": list(CREATE_FIELDS)}
        text: Schema = {"type": list(_TEXT), "pattern": _WITHOUT_NUL}
        suggested = list(self.names.get(name, ()))
        return {"anyOf": [{"enum": suggested}, text]} if suggested else text


def _head(title: str) -> Schema:
    return {"$schema": DIALECT, "title": title}


def _or_null(value: Schema, *, required: bool) -> Schema:
    if required:
        return value
    if "anyOf" in value:
        return {"anyOf": [*value["anyOf"], {"type": "null"}]}
    types = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return value | {"type": [*types, "null"]}


def _stated(
    rules: Iterable[Rule], severities: Mapping[str, Severity], inherited: Collection[str] = ()
) -> list[Schema]:
    """Return what the rules demand of fields, in their own words where the editor can show them."""
    every = (_of_rule(rule, severities.get(rule.id, rule.severity), inherited) for rule in rules)
    return [stated for stated in every if stated["properties"]]


def _of_rule(rule: Rule, severity: Severity, inherited: Collection[str]) -> Schema:
    # Editors know no warnings: they are shown what `validate` calls an error. That a field is dropped is no
    # demand but a note, so it is shown as long as the rule is on.
    words = f"{rule.demands} {rule.hint} [{rule.id}]"
    properties: Schema = {}
    for field, demand in rule.schema.items():
        if demand is IS_DROPPED and severity is not Severity.OFF:
            properties[field] = {**demand, "deprecationMessage": words}
        elif severity is Severity.ERROR and not (demand is IS_SET and field in inherited):
            properties[field] = {**demand, "errorMessage": words}
    required = [field for field in properties if rule.schema[field] is IS_SET]
    stated = {"$comment": rule.id, "properties": properties}
    return stated | ({"required": required} if required else {})


def _names_its_job() -> Schema:
    given = [{"required": [key], "properties": {key: IS_SET}} for key in ("id", "remote_id")]
    return {"required": ["sync"], "properties": {"sync": {"type": "object", "anyOf": given}}}
