"""JSON of a file that a stranger may have written: read so that it has one meaning only."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse_strictly(content: bytes) -> Any:  # noqa: ANN401 - whatever JSON there is
    """Return the value of a JSON document.

    Raises ValueError where it is none, is nested too deeply, has half a character, which can't be written
    again, or gives a key twice: a person who reviewed it might have read the other one.
    """
    try:
        value = json.loads(content, object_pairs_hook=_once, parse_constant=_refuse)
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
