from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest
import typer

from bindbee_sync.cli.sandbox import sandbox as command
from bindbee_sync.errors import ToolError

PROGRAM = """
import sys, typer
from bindbee_sync.cli.sandbox import sandbox
app = typer.Typer()
app.command()(sandbox)
app()
"""


def test_it_says_how_to_use_it_serves_and_ends_well(tmp_path):
    (tmp_path / "faults.json").write_text('{"settings": {"create_body": "null"}}')
    arguments = [
        "--port",
        "0",
        "--seed",
        "empty",
        "--faults",
        str(tmp_path / "faults.json"),
        "--rate-limit",
        "9",
    ]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        state = httpx.get(f"{url}/_sandbox/state").json()
        process.send_signal(signal.SIGINT)
        said = process.stdout.read()
        assert process.wait(5) == 0
    assert len(state["jobs"]) == 3
    assert (state["settings"]["create_body"], state["settings"]["rate_limit"]) == ("null", 9)
    assert re.findall(r"export (\w+)=", said) == [
        "BINDBEE_API_KEY",
        "BINDBEE_CONNECTOR_TOKEN",
        "BINDBEE_BASE_URL",
    ]
    assert f"curl -X POST {url}/_sandbox/sync" in said


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ToolError, match="can't be used"):
            command(port=taken.getsockname()[1])


@pytest.mark.parametrize("text", ["", "{", json.dumps({"step": []})])
def test_a_fault_script_that_is_none(tmp_path, text):
    script = tmp_path / "faults.json"
    script.write_text(text)
    with pytest.raises(ToolError, match="fault script"):
        command(port=0, faults=script)


def test_a_database_that_is_none(tmp_path):
    (tmp_path / "x.db").write_text("not a database, whatever its name says")
    with pytest.raises(ToolError, match="database"):
        command(port=0, database=tmp_path / "x.db")


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    for name in ("uvicorn", "bindbee_sync.sandbox.server"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ToolError) as caught:
        command(port=0)
    assert caught.value.hint == "Install it: pip install 'bindbee-sync[sandbox]'"


def test_its_help_has_an_example():
    app = typer.Typer()
    app.command()(command)
    assert "Example: bindbee-sync sandbox" in (command.__doc__ or "")
