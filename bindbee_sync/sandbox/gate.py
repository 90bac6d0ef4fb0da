"""The gate that every request passes first: log, tokens, rate limit, latency, fault script."""

from __future__ import annotations

import asyncio
import secrets
from email.utils import formatdate
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bindbee_sync.sandbox.faults import with_fault
from bindbee_sync.sandbox.local_bindbee import Asked
from bindbee_sync.sandbox.seed import API_KEY

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bindbee_sync.sandbox.connector import LiveConnector
    from bindbee_sync.sandbox.local_bindbee import LocalBindbee, Token

CONNECTORS = "/api/ats/v1/connectors"
ADMIN = "/_sandbox/"


class Gate:
    """Wraps the routes."""

    def __init__(self, app: ASGIApp, bindbee: LocalBindbee) -> None:
        self.app = app
        self.bindbee = bindbee

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it here; what it changed is kept as a whole."""
        try:
            await self._pass(scope, receive, send)
        finally:
            self.bindbee.database.commit()

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"Date": formatdate(self.bindbee.clock.now(), usegmt=True)}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                shown = MutableHeaders(scope=message)
                for name, value in headers.items():
                    shown.setdefault(name, value)
            await send(message)

        if scope["path"].startswith(ADMIN):
            await self.app(scope, receive, send_with_headers)
            return
        request = Request(scope, receive)
        body = await request.body()
        on = _kind(scope)
        tokens = _tokens(request)
        self._note(request, body.decode(errors="replace"), tokens, create=on == "create")
        connector = self.bindbee.of_token(tokens[0]) if tokens else None
        refusal = self._check(request, connector, headers)
        answering = connector or self.bindbee.main

        resets = self.bindbee.resets

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            late = self.bindbee.resets != resets  # a delayed create of one test must not reach the next one
            answer = JSONResponse({"detail": "The sandbox was reset"}, 503) if late else refusal
            await (answer or self.app)(scope, receive, send)

        async def receive_again() -> Message:
            if replayed:
                return await receive()
            replayed.append(True)
            return {"type": "http.request", "body": body, "more_body": False}

        replayed: list[bool] = []
        await asyncio.sleep(answering.settings.latency)
        step = None if refusal or on is None else answering.next_step(on, scope["path"])
        if step is None:
            await app(scope, receive_again, send_with_headers)
        else:
            await with_fault(step, app, scope, receive_again, send_with_headers)

    def _note(self, request: Request, body: str, tokens: list[str], *, create: bool) -> None:
        connector = self.bindbee.tokens.get(tokens[0]) if tokens else None
        key = connector.company.key if connector else None
        named = self.bindbee.owners(f"{request.url.path} {request.url.query} {body}")
        if connector is None:
            whose: Token = "unknown" if tokens else "none"
        elif self.bindbee.of_token(tokens[0]) is None:
            whose = "former"
        else:
            whose = "foreign" if len(set(tokens)) > 1 or named - {key} else "own"
        asked = Asked(request.method, request.url.path, key, whose, body if create else None)
        self.bindbee.log.append(asked)

    def _check(
        self, request: Request, connector: LiveConnector | None, headers: dict[str, str]
    ) -> Response | None:
        key = request.headers.get("authorization", "")
        now = self.bindbee.clock.now()
        limit = connector.limit if connector else self.bindbee.limit
        settings = (connector or self.bindbee.main).settings
        state = limit.take(settings, now)
        headers.update(state.headers(now))
        refused = connector is not None and settings.refuses_token
        if refused or not secrets.compare_digest(key.encode(), f"Bearer {API_KEY}".encode()):
            return JSONResponse({"detail": "Invalid API key"}, 401, {"WWW-Authenticate": "Bearer"})
        if state.exceeded:
            return JSONResponse({"detail": "Rate limit exceeded"}, 429)
        if request.url.path == CONNECTORS:
            return None
        if "x-connector-token" not in request.headers:
            where = {"loc": ["header", "x-connector-token"], "msg": "Field required", "type": "missing"}
            return JSONResponse({"detail": [{**where, "input": None}]}, 422)
        if connector is None:
            return JSONResponse({"detail": "Invalid connector token"}, 403)
        if connector.company.category != "ATS":
            return JSONResponse({"detail": "This connector does not belong to the ATS category"}, 403)
        connector.catch_up(now)
        request.state.copy = connector.copy
        return None


def _tokens(request: Request) -> list[str]:
    """Return the connector tokens that came: in the header and, in the connectors list, in the query."""
    query = request.query_params.get("connector_token") if request.url.path == CONNECTORS else None
    return [token for token in (request.headers.get("x-connector-token"), query) if token is not None]


def _kind(scope: Scope) -> str | None:
    match scope["method"], scope["path"]:
        case "POST", "/api/ats/v1/jobs":
            return "create"
        case "POST", "/api/embedded/v1/connectors/resync":
            return "resync"
        case "POST", "/api/v1/passthrough":
            return "passthrough"
        case "GET", _:
            return "get"
        case _:
            return None
