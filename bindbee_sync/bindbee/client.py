"""The Bindbee API as far as this tool uses it. It knows nothing of plans, files or ledgers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import ValidationError

from bindbee_sync.bindbee.http import HttpClient
from bindbee_sync.bindbee.models import RAW_KEYS, ApiRecord, Connector, Department, Job, Office, User
from bindbee_sync.bindbee.outcomes import CreateAnswer, NotSent, classify
from bindbee_sync.bindbee.pages import CONNECTORS, pages
from bindbee_sync.bindbee.transport import Fault
from bindbee_sync.bindbee.wire import encode_payload
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.errors import ApiError
from bindbee_sync.secret_texts import hide_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from pydantic import SecretStr

JOBS = "/api/ats/v1/jobs"
RESYNC = "/api/embedded/v1/connectors/resync"
PASSTHROUGH = "/api/v1/passthrough"

CREATE_LIMIT = 1 << 20
SHORTEST_HIDDEN = 8

Item = TypeVar("Item", bound=ApiRecord)


class Bindbee:
    """One connector's API. All but `create_job` raise `ApiError` where Bindbee can't be reached or says no.

    A request has `timeout` seconds from its start to its last byte. GETs are tried up to five times, with
    at most five minutes of waiting between them; `sleep` does all waiting. `on_progress` gets a list's name
    and the number of items read so far. Raises `ConfigError` for a base URL, a proxy or a secret that
    can't be used.

    `verify` raises a `ToolError` for a connector that is not the one meant; until it has passed, nothing but
    the connector itself is asked for, and nothing is sent. `token_source` is what errors call the token's
    place, a variable for example.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: SecretStr,
        connector_token: SecretStr,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
        on_progress: Callable[[str, int], None] | None = None,
        token_source: str = "BINDBEE_CONNECTOR_TOKEN",  # noqa: S107 - a variable's name, no secret
        max_requests_per_minute: int | None = None,
        verify: Callable[[Connector], None] | None = None,
    ) -> None:
        self._http = HttpClient(
            base_url=base_url,
            api_key=api_key,
            connector_token=connector_token,
            timeout=timeout,
            sleep=sleep,
            token_source=token_source,
            max_requests_per_minute=max_requests_per_minute,
        )
        # A secret of a few characters would be found in ordinary words.
        given = (secret.get_secret_value() for secret in (api_key, connector_token))
        self._secrets = [secret for secret in given if len(secret) >= SHORTEST_HIDDEN]
        self._token = connector_token
        self._verify = verify
        self._is_verified = verify is None
        self._timeout = timeout
        self._on_progress = on_progress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def connector(self) -> Connector:
        """Return the token's connector."""
        token = self._token.get_secret_value()
        ours = None
        for items in pages(self._http, CONNECTORS, {"connector_token": token}):
            ours = next((item for item in items if item.get("connector_token") == token), ours)
        if ours is None:
            raise ApiError(
                "Bindbee lists no ATS connector with this token",
                hint=f"Check {self._http.token_source}: the token must belong to the API key's environment "
                "and region.",
                where=self._http.where("GET", CONNECTORS),
            )
        found = self._parsed(Connector, ours, CONNECTORS)
        if self._verify is not None:
            self._verify(found)
        self._is_verified = True
        return found

    def jobs(self) -> list[Job]:
        """Return every job and template, with raw data, in the order of their first appearance."""
        return self._list("jobs", JOBS, Job, {"include_raw_data": "true"})

    def departments(self) -> list[Department]:
        """Return every department."""
        return self._list("departments", "/api/ats/v1/departments", Department)

    def offices(self) -> list[Office]:
        """Return every office."""
        return self._list("offices", "/api/ats/v1/offices", Office)

    def users(self) -> list[User]:
        """Return every user of the ATS."""
        return self._list("users", "/api/ats/v1/remote-users", User)

    def create_job(self, body: bytes) -> CreateAnswer:
        """Send `body` in exactly one POST, on its own connection, without waiting for the rate limit first.

        Raises nothing for faults of the network or the server once something may have been sent. An interrupt
        passes through: the job may exist then.
        """
        self._check_connector()
        # No retry here or below: a request without an answer may have created the job, and a second one would
        # create it again.
        clean = self._http.clean
        reply = self._http.once("POST", JOBS, {}, body, CREATE_LIMIT, drain=True)
        if isinstance(reply, Fault):
            detail = clean(reply.detail)
            if not reply.connected:
                return NotSent(detail=detail)
            return Result(became=CreateResult.UNCERTAIN, detail=detail)
        # Half a 4xx is no refusal: what is missing may say that the ATS kept the job.
        if reply.cut is not None:
            detail = clean(f"half an answer: {reply.cut}")
            return Result(became=CreateResult.UNCERTAIN, status=reply.status, detail=detail)
        return classify(reply.status, reply.headers, reply.body, clean)

    def resync(self) -> None:
        """Ask Bindbee for a resync; return once it is accepted, not when it is done."""
        self._check_connector()
        self._http.post(RESYNC, b"")

    def passthrough(self, path: str, params: Mapping[str, str]) -> object:
        """Return the JSON that the ATS itself answers to a GET of `path`; its status is not known."""
        self._check_connector()
        body: dict[str, object] = {
            "method": "GET",
            "path": path,
            "headers": {},
            "params": dict(params),
            "data": None,
        }
        body |= {"request_format": "JSON", "response_format": "JSON", "timeout": self._timeout}
        reply = self._http.post(PASSTHROUGH, encode_payload(body))
        where = self._http.where("POST", PASSTHROUGH)
        try:
            return hide_in(self._http.decoded(reply, where), self._secrets)
        except RecursionError:
            pass
        raise self._http.not_understood("is nested too deeply", where)

    def server_now(self) -> datetime:
        """Return the time in UTC by the server's clock; by the local one before the first answer.

        Asks the server again where this machine's clocks disagree on how long ago its last answer came.
        """
        if not self._http.pace.is_sure():
            self.connector()
        return self._http.pace.now()

    def server_ahead(self) -> timedelta | None:
        """Return how far the server's clock is ahead of this machine's; None before the first answer."""
        return self._http.pace.ahead()

    def room(self) -> tuple[int, int] | None:
        """Return the requests that the rate limit has left, and its size; None where no answer named them."""
        return self._http.pace.room

    def requests_left(self) -> int | None:
        """Return how many requests may go out now; None where neither the rate limit nor the config says."""
        return self._http.pace.left()

    def wait_for_capacity(self, limit: float) -> None:
        """Wait, at most `limit` seconds, until the rate limit has room again; at once where it has."""
        self._http.wait_for_capacity(limit)

    def _check_connector(self) -> None:
        """Verify the connector first: another customer's token would list, and create, at that customer."""
        if not self._is_verified:
            self.connector()

    def _list(
        self, name: str, path: str, model: type[Item], params: Mapping[str, str] | None = None
    ) -> list[Item]:
        self._check_connector()
        found: dict[str, Item] = {}
        for items in pages(self._http, path, params or {}):
            for item in items:
                parsed = self._parsed(model, item, path)
                found[parsed.id] = parsed
            if self._on_progress:
                self._on_progress(name, len(found))
        return list(found.values())

    def _parsed(self, model: type[Item], item: dict[str, Any], path: str) -> Item:
        try:
            # Only what is read is searched for secrets: the rest, most of it raw data, goes here.
            kept = {name: item[name] for name in model.model_fields if name in item}
            if isinstance(kept.get("raw_data"), dict):
                kept["raw_data"] = {key: kept["raw_data"][key] for key in RAW_KEYS if key in kept["raw_data"]}
            return model.model_validate(hide_in(kept, self._secrets))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
            problem = f"{model.__name__}.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        except RecursionError:
            problem = "nested too deeply"
        raise self._http.not_understood(
            f"has an item that can't be read ({problem})", self._http.where("GET", path)
        )
