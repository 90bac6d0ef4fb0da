"""A disk and its page cache, in the place of `os`, `fcntl` and `Path` under the real file store.

A killed process leaves what it wrote; a power cut leaves of what was not flushed only a part, and forgets
files whose folder was not flushed. A lock goes with the process that holds it.
"""

from __future__ import annotations

import errno
import fcntl as real_fcntl
import itertools
import os as real_os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

from virtual import Scheduler

CALLS = (
    *("open", "close", "access", "replace", "fstat", "getpid"),
    *("write", "pread", "pwrite", "fsync", "ftruncate"),
)
"""The calls of `os` that the file store makes."""
FLAGS = {name: getattr(real_os, name) for name in dir(real_os) if name.startswith(("O_", "R_", "W_"))}


def fake_os(call: Callable[[str], object]) -> SimpleNamespace:
    """Return an `os` with the real one's flags, each of whose calls is what `call` returns for its name."""
    return SimpleNamespace(**FLAGS, **{name: call(name) for name in CALLS})


@dataclass
class Inode:
    cached: bytearray = field(default_factory=bytearray)
    durable: bytes = b""


class Disk:
    """What is on it, by path: as processes see it, and as it would come back after a power cut."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.folders = {"/"}
        self.durable_folders = {"/"}
        self.files: dict[str, Inode] = {}
        self.durable_files: dict[str, Inode] = {}
        self.locks: dict[int, object] = {}
        self.fails: list[str] = []

    def power_cut(self, rng: random.Random) -> None:
        """Lose what was not flushed; of each file's last writes a part may have reached the disk."""
        self.scheduler.note("POWER CUT")
        for inode in self.files.values():
            lost = bytes(inode.cached)
            if lost.startswith(inode.durable):
                kept = rng.choice((len(inode.durable), rng.randint(len(inode.durable), len(lost))))
                inode.durable = lost[:kept]
            inode.cached = bytearray(inode.durable)
        self.folders = set(self.durable_folders)
        self.files = {path: i for path, i in self.durable_files.items() if _parent(path) in self.folders}
        self.durable_files = dict(self.files)
        self.locks.clear()


_descriptors = itertools.count(100)


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


class DiskPath:
    """As much of a `Path` as the file store uses."""

    def __init__(self, disk: Disk, path: str) -> None:
        self.disk, self.path = disk, path

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> DiskPath:
        return DiskPath(self.disk, _parent(self.path))

    def with_name(self, name: str) -> DiskPath:
        return DiskPath(self.disk, f"{_parent(self.path)}/{name}")

    @property
    def parents(self) -> list[DiskPath]:
        return [] if self.path == "/" else [self.parent, *self.parent.parents]

    def mkdir(self, *, parents: bool, exist_ok: bool) -> None:
        assert parents
        assert exist_ok
        for folder in (*reversed(self.parents), self):
            if folder.path not in self.disk.folders:
                self.disk.scheduler.step("disk mkdir", folder.path)
                self.disk.folders.add(folder.path)

    def read_bytes(self) -> bytes:
        self.disk.scheduler.step("disk read", self.path)
        if self.path not in self.disk.files:
            raise FileNotFoundError(errno.ENOENT, "No such file", self.path)
        return bytes(self.disk.files[self.path].cached)


class DiskOs:
    """As much of `os` as the file store uses, for one process."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.open_files: dict[int, tuple[str, Inode | None]] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(real_os, name)  # constants, getpid

    def open(self, path: DiskPath, flags: int, _mode: int = 0) -> int:
        self.disk.scheduler.step("disk open", str(path))
        if flags & real_os.O_DIRECTORY:
            inode = None
        else:
            if str(path) not in self.disk.files:
                assert flags & real_os.O_CREAT
                self.disk.files[str(path)] = Inode()
            inode = self.disk.files[str(path)]
            if flags & real_os.O_TRUNC:
                inode.cached.clear()
        descriptor = next(_descriptors)
        self.open_files[descriptor] = (str(path), inode)
        return descriptor

    def _inode(self, descriptor: int) -> Inode:
        inode = self.open_files[descriptor][1]
        assert inode is not None
        return inode

    def write(self, descriptor: int, content: bytes) -> int:
        self._may_fail("write")
        inode = self._inode(descriptor)
        if len(content) > 1 and self.disk.scheduler.random.random() < 0.15:
            content = content[: self.disk.scheduler.random.randint(1, len(content) - 1)]
        inode.cached += content
        return len(content)

    def fsync(self, descriptor: int) -> None:
        self._may_fail("fsync")
        path, inode = self.open_files[descriptor]
        if inode is not None:
            inode.durable = bytes(inode.cached)
            return
        disk = self.disk
        inside = {p: i for p, i in disk.files.items() if _parent(p) == path}
        disk.durable_files = {p: i for p, i in disk.durable_files.items() if _parent(p) != path} | inside
        disk.durable_folders |= {folder for folder in disk.folders if _parent(folder) == path}

    def ftruncate(self, descriptor: int, length: int) -> None:
        self._may_fail("ftruncate")
        del self._inode(descriptor).cached[length:]

    def fstat(self, descriptor: int) -> real_os.stat_result:
        return real_os.stat_result((0, 0, 0, 0, 0, 0, len(self._inode(descriptor).cached), 0, 0, 0))

    def pread(self, descriptor: int, length: int, offset: int) -> bytes:
        return bytes(self._inode(descriptor).cached[offset : offset + length])

    def pwrite(self, descriptor: int, content: bytes, offset: int) -> int:
        self._inode(descriptor).cached[offset : offset + len(content)] = content
        return len(content)

    def close(self, descriptor: int) -> None:
        _, inode = self.open_files.pop(descriptor, ("", None))  # a dead process closes nothing any more
        if inode is not None and self.disk.locks.get(id(inode)) == (id(self), descriptor):
            del self.disk.locks[id(inode)]

    def flock(self, descriptor: int, operation: int) -> None:
        self.disk.scheduler.step("disk flock")
        assert operation == real_fcntl.LOCK_EX | real_fcntl.LOCK_NB
        holder = self.disk.locks.setdefault(id(self._inode(descriptor)), (id(self), descriptor))
        if holder != (id(self), descriptor):
            raise BlockingIOError(errno.EWOULDBLOCK, "held")

    def replace(self, old: DiskPath, new: DiskPath) -> None:
        self._may_fail("replace")
        self.disk.files[str(new)] = self.disk.files.pop(str(old))

    def access(self, path: DiskPath, _mode: int) -> bool:
        return str(path).startswith("/repo")

    def die(self) -> None:
        """Let go of everything, as the kernel does."""
        for descriptor in list(self.open_files):
            self.close(descriptor)

    def _may_fail(self, call: str) -> None:
        self.disk.scheduler.step(f"disk {call}")
        if call in self.disk.fails:
            self.disk.fails.remove(call)
            self.disk.scheduler.note(f"{call} fails")
            raise OSError(errno.EIO, "Input/output error")
