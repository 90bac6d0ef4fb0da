"""Two clones of one ledger: applying at once, one of them killed; and what a push may be taken for."""

from __future__ import annotations

import os
from collections import Counter
from unittest.mock import patch

import pytest
from failures import FailPoint
from stage import KILLED, Stage
from virtual import EPOCH

from bindbee_sync.errors import LedgerError
from bindbee_sync.git import Git
from bindbee_sync.ledger.events import Released
from bindbee_sync.ledger.git_branch import Branch
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.store import LostRaceError

pytestmark = pytest.mark.slow

LEDGER = GitLedger(remote="origin", branch="ledger")


def event(record):
    return Released(connector_id="s", record=record, original_address=record, at=EPOCH, by="x")


def company(tmp_path, sandbox, jobs, **options):
    stage = Stage(tmp_path, sandbox, git=True, **options)
    names = {f"team/job-{number:03}": f"Role {number}" for number in range(jobs)}
    for number, (address, name) in enumerate(names.items()):
        stage.job(address, name, f"R-{number}" if number % 2 else None)
    return stage, names


@pytest.mark.parametrize(
    ("of", "at"),
    [
        ("git commit-tree", 1),
        ("git push", 1),
        ("git update-ref", 1),
        ("POST", 1),
        ("POST", 3),
        ("POST", 4),
    ],
)
def test_one_of_two_is_killed_and_the_other_knows_what_is_pending_and_what_uncertain(
    tmp_path, sandbox, of, at
):
    stage, names = company(tmp_path, sandbox, 4, clones=2)
    killed, survivor = stage.together(FailPoint(at, "killed after", of), None)
    assert killed.code in (KILLED, 1)  # 1: the other one was quicker
    assert survivor.code in (0, 1, 3)
    made = Counter(job["name"] for job in sandbox.source_jobs() if job["name"] in names.values())
    assert set(made.values()) <= {1}
    plan = stage.run("plan", "--format", "json", clone=1)
    known = {address for address, result in survivor.results.items() if result == "created"}
    assert {address for address, outcome in plan.outcomes.items() if outcome == "pending"} == known
    for address, name in names.items():
        if made[name] and address not in known:
            assert plan.outcomes[address] == "uncertain"
        if not made[name]:
            assert plan.outcomes[address] in ("uncertain", "create")
    assert stage.settle(names) == dict.fromkeys(names.values(), 1)


def test_after_a_lost_race_nothing_is_created_that_the_winner_took_up(tmp_path, sandbox):
    stage, names = company(tmp_path, sandbox, 3, clones=2)
    real, raced = Git.run, []

    def push(git, *words, **more):
        if words[0] == "push" and not raced:
            raced.append(True)
            here = os.getcwd()  # noqa: PTH109 - only to come back
            assert set(stage.apply(clone=1).results.values()) == {"created"}
            os.chdir(here)
        return real(git, *words, **more)

    with patch.object(Git, "run", push):
        loser = stage.apply(clone=0)
    assert set(loser.results.values()) == {"not_tried"}
    assert len(sandbox.creates()) == len(names)


def test_a_hundred_jobs_take_at_most_twelve_pushes_and_two_fetches(tmp_path, sandbox):
    sandbox.settings(rate_limit=10_000)
    stage, names = company(tmp_path, sandbox, 100)
    fail = FailPoint(0, "counts")
    ran = stage.apply("--max-creates", "100", fail=fail)
    assert set(ran.results.values()) == {"created"}
    assert len(ran.results) == len(names)
    assert fail.calls.count("git push") <= 12
    assert fail.calls.count("git fetch") == 2


def test_whoever_finds_others_on_top_of_a_push_whose_answer_was_lost_decides_again(tmp_path, sandbox):
    stage, _ = company(tmp_path, sandbox, 0, clones=2)
    one, two = (GitStore(LEDGER, checkout) for checkout in stage.checkouts)
    real = Branch.push

    def push(branch, commit):
        landed = real(branch, commit)
        if not lost:
            lost.append(landed)
            with two.writing() as other:
                other.append(event("theirs"))
            return False, LedgerError("the answer was lost")
        return landed

    lost = []
    with patch.object(Branch, "push", push), one.writing() as writer:
        writer.append(event("ours"))
        with pytest.raises(LostRaceError):
            writer.append(event("more"))
        assert {each.record for each in writer.events} == {"ours", "theirs"}
        writer.append(event("more"))


def test_the_same_commit_pushed_twice_is_won_once(tmp_path, sandbox, monkeypatch):
    stage, _ = company(tmp_path, sandbox, 0, clones=2)
    branches = [Branch(Git(checkout), LEDGER) for checkout in stage.checkouts]
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):  # two commits of one second
        monkeypatch.setenv(name, "2026-01-01T00:00:00Z")
    won = []
    tips = [branch.fetch() for branch in branches]
    commits = [branch.commit(tip, (event("r"),)) for branch, tip in zip(branches, tips, strict=True)]
    assert commits[0] == commits[1]
    for branch, commit in zip(branches, commits, strict=True):
        won.append(branch.push(commit)[0])
    assert won == [True, False]
