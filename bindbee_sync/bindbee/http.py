"""HTTP to one Bindbee host on behalf of one connector: headers, retries, and errors in words."""

from __future__ import annotations

import os
import random
import re
import ssl
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpx

from bindbee_sync import __version__
from bindbee_sync.base_url import checked_base_url, is_loopback
from bindbee_sync.bindbee.outcomes import explain
from bindbee_sync.bindbee.pacing import MAX_RESET, Pace, pause_asked
from bindbee_sync.bindbee.redaction import redactor
from bindbee_sync.bindbee.transport import Fault, Reply, Transport
from bindbee_sync.bindbee.wire import parse_json
from bindbee_sync.clock import ticks
from bindbee_sync.errors import ApiError, ConfigError
from bindbee_sync.waits import report_wait

if TYPE_CHECKING:
    from pydantic import SecretStr

MAX_ATTEMPTS = 5
MAX_WAITING = 300.0
READ_LIMIT = 32 << 20

_HINTS = {
    401: "The API key is wrong, or belongs to another environment or region: check BINDBEE_API_KEY.",
    403: "The connector token is not of an ATS, or the model is disabled for it: check {token}.",
    404: "Check the base URL and the region, and that the connector still exists.",
    422: "Bindbee does not accept the request as this version sends it: check for a newer bindbee-sync.",
    429: "The connector's rate limit is used up, maybe by another client. Try again in a few minutes.",
}
_REDIRECT_HINT = "Check the base URL and the region; a proxy that asks for a login redirects, too."
_SERVER_HINT = "The fault is on Bindbee's side, or in a gateway before it. Try again later."
_NETWORK_HINT = "Check the network, the proxy settings and the base URL, then try again."
_CERTIFICATE_HINT = (
    "Check the base URL. If a proxy or a private CA signs the connection, set SSL_CERT_FILE to a PEM file "
    "with its certificates."
)
_FORMAT_HINT = "Check that the base URL is Bindbee's API; if it is, check for a newer bindbee-sync."


class HttpClient:
    """HTTP to one Bindbee host. GETs share a connection; each POST has its own."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: SecretStr,
        connector_token: SecretStr | None,
        timeout: float,
        sleep: Callable[[float], None],
        token_source: str = "BINDBEE_CONNECTOR_TOKEN",  # noqa: S107 - a variable's name, no secret
        max_requests_per_minute: int | None = None,
    ) -> None:
        _check_secret(api_key, "BINDBEE_API_KEY")
        secrets = [api_key]
        if connector_token is not None:
            _check_secret(connector_token, token_source)
            secrets.append(connector_token)
        self._base_url = checked_base_url(base_url)
        self._api_key = api_key
        self._token = connector_token
        self.token_source = token_source
        self._timeout = timeout
        self._sleep = sleep
        self.clean = redactor(*(secret.get_secret_value() for secret in secrets))
        self.pace = Pace(max_requests_per_minute)
        self._kept, self._fresh = _transports(self._base_url)

    def close(self) -> None:
        """Close the connections."""
        self._kept.close()

    def get(self, path: str, params: Mapping[str, str]) -> tuple[object, int]:
        """Return a GET's JSON and its size in bytes; raises `ApiError`.

        It is sent again after 429, 5xx and lost connections.
        """
        reply = self._persist("GET", path, params)
        return self.decoded(reply, self.where("GET", path)), len(reply.body)

    def post(self, path: str, content: bytes) -> Reply:
        """Return the whole 2xx that a POST got, sent again after a 429 only; raises `ApiError`."""
        return self._persist("POST", path, {}, content)

    def once(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        content: bytes,
        limit: int,
        *,
        drain: bool = False,
    ) -> Reply | Fault:
        """Send one request and return what came of it, its body kept up to `limit` bytes; not redacted.

        The rest of a longer body is read and dropped where `drain`, else not read.
        """
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"bindbee-sync/{__version__}",
            "Authorization": f"Bearer {self._api_key.get_secret_value()}",
        }
        if self._token is not None and "connector_token" not in params:
            headers["X-Connector-Token"] = self._token.get_secret_value()
        if content:
            headers["Content-Type"] = "application/json"
        request = httpx.Request(
            method, f"{self._base_url}{path}", params=params or None, headers=headers, content=content or None
        )
        # A POST never goes out on a connection that was idle: the server may close it just then, and whether
        # the request was read first can't be determined.
        transport = self._kept if method == "GET" else self._fresh()
        began = ticks()
        self.pace.sent()
        try:
            reply = transport.exchange(request, timeout=self._timeout, limit=limit, drain=drain)
        finally:
            if transport is not self._kept:
                transport.close()
        # Over the timeout, the machine slept in between: the date of the answer is old.
        if isinstance(reply, Reply) and ticks() - began <= self._timeout:
            self.pace.note(reply.headers)
        return reply

    def wait_for_capacity(self, limit: float) -> None:
        """Wait, at most `limit` seconds, until the rate limit has room again; at once where it has."""
        wait = self.pace.wait()
        report_wait(min(wait, limit), self.pace.waits_for())
        if wait > limit:
            self._sleep(max(limit, 0.0))
        elif wait > 0:
            self._rest(wait)

    def decoded(self, reply: Reply, where: str) -> object:
        """Return the JSON of an answer; raises `ApiError` where it is none."""
        try:
            return parse_json(reply.body)
        except ValueError:
            words = explain(reply.body, self.clean)
        raise self.not_understood(f"is not JSON: {words}", where)

    def where(self, method: str, path: str) -> str:
        """Return the request as errors show it: without its query, which may hold the token."""
        return f"{method} {self._base_url}{path}"

    def not_understood(self, what: str, where: str) -> ApiError:
        """Return the error for an answer that can't be understood, as `what` describes."""
        return ApiError(f"Bindbee's answer {self.clean(what)}", hint=_FORMAT_HINT, where=where)

    def _rest(self, seconds: float) -> None:
        self._sleep(seconds)
        self.pace.waited()

    def _persist(self, method: str, path: str, params: Mapping[str, str], content: bytes = b"") -> Reply:
        attempt, waited = 0, 0.0
        while True:
            self.wait_for_capacity(MAX_RESET)
            reply = self.once(method, path, params, content, READ_LIMIT)
            if isinstance(reply, Reply) and reply.is_too_long:
                raise self.not_understood(f"is larger than {READ_LIMIT >> 20} MiB", self.where(method, path))
            if isinstance(reply, Reply) and reply.cut is None and _is_success(reply.status):
                return reply
            pause = self._pause(reply, attempt)
            attempt += 1
            waited += pause
            if not _may_pass(reply, method) or attempt == MAX_ATTEMPTS or waited > MAX_WAITING:
                raise self._failure(reply, self.where(method, path))
            report_wait(pause, _reason(reply))
            self._rest(pause)

    def _pause(self, reply: Reply | Fault, attempt: int) -> float:
        asked = None
        if isinstance(reply, Reply):
            limited = reply.status == HTTPStatus.TOO_MANY_REQUESTS
            asked = pause_asked(reply.headers, self.pace.now() if limited else None)
        return 2**attempt * random.uniform(0.5, 1.0) if asked is None else asked  # noqa: S311 (jitter, no secret)

    def _failure(self, reply: Reply | Fault, where: str) -> ApiError:
        if isinstance(reply, Fault):
            hint = _CERTIFICATE_HINT if "CERTIFICATE_VERIFY_FAILED" in reply.detail else _NETWORK_HINT
            return ApiError(f"Bindbee did not answer: {self.clean(reply.detail)}", hint=hint, where=where)
        if _is_success(reply.status) and reply.cut is not None:
            lost = self.clean(reply.cut)
            return ApiError(f"Bindbee's answer broke off: {lost}", hint=_NETWORK_HINT, where=where)
        if 300 <= reply.status < 400:  # noqa: PLR2004 (a range of statuses)
            target = self.clean(reply.headers.get("location", "an unnamed address"))
            message = (
                f"Bindbee answered {reply.status}, a redirect to {target}, and redirects are not followed"
            )
            return ApiError(message, hint=_REDIRECT_HINT, where=where)
        words = explain(reply.body, self.clean) if reply.cut is None else self.clean(reply.cut)
        known = _HINTS.get(reply.status, "").format(token=self.token_source)
        hint = known or (_SERVER_HINT if reply.status >= 500 else _FORMAT_HINT)  # noqa: PLR2004 (a range)
        return ApiError(
            f"Bindbee answered {_named(reply.status)}: {words or 'no body'}", hint=hint, where=where
        )


