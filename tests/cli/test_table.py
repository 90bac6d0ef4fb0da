"""Tables at a terminal of any width: what is to be pasted is neither cut nor broken over lines."""

from __future__ import annotations

import fcntl
import io
import os
import re
import struct
import termios

import pytest
from rich.console import Console

from bindbee_sync.commands.table import print_table
from bindbee_sync.sandbox import seed

HEADINGS = ("Name", "Id", "Note")
ROWS = [("Jonas Weber", "0123456789", "disabled"), ("Zoë \x1b[2J", "987", "")]


def printed(width, rows=ROWS):
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    print_table(console, HEADINGS, rows)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [36, 200])
def test_what_fits_is_a_table(width):
    assert printed(width) == [
        "Name           Id          Note",
        "Jonas Weber    0123456789  disabled",
        "Zoë \\u{1b}[2J  987",
    ]


@pytest.mark.parametrize("width", [1, 10, 30])
def test_what_is_wider_has_one_field_to_a_line(width):
    assert printed(width) == [
        "Jonas Weber",
        "  Id    0123456789",
        "  Note  disabled",
        "Zoë \\u{1b}[2J",
        "  Id    987",
    ]


@pytest.mark.parametrize("width", [10, 200])
@pytest.mark.parametrize("name", ["::error::boo", "  ::stop-commands::x", "a\n::add-mask::b", "##[group]x"])
def test_no_line_is_a_command_to_a_runner(width, name):
    lines = printed(width, [(name, "1", "")])
    assert not [line for line in lines if line.lstrip().startswith(("::", "##["))]


def at_terminal(repo, width, *arguments):
    """Return the lines that a command writes to a terminal that is `width` columns wide."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {"NO_COLOR": "1", "TERM": "xterm"}
    with repo.start(*arguments, stdout=theirs, stderr=theirs, env=environment) as ran:
        os.close(theirs)
        text = b""
        while chunk := _read(ours):
            text += chunk
        ran.wait(timeout=60)
    os.close(ours)
    assert ran.returncode == 0
    return re.sub(r"\x1b\[[0-9;?]*[mhl]", "", text.decode()).splitlines()


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # on Linux the end of what was written there
        return b""


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("width", [40, 50, 80, 200])
def test_lookup_can_be_pasted_from(repo, width):
    told = at_terminal(repo, width, "lookup", "users", "weber")
    for word in ("Jonas Weber", "jonas.weber@halden-robotics.example", seed.user_id("jonas.weber")):
        assert any(word in line for line in told), told
    text = "\n".join(told)
    assert text.rindex("\x1b[2K") < text.index("Weber"), "the progress is taken away before the answer"


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("width", [40, 80, 200])
def test_ledger_list_can_be_pasted_from(repo, sandbox, width):
    repo.job("customer-success/customer-success-manager", "Customer Success Manager of the North", "CSM-1")
    repo.apply()
    (record,) = repo.run("ledger", "list", "--format", "json").json["records"]
    told = at_terminal(repo, width, "ledger", "list")
    for word in (record["id"], "customer-success/customer-success-manager", record["name"]):
        assert any(word in line for line in told), told
