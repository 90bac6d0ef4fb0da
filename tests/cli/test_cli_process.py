"""The tool as a process of its own: streams that end early, odd locales, terminals."""

from __future__ import annotations

import errno
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def job(repo):
    return repo.job("sales/lead", "Vertriebsleiter (Süd) 🤝", "LEAD-1")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("--version", 0),
        ("nonsense", 64),
        ("validate", 0),
        ("plan --detailed-exitcode", 2),
        ("plan --target nowhere", 1),
        ("apply", 1),
        ("apply --yes", 0),
    ],
)
@pytest.mark.usefixtures("job", "forked")
def test_exit_codes_reach_the_shell(repo, arguments, code):
    ran = repo.process(*arguments.split())
    assert ran.code == code
    assert "\x1b" not in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.usefixtures("job")
def test_a_reader_that_leaves_early_stops_no_apply(repo, sandbox):
    repo.job("sales/second", "Second", "LEAD-2")
    read, write = os.pipe()
    os.close(read)
    with repo.start("apply", "--yes", stdout=write) as process:
        os.close(write)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert len(sandbox.creates()) == 2
    assert set(repo.plan().outcomes.values()) == {"pending"}


@pytest.mark.parametrize("arguments", ["plan --format json", "--help", "rules"])
def test_head_takes_one_line_and_nobody_complains(repo, arguments):
    command = f"{sys.executable} -m bindbee_sync {arguments} | head -1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout.splitlines()) == 1


@pytest.mark.usefixtures("job")
def test_an_answer_that_a_full_disk_swallows_is_a_failure_and_stops_no_apply(repo, sandbox):
    with Path("/dev/full").open("w") as full:
        planned = repo.process("plan", "--format", "json", "--detailed-exitcode", stdout=full)
        assert planned.code == 1
        assert os.strerror(errno.ENOSPC) in planned.err
        applied = repo.process("apply", "--yes", stdout=full)
    assert applied.code == 1
    assert repo.plan().outcomes == {"sales/lead": "pending"}


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.usefixtures("job")
def test_closed_streams_stop_no_apply(repo, sandbox, redirect):
    command = f"{sys.executable} -m bindbee_sync apply --yes {redirect}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert len(sandbox.creates()) == 1
    assert repo.plan().outcomes == {"sales/lead": "pending"}
    assert repo.ledger.read_text().count("\n") == 3


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("job")
def test_a_terminal_that_knows_ascii_only_gets_the_rest_written_out(repo, env):
    ran = repo.process("plan", env=env)
    assert (ran.code, "Traceback" in ran.err) == (0, False)
    assert "Vertriebsleiter" in ran.out
    as_json = repo.process("plan", "--format", "json", env=env)
    assert json.loads(as_json.out)["entries"][0]["payload"]["name"] == "Vertriebsleiter (Süd) 🤝"


@pytest.mark.usefixtures("job", "forked")
def test_colour_off_a_terminal_only_where_it_is_forced_and_no_progress_even_then(repo):
    assert "\x1b" not in repo.process("plan").out
    forced = repo.process("plan", env={"FORCE_COLOR": "1"})
    assert "\x1b[" in forced.out
    assert not forced.err
    assert "\x1b" not in repo.process("plan", "--format", "json", env={"FORCE_COLOR": "1"}).out


@pytest.mark.usefixtures("job", "forked")
def test_long_lines_are_not_wrapped_where_they_are_piped(repo):
    repo.job("sales/long", "Long " * 19 + "name", "LONG-1")
    line = next(line for line in repo.process("plan").out.splitlines() if "sales/long" in line)
    assert "LONG-1" in line
    rules = repo.process("rules").out.splitlines()
    assert len(rules) > 30
    assert not [line for line in rules if line.startswith(" ")]


