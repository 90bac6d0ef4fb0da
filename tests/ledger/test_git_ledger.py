"""The ledger on a git branch: a real bare remote, real clones, real hooks."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from git_runs import IDENTITY, git

from bindbee_sync.errors import LedgerError
from bindbee_sync.git import Git
from bindbee_sync.ledger import git_store
from bindbee_sync.ledger.events import AttemptOutcome, Intent, new_record_id
from bindbee_sync.ledger.git_branch import Branch, Tip, path_of
from bindbee_sync.ledger.git_store import GitStore, GitWriter
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.records import State, replay
from bindbee_sync.ledger.store import LostRaceError
from bindbee_sync.waits import showing_waits

LEDGER = GitLedger(remote="origin", branch="bindbee-sync-ledger")
REF = f"refs/heads/{LEDGER.branch}"


pytestmark = pytest.mark.usefixtures("own_git_config")


@pytest.fixture
def remote(tmp_path):
    folder = tmp_path / "remote.git"
    git(tmp_path, "init", "--bare", "--initial-branch=main", str(folder))
    seed = tmp_path / "seed"
    git(tmp_path, "clone", "--quiet", str(folder), str(seed))
    (seed / "file.txt").write_text("work\n")
    git(seed, "add", ".")
    git(seed, "commit", "--quiet", "-m", "first")
    git(seed, "push", "--quiet", "origin", "HEAD:main")
    return folder


@pytest.fixture
def clone(tmp_path, remote):
    def make(name, *options):
        git(tmp_path, "clone", "--quiet", *options, f"file://{remote}", name)
        return tmp_path / name

    return make


def store(folder: Path, ledger=LEDGER):
    return GitStore(ledger, folder)


def intent(address="sales/lead", **more):
    moment = "2026-01-01T00:00:00Z"
    base = {
        "connector_id": "c1",
        "record": new_record_id(),
        "original_address": address,
        "at": moment,
        "digest": "d",
    }
    return Intent.model_validate(
        base | {"server_at": moment, "deadline": "2026-01-01T00:02:00Z", "code": "C", "name": "N"} | more
    )


def outcome(of, result="created", **more):
    return AttemptOutcome(
        connector_id=of.connector_id,
        record=of.record,
        original_address=of.original_address,
        at=of.at,
        result=result,
        **more,
    )


def test_a_missing_branch_is_an_error_and_init_makes_it(clone):
    one = clone("one")
    with pytest.raises(LedgerError, match="does not exist") as raised:
        store(one).read()
    assert "ledger init" in raised.value.hint
    assert store(one).init() is True
    assert store(one).init() is False
    assert store(one).read() == ()


def test_what_one_clone_appends_another_one_reads(clone):
    one, two = clone("one"), clone("two")
    store(one).init()
    first = intent()
    with store(one).writing() as writer:
        writer.append(first)
        writer.note(outcome(first, id="J1"))
        writer.flush()
    assert store(two).read() == (first, outcome(first, id="J1"))
    assert replay(store(two).read()).records[0].state is State.CREATED


def test_of_two_writers_one_wins_and_the_other_reads_again(clone):
    one, two = clone("one"), clone("two")
    store(one).init()
    ours, theirs = intent(), intent()
    with store(one).writing() as first, store(two).writing() as second:
        second.append(theirs)
        with pytest.raises(LostRaceError):
            first.append(ours)
        assert first.events == (theirs,)
        first.append(ours)
    assert store(two).read() == (theirs, ours)


def test_outcomes_are_pushed_on_top_of_what_others_did(clone):
    one, two = clone("one"), clone("two")
    store(one).init()
    ours, theirs = intent("a"), intent("b")
    with store(one).writing() as first, store(two).writing() as second:
        first.append(ours)
        with pytest.raises(LostRaceError):
            second.append(theirs)
        second.append(theirs)
        first.note(outcome(ours))
        first.flush()
    assert set(store(two).read()) == {ours, theirs, outcome(ours)}


def test_outcomes_travel_with_the_intents_after_them(clone, remote):
    one = clone("one")
    store(one).init()
    with store(one).writing() as writer:
        before = int(git(remote, "rev-list", "--count", REF))
        for number in range(5):
            attempt = intent(f"job-{number}")
            writer.append(attempt)
            writer.note(outcome(attempt))
        writer.flush()
    assert int(git(remote, "rev-list", "--count", REF)) - before == 6


def test_a_shallow_checkout_without_the_branch_can_append(clone, remote):
    store(clone("one")).init()
    ci = clone("ci", "--depth=1", "--single-branch")
    for _ in range(3):
        with store(ci).writing() as writer:
            writer.append(intent())
    assert len(store(clone("two")).read()) == 3
    assert git(remote, "rev-list", "--count", REF) == "4"


def test_a_shallow_checkout_is_given_no_more_than_the_tip(clone):
    one = clone("one")
    store(one).init()
    with store(one).writing() as writer:
        writer.append(intent())
    ci = clone("ci", "--depth=1", "--single-branch")
    assert len(store(ci).read()) == 1
    assert git(ci, "rev-list", "--count", "--glob=refs/bindbee-sync/*") == "1"


def test_work_tree_index_config_and_head_stay_as_they_were(clone):
    one = clone("one")
    store(one).init()
    (one / "file.txt").write_text("changed\n")
    (one / "staged.txt").write_text("staged\n")
    git(one, "add", "staged.txt")
    git(one, "config", "commit.gpgsign", "true")
    git(one, "config", "push.gpgSign", "true")
    git(one, "config", "push.followTags", "true")
    git(one, "config", "filter.lfs.clean", "false")
    git(one, "config", "filter.lfs.required", "true")
    (one / ".gitattributes").write_text("* filter=lfs\n")
    for hook in ("pre-push", "pre-commit", "reference-transaction", "post-index-change"):
        script = one / ".git" / "hooks" / hook
        script.write_text("#!/bin/sh\ntouch hook-ran\nexit 1\n")
        script.chmod(0o755)
    index = (one / ".git/index").read_bytes()
    head, branches = git(one, "rev-parse", "HEAD"), git(one, "branch", "--all")
    with store(one).writing() as writer:
        writer.append(intent())
    assert (one / ".git/index").read_bytes() == index
    assert (git(one, "rev-parse", "HEAD"), git(one, "branch", "--all")) == (head, branches)
    assert not (one / "hook-ran").exists()
    assert not (one / ".git" / "hook-ran").exists()
    assert not (one / ".git" / "FETCH_HEAD").exists()


def test_variables_of_an_outer_git_do_not_lead_it_astray(clone, tmp_path, monkeypatch):
    one = clone("one")
    store(one).init()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other-index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    with store(one).writing() as writer:
        writer.append(intent())
    assert not (tmp_path / "other-index").exists()


def test_no_identity_and_a_foreign_language_are_no_obstacle(clone, monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    one = clone("one")
    store(one).init()
    with store(one).writing() as writer:
        writer.append(intent())
    assert len(store(one).read()) == 1


def refuse_pushes(remote, words):
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    hook.chmod(0o755)


def test_a_push_that_a_rule_refuses_is_an_error_with_the_remedy(clone, remote, pauses):
    one = clone("one")
    store(one).init()
    refuse_pushes(remote, "error: GH013: Repository rule violations found")
    with store(one).writing() as writer, pytest.raises(LedgerError, match="GH013") as raised:
        writer.append(intent())
    assert not isinstance(raised.value, LostRaceError)
    assert "rule" in raised.value.hint
    assert store(one).read() == ()


def test_a_refused_init_is_an_error(clone, remote):
    refuse_pushes(remote, "error: GH013: Repository rule violations found")
    with pytest.raises(LedgerError, match="GH013"):
        store(clone("one")).init()


def test_a_remote_that_can_not_be_reached_is_not_one_without_the_branch(clone, remote):
    one = clone("one")
    store(one).init()
    remote.rename(remote.with_name("gone"))
    for ask in (store(one).read, store(one).init):
        with pytest.raises(LedgerError, match=r"git (fetch|ls-remote) failed"):
            ask()


def test_a_push_of_ones_own_is_remembered_so_that_a_deleted_branch_is_missed(clone, remote):
    one = clone("one")
    store(one).init()
    git(remote, "update-ref", "-d", REF)
    with pytest.raises(LedgerError, match="seen it before"):
        store(one).init()


@pytest.mark.parametrize(
    ("address", "path"),
    [("a", "c1/a.json"), ("sales/b2b/lead", "c1/sales/b2b/lead.json"), ("x.y/~z", "c1/x%2Ey/%7Ez.json")],
)
def test_an_address_is_kept_in_the_file_that_every_version_looks_in(address, path):
    assert path_of(intent(address)) == path


@pytest.fixture
def lossy(tmp_path, monkeypatch):
    """Let git push, and then fail; `lossy(said)` is what it prints instead."""
    which = shutil.which("git")

    def lose(instead=""):
        script = tmp_path / "bin" / "git"
        script.parent.mkdir()
        answer = f">/dev/null 2>&1; echo '{instead}'" if instead else ""
        script.write_text(
            "#!/bin/sh\n"
            'case " $* " in\n'
            f'*" push "*) {which} "$@" {answer}; exit 1 ;;\n'
            f'*) exec {which} "$@" ;;\n'
            "esac\n"
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")

    return lose


def test_a_push_whose_answer_was_lost_is_found_to_have_landed(clone, remote, lossy):
    one = clone("one")
    store(one).init()
    lossy("Everything up-to-date")
    ours, more = intent(), intent()
    with store(one).writing() as writer:
        writer.append(ours)
        assert writer.events == (ours,)
        writer.append(more)
    assert store(one).read() == (ours, more)
    assert int(git(remote, "rev-list", "--count", REF)) == 3


def test_with_others_on_top_of_a_push_whose_answer_was_lost_the_next_is_decided_again(clone, remote, lossy):
    one = clone("one")
    store(one).init()
    hook = remote / "hooks" / "post-receive"
    hook.write_text(
        f"#!/bin/sh\ngit {' '.join(IDENTITY)} update-ref {REF} "
        f"$(git {' '.join(IDENTITY)} commit-tree {REF}^{{tree}} -p {REF} -m theirs)\n"
    )
    hook.chmod(0o755)
    lossy("Everything up-to-date")
    ours, more = intent("a"), intent("b")
    with store(one).writing() as writer:
        writer.append(ours)
        with pytest.raises(LostRaceError):
            writer.append(more)
        assert store(one).read() == (ours,)
        writer.append(more)
    assert set(store(one).read()) == {ours, more}


def commit_on(branch):
    return branch.commit(branch.fetch(), (intent(),))


def test_a_push_moves_the_branch_once(clone):
    one = clone("one")
    store(one).init()
    branch = Branch(Git(one), LEDGER)
    commit = commit_on(branch)
    assert branch.push(commit) == (True, None)
    landed, problem = branch.push(commit)
    assert not landed
    assert isinstance(problem, LedgerError)


def test_a_push_that_git_calls_failed_has_not_landed_whatever_it_prints(clone, lossy):
    one = clone("one")
    store(one).init()
    lossy()
    branch = Branch(Git(one), LEDGER)
    landed, problem = branch.push(commit_on(branch))
    assert not landed
    assert "git push failed" in problem.message


def test_a_branch_that_another_run_began_meanwhile_is_the_ledger(clone, remote):
    one, two = clone("one"), clone("two")
    store(one).init()
    with store(one).writing() as writer:
        writer.append(intent())
    Branch(Git(two), LEDGER).make()
    assert store(two).read() == store(one).read() != ()


def test_a_push_is_tried_without_sending_it(clone, remote):
    one = clone("one")
    store(one).init()
    before = git(remote, "rev-parse", REF)
    store(one).try_push()
    assert git(remote, "rev-parse", REF) == before
    git(one, "config", "remote.origin.pushurl", str(remote.with_name("gone")))
    with pytest.raises(LedgerError, match="git push failed") as raised:
        store(one).try_push()
    assert raised.value.where == LEDGER.shown


def test_people_can_read_the_branch(clone, remote):
    one = clone("one")
    store(one).init()
    assert git(remote, "show", f"{REF}:README.md").startswith("# The ledger of bindbee-sync")
    first, second = intent("a"), intent("b", name="Größe", run_url="https://ci.example/1")
    with store(one).writing() as writer:
        writer.note(outcome(first))
        writer.append(first, second)
    message = git(remote, "log", "-1", "--format=%B", REF)
    assert message == "1 outcome, 2 intent\n\nhttps://ci.example/1"
    content = git(remote, "show", f"{REF}:c1/b.json")
    assert content.startswith('{\n "address": "b",\n "connector": "c1",\n "events": [\n  {\n')
    assert '"name": "Größe"' in content
    assert "null" not in content


def test_without_a_repository_no_remote_can_be_named(tmp_path):
    with pytest.raises(LedgerError, match="no git repository here") as raised:
        store(tmp_path).read()
    assert raised.value.where == str(tmp_path)


@pytest.fixture
def pauses(monkeypatch):
    """The waits between tries, which take no time."""
    waited = []
    monkeypatch.setattr(git_store, "time", SimpleNamespace(sleep=waited.append))
    return waited


LONGEST, SHORTEST = max, min


class Refusing:
    """A branch to which every push fails; `moving`, since another run is always first."""

    def __init__(self, *, moving):
        self.tips = itertools.count() if moving else itertools.repeat(0)

    def commit(self, tip, events):
        return "ours"

    def push(self, commit):
        return False, LedgerError("git push failed")

    def fetch(self):
        return Tip(commit=f"theirs-{next(self.tips)}", files={})


@pytest.mark.parametrize(("chance", "waits"), [(SHORTEST, [0.5, 1.0]), (LONGEST, [1.0, 2.0])])
def test_a_push_without_effect_is_tried_three_times_with_growing_waits(pauses, monkeypatch, chance, waits):
    monkeypatch.setattr(random, "uniform", chance)
    branch = Refusing(moving=False)
    with pytest.raises(LedgerError, match="git push failed"):
        GitWriter(branch, branch.fetch()).append(intent())
    assert pauses == waits


@pytest.mark.parametrize(
    ("chance", "waits"), [(SHORTEST, [0] * 9), (LONGEST, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2, 3.2, 3.2])]
)
def test_outcomes_that_others_keep_pushing_ahead_of_are_given_up_after_nine_tries(
    pauses, monkeypatch, chance, waits
):
    monkeypatch.setattr(random, "uniform", chance)
    branch = Refusing(moving=True)
    writer = GitWriter(branch, branch.fetch())
    writer.note(outcome(intent()))
    said = []
    with showing_waits(said.append), pytest.raises(LedgerError, match="kept pushing"):
        writer.flush()
    assert pauses == pytest.approx(waits)
    assert said == ["Waiting 4 s for another try of the push to the ledger"] * waits.count(3.2)
    assert len(writer.events) == 1


def test_a_branch_that_was_rewritten_is_an_error(clone, remote):
    one = clone("one")
    store(one).init()
    root = git(remote, "rev-parse", REF)
    with store(one).writing() as writer:
        writer.append(intent())
    git(remote, "update-ref", REF, root)
    with pytest.raises(LedgerError, match="rewritten"):
        store(one).read()


def test_a_branch_that_is_gone_is_not_begun_anew_where_it_was_seen(clone, remote):
    one = clone("one")
    store(one).init()
    with store(one).writing() as writer:
        writer.append(intent())
    git(remote, "update-ref", "-d", REF)
    with pytest.raises(LedgerError, match="deleted") as raised:
        store(one).init()
    restore = raised.value.hint.split("`")[1]
    subprocess.run(restore.split(), cwd=one, check=True, capture_output=True)
    assert len(store(one).read()) == 1


def test_pushes_are_never_forced(clone, remote):
    """A remote that forbids nothing would take a forced push; a writer with a stale tip must still lose."""
    one, two = clone("one"), clone("two")
    store(one).init()
    with store(one).writing() as first, store(two).writing() as second:
        second.append(intent("theirs"))
        with pytest.raises(LostRaceError):
            first.append(intent("ours"))
    assert "theirs" in git(remote, "ls-tree", "-r", "--name-only", REF)


def test_only_a_configured_remote_may_be_named(clone, remote, tmp_path):
    one = clone("one")
    git(tmp_path, "clone", "--bare", "--quiet", str(remote), str(one / "decoy"))
    with pytest.raises(LedgerError, match="no remote 'decoy'"):
        store(one, GitLedger(remote="decoy", branch="main")).read()


def test_a_url_needs_no_repository(remote, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    by_url = GitLedger(remote=f"file://{remote}", branch="ledger")
    assert store(folder, by_url).init()
    with store(folder, by_url).writing() as writer:
        writer.append(intent())
    assert len(store(folder, by_url).read()) == 1
    assert list(folder.iterdir()) == []


def test_credentials_in_a_url_are_not_shown(tmp_path):
    by_url = GitLedger(remote="https://user:secret-token@127.0.0.1:9/x.git", branch="ledger")
    with pytest.raises(LedgerError) as raised:
        store(tmp_path, by_url).read()
    assert "secret-token" not in f"{raised.value} {raised.value.where} {raised.value.hint}"


@pytest.mark.parametrize(
    "address",
    ["a/b", "a.json/b", "ümläut/ñ", "sp ace/x", ".hidden", "..", ".git/x", "x~1", "a/" + "z" * 300],
)
def test_any_address_has_a_file_of_its_own(clone, address):
    one = clone("one")
    store(one).init()
    plain, odd = intent("a"), intent(address)
    with store(one).writing() as writer:
        writer.append(plain, odd)
    assert set(store(one).read()) == {plain, odd}


def test_eight_writers_lose_nothing_and_one_wins_each_round(clone):
    store(clone("zero")).init()
    clones = [clone(f"writer-{number}") for number in range(4)]
    with_writers = [store(folder).writing() for folder in clones]
    writers = [each.__enter__() for each in with_writers]
    events = [intent(f"job-{number}") for number in range(4)]
    won = []
    for writer, event in zip(writers, events, strict=True):
        try:
            writer.append(event)
            won.append(event)
        except LostRaceError:
            pass
    for each in with_writers:
        each.__exit__(None, None, None)
    assert len(won) == 1
    assert store(clones[0]).read() == tuple(won)


def test_a_file_that_somebody_edited_is_an_error(clone):
    one = clone("one")
    store(one).init()
    with store(one).writing() as writer:
        writer.append(intent("a"))
    editor = clone("editor", "--branch", LEDGER.branch)
    file = next(editor.glob("c1/*.json"))
    file.write_text(file.read_text().replace('"event"', '"evnt"'))
    git(editor, "commit", "--quiet", "-am", "edit")
    git(editor, "push", "--quiet")
    with pytest.raises(LedgerError, match="can't read"):
        store(one).read()
