"""The one way to run git: the repository of its folder, no tokens in its environment, its own words."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from git_runs import git

from bindbee_sync import git as git_module
from bindbee_sync.applying.provenance import provenance
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.desired.revision import RevisionError, compare_with
from bindbee_sync.errors import GitError
from bindbee_sync.git import Git

TOKENS = {
    "BINDBEE_API_KEY": "key-0123456789",
    "BINDBEE_CONNECTOR_TOKEN": "token-0123456789",
    "BINDBEE_CONNECTOR_TOKEN_ACME": "token-of-acme",
    "BINDBEE_LEDGER": "git+https://user:secret@host/x.git#ledger",
}


pytestmark = pytest.mark.usefixtures("own_git_config")


@pytest.fixture
def repository(tmp_path):
    def make(name, job):
        folder = tmp_path / name
        (folder / "jobs").mkdir(parents=True)
        (folder / "jobs" / "a.yaml").write_text(f"name: {job}\n")
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", name)
        return folder

    return make


@pytest.fixture
def ours(repository):
    return repository("ours", "Driver")


@pytest.fixture
def other(ours, repository, monkeypatch):
    """Another repository, to which the environment ties every git, as that of a hook would."""
    folder = repository("other", "Nurse")
    monkeypatch.setenv("GIT_DIR", str(folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(folder / ".git" / "index"))
    return folder


def test_a_revision_is_read_from_the_repository_of_the_job_files(ours, other):
    base = compare_with("HEAD", load_jobs(ours / "jobs", ours), ours / "jobs", ours)
    assert base.commit == Git(ours).out("rev-parse", "HEAD") != Git(other).out("rev-parse", "HEAD")
    assert base.changed == frozenset()


def test_the_recorded_commit_is_of_the_repository_of_the_job_files(ours, other):
    assert provenance({}, ours).commit == Git(ours).out("rev-parse", "HEAD")
    assert provenance({}, other).commit != provenance({}, ours).commit


def test_no_commit_is_recorded_where_there_is_none(tmp_path, other):
    assert provenance({}, tmp_path).commit is None


def test_what_ties_git_to_a_repository_is_known_as_the_installed_git_knows_it():
    listed = git(Path("/"), "rev-parse", "--local-env-vars").split()
    assert set(listed) <= git_module.OF_ONE_REPOSITORY


@pytest.fixture
def seen(tmp_path, monkeypatch):
    """The environment of a git that prints it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path / "seen"


def test_a_child_process_gets_no_token_and_no_other_setting_of_this_tool(seen, tmp_path, monkeypatch):
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -i key")
    Git(tmp_path).run("fetch")
    environment = seen.read_text()
    assert "BINDBEE_" not in environment
    assert not any(value in environment for value in TOKENS.values())
    assert "GIT_SSH_COMMAND=ssh -i key" in environment, "how the user reaches the remote is left alone"


def test_only_one_module_starts_processes():
    package = Path(git_module.__file__).parent
    starting = ("import subprocess", "os.system(", "os.exec", "os.spawn", "create_subprocess", "os.popen(")
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in starting)
    }
    # The command line starts itself again where file names are not read as UTF-8.
    assert found == {"git.py", "cli/app.py"}


def test_a_repository_of_somebody_else_is_named_with_the_remedy_that_cures(ours, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    desired = load_jobs(ours / "jobs", ours)
    with pytest.raises(GitError, match="dubious ownership") as raised:
        compare_with("HEAD", desired, ours / "jobs", ours)
    remedy = raised.value.hint.split("`")[1]
    subprocess.run(remedy, shell=True, check=True)  # noqa: S602 - as a person would paste it
    compare_with("HEAD", desired, ours / "jobs", ours)


@pytest.mark.parametrize("revision", ["nothing", "--help", "a b", "", "HEAD~99", "\0", "\udcff"])
def test_a_revision_that_git_does_not_know(ours, revision):
    with pytest.raises((RevisionError, GitError)) as raised:
        compare_with(revision, load_jobs(ours / "jobs", ours), ours / "jobs", ours)
    assert raised.value.hint


def test_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="can't be run") as raised:
        Git(tmp_path).out("version")
    assert raised.value.hint == "Install git."


def test_a_command_that_hangs_is_ended(tmp_path, seen, monkeypatch):
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(git_module, "TIMEOUT", 0.2)
    with pytest.raises(GitError, match="did not answer in time"):
        Git(tmp_path).out("fetch")


def test_fetches_of_a_shallow_clone_wait_for_each_other(tmp_path):
    hub, work, clone = tmp_path / "hub", tmp_path / "work", tmp_path / "clone"
    git(tmp_path, "init", "-q", "--bare", hub)
    git(tmp_path, "init", "-q", work)
    names = [f"ledgers/c{number}" for number in range(12)]
    for name in names:
        for _ in range(2):
            git(work, "commit", "-q", "--allow-empty", "-m", "x")
        git(work, "push", "-q", hub, f"HEAD:refs/heads/{name}")
    git(tmp_path, "clone", "-q", "--depth=1", "-b", names[0], f"file://{hub}", clone)
    shallow = Git(clone)

    def fetch(name):
        shallow.out(
            "fetch", "--no-write-fetch-head", "--depth=1", "origin", f"+refs/heads/{name}:refs/seen/{name}"
        )

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(fetch, names))
    assert len(shallow.out("for-each-ref", "refs/seen").splitlines()) == len(names)
