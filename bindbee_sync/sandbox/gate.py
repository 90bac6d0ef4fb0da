"""What every request passes first: the clock, the tokens, the rate limit, the fault script."""

from __future__ import annotations

import secrets
from email.utils import formatdate
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bindbee_sync.sandbox.faults import with_fault
from bindbee_sync.sandbox.seed import API_KEY, TENANTS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bindbee_sync.sandbox.world import World

ADMIN = "/_sandbox/"


class Gate:
    """Wraps the routes."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it here; what it changed is kept as a whole."""
        self.world.catch_up()
        try:
            await self._pass(scope, receive, send)
        finally:
            self.world.database.commit()

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"Date": formatdate(self.world.clock.now(), usegmt=True)}

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
        self.world.requests[scope["method"], scope["path"]] += 1
        if on == "create":
            self.world.create_texts.append(body.decode(errors="replace"))
        refusal = self._check(request, headers)

        resets = self.world.resets

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            late = self.world.resets != resets  # a delayed create of one test must not reach the next one
            answer = JSONResponse({"detail": "The sandbox was reset"}, 503) if late else refusal
            await (answer or self.app)(scope, receive, send)

        async def receive_again() -> Message:
            if replayed:
                return await receive()
            replayed.append(True)
            return {"type": "http.request", "body": body, "more_body": False}

        replayed: list[bool] = []
        step = None if refusal or on is None else self.world.next_step(on, scope["path"])
        if step is None:
            await app(scope, receive_again, send_with_headers)
        else:
            await with_fault(step, app, scope, receive_again, send_with_headers)

    def _check(self, request: Request, headers: dict[str, str]) -> Response | None:
        key = request.headers.get("authorization", "")
        token = request.headers.get("x-connector-token")
        now = self.world.clock.now()
        standing = self.world.limit.take(token or key, self.world.settings, now)
        headers.update(standing.headers(now))
        if not secrets.compare_digest(key.encode(), f"Bearer {API_KEY}".encode()):
            return JSONResponse({"detail": "Invalid API key"}, 401, {"WWW-Authenticate": "Bearer"})
        if standing.exceeded:
            return JSONResponse({"detail": "Rate limit exceeded"}, 429)
        if request.url.path == "/api/ats/v1/connectors":
            return None
        if token is None:
            where = {"loc": ["header", "x-connector-token"], "msg": "Field required", "type": "missing"}
            return JSONResponse({"detail": [{**where, "input": None}]}, 422)
        tenant = next((tenant for tenant in TENANTS if tenant.token == token), None)
        if tenant is None:
            return JSONResponse({"detail": "Invalid connector token"}, 403)
        if tenant.category != "ATS":
            return JSONResponse({"detail": "This connector does not belong to the ATS category"}, 403)
        request.state.copy = self.world.copies[tenant.id]
        return None


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
