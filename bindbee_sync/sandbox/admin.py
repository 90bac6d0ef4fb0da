"""The sandbox's own endpoints, below `/_sandbox/`: look behind the scenes, and pull the strings.

`?connector=2` names a connector by its key; without it the first one is meant.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bindbee_sync.sandbox import texts
from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.local_bindbee import FIRST
from bindbee_sync.sandbox.seed import bindbee_id
from bindbee_sync.sandbox.settings import Reset, Script, ScriptedFault, Strict

if TYPE_CHECKING:
    from starlette.requests import Request

    from bindbee_sync.sandbox.connector import LiveConnector
    from bindbee_sync.sandbox.local_bindbee import Asked, LocalBindbee
    from bindbee_sync.sandbox.seed import Document
    from bindbee_sync.sandbox.source import SourceJob

FAULTS: TypeAdapter[Script | list[ScriptedFault] | ScriptedFault] = TypeAdapter(
    Script | list[ScriptedFault] | ScriptedFault
)
JOBS = TypeAdapter(dict[str, Any] | list[dict[str, Any]])


class Advance(Strict):
    """A move of the clock."""

    seconds: float


async def about(_: Request) -> Response:
    """List these endpoints, and every key of faults and settings."""
    return PlainTextResponse(texts.endpoints(ROUTES))


async def env(request: Request) -> Response:
    """Print the lines to export, with the token of every connector."""
    bindbee: LocalBindbee = request.app.state.bindbee
    return PlainTextResponse(texts.exports(bindbee, str(request.base_url).rstrip("/")))


async def config(request: Request) -> Response:
    """Print a config that pins every connector."""
    bindbee: LocalBindbee = request.app.state.bindbee
    return PlainTextResponse(texts.config(bindbee))


async def state(request: Request) -> Response:
    """Show the connector and all about it; requests and creates of every connector, unless one is named."""
    connector = _named(request)
    copy, log = connector.copy, _log(request)
    bindbee: LocalBindbee = request.app.state.bindbee
    shown = {
        "now": iso(bindbee.clock.now()),
        "connector": connector.listed(),
        "jobs": [_job(connector, job) for job in copy.source.jobs()],
        "requests": Counter(f"{asked.method} {asked.path}" for asked in log),
        "creates": [asked.create for asked in log if asked.create is not None],
        "syncs": copy.history,
        "steps": [step.model_dump() for step in connector.steps],
        "settings": connector.settings.model_dump(),
    }
    return JSONResponse(shown)


async def requests(request: Request) -> Response:
    """Show the requests in their order, and whose token each carried; all, unless a connector is named."""
    shown = ("method", "path", "connector", "token")
    told = [{key: getattr(asked, key) for key in shown} for asked in _log(request)]
    return JSONResponse({"requests": told})


async def sync(request: Request) -> Response:
    """Sync at once; answers when it is done."""
    bindbee: LocalBindbee = request.app.state.bindbee
    connector = _named(request)
    connector.copy.sync(bindbee.clock.now())
    return JSONResponse(connector.listed())


async def add_faults(request: Request) -> Response:
    """Add a fault script, a step or a list of steps."""
    bindbee: LocalBindbee = request.app.state.bindbee
    given = FAULTS.validate_json(await request.body())
    if isinstance(given, ScriptedFault):
        given = [given]
    try:
        bindbee.follow(Script(steps=given) if isinstance(given, list) else given, _named(request))
    except LookupError as unknown:
        raise HTTPException(404, str(unknown)) from None
    return Response(status_code=204)


async def clear_faults(request: Request) -> Response:
    """Forget the steps that are left."""
    _named(request).steps.clear()
    return Response(status_code=204)


async def settings(request: Request) -> Response:
    """Change settings."""
    connector = _named(request)
    connector.change(_object(await request.body()))
    return JSONResponse(connector.settings.model_dump())


async def reset(request: Request) -> Response:
    """Start again, with every connector."""
    asked = Reset.model_validate_json(await request.body() or b"{}")
    request.app.state.bindbee.reset(asked.seed, asked.synced)
    return Response(status_code=204)


async def clock(request: Request) -> Response:
    """Move the server's time."""
    bindbee: LocalBindbee = request.app.state.bindbee
    bindbee.clock.offset += Advance.model_validate_json(await request.body()).seconds
    bindbee.catch_up()
    return JSONResponse({"now": iso(bindbee.clock.now())})


