"""Shards of one fleet: every connector is in exactly one, and no create is sent twice."""

from __future__ import annotations

import subprocess

import pytest

from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.loading import read_config
from bindbee_sync.sandbox import seed

NUMBERS = (1, 2, 3)


@pytest.fixture
def remote(customers):
    """A bare remote of the repository."""
    path = customers.repo.path.parent / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True)
    (customers.repo.path / ".git").rmdir()
    subprocess.run(["git", "init", "-q", str(customers.repo.path)], check=True)
    subprocess.run(["git", "-C", str(customers.repo.path), "remote", "add", "origin", str(path)], check=True)
    return path


@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_shards_part_the_connectors(customers, size):
    customers.config({f"c{number}": {} for number in range(size)})
    config = read_config(None)
    for count in range(1, size + 3):
        shards = [choose(config, Choice(shard=(index + 1, count))) for index in range(count)]
        names = [each.name for shard in shards for each in shard]
        assert sorted(names) == sorted(each.name for each in config.connectors)
        assert max(map(len, shards)) - min(map(len, shards)) <= 1


def both(customers):
    started = [customers.repo.start("apply", "--all", "--yes", "--shard", f"{index}/2") for index in (1, 2)]
    return [(process.communicate(timeout=60), process.returncode) for process in started]


@pytest.mark.usefixtures("forked")
def test_two_shards_at_once_on_a_branch_each(customers, remote):
    customers.pinned(*NUMBERS, top="ledger: git+origin#ledgers/{connector}\n")
    for number in NUMBERS:
        customers.job(number, "b", f"K-{number}")
        assert customers.repo.run("ledger", "init", "--connector", seed.company(number).name).code == 0
    for (out, err), code in both(customers):
        assert code == 0, out + err
    assert [sorted(customers.creates(number)) for number in NUMBERS] == [
        [f"J-{number}", f"K-{number}"] for number in NUMBERS
    ]


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("ledger", ["", "ledger: git+origin#ledger\n"], ids=["file", "branch"])
def test_two_shards_at_once_on_one_ledger_create_nothing_twice(customers, remote, ledger):
    customers.pinned(*NUMBERS, top=ledger)
    if ledger:
        assert customers.repo.run("ledger", "init", "--connector", seed.company(1).name).code == 0
    for (out, err), code in both(customers):
        assert code == 0 or "ledger" in out + err
    assert customers.repo.run("apply", "--all", "--yes").code == 0
    assert [customers.creates(number) for number in NUMBERS] == [[f"J-{number}"] for number in NUMBERS]


def test_a_shard_that_is_killed_leaves_nothing_to_create_twice(customers, remote):
    customers.pinned(*NUMBERS, top="ledger: git+origin#ledgers/{connector}\n")
    for number in NUMBERS:
        assert customers.repo.run("ledger", "init", "--connector", seed.company(number).name).code == 0
    # The job exists and its answer never comes: there the process is killed.
    customers.sandbox.connector(1).fault(when="after", do="pass", delay=30)
    shard = customers.repo.start("apply", "--all", "--yes", "--shard", "1/2", "--parallel", "1")
    while not customers.creates(1):
        with pytest.raises(subprocess.TimeoutExpired):  # it still runs
            shard.wait(0.05)
    shard.kill()
    shard.communicate()
    assert customers.repo.run("apply", "--all", "--yes").code == 3
    assert [customers.creates(number) for number in NUMBERS] == [[f"J-{number}"] for number in NUMBERS]
