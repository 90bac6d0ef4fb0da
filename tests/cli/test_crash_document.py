"""Where JSON was asked for, one document is printed, also at a crash."""

from __future__ import annotations

import json

import pytest

from bindbee_sync.cli import app


@pytest.mark.parametrize("asked", [["--format", "json"], ["--format=json"]])
def test_a_crash_prints_a_document(monkeypatch, capsys, asked):
    def crash(*_args, **_options):
        raise RuntimeError("boom")

    monkeypatch.setattr(app, "program", lambda: crash)
    assert app.run(["plan", *asked]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["message"]
    assert "boom" in printed.err
    assert app.run(["plan"]) == 1
    assert capsys.readouterr().out == ""


def test_a_usage_error_prints_none(capsys):
    assert app.run(["plan", "--format", "json", "--nonsense"]) == 64
    assert capsys.readouterr().out == ""