async def delete_connector(request: Request) -> Response:
    """Delete the connector: it is no longer listed, and its token answers 403."""
    _named(request).deleted = True
    return Response(status_code=204)


async def make_connector(request: Request) -> Response:
    """Delete the connector and make it again, with a new token, and new ids for it and its records."""
    bindbee: LocalBindbee = request.app.state.bindbee
    connector = _named(request)
    bindbee.make_again(connector)
    return JSONResponse(connector.listed(), 201)


async def add_job(request: Request) -> Response:
    """Make a job, or a list of jobs, in the ATS by hand."""
    bindbee: LocalBindbee = request.app.state.bindbee
    connector = _named(request)
    given = JOBS.validate_json(await request.body())
    jobs = given if isinstance(given, list) else [given]
    source = connector.copy.source
    made = [_job(connector, source.add_job(bindbee.clock.now(), **fields)) for fields in jobs]
    return JSONResponse({"jobs": made} if isinstance(given, list) else made[0], 201)


async def edit_job(request: Request) -> Response:
    """Edit or close a job in the ATS by hand."""
    bindbee: LocalBindbee = request.app.state.bindbee
    connector = _named(request)
    job = _wanted(request, connector)
    fields = _object(await request.body())
    return JSONResponse(_job(connector, connector.copy.source.edit_job(job, bindbee.clock.now(), **fields)))


async def delete_job(request: Request) -> Response:
    """Delete a job in the ATS by hand."""
    connector = _named(request)
    connector.copy.source.delete_job(_wanted(request, connector).id)
    return Response(status_code=204)


def _named(request: Request) -> LiveConnector:
    bindbee: LocalBindbee = request.app.state.bindbee
    try:
        connector = bindbee.connector(request.query_params.get("connector", FIRST))
    except LookupError as unknown:
        raise HTTPException(404, str(unknown)) from None
    connector.catch_up(bindbee.clock.now())
    return connector


def _log(request: Request) -> list[Asked]:
    bindbee: LocalBindbee = request.app.state.bindbee
    if "connector" not in request.query_params:
        return bindbee.log
    key = _named(request).company.key
    return [asked for asked in bindbee.log if asked.connector == key]


def _wanted(request: Request, connector: LiveConnector) -> SourceJob:
    job = connector.copy.source.job(request.path_params["remote_id"])
    if job is None:
        raise HTTPException(404, "no such job in the source")
    return job


def _job(connector: LiveConnector, job: SourceJob) -> Document:
    return {"bindbee_id": bindbee_id(connector.company.id, "jobs", job.id), **job.model_dump()}


def _object(body: bytes) -> dict[str, Any]:
    return TypeAdapter(dict[str, Any]).validate_json(body)


ROUTES = [
    Route("/_sandbox/", about),
    Route("/_sandbox/env", env),
    Route("/_sandbox/config", config),
    Route("/_sandbox/state", state),
    Route("/_sandbox/requests", requests),
    Route("/_sandbox/sync", sync, methods=["POST"]),
    Route("/_sandbox/faults", add_faults, methods=["POST"]),
    Route("/_sandbox/faults", clear_faults, methods=["DELETE"]),
    Route("/_sandbox/settings", settings, methods=["POST"]),
    Route("/_sandbox/reset", reset, methods=["POST"]),
    Route("/_sandbox/clock", clock, methods=["POST"]),
    Route("/_sandbox/connector", make_connector, methods=["POST"]),
    Route("/_sandbox/connector", delete_connector, methods=["DELETE"]),
    Route("/_sandbox/jobs", add_job, methods=["POST"]),
    Route("/_sandbox/jobs/{remote_id:int}", edit_job, methods=["PATCH"]),
    Route("/_sandbox/jobs/{remote_id:int}", delete_job, methods=["DELETE"]),
]
