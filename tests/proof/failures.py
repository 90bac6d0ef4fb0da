"""Fail points: the n-th call to the disk, to git or to Bindbee fails once or for good, or is the last one."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from bindbee_sync.bindbee.transport import Fault, Transport
from bindbee_sync.git import Git
from bindbee_sync.ledger import file_store

MODES = (
    "fails",
    "fails after its effect",
    "fails for good",
    "killed before",
    "killed after",
    "killed half-way",
)
DISK = ("write", "fsync", "ftruncate", "pwrite", "replace")


@dataclass
class FailPoint:
    """What happens at the `at`-th call, counting those whose name begins with `of`.

    `met` says whether the run came so far, `calls` what was called and counted.
    """

    at: int
    mode: str
    of: str = ""
    met: bool = False
    calls: list[str] = field(default_factory=list)

    @property
    def kills(self) -> bool:
        return self.mode.startswith("killed")

    @contextmanager
    def installed(self):
        """Count the calls of the tool in this block, and let the chosen one go wrong."""
        real_run, real_exchange, real_mkdir = Git.run, Transport.exchange, Path.mkdir

        class Disk:
            def __getattr__(_, name):  # noqa: N805 - `self` is the fail point
                real = getattr(os, name)
                return self._around(name, real, self._no_disk) if name in DISK else real

        class Locks:
            def __getattr__(_, name):  # noqa: N805 - as above
                real = getattr(fcntl, name)
                return self._around("flock", real, self._no_disk) if name == "flock" else real

        def git(this, *words, **more):
            def fail():
                return subprocess.CompletedProcess(
                    ["git", *words], 128, b"", b"fatal: the remote end hung up"
                )

            return self._around(f"git {words[0]}", lambda: real_run(this, *words, **more), fail)()

        def exchange(this, request, **more):
            def fail():
                return Fault(detail="the connection was lost", connected=True)

            name = f"{request.method} {request.url.path}"
            return self._around(name, lambda: real_exchange(this, request, **more), fail)()

        def mkdir(this, *words, **more):
            if this.name != ".bindbee-sync":
                return real_mkdir(this, *words, **more)
            return self._around("mkdir", lambda: real_mkdir(this, *words, **more), self._no_disk)()

        with ExitStack() as stack:
            stack.enter_context(patch.object(file_store, "os", Disk()))
            stack.enter_context(patch.object(file_store, "fcntl", Locks()))
            stack.enter_context(patch.object(Git, "run", git))
            stack.enter_context(patch.object(Transport, "exchange", exchange))
            stack.enter_context(patch.object(Path, "mkdir", mkdir))
            yield

    def _around(self, name, real, fail):
        def call(*arguments):
            if not name.startswith(self.of):
                return real(*arguments)
            self.calls.append(name)
            count = len(self.calls)
            if count < self.at or (count > self.at and self.mode != "fails for good"):
                return real(*arguments)
            self.met = True
            match self.mode:
                case "killed before":
                    _die()
                case "killed after":
                    real(*arguments)
                    _die()
                case "killed half-way":
                    if name == "write":
                        os.write(arguments[0], arguments[1][: len(arguments[1]) // 2])
                    _die()
                case "fails after its effect":
                    real(*arguments)
            return fail()

        return call

    @staticmethod
    def _no_disk():
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def _die():
    os.kill(os.getpid(), signal.SIGKILL)
