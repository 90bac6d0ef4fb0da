"""The schema: the fields of `JobSpec`, and the rules that a schema can state.

What it accepts, `validate` accepts, and the other way round, as far as a schema can see: it is shown values,
not how they were written, one file alone, and neither the lists nor the folder's defaults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bindbee_sync.desired.fields import DEFAULT_FIELDS, kinds
from bindbee_sync.desired.values import MAX_DIGITS
from bindbee_sync.diagnostics import Severity
from bindbee_sync.job_file import CREATE_FIELDS, JobSpec, PostingUrl
from bindbee_sync.rules import files as common
from bindbee_sync.rules.greenhouse import (
    FIELD_NOT_FORWARDED,
    HIGH_OPENINGS,
    ID_FIELDS,
    NOT_FORWARDED,
    UNIFIED_IDS,
)
from bindbee_sync.rules.identity import STATUS_VALUE, STATUSES
from bindbee_sync.rules.registry import RULES
from bindbee_sync.rules.rule import Rule

Schema = dict[str, Any]
Names = Mapping[str, Sequence[str]]
"""What each field may refer to by name, for completion."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = ("string", "number", "boolean")
_WITHOUT_NUL = "^[^\\u0000]*$"
_NOT_BLANK = "\\S"
_NOT_A_NUMBER = "[^0-9]|^$"
_REQUIRED = {
    "greenhouse/template-required": "template_id",
    "greenhouse/remote-user-required": "remote_user_id",
    "greenhouse/openings-required": "openings",
    "greenhouse/name-required": "name",
}
_IS_SET: Schema = {"not": {"type": "null"}}


def job_schema(
    provider: str | None,
    severities: Mapping[str, Severity],
    *,
    inherited: Collection[str] = (),
    names: Names | None = None,
) -> Schema:
    """Return the schema of a job file: `provider` None states the common rules only.

    `severities` are the config's. A field in `inherited` may be missing from the file, as a `_defaults.yaml`
    sets it. `names` are suggested; others are accepted all the same.
    """
    fields = _Fields(severities, names or {})
    new_job = [*_about_new_jobs(provider, severities, inherited), *_not_forwarded(provider, severities)]
    schema = _head("Job file of bindbee-sync") | fields.group(JobSpec, JobSpec.model_fields)
    schema["allOf"] = list(_about_every_job(severities))
    schema["if"] = _says_that_it_exists()
    schema["else"] = {"allOf": new_job}
    return schema


def defaults_schema(severities: Mapping[str, Severity], *, names: Names | None = None) -> Schema:
    """Return the schema of a `_defaults.yaml`."""
    fields = _Fields(severities, names or {})
    schema = _head("Defaults of bindbee-sync's job files") | fields.group(JobSpec, DEFAULT_FIELDS)
    stated = _about_every_job(severities)
    schema["allOf"] = [demand for demand in stated if demand["properties"].keys() <= set(DEFAULT_FIELDS)]
    return schema


class _Fields:
    """The part that says what each field's value looks like."""

    def __init__(self, severities: Mapping[str, Severity], names: Names) -> None:
        self.closed = _holds(common.UNKNOWN_FIELD, severities)
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


def _holds(rule: Rule, severities: Mapping[str, Severity]) -> bool:
    return severities.get(rule.id, rule.severity) is Severity.ERROR


def _about_every_job(severities: Mapping[str, Severity]) -> Iterator[Schema]:
    for rule, field, demand in (
        (common.EMPTY_NAME, "name", {"pattern": _NOT_BLANK}),
        (common.EMPTY_CODE, "code", {"pattern": _NOT_BLANK}),
        (common.OPENINGS_POSITIVE, "openings", {"minimum": 1}),
    ):
        if _holds(rule, severities):
            yield _demand(rule, {field: demand})


def _about_new_jobs(
    provider: str | None, severities: Mapping[str, Severity], inherited: Collection[str]
) -> Iterator[Schema]:
    unified = {"not": {"type": "integer", "minimum": 0}, "pattern": _NOT_A_NUMBER}
    unified_lists = {field: {"items": unified} for field in ID_FIELDS if field != "remote_user_id"}
    demands: dict[str, dict[str, Schema]] = {
        STATUS_VALUE.id: {"status": {"enum": [*STATUSES, None]}},
        **{rule: {field: _IS_SET} for rule, field in _REQUIRED.items() if field not in inherited},
        "greenhouse/single-department": {"departments": {"maxItems": 1}},
        "greenhouse/openings-high": {"openings": {"maximum": HIGH_OPENINGS}},
        UNIFIED_IDS.id: {**unified_lists, "remote_user_id": unified},
    }
    for rule_id, properties in demands.items():
        rule = RULES[rule_id]
        if rule.provider in (None, provider) and _holds(rule, severities):
            required = {"required": list(properties)} if rule_id in _REQUIRED else {}
            yield _demand(rule, properties) | required


def _not_forwarded(provider: str | None, severities: Mapping[str, Severity]) -> Iterator[Schema]:
    """Yield the note that editors show at fields which Greenhouse drops; for `validate` it is a warning."""
    rule = FIELD_NOT_FORWARDED
    if provider == rule.provider and severities.get(rule.id) is not Severity.OFF:
        note = {
            "deprecated": True,
            "deprecationMessage": f"Greenhouse drops this field. {rule.hint} [{rule.id}]",
        }
        yield {"$comment": rule.id, "properties": dict.fromkeys(NOT_FORWARDED, note)}


def _demand(rule: Rule, properties: Mapping[str, Schema]) -> Schema:
    """Return what `rule` demands of fields, in its own words where the editor can show them."""
    words = {"errorMessage": f"{rule.demands} {rule.hint} [{rule.id}]"}
    return {
        "$comment": rule.id,
        "properties": {field: demand | words for field, demand in properties.items()},
    }


def _says_that_it_exists() -> Schema:
    given = [{"required": [key], "properties": {key: _IS_SET}} for key in ("id", "remote_id")]
    return {"required": ["sync"], "properties": {"sync": {"type": "object", "anyOf": given}}}
