"""Where requests may go: the base URL, and proxies of the environment."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from bindbee_servers import KEY, TOKEN, ScriptedServer, answer, client, kind, page

from bindbee_sync.create_result import CreateResult
from bindbee_sync.errors import ConfigError

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def proxies(monkeypatch):
    """Set the proxy variables named, and no others."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return lambda **values: [monkeypatch.setenv(name, value) for name, value in values.items()]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.bindbee.dev",
        "ftp://api.bindbee.dev",
        "https://",
        "https://user:pass@api.bindbee.dev",
        "https://api.bindbee.dev?x=1",
        "https://api.bindbee.dev/#x",
        "https://api.bindbee.dev\n",
        "http://api.bindbee.dev",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
    ],
)
def test_a_base_url_that_would_not_do(url):
    with pytest.raises(ConfigError, match="BINDBEE_BASE_URL"):
        client(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.bindbee.dev",
        "https://api-eu.bindbee.dev/",
        "http://127.9.9.9:1",
        "http://[::1]:1",
        "http://localhost",
    ],
)
def test_a_base_url_that_does(url):
    client(url).close()


def test_a_base_url_may_have_a_path():
    with ScriptedServer(page()) as server, client(f"{server.url}/prefix/") as api:
        api.jobs()
    assert server.requests[0].path == "/prefix/api/ats/v1/jobs"


def test_loopback_takes_no_proxy(proxies):
    with ScriptedServer() as proxy, ScriptedServer(page()) as server:
        proxies(HTTP_PROXY=proxy.url, ALL_PROXY=proxy.url)
        with client(server) as api:
            api.jobs()
        assert proxy.requests == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_sees_neither_secrets_nor_paths(proxies, variable):
    with ScriptedServer(answer(502, b"")) as proxy:
        proxies(**{variable: proxy.url.removeprefix("http://")})
        with client("https://api.bindbee.invalid") as api:
            assert kind(api.create_job(b"{}")) is CreateResult.UNCERTAIN
    (request,) = proxy.requests
    assert (request.method, request.target) == ("CONNECT", "api.bindbee.invalid:443")
    assert not {KEY, TOKEN} & set(request.headers.values())


def test_no_proxy_is_heeded(proxies, monkeypatch):
    proxies(HTTPS_PROXY="http://127.0.0.1:1", NO_PROXY=".bindbee.invalid")
    asked = []
    monkeypatch.setattr("socket.getaddrinfo", lambda host, *_args, **_options: asked.append(host) or [])
    with client("https://api.bindbee.invalid") as api:
        api.create_job(b"{}")
    assert asked == ["api.bindbee.invalid"]


def test_a_proxy_that_makes_no_sense_is_refused_without_its_password(proxies):
    proxies(HTTPS_PROXY="gopher://user:password@proxy")
    with pytest.raises(ConfigError, match="proxy") as caught:
        client("https://api.bindbee.invalid")
    assert "password" not in f"{caught.value!r} {caught.value.hint}"
    assert caught.value.__context__ is None


def test_a_socks_proxy_is_refused_before_anything_is_sent_where_its_library_is_missing(proxies, monkeypatch):
    proxies(HTTPS_PROXY="socks5://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "socksio", ModuleType("socksio"))
    client("https://api.bindbee.invalid").close()
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(ConfigError, match="proxy"):
        client("https://api.bindbee.invalid")


def test_netrc_is_not_read(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedServer(page()) as server, client(server) as api:
        api.jobs()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
