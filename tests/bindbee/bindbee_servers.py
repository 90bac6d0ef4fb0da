"""A loopback server that plays a script over raw sockets, and records every request that reached it."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.create_result import Result

KEY = "key-0123456789abcdef"
TOKEN = "token-0123456789abcdef"  # noqa: S105 (of no connector)


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True)
class Step:
    """What to send for one request; then maybe drip single bytes, then maybe close."""

    data: bytes
    close: bool = False
    drip: bytes = b""


def answer(status=200, body=None, **headers):
    """A whole answer; `body` is bytes, or JSON. Underscores in header names stand for hyphens."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Length", len(data))
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return Step(f"HTTP/1.1 {status} Words\r\n{lines}\r\n".encode() + data)


def page(*items, cursor=None, **headers):
    return answer(200, {"items": list(items), "cursor": cursor, "page_size": len(items)}, **headers)


def connector(**fields):
    known = {"id": "c1", "status": "COMPLETE", "integration_slug": "greenhouse", "connector_token": TOKEN}
    return {**known, **fields}


LOST = Step(b"", close=True)


class ScriptedServer:
    """Plays one step a request, whatever connection it comes on; past the script's end it answers 418."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.requests = []
        self.connections = 0
        self.greeting = b""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self._stop.set()
        for open_socket in [self._listener, *self._open]:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()
        for thread in self._threads:
            thread.join(5)

    def ended(self, number):
        """Wait until this connection, counted from 1, has been closed here."""
        self._threads[number].join(5)

    def _accept(self):
        while not self._stop.is_set():
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(peer)
            thread = threading.Thread(target=self._serve, args=(peer,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, peer):
        with peer, suppress(OSError, EOFError), peer.makefile("rb") as stream:
            peer.sendall(self.greeting)
            while not self.greeting:
                request = _read(stream)
                with self._lock:
                    self.requests.append(request)
                    step = self.steps.pop(0) if self.steps else answer(418, {"detail": "the script is over"})
                peer.sendall(step.data)
                while step.drip and not self._stop.wait(0.01):
                    peer.sendall(step.drip)
                if step.close:
                    return


def kind(answer):
    """The result that an answer to a create means, or the class of one that is none."""
    return answer.became if isinstance(answer, Result) else type(answer)


def _read(stream):
    first = stream.readline()
    if not first:
        raise EOFError
    method, target, _ = first.decode().split()
    headers = {}
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body)


def client(server, *, waits=None, timeout=5.0, key=KEY, token=TOKEN, **options):
    """A client of `server`, whose waiting goes into the list `waits` instead of into time."""
    return Bindbee(
        base_url=server if isinstance(server, str) else server.url,
        api_key=SecretStr(key),
        connector_token=SecretStr(token),
        timeout=timeout,
        sleep=([] if waits is None else waits).append,
        **options,
    )
