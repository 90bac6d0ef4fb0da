"""The documented endpoints of Bindbee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bindbee_sync.sandbox.creates import CreateJob, Refused, create
from bindbee_sync.sandbox.listing import MOMENT, Cursor, Query, as_asked, faults_of, page
from bindbee_sync.sandbox.seed import bindbee_id
from bindbee_sync.sandbox.source import KINDS, SourceJob, harvest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from bindbee_sync.sandbox.local_bindbee import LocalBindbee
    from bindbee_sync.sandbox.seed import Document
    from bindbee_sync.sandbox.synced import SyncedCopy

Model = TypeVar("Model", bound=BaseModel)


class PathId(BaseModel):
    """The id in a path."""

    id: UUID


class Passthrough(BaseModel):
    """The envelope of a passthrough request."""

    method: str
    path: str
    headers: dict[str, Any] | None
    params: dict[str, Any] | None = None


class HarvestQuery(BaseModel):
    """The parameters of Greenhouse's jobs list that are known here."""

    requisition_id: str | None = None
    status: str | None = None
    created_after: AwareDatetime | None = None
    page: int = Field(default=1, ge=1)
    per_page: int = Field(default=100, ge=1, le=500)


class Invalid(Exception):  # noqa: N818 - it is an answer, no error of this program
    """Bindbee's own 422."""

    def __init__(self, where: str, error: ValidationError) -> None:
        super().__init__(where)
        self.detail = faults_of(error, where)


async def connectors(request: Request) -> Response:
    """List the connectors of the key."""
    bindbee: LocalBindbee = request.app.state.bindbee
    query = _read(Query, "query", request.query_params)
    if query.connector_token is None:
        found = list(bindbee.connectors.values())
    else:  # each connector of a thousand is looked up so, and to make a list of all for each would take long
        named = bindbee.of_token(query.connector_token)
        found = [named] if named else []

    def items(after: int) -> Iterator[tuple[int, Document]]:
        for position, connector in enumerate(found, 1):
            if position > after and not connector.deleted:
                connector.catch_up(bindbee.clock.now())
                yield position, connector.listed()

    return JSONResponse(page(items, "connectors", query))


async def listing(request: Request) -> Response:
    """List what was copied of a kind."""
    bindbee: LocalBindbee = request.app.state.bindbee
    copy: SyncedCopy = request.state.copy
    kind = request.url.path.rpartition("/")[2]
    query = _read(Query, "query", request.query_params)
    raw = query.include_raw_data
    shown = page(lambda after: copy.items(kind, after, raw=raw), kind, query, copy.settings)
    if kind == "jobs" and query.cursor == Cursor() and copy.settings.syncs_during_walks:
        copy.settings.syncs_during_walks -= 1
        copy.sync(bindbee.clock.now(), reverse=True)
    return JSONResponse(shown)


async def one(request: Request) -> Response:
    """Show one copied record."""
    copy: SyncedCopy = request.state.copy
    kind = request.url.path.split("/")[-2]
    identifier = _read(PathId, "path", request.path_params).id
    query = _read(Query, "query", request.query_params)
    item = copy.item(kind, str(identifier), raw=query.include_raw_data)
    if item is None:
        return JSONResponse({"detail": "Not found"}, 404)
    return JSONResponse(as_asked(item, query))


async def create_job(request: Request) -> Response:
    """Create a job in the ATS; the lists know nothing of it before the next sync, unless told otherwise."""
    bindbee: LocalBindbee = request.app.state.bindbee
    copy: SyncedCopy = request.state.copy
    order = _read_json(CreateJob, await request.body())
    now = bindbee.clock.now()
    try:
        job = create(copy, order, now)
    except Refused as refused:
        return JSONResponse({"detail": str(refused)}, 422)
    if copy.settings.list_at_once:
        copy.list_at_once(job, now)
    ids = {"id": bindbee_id(copy.company.id, "jobs", job.id), "remote_id": str(job.id)}
    match copy.settings.create_body:
        case "empty":
            return Response(b"", 201, media_type="application/json")
        case "ids":
            body: object = ids
        case "remote_id":
            body = {"remote_id": ids["remote_id"]}
        case "none":
            body = {}
        case "string":
            body = f"Job {ids['remote_id']} has been created"
        case "null":
            body = None
        case _:
            body = [{"data": [[1, "two"], None]}, True]
    return JSONResponse(body, 201)


async def resync(request: Request) -> Response:
    """Start a sync, unless one runs."""
    bindbee: LocalBindbee = request.app.state.bindbee
    copy: SyncedCopy = request.state.copy
    copy.begin_sync(bindbee.clock.now())
    return JSONResponse("Resync started")


async def passthrough(request: Request) -> Response:
    """Ask the ATS itself; its status never shows."""
    copy: SyncedCopy = request.state.copy
    envelope = _read_json(Passthrough, await request.body())
    if envelope.method != "GET" or envelope.path not in {"/jobs", "/v1/jobs"}:
        return JSONResponse({"message": "Resource not found"})
    try:
        query = HarvestQuery.model_validate(envelope.params or {})
    except ValidationError as error:
        faults = [{"message": fault["msg"], "field": str(fault["loc"][0])} for fault in error.errors()]
        return JSONResponse({"message": "Validation error", "errors": faults})
    people = copy.source.people()
    found = [job for job in copy.source.jobs() if _asked_for(job, query)]
    shown = found[(query.page - 1) * query.per_page : query.page * query.per_page]
    return JSONResponse([harvest(job, people, copy.settings) for job in shown])


def _asked_for(job: SourceJob, query: HarvestQuery) -> bool:
    if query.requisition_id is not None and job.requisition_id != query.requisition_id:
        return False
    if query.status is not None and job.status != query.status:
        return False
    if query.created_after is None:
        return True
    return job.created_at is not None and MOMENT.validate_python(job.created_at) > query.created_after


def _read(model: type[Model], where: str, given: object) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid(where, error) from None


def _read_json(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise Invalid("body", error) from None


ROUTES = [
    Route("/api/ats/v1/connectors", connectors),
    Route("/api/ats/v1/jobs", create_job, methods=["POST"]),
    *(Route(f"/api/ats/v1/{kind}", listing) for kind in KINDS),
    *(Route(f"/api/ats/v1/{kind}/{{id}}", one) for kind in KINDS),
    Route("/api/embedded/v1/connectors/resync", resync, methods=["POST"]),
    Route("/api/v1/passthrough", passthrough, methods=["POST"]),
]
