"""Bodies of requests and answers: encoded, decoded, and as text to show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


def encode_payload(payload: Mapping[str, object]) -> bytes:
    """Return the exact bytes that a create sends for `payload`; digests are taken of them.

    Raises `TypeError` or `ValueError` where the payload is not JSON.
    """
    return json.dumps(dict(payload), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def parse_json(body: bytes) -> object:
    """Return the JSON value of `body`; raises `ValueError` where it is none, or nested too deeply to read."""
    try:
        return json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def on_one_line(text: str) -> str:
    """Return `text` on one line, without control, format and other invisible characters."""
    visible = (c if c.isprintable() else " " if c.isspace() else "" for c in text)
    return " ".join("".join(visible).split())