def _reason(reply: Reply | Fault) -> str:
    """Return what a read waits for before it is sent again."""
    if isinstance(reply, Fault):
        return "another try: Bindbee did not answer"
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "Bindbee's rate limit: it answered 429"
    return f"another try: Bindbee answered {_named(reply.status)}"


def _is_success(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 (a range of statuses)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _may_pass(reply: Reply | Fault, method: str) -> bool:
    """Return whether sending again may help and can do no harm."""
    if isinstance(reply, Reply) and reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    if method != "GET":
        return False
    if isinstance(reply, Fault) or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    return _is_success(reply.status) and reply.cut is not None


def _check_secret(secret: SecretStr, variable: str) -> None:
    if not re.fullmatch(r"[\x21-\x7e]+", secret.get_secret_value()):
        raise ConfigError(
            f"{variable} is empty, or has white space or another character that no HTTP header can carry",
            hint="Set it again as Bindbee shows it, without line breaks or quotes.",
            where=variable,
        )


def _trusted(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return the TLS settings; raises ConfigError, with variable and file, where a variable spoils them."""
    # One by one, as the libraries' own errors name neither the variable nor the file.
    for variable, load in _TLS_VARIABLES.items():
        path = environment.get(variable)
        if path:
            try:
                load(path)
            except OSError as error:
                raise ConfigError(
                    f"{variable} names nothing that can be used: {path}: {error.strerror or error}",
                    where=variable,
                    hint=f"Correct {variable}, or unset it.",
                ) from error
    return httpx.create_ssl_context()


def _load_certificates(path: str) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)


def _append_to(path: str) -> None:
    with Path(path).open("ab"):
        pass


_TLS_VARIABLES: dict[str, Callable[[str], object]] = {
    "SSL_CERT_FILE": _load_certificates,
    "SSL_CERT_DIR": os.listdir,
    "SSLKEYLOGFILE": _append_to,
}


def _transports(base_url: str) -> tuple[Transport, Callable[[], Transport]]:
    """Return a transport that keeps a connection for reuse, and what makes one for a single request.

    Several creates may be under way at once: each has a deadline and a connection of its own.
    """
    url = httpx.URL(base_url)
    netloc = url.netloc.decode("ascii")
    direct = is_loopback(url.host) or proxy_bypass(netloc)
    proxies = {} if direct else getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    secure = url.scheme == "https"  # reading the system's certificates takes longer than a local request
    verify = _trusted(os.environ) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        kept = Transport(verify=verify, proxy=proxy, idle=1)
    except (ValueError, ImportError, httpx.InvalidURL):
        pass
    else:
        return kept, lambda: Transport(verify=verify, proxy=proxy, idle=0)
    raise ConfigError(
        "The proxy that the environment names can't be used", hint="Check HTTPS_PROXY and ALL_PROXY."
    )
