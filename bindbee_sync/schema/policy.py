"""JSON Schema of a policy file, for editors. What an expression means only `rules test` can say."""

from __future__ import annotations

from typing import Any

from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.policies.keys import APPLIES_TO, EXAMPLES, ID, MAX_TEXT, REQUIRED, SEVERITIES
from bindbee_sync.policies.variables import CONTEXT, FLAG
from bindbee_sync.schema.document import DIALECT, job_schema

Schema = dict[str, Any]

_TEXT = ["string", "number", "boolean"]
"""What the reader takes as text: every value without quotes, too."""


def policy_schema() -> Schema:
    """Return the schema of a policy file."""
    properties: Schema = {
        "id": {"type": "string", "pattern": rf"^\s*{ID}\s*$", "description": "Its name: `policy/pay-range`."},
        "severity": _choice(SEVERITIES, "`error` stops an apply, `warning` is only shown."),
        "applies_to": _choice(APPLIES_TO, "Jobs that would be created, or all."),
        "when": _text("An expression in CEL: the rule is about jobs for which it is true.", optional=True),
        "require": _text("An expression in CEL that is true for a job that keeps the rule."),
        "message": _text("What is wrong. `{offices}` becomes the job's offices.") | {"maxLength": MAX_TEXT},
        "hint": _text("What to do.", optional=True) | {"maxLength": MAX_TEXT},
        "field": _choice(CREATE_FIELDS, "The field at which the finding is shown; by default the name."),
        "examples": _examples(),
    }
    return {
        "$schema": DIALECT,
        "title": "Policy of bindbee-sync: a rule of your own",
        "type": "object",
        "properties": properties,
        "required": list(REQUIRED),
        "additionalProperties": False,
    }


def _text(description: str, *, optional: bool = False) -> Schema:
    return {"type": [*_TEXT, "null"] if optional else _TEXT, "description": description}


def _choice(words: tuple[str, ...], description: str) -> Schema:
    return {"enum": [*words, None], "description": description}


def _examples() -> Schema:
    job = job_schema(None, {})["properties"]
    context = {name: {"type": "boolean" if kind == FLAG else _TEXT} for name, kind in CONTEXT.items()}
    jobs = {
        "type": "array",
        "items": {"type": "object", "properties": job | context, "additionalProperties": False},
    }
    return {
        "type": ["object", "null"],
        "properties": dict.fromkeys(EXAMPLES, jobs),
        "additionalProperties": False,
        "description": "Jobs that keep the rule, and jobs that break it: `bindbee-sync rules test`.",
    }
