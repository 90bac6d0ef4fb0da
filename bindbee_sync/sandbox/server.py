"""The sandbox as a running server: in a thread for tests and the demo, in the foreground for the command."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any, Self

import httpx
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bindbee_sync.sandbox.app import application
from bindbee_sync.sandbox.seed import API_KEY, CONNECTOR_TOKEN, Document, SeedName
from bindbee_sync.sandbox.world import World

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


def server(world: World) -> uvicorn.Server:
    """Prepare a server; nothing listens yet."""
    config = uvicorn.Config(
        application(world),
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


class Sandbox:
    """A sandbox in a thread of this process, for as long as the `with` block lasts.

    >>> with Sandbox() as sandbox:
    ...     sandbox.add_job(name="Made by hand")["name"]
    'Made by hand'
    """

    api_key = API_KEY
    connector_token = CONNECTOR_TOKEN

    def __init__(self, *, database: Path | None = None, seed: SeedName = "company", **settings: Any) -> None:  # noqa: ANN401 - see `Settings`
        self.world = World(database, seed, settings)
        self._server = server(self.world)
        self._listener = listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), name="sandbox")
        no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading those of the system takes longest
        self._client = httpx.Client(base_url=f"{self.url}/_sandbox/", trust_env=False, verify=no_certificates)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._listener.close()
        self.world.close()

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that lead bindbee-sync here."""
        return {
            "BINDBEE_API_KEY": self.api_key,
            "BINDBEE_CONNECTOR_TOKEN": self.connector_token,
            "BINDBEE_BASE_URL": self.url,
        }

    @property
    def state(self) -> Document:
        """Everything that `GET /_sandbox/state` tells."""
        return self._ask("GET", "state")

    def sync(self) -> Document:
        """Sync at once, and return the connector."""
        return self._ask("POST", "sync")

    def fault(self, do: str = "answer", **step: Any) -> None:  # noqa: ANN401 - see `Step`
        """Add a step to the fault script."""
        self._ask("POST", "faults", {"do": do, **step})

    def follow(self, script: Document) -> None:
        """Take up a whole fault script."""
        self._ask("POST", "faults", script)

    def settings(self, **changed: Any) -> Document:  # noqa: ANN401 - see `Settings`
        """Change settings, and return all of them."""
        return self._ask("POST", "settings", changed)

    def source_jobs(self) -> list[Document]:
        """Every job in the ATS, templates too."""
        return list(self.state["jobs"])

    def creates(self) -> list[Any]:
        """Bodies of the create requests that came in, in their order, also of those that were refused."""
        return [json.loads(text) for text in self.create_texts()]

    def create_texts(self) -> list[str]:
        """Return the same bodies, as they were sent."""
        return list(self.state["creates"])

    def requests(self, method: str, path: str) -> int:
        """How many requests came in."""
        return int(self.state["requests"].get(f"{method} {path}", 0))

    def add_job(self, **fields: Any) -> Document:  # noqa: ANN401 - see `SourceJob`
        """Make a job in the ATS by hand."""
        return self._ask("POST", "jobs", fields)

    def add_jobs(self, jobs: list[Document]) -> list[Document]:
        """Make many jobs in the ATS by hand, in one request."""
        return list(self._ask("POST", "jobs", jobs)["jobs"])

    def edit_job(self, number: int | str, **fields: Any) -> Document:  # noqa: ANN401 - see `SourceJob`
        """Edit a job in the ATS by hand."""
        return self._ask("PATCH", f"jobs/{number}", fields)

    def delete_job(self, number: int | str) -> None:
        """Delete a job in the ATS by hand."""
        self._ask("DELETE", f"jobs/{number}")

    def advance(self, seconds: float) -> None:
        """Move the server's time."""
        self._ask("POST", "clock", {"seconds": seconds})

    def reset(self, *, seed: SeedName | None = None, synced: Synced = "done") -> None:
        """Start afresh: the seed, the first settings, no faults, the true time, nothing counted."""
        self._ask("POST", "reset", {"seed": seed, "synced": synced})

    def _ask(self, method: str, path: str, body: object = None) -> Document:
        answer = self._client.request(method, path, json=body)
        if answer.is_error:
            raise ValueError(answer.text)
        shown: Document = answer.json() if answer.content else {}
        return shown
