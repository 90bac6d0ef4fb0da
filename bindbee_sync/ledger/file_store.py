"""A ledger in a file: one line an event, appended and flushed to the disk before it counts.

A line is `<checksum> <event as JSON>` and ends with a newline. A last line without its newline was torn by a
crash before it was durable, so that nothing was done on its strength: readers leave it out, and a writer cuts
it off before it appends, since an append after it would swallow the next event. Any other line that does not
agree with its checksum is damage, and an error. So is a file without its first line, which comes into being
with it: an empty one is what is left of a ledger.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.events import EVENT, Event

HEADER = "bindbee-sync ledger 1"
_RESTORE = "Restore it from a backup. Do not delete it: it keeps jobs from being created twice."


class FileStore:
    """The ledger at `path`, which errors name as `shown`; without a file, nothing has been written yet."""

    def __init__(self, path: Path, shown: str | None = None) -> None:
        self.path = path
        self.shown = shown or str(path)

    def read(self) -> tuple[Event, ...]:
        """Return all events; raises LedgerError where the file can't be read or is damaged."""
        return _parse(self._content(), self.shown)

    @contextmanager
    def writing(self) -> Iterator[FileWriter]:
        """Hold the lock, which the kernel releases when the process ends, however it ends."""
        with ExitStack() as stack:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(_locked(self.path.with_name(self.path.name + ".lock"), self.shown))
            except OSError as error:
                raise LedgerError(
                    f"The ledger can't be locked: {error.strerror or error}",
                    where=self.shown,
                    hint="Make its folder writable; nothing is sent without the ledger.",
                ) from error
            content = self._content()
            length = content.rfind(b"\n") + 1 if content else 0
            writer = FileWriter(self.path, self.shown, length, _parse(content, self.shown))
            stack.callback(writer.close)
            yield writer

    def _content(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LedgerError(
                f"The ledger can't be read: {error.strerror or error}",
                where=self.shown,
                hint="Make it readable: it tells which jobs were created already.",
            ) from error


class FileWriter:
    """Appends to the ledger while its lock is held. After a failed write or flush it appends nothing more."""

    batch = 1

    def __init__(self, path: Path, shown: str, length: int, events: tuple[Event, ...]) -> None:
        self._path, self._shown = path, shown
        self._length = length
        self._events = events
        self._descriptor: int | None = None
        self._failed = False

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, those appended through this writer included."""
        return self._events

    def append(self, *events: Event) -> None:
        """Write and flush `events`; raises LedgerError where they may not have reached the disk.

        They are removed then, as far as the disk allows: what they announce will not be done.
        """
        try:
            self.note(*events)
        except LedgerError:
            if self._descriptor is not None:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, self._length)
            raise

    def note(self, *events: Event) -> None:
        """Write and flush what happened; raises LedgerError where it may not have reached the disk."""
        # After a failed fsync the kernel may drop the pages and report the next one as good: what was written
        # would seem durable, and is not.
        if self._failed:
            raise LedgerError(
                "The ledger could not be written before",
                where=self._shown,
                hint="See the first error; the next run repairs the file.",
            )
        if not events:
            return
        self._failed = True
        content = b"".join(_line(EVENT.dump_json(event, exclude_none=True)) for event in events)
        try:
            descriptor = self._open()
            _write_all(descriptor, content)
            flush(descriptor)
        except OSError as error:
            raise LedgerError(
                f"The ledger can't be written: {error.strerror or error}",
                where=self._shown,
                hint="Free some space or repair the disk. A create without a recorded outcome counts as "
                "uncertain, and the next run holds it.",
            ) from error
        self._failed = False
        self._length += len(content)
        self._events += events

    def flush(self) -> None:
        """Do nothing: what was noted is on the disk."""

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            if self._length == 0:
                self._make()
            # A new file is durable only once its folder is flushed: a power cut would take the ledger away,
            # with an intent in it whose request has left.
            if not self._events:
                for folder in reversed(self._path.parents):
                    if os.access(folder, os.R_OK | os.W_OK):  # an earlier run may have made it, and no more
                        _flush_folder(folder)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
            # The rest of a torn last line: an append after it would swallow the next event.
            if os.fstat(self._descriptor).st_size != self._length:
                os.ftruncate(self._descriptor, self._length)
                flush(self._descriptor)
        return self._descriptor

    def _make(self) -> None:
        """Put a file in place that has its first line from the first moment on."""
        new = self._path.with_name(self._path.name + ".new")
        made = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(new, made, 0o600)  # names of people, and of jobs that may be confidential
        try:
            _write_all(descriptor, FIRST_LINE)
            flush(descriptor)
        finally:
            os.close(descriptor)
        # In place only when it is whole: an empty file would look like a ledger that lost its content.
        os.replace(new, self._path)  # noqa: PTH105 - as every other call to the disk here, one of `os`
        self._length = len(FIRST_LINE)


def _line(content: bytes) -> bytes:
    return sha256(content).hexdigest()[:16].encode() + b" " + content + b"\n"


FIRST_LINE = _line(json.dumps(HEADER).encode())


def _parse(content: bytes | None, shown: str) -> tuple[Event, ...]:
    """Return the events; None is the content of a ledger that does not exist yet."""
    if content is None:
        return ()
    complete = content[: content.rfind(b"\n") + 1]
    if not complete:
        raise LedgerError(
            "This is not a ledger, or it has lost its first line",
            where=f"{shown}:1",
            hint="If it was a ledger, restore it from a backup: it keeps jobs from being created twice. "
            "Otherwise name another file; this one is left as it is.",
        )
    events: list[Event] = []
    for number, line in enumerate(complete.split(b"\n")[:-1], start=1):
        checksum, _, body = line.partition(b" ")
        if checksum != sha256(body).hexdigest()[:16].encode():
            raise LedgerError(
                "The ledger is damaged: a line does not agree with its checksum",
                where=f"{shown}:{number}",
                hint=_RESTORE,
            )
        if number == 1:
            if body != json.dumps(HEADER).encode():
                raise LedgerError(
                    "This is not a ledger that this version can read",
                    where=f"{shown}:1",
                    hint="Use the bindbee-sync that wrote it, or a newer one.",
                )
            continue
        try:
            events.append(EVENT.validate_json(body))
        except ValidationError as error:
            raise LedgerError(
                "The ledger holds an event that this version does not know",
                where=f"{shown}:{number}",
                hint="Use the bindbee-sync that wrote it, or a newer one.",
            ) from error
    return tuple(events)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def flush(descriptor: int) -> None:
    """Return once the file's content is on the disk itself (macOS: fsync alone leaves it in the drive)."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flush(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path, shown: str) -> Iterator[None]:
    # A repository may come from a stranger: a link here could lead the write to any file of the user's, so no
    # link is followed, and only a lock is overwritten.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        holder = os.pread(descriptor, 1000, 0).decode(errors="replace").strip("\0 \n")
        if not "process ".startswith(holder[:8]):  # a lock may be torn: it is not flushed
            raise LedgerError(
                "This file is not a lock of bindbee-sync, and is in the place of the ledger's lock",
                where=f"{shown}.lock",
                hint="Give the ledger another name, or move this file away.",
            )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LedgerError(
                f"Another apply holds the ledger: {holder or 'it left no name'}",
                where=f"{shown}.lock",
                hint="Wait until it has ended. The lock ends with its process; there is nothing to remove.",
            ) from error
        os.ftruncate(descriptor, 0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {now}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
