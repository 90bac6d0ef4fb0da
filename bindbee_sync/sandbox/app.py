"""The whole HTTP application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse

from bindbee_sync.sandbox import admin, api
from bindbee_sync.sandbox.gate import Gate
from bindbee_sync.sandbox.listing import faults_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bindbee_sync.sandbox.local_bindbee import LocalBindbee


def application(bindbee: LocalBindbee) -> Starlette:
    """Build the application that serves this Bindbee."""
    app = Starlette(
        routes=[*api.ROUTES, *admin.ROUTES],
        middleware=[Middleware(Gate, bindbee=bindbee)],
        exception_handlers=dict.fromkeys((HTTPException, api.Invalid, ValidationError), _refusal),
    )
    app.state.bindbee = bindbee
    return app


async def _refusal(_: Request, error: Exception) -> Response:
    match error:
        case HTTPException():
            return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
        case api.Invalid():
            return JSONResponse({"detail": error.detail}, 422)
        case ValidationError():
            return JSONResponse({"detail": faults_of(error, "body")}, 422)
        case _:
            raise error
