"""One request, one exchange: within a total bound, never repeated, never logged.

httpx bounds each phase, and each read within a phase, on its own; here one deadline covers connecting, TLS,
sending and reading. There is no `httpx.Client` in between: it would log URLs, follow `.netrc`, keep cookies.
"""

from __future__ import annotations

import logging
import math
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import httpcore
import httpx

from bindbee_sync.clock import ticks

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer whose status and headers arrived. `cut` says why its body is not whole; None where it is.

    `headers` has its names in lower case. `is_too_long` where there was more body than the limit asked for.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cut: str | None = None
    is_too_long: bool


@dataclass(frozen=True, kw_only=True)
class Fault:
    """No answer. `connected` is False only where no byte of the request can have left."""

    detail: str
    connected: bool


class Transport:
    """HTTP/1.1 to one host; `idle` is the number of connections that may be kept for reuse.

    Raises ValueError or ImportError where `proxy` can't be used.
    """

    def __init__(self, *, verify: ssl.SSLContext, proxy: str | None, idle: int) -> None:
        self._deadline = _Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify,
            proxy=_proxy(proxy) if proxy else None,
            max_connections=4,
            max_keepalive_connections=idle,
            keepalive_expiry=5.0,
            retries=0,  # the executor decides what is sent again: it knows the intent's deadline
            network_backend=_Backend(self._deadline),
        )
        _silence()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def exchange(self, request: httpx.Request, *, timeout: float, limit: int, drain: bool) -> Reply | Fault:
        """Send `request` once, and return the answer or the fault within `timeout` seconds.

        Of a body longer than `limit` bytes the rest is not kept; it is read all the same where `drain`, to
        learn whether the answer is whole. Raises nothing for faults of the network or the server; texts are
        not redacted yet.
        """
        self._deadline.start(timeout)
        try:
            response = self._pool.handle_request(_wire_form(request, timeout))
        except httpcore.ConnectError as error:  # no connection, so no byte of the request can have left
            return self._fault(f"could not connect: {error}", connected=False)
        except Exception as error:  # noqa: BLE001 (whatever it is, the request may have arrived)
            return self._fault(_words(error, timeout), connected=True)
        body, cut, size = bytearray(), None, 0
        try:
            for chunk in response.iter_stream():
                size += len(chunk)
                body += chunk[: max(limit - len(body), 0)]
                if size > limit and not drain:
                    break
        except Exception as error:  # noqa: BLE001 (whatever it is, the answer is not whole)
            cut = _words(error, timeout)
        finally:
            with suppress(Exception):
                response.close()
        headers = {name.lower(): value for name, value in httpx.Headers(response.headers).items()}
        return Reply(
            status=response.status, headers=headers, body=bytes(body), cut=cut, is_too_long=size > limit
        )

    def _fault(self, detail: str, *, connected: bool) -> Fault:
        # A proxy's connection whose TLS failed stays in the pool as one that is being made: a few of them,
        # and the next request would wait for room.
        with suppress(Exception):
            self._pool.close()
        return Fault(detail=detail, connected=connected)


def _wire_form(request: httpx.Request, timeout: float) -> httpcore.Request:
    url, headers = _url(request.url), request.headers.raw
    waiting = {"timeout": {"pool": timeout}}
    return httpcore.Request(request.method, url, headers=headers, content=request.read(), extensions=waiting)


def _url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _proxy(url: str) -> httpcore.Proxy:
    proxy = httpx.Proxy(url)
    if proxy.url.scheme.startswith("socks"):
        import_module("socksio")  # else a missing extra shows only at the first request, as a lost connection
    return httpcore.Proxy(_url(proxy.url), auth=proxy.raw_auth, headers=proxy.headers.raw)


def _words(error: Exception, timeout: float) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return f"no complete answer within {timeout:g} seconds"
    return f"the connection was lost: {str(error) or type(error).__name__}"


def _silence() -> None:
    """Drop what the HTTP libraries log of requests, headers included, whatever levels and handlers are set.

    A filter holds for its own logger, not for those below it: each needs one.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"httpcore", "httpx"}:
            logging.getLogger(name).addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


class _Deadline:
    def __init__(self) -> None:
        self._at = math.inf

    def start(self, seconds: float) -> None:
        self._at = ticks() + seconds

    def left(self, error: type[httpcore.TimeoutException]) -> float:
        """Return the seconds left, more than 0; raises `error` where there are none."""
        left = self._at - ticks()
        if left <= 0:
            raise error
        return left


class _Backend(httpcore.NetworkBackend):
    """Sockets that keep to the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (the deadline replaces it)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the host's addresses in turn, each with its share of the time that is left."""
        found = _addresses(host, port, self._deadline.left(httpcore.ConnectTimeout))
        failure: Exception = httpcore.ConnectError("the host has no address")
        for tried, address in enumerate(found):
            share = self._deadline.left(httpcore.ConnectTimeout) / (len(found) - tried)
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


def _addresses(host: str, port: int, timeout: float) -> list[str]:
    """Return a host's addresses; raises httpcore's ConnectError or ConnectTimeout.

    The system's resolver knows no deadline, so it is asked in a thread that may outlive this.
    """
    answers: SimpleQueue[list[str] | str] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(str(error))
        else:
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise httpcore.ConnectTimeout from None
    if isinstance(answer, str):
        raise httpcore.ConnectError(answer)
    return answer


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 (the deadline replaces it)
        return self._inner.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 (the deadline replaces it)
        self._inner.write(buffer, self._deadline.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 (the deadline replaces it)
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
