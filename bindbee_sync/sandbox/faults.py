"""Faults as they look on the wire.

The transport that `server.Protocol` puts into the scope is closed by hand: for a lost connection before
anything was answered, for half an answer in the middle of the body.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bindbee_sync.sandbox.settings import ScriptedFault

MISSING = 64  # bytes that half an answer promises and does not send


async def with_fault(step: ScriptedFault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Deal with a request as the step says."""
    answer: list[Message] = []

    async def hold_back(message: Message) -> None:
        answer.append(message)

    if step.when == "after":
        await app(scope, receive, hold_back)
    await asyncio.sleep(step.delay)
    match step.do:
        case "answer":
            await _response(step, 500)(scope, receive, send)
        case "lose":
            await _hang_up(scope, receive)
        case "half":
            response = _response(step, 201)
            sent = bytes(response.body) or b'{"id": "0194bcb7-'
            response.headers["content-length"] = str(len(sent) + MISSING)
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": response.raw_headers,
                }
            )
            await send({"type": "http.response.body", "body": sent, "more_body": True})
            await _hang_up(scope, receive)
        case "pass":
            for message in answer:
                await send(message)
            if step.when == "before":
                await app(scope, receive, send)


def _response(step: ScriptedFault, otherwise: int) -> Response:
    status = step.status or otherwise
    if step.html is not None:
        return Response(step.html, status, step.headers, "text/html")
    if step.text is not None:
        return Response(step.text, status, step.headers, "application/json")
    if "body" in step.model_fields_set:
        return Response(json.dumps(step.body), status, step.headers, "application/json")
    return Response(b"", status, step.headers)


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope["sandbox.transport"].close()
    while (await receive())["type"] != "http.disconnect":
        pass
