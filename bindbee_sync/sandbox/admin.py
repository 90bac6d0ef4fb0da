"""The sandbox's own endpoints, below `/_sandbox/`: look behind the scenes, and pull the strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bindbee_sync.sandbox.clock import iso
from bindbee_sync.sandbox.seed import GREENHOUSE, bindbee_id
from bindbee_sync.sandbox.settings import Reset, Script, Step, Strict

if TYPE_CHECKING:
    from starlette.requests import Request

    from bindbee_sync.sandbox.seed import Document
    from bindbee_sync.sandbox.source import SourceJob
    from bindbee_sync.sandbox.world import World

FAULTS: TypeAdapter[Script | list[Step] | Step] = TypeAdapter(Script | list[Step] | Step)
JOBS = TypeAdapter(dict[str, Any] | list[dict[str, Any]])


class Advance(Strict):
    """How far to move the clock."""

    seconds: float


async def state(request: Request) -> Response:
    """Show everything."""
    world: World = request.app.state.world
    shown = {
        "now": iso(world.clock.now()),
        "connector": world.connector(GREENHOUSE),
        "jobs": [_job(job) for job in world.main.source.jobs()],
        "requests": {f"{method} {path}": count for (method, path), count in world.requests.items()},
        "creates": world.create_texts,
        "syncs": world.main.history,
        "steps": [step.model_dump() for step in world.steps],
        "settings": world.settings.model_dump(),
    }
    return JSONResponse(shown)


async def sync(request: Request) -> Response:
    """Sync at once; answers when it is done."""
    world: World = request.app.state.world
    world.main.sync(world.clock.now())
    return JSONResponse(world.connector(GREENHOUSE))


async def add_faults(request: Request) -> Response:
    """Take up a script, a step or a list of steps."""
    given = FAULTS.validate_json(await request.body())
    if isinstance(given, Step):
        given = [given]
    request.app.state.world.follow(Script(steps=given) if isinstance(given, list) else given)
    return Response(status_code=204)


async def clear_faults(request: Request) -> Response:
    """Forget the steps that are left."""
    request.app.state.world.steps.clear()
    return Response(status_code=204)


async def settings(request: Request) -> Response:
    """Change settings."""
    world: World = request.app.state.world
    world.change(_object(await request.body()))
    return JSONResponse(world.settings.model_dump())


async def reset(request: Request) -> Response:
    """Start afresh."""
    asked = Reset.model_validate_json(await request.body() or b"{}")
    request.app.state.world.reset(asked.seed, asked.synced)
    return Response(status_code=204)


async def clock(request: Request) -> Response:
    """Move the server's time."""
    world: World = request.app.state.world
    world.clock.offset += Advance.model_validate_json(await request.body()).seconds
    world.catch_up()
    return JSONResponse({"now": iso(world.clock.now())})


async def add_job(request: Request) -> Response:
    """Make a job, or a list of jobs, in the ATS by hand."""
    world: World = request.app.state.world
    given = JOBS.validate_json(await request.body())
    jobs = given if isinstance(given, list) else [given]
    made = [_job(world.main.source.add_job(world.clock.now(), **fields)) for fields in jobs]
    return JSONResponse({"jobs": made} if isinstance(given, list) else made[0], 201)


async def edit_job(request: Request) -> Response:
    """Edit or close a job in the ATS by hand."""
    world: World = request.app.state.world
    job = _wanted(request)
    fields = _object(await request.body())
    return JSONResponse(_job(world.main.source.edit_job(job, world.clock.now(), **fields)))


async def delete_job(request: Request) -> Response:
    """Delete a job in the ATS by hand."""
    request.app.state.world.main.source.delete_job(_wanted(request).id)
    return Response(status_code=204)


def _wanted(request: Request) -> SourceJob:
    world: World = request.app.state.world
    job = world.main.source.job(request.path_params["remote_id"])
    if job is None:
        raise HTTPException(404, "no such job in the source")
    return job


def _job(job: SourceJob) -> Document:
    return {"bindbee_id": bindbee_id(GREENHOUSE.id, "jobs", job.id), **job.model_dump()}


def _object(body: bytes) -> dict[str, Any]:
    return TypeAdapter(dict[str, Any]).validate_json(body)


ROUTES = [
    Route("/_sandbox/state", state),
    Route("/_sandbox/sync", sync, methods=["POST"]),
    Route("/_sandbox/faults", add_faults, methods=["POST"]),
    Route("/_sandbox/faults", clear_faults, methods=["DELETE"]),
    Route("/_sandbox/settings", settings, methods=["POST"]),
    Route("/_sandbox/reset", reset, methods=["POST"]),
    Route("/_sandbox/clock", clock, methods=["POST"]),
    Route("/_sandbox/jobs", add_job, methods=["POST"]),
    Route("/_sandbox/jobs/{remote_id:int}", edit_job, methods=["PATCH"]),
    Route("/_sandbox/jobs/{remote_id:int}", delete_job, methods=["DELETE"]),
]
