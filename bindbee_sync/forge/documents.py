"""The JSON documents that earlier steps of a workflow wrote; each part may be missing or odd."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PULLS = "pulls.txt"
"""Beside collected plan files: the numbers of pull requests, each `pushed` now or `earlier`."""


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; an empty one where there is none."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list."""
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield each
