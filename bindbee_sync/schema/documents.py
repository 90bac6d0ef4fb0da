"""JSON Schema of the documents that commands print with `--format json`, for the programs that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bindbee_sync.create_result import CreateResult
from bindbee_sync.diagnostics import Severity
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.ledger.events import EVENT
from bindbee_sync.planning.model import Outcome, StepKind
from bindbee_sync.rules.pack import Documented
from bindbee_sync.schema.document import DIALECT

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_LEDGER: dict[str, Schema] = {"ledger": _TEXT, "made": _FLAG, "taken_over": _COUNT}
_POSITION: Schema = {"type": ["integer", "null"], "minimum": 1}
_MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}
_ANY: Schema = {}


def document_schema(command: str) -> Schema:
    """Return the schema of what a command prints; raises KeyError for one that prints no document."""
    failed = {"diagnostics": _ref("diagnostics"), "error": _ref("error")}
    shapes = [
        *_SHAPES[command],
        _document(failed, {"connector": _object({"id": {"type": "null"}, "name": _TEXT})}),
    ]
    return {
        "$schema": DIALECT,
        "title": f"The JSON document of `bindbee-sync {command}`",
        "anyOf": shapes,
        "$defs": _DEFINITIONS,
    }


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _of(words: Any) -> Schema:  # noqa: ANN401 - an enum of texts
    return {"enum": [str(each) for each in words]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _document(parts: Mapping[str, Schema], more: Mapping[str, Schema] | None = None) -> Schema:
    """Return a document with its head."""
    head = {"format_version": {"const": 1}, "tool_version": _TEXT, "created_at": _MOMENT}
    return _object({**head, **parts}, more)


_SUMMARY = dict.fromkeys((*map(str, Outcome), "unmanaged", "unmanaged_closed"), _COUNT)
_PAYLOAD: dict[str, Schema] = {
    **dict.fromkeys(CREATE_FIELDS, _TEXT),
    **dict.fromkeys(("departments", "offices", "hiring_managers", "recruiters"), _list(_TEXT)),
    "job_posting_urls": _list(_object({"value": _TEXT, "url_type": _TEXT})),
    "confidential": _FLAG,
    "openings": {"type": "integer", "minimum": 1},
}
_ENTRY: dict[str, Schema] = {
    "address": _TEXT,
    "outcome": _of(Outcome),
    "path": _TEXT,
    "line": {"const": 1},
    "payload": _or_null(_object({}, _PAYLOAD)),
    "id": _MAYBE,
    "remote_id": _MAYBE,
    "reason": _MAYBE,
    "changes": _list(_object({"field": _of(CREATE_FIELDS), "desired": _ANY, "actual": _ANY})),
    "hold": _or_null(_ref("hold")),
}
_FOR_PEOPLE: dict[str, Schema] = {
    "url": _MAYBE,
    "job": _object(
        {
            "name": _MAYBE,
            "code": _MAYBE,
            "departments": _list(_TEXT),
            "offices": _list(_TEXT),
            "openings": {"type": ["integer", "null"], "minimum": 1},
            "responsible": _MAYBE,
        }
    ),
}
_APPLIED: dict[str, Schema] = {
    "result": _of(CreateResult),
    "detail": _MAYBE,
    "status": {"type": ["integer", "null"]},
}
_ORIGIN = _object(
    {
        "field": _of((*CREATE_FIELDS, "sync")),
        "value": _ANY,
        "path": _TEXT,
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "inherited": _FLAG,
        "references": _list(_object({"written": _TEXT, "id": _MAYBE, "name": _MAYBE})),
        "note": _MAYBE,
    }
)
_SEAL = _object({"id": _TEXT, "scope": {"type": ["array", "null"], "items": _TEXT}, "checksum": _TEXT})
_PLAN: dict[str, Schema] = {
    "connector": _object(
        {
            "id": _TEXT,
            "name": _TEXT,
            "customer": _MAYBE,
            "origin_id": _MAYBE,
            "provider": _TEXT,
            "last_sync": _or_null(_MOMENT),
        }
    ),
    "summary": _object(_SUMMARY),
    "steps": _list(_ref("step")),
    "records": _list(_ref("record_of_plan")),
    "diagnostics": _ref("diagnostics"),
    "trusted": _FLAG,
    "names": {"type": "object", "additionalProperties": _TEXT},
}
_PLAN_MORE: dict[str, Schema] = {
    "base": _object(
        {
            "revision": _TEXT,
            "commit": _TEXT,
            "moved": {"type": "object", "additionalProperties": _TEXT},
            "removed": _list(_TEXT),
            "policies": {"type": "object", "additionalProperties": _list(_TEXT)},
            "removed_policies": _list(_TEXT),
            "others": _list(_TEXT),
        }
    ),
    "unmanaged": _list(_ref("unmanaged")),
    "explain": _object({**_ENTRY, "fields": _list(_ORIGIN), "diagnostics": _ref("diagnostics")}),
    "plan_file": _SEAL,
}
_RECORD = _object(
    {
        "address": _TEXT,
        "has_file": _FLAG,
        "state": _TEXT,
        "since": _MOMENT,
        "id": _MAYBE,
        "remote_id": _MAYBE,
        "code": _MAYBE,
        "name": _MAYBE,
        "connector_id": _TEXT,
        "connector": _MAYBE,
        "record": _TEXT,
    }
)
_CONNECTOR = _object(
    {
        "name": _TEXT,
        **dict.fromkeys(("id", "origin_id", "customer", "provider", "status", "sync_status"), _MAYBE),
        "jobs": _TEXT,
        "files": {"type": ["integer", "null"], "minimum": 0},
        "last_sync": _or_null(_MOMENT),
        "error": _or_null(_ref("error")),
    }
)
_FAILED = _object({"connector": _TEXT, "error": _ref("error"), "diagnostics": _ref("diagnostics")})


def _events() -> tuple[Schema, Schema]:
    """Return the schema of a ledger's event, and the definitions that it refers to."""
    schema = EVENT.json_schema(ref_template="#/$defs/{model}")
    return {"anyOf": schema["oneOf"]}, schema["$defs"]