class Terminal:
    """The tool on a terminal of its own."""

    def __init__(self, repo, *arguments, **env):
        self.shown = ""
        self._own, its = pty.openpty()
        self.process = repo.start(
            *arguments, env={"TERM": "xterm-256color", **env}, stdin=its, stdout=its, stderr=its
        )
        os.close(its)

    def until(self, text, seconds=30):
        """Read until `text` was shown."""
        ends = time.monotonic() + seconds
        while text not in ESCAPE.sub("", self.shown):
            assert time.monotonic() < ends, self.shown
            if not self._more(0.2):
                break
        assert text in ESCAPE.sub("", self.shown), self.shown

    def type(self, text):
        os.write(self._own, text.encode())

    def interrupt(self):
        """Send Ctrl-C, and a line: a signal that comes right before a read is seen when the read returns.

        The process has to be one that gets the signal itself: handed on, it could come after the line.
        """
        self.process.send_signal(signal.SIGINT)
        with suppress(OSError):
            self.type("\n")

    def end(self, seconds=60):
        """Return the exit code and everything that was shown."""
        ends = time.monotonic() + seconds
        while self._more(0.5) or self.process.poll() is None:
            if time.monotonic() > ends:
                self.process.kill()
                pytest.fail(f"it did not end: {self.shown}")
        os.close(self._own)
        return self.process.wait(timeout=30), self.shown

    def _more(self, seconds):
        if not select.select([self._own], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            read = os.read(self._own, 65536)
        except OSError:
            return False
        self.shown += read.decode(errors="replace")
        return bool(read)


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
@pytest.mark.usefixtures("job", "forked")
def test_yes_at_the_prompt_applies(repo, sandbox, answer):
    terminal = Terminal(repo, "apply")
    terminal.until("[y/N]")
    assert not sandbox.creates()
    terminal.type(answer)
    code, shown = terminal.end()
    assert (code, len(sandbox.creates())) == (0, 1)
    assert "1 job created" in shown
    assert "\x1b[" in shown


@pytest.mark.parametrize("answer", ["\n", "sure\n", "\x04"])
@pytest.mark.usefixtures("job", "forked")
def test_anything_else_does_not(repo, sandbox, answer):
    terminal = Terminal(repo, "apply")
    terminal.until("[y/N]")
    terminal.type(answer)
    code, shown = terminal.end()
    assert (code, len(sandbox.creates())) == (1, 0)
    assert "declined" in shown


@pytest.mark.usefixtures("job")
def test_ctrl_c_at_the_prompt_is_130(repo, sandbox):
    terminal = Terminal(repo, "apply")
    terminal.until("[y/N]")
    terminal.interrupt()
    code, shown = terminal.end()
    assert (code, len(sandbox.creates())) == (130, 0)
    assert "Traceback" not in shown


@pytest.mark.usefixtures("job")
def test_ctrl_c_at_the_prompt_while_an_earlier_create_is_uncertain_is_3(repo, sandbox):
    sandbox.fault("lose", when="before")
    assert repo.run("apply", "--yes").code == 3
    repo.job("sales/second", "Second role", "SECOND-1")
    terminal = Terminal(repo, "apply")
    terminal.until("[y/N]")
    terminal.interrupt()
    code, shown = terminal.end()
    assert (code, len(sandbox.creates())) == (3, 1)
    assert "interrupted" in shown


@pytest.mark.usefixtures("job", "forked")
def test_at_the_prompt_json_shows_the_plan_on_the_other_stream(repo, sandbox):
    terminal = Terminal(repo, "apply", "--format", "json")
    terminal.until("[y/N]")
    terminal.type("y\n")
    code, shown = terminal.end()
    assert code == 0
    assert '"result": "created"' in shown


@pytest.mark.usefixtures("job", "forked")
def test_no_color_takes_the_colours_away(repo):
    code, shown = Terminal(repo, "plan", NO_COLOR="1").end()
    assert code == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown)


@pytest.mark.usefixtures("job", "forked")
def test_progress_is_shown_on_a_terminal_and_cleared(repo, sandbox):
    repo.job("sales/second", "Second", "LEAD-2")
    code, shown = Terminal(repo, "apply", "--yes").end()
    assert code == 0
    assert "Reading jobs: 43" in shown
    assert "0 of 2" in shown
    assert "1 of 2" in shown
    screen = render(shown)
    assert "Reading" not in screen
    assert not re.search(r"\b[01] of 2\b", screen)
    assert screen.startswith("Greenhouse of Halden Robotics: 2 jobs will be created in Sales")
    assert "\x1b[?25h" in shown, "the cursor is back"


def render(shown):
    """Return what a terminal would show in the end: carriage returns, erased lines and cursor-ups count."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", shown):
        if part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif part.endswith("A") and part[0] == "\x1b":
            row = max(0, row - int(part[2:-1] or 1))
        elif part == "\x1b[2K":
            lines[row] = ""
        elif part[0] != "\x1b":
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return "\n".join(lines)
