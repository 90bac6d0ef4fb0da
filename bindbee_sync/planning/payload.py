"""The body of a create: encoded once; shown, digested, compared and sent as the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

from bindbee_sync.bindbee.wire import encode_payload


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The JSON body that Create Job receives for one job file; `digest` is its SHA-256 in hex."""

    body: bytes
    digest: str

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> Self:
        """Return the payload with these fields, in their order; raises `ValueError` unless they are JSON."""
        body = encode_payload(fields)
        return cls(body=body, digest=sha256(body).hexdigest())

    # Decoded from the body rather than kept beside it: what is shown can't differ from what is sent.
    @cached_property
    def fields(self) -> dict[str, Any]:
        """The body as data, for display."""
        fields: dict[str, Any] = json.loads(self.body)
        return fields