_EVENT, _EVENTS = _events()


def _many(plan: str) -> Schema:
    """Return the schema of the document of several connectors."""
    return _document(
        {"summary": _object(_SUMMARY), "plans": _list(_ref(plan)), "failed": _list(_FAILED)},
    )


_DEFINITIONS: dict[str, Schema] = {
    **_EVENTS,
    "error": _object({"message": _TEXT, "hint": _MAYBE}),
    "diagnostics": _list(
        _object(
            {
                "rule": {"type": "string", "pattern": "^[a-z]+/[a-z0-9-]+$"},
                "severity": _of((Severity.ERROR, Severity.WARNING)),
                "message": _TEXT,
                "hint": _MAYBE,
                "path": _MAYBE,
                "line": _POSITION,
                "column": _POSITION,
                "address": _MAYBE,
                "field": _MAYBE,
            }
        )
    ),
    "hold": _object({"since": _MOMENT, "waits_for": _TEXT, "way_out": _TEXT}),
    "step": _object(
        {
            "kind": _of(StepKind),
            "address": _TEXT,
            **dict.fromkeys(("name", "code", "id", "remote_id", "url", "field"), _MAYBE),
            "reason": _TEXT,
            "from": _ANY,
            "to": _ANY,
            "values": {"type": ["object", "null"], "propertyNames": _of(CREATE_FIELDS)},
        }
    ),
    "record_of_plan": _object(
        {
            "address": _TEXT,
            "outcome": _of(Outcome),
            "job": _object({"name": _MAYBE, "code": _MAYBE}),
            "id": _MAYBE,
            "remote_id": _MAYBE,
            "hold": _or_null(_ref("hold")),
        }
    ),
    "unmanaged": {
        "anyOf": [
            _object({"id": _TEXT, "status": _MAYBE, "confidential": {"const": True}}),
            _object(
                {
                    "id": _TEXT,
                    **dict.fromkeys(("remote_id", "name", "code", "status"), _MAYBE),
                    "confidential": {"const": False},
                }
            ),
        ]
    },
    "plan": _document(
        {**_PLAN, "entries": _list(_object({**_ENTRY, **_FOR_PEOPLE}, {"changed": _FLAG}))}, _PLAN_MORE
    ),
    "applied": _document(
        {**_PLAN, "entries": _list(_object({**_ENTRY, **_FOR_PEOPLE}, _APPLIED)), "notes": _list(_TEXT)},
        {"error": _ref("error")},
    ),
    "record": _RECORD,
}
_SHAPES: dict[str, list[Schema]] = {
    "new": [_document({"address": _TEXT, "path": _TEXT, "diagnostics": _ref("diagnostics")})],
    "validate": [
        _document(
            {"diagnostics": _ref("diagnostics")},
            {"failed": _list(_object({"connector": _TEXT, "error": _ref("error")}))},
        )
    ],
    "plan": [_ref("plan"), _many("plan")],
    "apply": [_ref("applied"), _many("applied")],
    "import": [
        _document(
            {
                "diagnostics": _ref("diagnostics"),
                "written": _list(_object({"address": _TEXT, "path": _TEXT, "id": _TEXT})),
                "skipped": _list(_object({"id": _TEXT, "reason": _TEXT})),
            },
            {"dry_run": {"const": True}, "failed": _list(_ref("error")), "error": _ref("error")},
        )
    ],
    "lookup": [
        _document(
            {
                "kind": _of(("departments", "offices", "users", "templates")),
                "items": _list(
                    _object(
                        {
                            "name": _MAYBE,
                            "id": _TEXT,
                            "remote_id": _MAYBE,
                            "write": _TEXT,
                            "ambiguous": _FLAG,
                        },
                        {"location": _MAYBE, "email": _MAYBE, "disabled": _FLAG, "confidential": _FLAG},
                    )
                ),
            }
        )
    ],
    "connectors": [
        _document(
            {"connectors": _list(_CONNECTOR)},
            {
                "gone": _list(_TEXT),
                "unnamed": _list(
                    _object({"customer": _MAYBE, "provider": _TEXT, "id": _TEXT, "origin_id": _MAYBE})
                ),
            },
        ),
        _object({"include": _list(_object({"shard": _TEXT, "connectors": _TEXT}))}),  # with `--matrix`
    ],
    "report": [
        _document(
            {
                "summary": _object(_SUMMARY),
                "plans": _list({"anyOf": [_ref("plan"), _ref("applied")]}),
                "failed": _list(_FAILED),
            }
        )
    ],
    "ledger": [
        _document(_LEDGER),  # init
        _document({"ledgers": _list(_object(_LEDGER))}),  # init of several
        _document({"records": _list(_ref("record"))}, {"events": _list(_EVENT)}),
    ],
    "rules": [
        _document(
            {
                "rules": _list(
                    _object(
                        {
                            **dict.fromkeys(("id", "demands", "hint", "source", "page"), _TEXT),
                            "severity": _of((Severity.ERROR, Severity.WARNING)),
                            "provider": _MAYBE,
                            "configurable": _FLAG,
                        }
                    )
                )
            },
            {
                "diagnostics": _ref("diagnostics"),
                "providers": _list(
                    _object(
                        {
                            **dict.fromkeys(("provider", "name", "about"), _TEXT),
                            "documented": _of(Documented),
                            "rules": _list(_TEXT),
                        }
                    )
                ),
            },
        ),
        _document(  # `rules test`
            {
                "rules": _list(_object({"id": _TEXT, "path": _TEXT, "passes": _COUNT, "fails": _COUNT})),
                "diagnostics": _ref("diagnostics"),
            }
        ),
    ],
    "doctor": [
        _document(
            {
                "checks": _list(
                    _object(
                        {
                            "name": _TEXT,
                            "status": _of(("ok", "warning", "problem")),
                            "message": _TEXT,
                            "hint": _MAYBE,
                            "paste": _list(_TEXT),
                            "connector": _MAYBE,
                        }
                    )
                )
            }
        )
    ],
}
DOCUMENTS = tuple(_SHAPES)
"""The commands that print a JSON document."""
