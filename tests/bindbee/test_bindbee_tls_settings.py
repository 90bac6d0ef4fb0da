"""TLS variables that name nothing usable are errors that name the variable and the file."""

from __future__ import annotations

import pytest
from bindbee_servers import client

from bindbee_sync.bindbee.http import HttpClient
from bindbee_sync.bindbee.transport import Fault
from bindbee_sync.errors import ConfigError


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"])
@pytest.mark.parametrize("kind", ["missing/x.pem", "folder", "text"])
def test_a_variable_that_names_nothing_usable_is_an_error(tmp_path, monkeypatch, variable, kind):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no certificate")
    path = tmp_path / kind
    monkeypatch.setenv(variable, str(path))
    if (variable, kind) in {("SSL_CERT_DIR", "folder"), ("SSLKEYLOGFILE", "text")}:
        client("https://bindbee.invalid").close()
        return
    with pytest.raises(ConfigError) as caught:
        client("https://bindbee.invalid")
    assert variable in caught.value.message
    assert str(path) in caught.value.message
    assert variable in caught.value.hint


def test_a_local_service_needs_no_certificates(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent.pem")
    client("http://127.0.0.1:1").close()


def test_an_untrusted_certificate_leads_to_the_variable(monkeypatch):
    words = "could not connect: [SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"
    monkeypatch.setattr(HttpClient, "once", lambda *_, **__: Fault(detail=words, connected=False))
    with client("https://bindbee.invalid") as api, pytest.raises(Exception, match="CERTIFICATE") as caught:
        api.connector()
    assert "SSL_CERT_FILE" in caught.value.hint
