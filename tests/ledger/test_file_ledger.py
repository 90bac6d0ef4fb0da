"""The ledger in a file: whatever a crash or a bad disk leaves of it, nothing that was durable is lost."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger import file_store
from bindbee_sync.ledger.events import AttemptOutcome, Intent
from bindbee_sync.ledger.file_store import FileStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def intent(number):
    return Intent(
        connector_id="connector",
        record=f"record-{number}",
        original_address=f"sales/role-{number}",
        at=NOW,
        name=f"Röle {number}",
        digest="0" * 64,
        server_at=NOW,
        deadline=NOW + timedelta(seconds=120),
    )


def outcome(number):
    return AttemptOutcome(
        connector_id="connector",
        record=f"record-{number}",
        original_address=f"sales/role-{number}",
        at=NOW,
        result="created",
    )


def append(path, *events):
    with FileStore(path).writing() as writer:
        writer.append(*events)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "ledger"


def test_what_was_appended_is_read_again_in_its_order(path):
    assert FileStore(path).read() == ()
    append(path, intent(1), outcome(1))
    with FileStore(path).writing() as writer:
        assert writer.events == (intent(1), outcome(1))
        writer.append(intent(2))
        writer.note(outcome(2))
        writer.flush()
        assert FileStore(path).read() == writer.events
    assert FileStore(path).read() == (intent(1), outcome(1), intent(2), outcome(2))


def test_the_end_that_a_crash_tore_is_cut_off_on_the_disk_before_an_event_follows(path, monkeypatch):
    """Else a power cut could bring the torn end back, and with it swallow the event."""
    append(path, intent(1))
    path.write_bytes(path.read_bytes() + b"torn by a cra")
    length = path.stat().st_size
    flushed = []
    monkeypatch.setattr(file_store, "flush", lambda file: flushed.append(os.fstat(file).st_size))
    append(path, intent(2))
    assert flushed == [length - len(b"torn by a cra"), path.stat().st_size]


def test_a_new_ledger_is_flushed_and_then_each_folder_and_then_each_event(path, monkeypatch):
    flushed = []

    def note(file):
        is_folder = stat.S_ISDIR(os.fstat(file).st_mode)
        flushed.append("folder" if is_folder else os.fstat(file).st_size > len(file_store.FIRST_LINE))

    monkeypatch.setattr(file_store, "flush", note)
    append(path, intent(1))
    assert flushed[0] is False
    assert set(flushed[1:-1]) == {"folder"}
    assert flushed[-1] is True


def test_a_line_holds_what_is_known_and_no_more(path):
    append(path, intent(1))
    assert b"null" not in path.read_bytes()


def test_an_error_names_the_ledger_as_the_user_does(path):
    path.parent.mkdir()
    path.write_text("other\n")
    with pytest.raises(LedgerError) as caught:
        FileStore(path, "ledgers/acme").read()
    assert caught.value.where == "ledgers/acme:1"


def test_its_folders_are_made(path):
    append(path.parent / "deeper" / "ledger", intent(1))
    assert FileStore(path.parent / "deeper" / "ledger").read() == (intent(1),)


@pytest.mark.parametrize("denied", [os.R_OK, os.W_OK])
def test_a_folder_that_is_another_users_is_not_flushed(path, monkeypatch, denied):
    theirs = path.parent.parent
    flushed = []
    monkeypatch.setattr(os, "access", lambda folder, mode: folder != theirs or not mode & denied)
    monkeypatch.setattr(file_store, "_flush_folder", flushed.append)
    append(path, intent(1))
    assert path.parent in flushed
    assert theirs not in flushed


def test_it_is_flushed_on_macos_out_of_the_drive_too(path, monkeypatch):
    asked = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda _, command: asked.append(command))
    monkeypatch.setattr(os, "fsync", lambda _: pytest.fail("this leaves it in the drive"))
    append(path, intent(1))
    assert set(asked) == {51}


@pytest.mark.parametrize("name", ["ledger", "ledger.lock"])
def test_it_is_for_the_eyes_of_its_owner(path, name):
    append(path, intent(1))
    assert stat.S_IMODE(path.with_name(name).stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel shows open files in /proc")
def test_no_file_and_no_folder_stays_open(path):
    append(path, intent(1))
    append(path, intent(2))
    inside = str(path.parents[1])
    assert not [each for each in Path("/proc/self/fd").iterdir() if os.path.realpath(each).startswith(inside)]


def test_reading_makes_nothing(path):
    FileStore(path).read()
    assert not path.parent.exists()


def test_cut_off_at_any_byte_every_complete_event_is_still_there_after_the_next_append(path):
    append(path, intent(1))
    append(path, outcome(1), intent(2))
    whole = path.read_bytes()
    events = FileStore(path).read()
    for length in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:length])
        complete = events[: whole[:length].count(b"\n") - 1]
        assert FileStore(path).read() == complete
        assert path.read_bytes() == whole[:length], "reading repairs nothing"
        append(path, intent(3))
        assert FileStore(path).read() == (*complete, intent(3))


def test_cut_off_within_its_first_line_it_is_an_error_never_an_empty_ledger(path):
    append(path, intent(1))
    whole = path.read_bytes()
    for length in range(whole.index(b"\n") + 1):
        path.write_bytes(whole[:length])
        with pytest.raises(LedgerError, match="not a ledger") as caught:
            FileStore(path).read()
        assert "backup" in caught.value.hint
        with pytest.raises(LedgerError), FileStore(path).writing():
            pytest.fail("it must not be written")
        assert path.read_bytes() == whole[:length]


@pytest.mark.parametrize("left", [b"", b"half", b"other\n"])
def test_what_a_crash_left_of_a_file_in_the_making_is_written_over(path, left):
    path.parent.mkdir()
    path.with_name("ledger.new").write_bytes(left)
    append(path, intent(1))
    assert FileStore(path).read() == (intent(1),)
    assert [each.name for each in path.parent.iterdir() if each.name.endswith(".new")] == []


@pytest.mark.parametrize("tail", [b"\0" * 100, b"half a li", b"\xff"])
def test_a_last_line_of_any_bytes_is_left_out_and_then_cut_off(path, tail):
    append(path, intent(1))
    path.write_bytes(path.read_bytes() + tail)
    assert FileStore(path).read() == (intent(1),)
    append(path, outcome(1))
    assert FileStore(path).read() == (intent(1), outcome(1))
    assert tail not in path.read_bytes()


def test_a_flipped_bit_in_any_complete_line_is_an_error_never_an_empty_ledger(path):
    append(path, intent(1), outcome(1))
    whole = path.read_bytes()
    for place in range(len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(bytes(damaged))
        with pytest.raises(LedgerError) as caught:
            FileStore(path).read()
        assert caught.value.where.startswith(f"{path}:")
        with pytest.raises(LedgerError), FileStore(path).writing():
            pytest.fail("a damaged ledger must not be written")
        assert path.read_bytes() == bytes(damaged)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_lines_that_are_swapped_out_for_nothing_show_where_they_are_the_header(path, lost):
    append(path, intent(1), outcome(1))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:lost] + lines[lost + 1 :]))
    if lost == 0:
        with pytest.raises(LedgerError):
            FileStore(path).read()
    else:
        assert len(FileStore(path).read()) == 1


def with_checksum(body):
    return sha256(body).hexdigest()[:16].encode() + b" " + body + b"\n"


@pytest.mark.parametrize(
    "content",
    [
        with_checksum(b'"bindbee-sync ledger 2"'),
        with_checksum(b'"bindbee-sync ledger 1"') + with_checksum(b'{"event": "from the future"}'),
        with_checksum(b'"bindbee-sync ledger 1"') + with_checksum(b"not json"),
        b"\n",
        b"hello\n",
    ],
    ids=["newer header", "newer event", "no event", "blank", "text"],
)
def test_what_this_version_does_not_know_is_an_error(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        FileStore(path).read()
    assert caught.value.hint
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"my-only-token", b"\0\0\0\0", b'{"a": 1}'])
def test_a_file_that_never_was_a_ledger_is_left_alone(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(LedgerError, match="not a ledger"):
            FileStore(path).read()
        with pytest.raises(LedgerError, match="not a ledger"), FileStore(path).writing():
            pytest.fail("it must not be written")
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_an_error(path):
    path.mkdir(parents=True)
    with pytest.raises(LedgerError, match="Is a directory"):
        FileStore(path).read()


def failing(monkeypatch, name, number, *, matches=lambda *_: True, after=0):
    """Let a function of `os` fail as the system would, from the call after the first `after` on."""
    real, calls = getattr(os, name), []

    def fail(*arguments, **more):
        if matches(*arguments):
            calls.append(arguments)
            if len(calls) > after:
                raise OSError(number, os.strerror(number))
        return real(*arguments, **more)

    monkeypatch.setattr(os, name, fail)


def is_ledger(path, *_):
    return str(path).endswith("ledger")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_lock_that_cant_be_made_is_an_error(path, monkeypatch, number):
    append(path, intent(1))
    failing(monkeypatch, "open", number, matches=lambda name, *_: str(name).endswith(".lock"))
    with pytest.raises(LedgerError, match=os.strerror(number)), FileStore(path).writing():
        pytest.fail("nothing may be written without the lock")


def test_a_link_in_the_locks_place_is_not_followed(path, tmp_path):
    other = tmp_path / "other"
    other.write_text("precious\n")
    path.parent.mkdir()
    path.with_name("ledger.lock").symlink_to(other)
    with pytest.raises(LedgerError, match="can't be locked"):
        append(path, intent(1))
    assert other.read_text() == "precious\n"
    assert not path.exists()


@pytest.mark.parametrize("content", [b"lockfile = 1\n", b"\xff\xfe"])
def test_a_file_that_is_no_lock_is_left_as_it_is(path, content):
    path.parent.mkdir()
    other = path.with_name("ledger.lock")
    other.write_bytes(content)
    with pytest.raises(LedgerError, match="not a lock"):
        append(path, intent(1))
    assert other.read_bytes() == content
    assert not path.exists()


@pytest.mark.parametrize("left", [b"", b"proc", b"\0" * 60, b"process 1 on\0\0"])
def test_a_lock_torn_by_a_power_cut_is_taken_over(path, left):
    path.parent.mkdir()
    path.with_name("ledger.lock").write_bytes(left)
    append(path, intent(1))
    assert FileStore(path).read() == (intent(1),)


def test_a_lock_names_the_last_holder_alone(path):
    path.parent.mkdir()
    path.with_name("ledger.lock").write_text(f"process 1 on {'x' * 200} since yesterday\n")
    append(path, intent(1))
    held = path.with_name("ledger.lock").read_text()
    assert re.fullmatch(rf"process {os.getpid()} on \S+ since \d{{4}}-\S+\+00:00\n", held)


def test_an_append_that_failed_takes_itself_back_and_nothing_before_it(path, monkeypatch):
    with monkeypatch.context() as patch, FileStore(path).writing() as writer:
        writer.append(intent(1))
        failing(patch, "fsync", errno.EIO)
        with pytest.raises(LedgerError, match="Input/output error"):
            writer.append(intent(2))
    assert FileStore(path).read() == (intent(1),)


@pytest.mark.parametrize("name", ["open", "write", "fsync"])
def test_a_writer_that_failed_takes_nothing_more_and_the_next_one_repairs(path, monkeypatch, name):
    append(path, intent(1))
    with monkeypatch.context() as patch, FileStore(path).writing() as writer:
        failing(patch, name, errno.ENOSPC, matches=is_ledger if name == "open" else lambda *_: True)
        with pytest.raises(LedgerError, match="No space left"):
            writer.append(intent(2))
        patch.undo()
        with pytest.raises(LedgerError, match="before"):
            writer.append(intent(3))
        assert writer.events == (intent(1),)
    append(path, intent(4))
    assert FileStore(path).read()[0] == intent(1)
    assert FileStore(path).read()[-1] == intent(4)
    assert intent(3) not in FileStore(path).read()


def test_half_a_write_is_finished(path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, content[:7]))
    append(path, intent(1), outcome(1))
    assert FileStore(path).read() == (intent(1), outcome(1))


HOLD = """
import sys, time
from pathlib import Path
from bindbee_sync.ledger.file_store import FileStore
with FileStore(Path(sys.argv[1])).writing():
    print("held", flush=True)
    time.sleep(60)
