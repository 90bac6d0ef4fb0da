"""The file store on a disk that forgets what was not flushed: each call fails, or is the last one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from disks import Disk, DiskOs, DiskPath, fake_os
from virtual import EPOCH, Scheduler

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger import file_store
from bindbee_sync.ledger.events import Released
from bindbee_sync.ledger.file_store import FileStore


class CutError(BaseException):
    """The power is gone."""


def event(name):
    return Released(connector_id="s", record=name, original_address="a", at=EPOCH, by="x")


class Machine(DiskOs):
    """A process whose n-th call fails, or is its last."""

    def __init__(self, disk, *, at=0, fails=False):
        super().__init__(disk)
        self.left, self.fails = at, fails
        disk.scheduler.step = self.step

    def step(self, kind, _detail=""):
        if kind == "disk read":
            return
        self.left -= 1
        if self.left == 0:
            if not self.fails:
                raise CutError
            raise OSError(5, f"{kind} fails")


@pytest.fixture
def machine(monkeypatch):
    def start(disk, **options):
        here = Machine(disk, **options)
        monkeypatch.setattr(file_store, "os", fake_os(lambda name: getattr(here, name)))
        monkeypatch.setattr(file_store, "fcntl", SimpleNamespace(LOCK_EX=2, LOCK_NB=4, flock=here.flock))
        return here

    return start


def append(store, *names):
    """Return those of the events whose append succeeded."""
    done = []
    try:
        with store.writing() as writer:
            for name in names:
                writer.append(event(name))
                done.append(name)
    except (LedgerError, CutError):
        pass
    return done


@pytest.mark.parametrize("path", ["/repo/ledger", "/repo/a/b/ledger"])
@pytest.mark.parametrize("fails", [False, True], ids=["cut", "fails"])
def test_what_was_appended_outlives_a_power_cut_whatever_failed_before(machine, path, fails):
    first, reached = 0, True
    while reached:
        first, second, second_reached = first + 1, 0, True
        while second_reached:
            second += 1
            disk = Disk(Scheduler(first * 1000 + second))
            disk.folders.add("/repo")
            disk.durable_folders.add("/repo")
            store = FileStore(DiskPath(disk, path))
            done, met = [], []
            for at, names in ((first, ("1", "2")), (second, ("3",)), (0, ("4",))):
                here = machine(disk, at=at, fails=fails)
                done += append(store, *names)
                met.append(here.left <= 0)
                here.die()
                if at and not fails:
                    disk.power_cut(disk.scheduler.random)
            disk.power_cut(disk.scheduler.random)
            machine(disk)
            kept = [each.record for each in store.read()]
            assert set(done) <= set(kept), (first, second)
            assert "4" in done
            assert kept == sorted(kept)
            reached, second_reached = met[0], met[1]
    assert first > 12
