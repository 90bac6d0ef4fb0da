"""The behaviour of a connector, and fault scripts: both can be changed while the sandbox runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bindbee_sync.sandbox.seed import SeedName

ConnectorField = Literal[
    "id",
    "is_active",
    "status",
    "integration_slug",
    "end_user",
    "origin_id",
    "sync_status",
    "last_sync_start_time",
    "next_sync_start_time",
    "connector_token",
    "category",
    "relink_needed_at",
    "is_test_connector",
    "completed_at",
    "created_at",
]
Synced = Literal["done", "never", "first_empty", "first_partial"]
"""Bindbee's copy at the start: everything, nothing yet, or as much as a first sync that never ends has."""


class Strict(BaseModel):
    """A misspelt key in a fault script must not pass for "no fault"."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Behaviour(Strict):
    """Lasting behaviour of one connector, and of the ATS behind it.

    | setting | meaning |
    |---|---|
    | `sync_duration`, `sync_interval` | seconds from Syncing to Done; seconds between syncs by themselves |
    | `sync` | how syncs end from now on: `works`, `fails` (the copy stays), `hangs` (Syncing for ever) |
    | `connector` | fields of the connector as listed, over the true ones: `{"status": "RELINK_NEEDED"}` |
    | `refuses_token` | 401 for whatever comes with its token |
    | `latency` | seconds by which every answer is late |
    | `rate_limit`, `rate_window` | requests of its token in so many seconds |
    | `page_limit` | pages never hold more than this, whatever `page_size` asks for |
    | `syncs_during_walks` | so many walks through the jobs have a sync after page one; items change places |
    | `walk` | `repeats`: a page begins with the last item of the one before; `loops`: the cursor stays; \
`gaps`: every other page is empty |
    | `create_body` | what a 201 holds: `ids`, `remote_id`, `none` (`{}`), `string`, `null`, `empty`, `odd` |
    | `code` | what becomes of `code` in a create: `kept`, `dropped`, `altered` |
    | `list_at_once` | a created job is listed at once, before any sync |
    | `raw_data` | the ATS's own form of a job, nested as in Harvest `v1` or flat as in `v3` |
    | `template_flag` | whether `raw_data` has `is_template` |
    | `plain_urls` | `job_posting_urls` as strings in place of objects |
    """

    sync_duration: float = Field(default=0.2, ge=0)
    sync_interval: float | None = Field(default=None, gt=0)
    sync: Literal["works", "fails", "hangs"] = "works"
    connector: dict[ConnectorField, Any] = {}
    refuses_token: bool = False
    latency: float = Field(default=0, ge=0)
    rate_limit: int = Field(default=200, ge=0)
    rate_window: float = Field(default=60, gt=0)
    page_limit: int = Field(default=200, ge=1)
    syncs_during_walks: int = Field(default=0, ge=0)
    walk: Literal["steady", "repeats", "loops", "gaps"] = "steady"
    create_body: Literal["ids", "remote_id", "none", "string", "null", "empty", "odd"] = "ids"
    code: Literal["kept", "dropped", "altered"] = "kept"
    list_at_once: bool = False
    raw_data: Literal["v1", "v3"] = "v1"
    template_flag: bool = True
    plain_urls: bool = False


class ScriptedFault(Strict):
    """One thing that goes wrong, once (or `times`), with the next request that it fits.

    `before` the request is dealt with, or `after` it (a create's job exists then), and after `delay` seconds:
    `answer` with a status, headers and a body of choice; `lose` the connection without an answer; send `half`
    of an answer; or `pass`: answer as always. A body is given as JSON in `body`, as it stands in `text`, or
    as `html`; without one it is empty.
    """

    on: Literal["create", "get", "resync", "passthrough"] = "create"
    path: str | None = None
    times: int = Field(default=1, ge=1)
    when: Literal["before", "after"] = "before"
    delay: float = Field(default=0, ge=0)
    do: Literal["answer", "lose", "half", "pass"] = "answer"
    status: int | None = Field(default=None, ge=200, le=599)
    headers: dict[str, str] = {}
    body: Any = None
    text: str | None = None
    html: str | None = None


class Faults(Strict):
    """The faults of one connector: steps for requests to come, lasting settings, what was copied so far."""

    steps: list[ScriptedFault] = []
    settings: Behaviour = Behaviour()
    synced: Synced | None = None


class Script(Faults):
    """A fault script: the faults of one connector, and in `connectors` those of others by their keys.

    `steps` are taken one by one, `settings` last. `synced` is what Bindbee has copied so far: `done` (all),
    `never` (nothing), `first_empty` or `first_partial` (what a first sync that never ends has).
    """

    connectors: dict[str, Faults] = {}


class Reset(Strict):
    """A fresh start; `synced` is about the first connector."""

    seed: SeedName | None = None
    synced: Synced = "done"
