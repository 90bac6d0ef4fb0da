"""No secret of one connector is shown where another's answer echoes it, in any encoding or in part."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from bindbee_sync.sandbox import seed

ECHOES = {
    "whole": lambda token: token,
    "base64": lambda token: b64encode(token.encode()).decode(),
    "percent-encoded": lambda token: quote(token).replace("-", "%2D"),
    "first half": lambda token: token[: len(token) // 2],
    "second half": lambda token: token[len(token) // 2 :],
    "hex": lambda token: token.encode().hex(),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("given", [False, True], ids=["looked up", "in the environment"])
def test_another_connectors_token_in_an_answer_is_hidden(customers, echo, given):
    customers.pinned(2, 3)
    if given:
        customers.token(seed.company(3).name, 3)
    echoed = echo(seed.company(3).token)
    customers.sandbox.connector(2).fault(
        on="get", path="/api/ats/v1/jobs", status=400, times=5, body={"detail": f"not {echoed}"}
    )
    page = customers.repo.path / "page.html"
    for words in (["--format", "json"], ["--format", "markdown"], ["--html", page]):
        ran = customers.repo.run("plan", *words)
        assert ran.code == 1
        assert "not " in ran.out + ran.err
        assert echoed not in ran.out + ran.err + (page.read_text() if page.exists() else "")
