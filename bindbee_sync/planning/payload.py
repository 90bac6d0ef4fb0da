"""The body of a create: encoded once; shown, digested, compared and sent as the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

from bindbee_sync.bindbee.wire import encode_payload
from bindbee_sync.job_file import CREATE_FIELDS, JobFile
from bindbee_sync.planning.references import References


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


def payload_of(file: JobFile, references: References) -> Payload:
    """Return the body for `file`: the fields that it sets, in the order of Create Job, never null."""
    fields: dict[str, object] = {}
    for name in CREATE_FIELDS:
        value = getattr(file.spec, name)
        if value is None:
            continue
        if name == "job_posting_urls":
            fields[name] = [url.model_dump() for url in dict.fromkeys(value)]
        elif name in references:
            sent = [reference.value for reference in references[name]]
            fields[name] = list(dict.fromkeys(sent)) if isinstance(value, tuple) else sent[0]
        else:
            fields[name] = value
    return Payload.of(fields)
