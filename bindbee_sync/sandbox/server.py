"""The sandbox as a running server: in a thread for tests and the demo, in the foreground for the command."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any, Self

import httpx
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bindbee_sync.sandbox.app import application
from bindbee_sync.sandbox.local_bindbee import LocalBindbee
from bindbee_sync.sandbox.seed import API_KEY, CONNECTOR_TOKEN, SeedName
from bindbee_sync.sandbox.steering import Steering

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from bindbee_sync.sandbox.settings import Synced


class Protocol(H11Protocol):
    """HTTP as uvicorn speaks it; the app may besides hang up in the middle of an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        super().__init__(*args, **kwargs)
        app = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope["sandbox.transport"] = self.transport
            await app(scope, receive, send)

        self.app = with_transport


def server(bindbee: LocalBindbee) -> uvicorn.Server:
    """Prepare a server; nothing listens yet."""
    config = uvicorn.Config(
        application(bindbee),
        http=Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=0,
    )
    return uvicorn.Server(config)


def listen(port: int = 0) -> socket.socket:
    """Open the door on the loopback: from here on a request waits rather than fails."""
    # the protocol is named, so that asyncio turns off Nagle's delay of 40 ms on what is accepted
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


class Sandbox(Steering):
    """A sandbox in a thread of this process, for as long as the `with` block lasts.

    >>> with Sandbox() as sandbox:
    ...     sandbox.add_job(name="Made by hand")["name"]
    'Made by hand'
    >>> with Sandbox(connectors=3) as sandbox:
    ...     sandbox.connector(2).sync()["end_user"]
    'Brightwater Foods'
    """

    api_key = API_KEY
    connector_token = CONNECTOR_TOKEN

    def __init__(
        self,
        *,
        database: Path | None = None,
        seed: SeedName = "company",
        connectors: int = 1,
        jobs: int | None = None,
        **settings: Any,  # noqa: ANN401 - see `Behaviour`
    ) -> None:
        self.bindbee = LocalBindbee(database, seed, settings, connectors=connectors, jobs=jobs)
        self._server = server(self.bindbee)
        self._listener = listen()
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), name="sandbox")
        no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading those of the system takes longest
        client = httpx.Client(base_url=f"{url}/_sandbox/", trust_env=False, verify=no_certificates)
        super().__init__(client, url)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._listener.close()
        self.bindbee.close()

    @property
    def tokens(self) -> dict[str, str]:
        """The environment variables with a token for each connector."""
        return {each.company.variable: each.company.token for each in self.bindbee.greenhouses()}

    @property
    def config(self) -> str:
        """A config with every connector, each pinned."""
        return self._client.get("config").text

    def connector(self, number: int) -> Steering:
        """Return what steers the connector of that number."""
        return Steering(self._client, self.url, number)

    def advance(self, seconds: float) -> None:
        """Move the server's time."""
        self._ask("POST", "clock", {"seconds": seconds})

    def reset(self, *, seed: SeedName | None = None, synced: Synced = "done") -> None:
        """Start again: the seed, the first settings, no faults, the true time, nothing counted."""
        self._ask("POST", "reset", {"seed": seed, "synced": synced})