"""


def test_only_one_process_writes_the_other_is_told_who_and_a_kill_releases_it(path):
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LedgerError) as caught, FileStore(path).writing():
            pytest.fail("two writers at once")
        assert f"process {holder.pid} on" in caught.value.message
        assert FileStore(path).read() == ()
        holder.send_signal(signal.SIGKILL)
    append(path, intent(1))
    assert FileStore(path).read() == (intent(1),)


class TestInAnApply:
    """What the store promises, seen from outside."""

    def test_the_intent_is_on_the_disk_file_and_folder_before_the_request_leaves(
        self, repo, sandbox, monkeypatch
    ):
        repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
        done = []
        real_sync = os.fsync

        def sync(descriptor):
            real_sync(descriptor)
            done.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

        from bindbee_sync.bindbee.client import Bindbee

        real_create = Bindbee.create_job

        def create(self, payload):
            assert b'"event":"intent"' in repo.ledger.read_bytes()
            done.append("POST")
            return real_create(self, payload)

        monkeypatch.setattr(os, "fsync", sync)
        monkeypatch.setattr(Bindbee, "create_job", create)
        assert repo.apply().code == 0
        before, after = done[: done.index("POST")], done[done.index("POST") :]
        assert before[-1] == str(repo.ledger.parent) or before[-1] == str(repo.ledger)
        assert {str(repo.path), str(repo.ledger.parent), str(repo.ledger)} <= set(before)
        assert str(repo.ledger) in after

    def test_no_intent_is_written_before_its_turn(self, repo, sandbox, monkeypatch):
        """A crash leaves one create uncertain, and not all that were to come."""
        repo.job("a/first", "First", "A-1")
        repo.job("b/second", "Second", "B-1")
        from bindbee_sync.bindbee.client import Bindbee

        real, intents = Bindbee.create_job, []

        def create(self, payload):
            intents.append(repo.ledger.read_bytes().count(b'"event":"intent"'))
            return real(self, payload)

        monkeypatch.setattr(Bindbee, "create_job", create)
        assert repo.apply().code == 0
        assert intents == [1, 2]

    @pytest.mark.parametrize("name", ["write", "fsync"])
    def test_an_intent_that_cant_be_written_stops_the_apply_before_its_request(
        self, repo, sandbox, monkeypatch, name
    ):
        assert repo.apply().code == 0
        repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
        with monkeypatch.context() as patch:
            failing(patch, name, errno.EIO)
            ran = repo.apply()
        assert (ran.code, ran.results) == (1, {"sales/lead": "not_tried"})
        assert not sandbox.creates()
        assert "can't be written: Input/output error" in ran.json["error"]["message"]
        assert repo.apply().results == {"sales/lead": "created"}

    @pytest.mark.parametrize("name", ["write", "fsync"])
    def test_an_outcome_that_cant_be_written_is_uncertain_and_nothing_follows(
        self, repo, sandbox, monkeypatch, name
    ):
        repo.job("a/first", "First", "A-1")
        repo.job("b/second", "Second", "B-1")
        with monkeypatch.context() as patch:
            from bindbee_sync.bindbee.client import Bindbee

            real = Bindbee.create_job

            def create(self, payload):
                answer = real(self, payload)
                failing(patch, name, errno.ENOSPC)
                return answer

            patch.setattr(Bindbee, "create_job", create)
            ran = repo.apply()
        assert ran.code == 3
        assert ran.results == {"a/first": "created", "b/second": "not_tried"}
        assert "No space left" in ran.json["error"]["message"]
        assert len(sandbox.creates()) == 1
        assert repo.plan().outcomes["b/second"] == "create"
        assert repo.plan().outcomes["a/first"] in {"uncertain", "pending"}
        sandbox.sync()
        assert repo.apply().outcomes["a/first"] == "in_sync"
        assert len(sandbox.creates()) == 2

    def test_a_plan_leaves_every_byte_as_it_is_and_reads_past_a_torn_line(self, repo, sandbox):
        repo.job("a/first", "First", "A-1")
        repo.apply()
        repo.job("b/second", "Second", "B-1")
        repo.ledger.write_bytes(repo.ledger.read_bytes() + b"torn by a cra")
        sandbox.sync()
        before = repo.files()
        for arguments in (["plan"], ["plan", "--format", "json"], ["validate"], ["ledger", "list"]):
            assert repo.run(*arguments).code == 0
        assert repo.plan().outcomes == {"a/first": "in_sync", "b/second": "create"}
        assert repo.files() == before
        assert sandbox.requests("POST", "/api/ats/v1/jobs") == 1
        assert repo.apply().code == 0
        assert b"torn" not in repo.ledger.read_bytes()

    def test_where_nothing_is_to_be_recorded_there_is_no_ledger(self, repo):
        assert repo.apply().code == 0
        repo.job("a/first", "First", "A-1")
        repo.plan()
        assert repo.run("apply").code == 1
        assert not repo.ledger.exists()
