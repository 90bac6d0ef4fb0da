"""The check of an API host's URL: whatever it names gets the tokens."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from bindbee_sync.errors import ConfigError

_VARIABLE = "BINDBEE_BASE_URL"
# Without `@`, `?` and `#`: no user, query or fragment, by which a URL can name another host than it seems to.
_PLAIN_URL = re.compile(r"[A-Za-z]+://[A-Za-z0-9._~%!$&'()*+,;=:/\[\]-]+")


def checked_base_url(url: str) -> str:
    """Return `url` without a slash at its end.

    Raises ConfigError where it is no plain http(s) URL, or would send the tokens unencrypted.
    """
    url = url.rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.scheme not in {"http", "https"} or not _PLAIN_URL.fullmatch(url):
        raise ConfigError(
            f"{_VARIABLE} is not the address of a host",
            where=_VARIABLE,
            hint="Write e.g. `https://api.bindbee.dev`, without user, query or fragment.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigError(
            f"{_VARIABLE} has to begin with https://, or the tokens would travel unencrypted",
            where=_VARIABLE,
            hint="Only a loopback address (a local sandbox) may be reached with http://.",
        )
    return url


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine: `localhost`, `::1` or an address in 127.0.0.0/8."""
    try:
        return host in {"localhost", "::1"} or IPv4Address(host).is_loopback
    except ValueError:
        return False
