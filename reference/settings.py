"""The page of config keys and environment variables; what they mean says the README."""

from __future__ import annotations

import json
import math

from bindbee_sync.config_file import FileConfig
from reference.markup import GENERATED, PROSE, fence, rows_of, table

EXAMPLE = """\
version: 1
provider: greenhouse
ledger: git+origin#bindbee-sync-ledger
ignore_changes: [offices]
rules:
  greenhouse/openings-high: "off"
"""


def page(readme: str) -> str:
    """Return the page. Raises KeyError where the README does not explain a key."""
    told = rows_of(readme, "key")
    keys = [[f"`{key}`", _values(key), told[key][1], told[key][2]] for key in FileConfig.model_fields]
    return "\n".join(
        [
            GENERATED,
            "# Settings\n",
            "## The config file\n",
            f"{PROSE['pages']['config']}\n",
            fence("yaml", EXAMPLE),
            table(["key", "value", "default", "meaning"], keys),
            "## The environment\n",
            table(
                ["variable", "meaning"], [row[:2] for row in rows_of(readme, "environment variable").values()]
            ),
            f"{PROSE['pages']['environment']}\n",
        ]
    )


def _values(key: str) -> str:
    """Return the values that a key may have, from the model itself."""
    schema = FileConfig.model_json_schema()["properties"][key]
    kind = next((each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"), schema)
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if kind.get("minimum") == kind.get("maximum", math.inf):
        return f"`{kind['minimum']}`"
    words = {"integer": "whole number", "number": "number", "string": "text", "array": "list of texts"}
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to"}
    limits = [f"{word} {kind[bound]}" for bound, word in bounds.items() if bound in kind]
    if key == "connectors":
        return "names, each with its own keys"
    if kind["type"] == "object":
        return "rule ids, each with " + ", ".join(
            json.dumps(each) for each in kind["additionalProperties"]["enum"]
        )
    return ", ".join([words[kind["type"]], *limits])
