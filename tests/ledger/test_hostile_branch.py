"""A ledger's branch that a stranger wrote: an error that names the file, never a traceback."""

from __future__ import annotations

import json

import pytest
from git_runs import git

from bindbee_sync.errors import GitError, LedgerError
from bindbee_sync.ledger.events import Released
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.location import GitLedger

LEDGER = GitLedger(remote="origin", branch="ledger")
REF = f"refs/heads/{LEDGER.branch}"
PATH = "c1/sales/lead.json"
EVENT = {
    "event": "released",
    "connector_id": "c1",
    "record": "r",
    "original_address": "sales/lead",
    "by": "a",
}
AT = "2026-01-01T00:00:00Z"
INTENT = EVENT | {"event": "intent", "at": AT, "digest": "d", "server_at": AT, "deadline": AT}
del INTENT["by"]


pytestmark = pytest.mark.usefixtures("own_git_config")


@pytest.fixture
def clone(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(tmp_path, "init", "--quiet", "clone")
    git(tmp_path / "clone", "remote", "add", "origin", tmp_path / "remote.git")
    git(tmp_path / "clone", "commit", "--quiet", "--allow-empty", "-m", "first")
    return tmp_path / "clone"


@pytest.fixture
def push(clone):
    """Put entries on the branch: mode and content by path; a submodule's content is a commit."""

    def put(entries, ref=REF):
        folder = clone.parent / "index"
        lines = []
        for path, (mode, content) in entries.items():
            blob = content
            if mode != "160000":
                blob = git(clone, "hash-object", "-w", "--stdin", input=content)
            lines.append(f"{mode} {blob}\t{path}")
        environment = {"GIT_INDEX_FILE": str(folder), "PATH": "/usr/bin:/bin"}
        git(clone, "update-index", "--index-info", input="\n".join(lines) + "\n", env=environment)
        tree = git(clone, "write-tree", env=environment)
        commit = git(clone, "commit-tree", tree, "-m", "hostile")
        git(clone, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
        return commit

    return put


def at(moment):
    return json.dumps({"events": [EVENT | {"at": moment}]})


def valued(values):
    return json.dumps({"events": [INTENT]}).replace('"digest"', f'"values": {values}, "digest"')


def nested(depth):
    return "[" * depth + "]" * depth


UNREADABLE = {
    "empty": "",
    "no object": "[]",
    "no events": "{}",
    "events of another kind": '{"events": 1}',
    "an event of another kind": '{"events": [1]}',
    "deep": nested(100_000),
    "deep values": valued('{"a": ' + nested(400) + "}"),
    "half a character": valued('{"a": "\\ud800"}'),
    "half a character in a name": at(AT).replace('"r"', '"\\ud800"'),
    "no number": valued('{"a": NaN}'),
    "a number of 5,000 digits": valued('{"a": ' + "1" * 5_000 + "}"),
    "huge line": '{"events": ["' + "x" * (4 << 20) + '"]}',
    "a key twice": '{"events": [], "events": []}',
    "a key of an event twice": at(AT).replace('"by"', '"by": "b", "by"'),
    "a null byte": at(AT).replace("released", "rel\0eased"),
    "no zone": at("2026-01-01T00:00:00"),
    "year 1": at("0001-01-01T00:00:00+14:00"),
    "year 9999": at("9999-12-31T23:59:59-14:00"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_can_not_be_read_is_named(clone, push, name):
    push({PATH: ("100644", UNREADABLE[name])})
    with pytest.raises(LedgerError, match="can't read") as raised:
        GitStore(LEDGER, clone).read()
    assert raised.value.where == f"git+origin#ledger:{PATH}"


@pytest.mark.parametrize(
    ("mode", "content"), [("120000", '{"events": []}'), ("120000", "/etc/passwd"), ("160000", None)]
)
def test_an_entry_that_is_no_file_is_named(clone, push, mode, content):
    push({PATH: (mode, content or git(clone, "rev-parse", "HEAD"))})
    with pytest.raises(LedgerError, match="can't read") as raised:
        GitStore(LEDGER, clone).read()
    assert raised.value.where.endswith(f":{PATH}")


def test_a_file_that_may_be_run_is_a_file(clone, push):
    push({PATH: ("100755", at(AT))})
    assert len(GitStore(LEDGER, clone).read()) == 1


def remove(repository, blob):
    (repository / "objects" / blob[:2] / blob[2:]).unlink()


def test_a_file_that_the_remote_has_lost_is_an_error(clone, push):
    commit = push({PATH: ("100644", at(AT))})
    remove(clone.parent / "remote.git", git(clone, "rev-parse", f"{commit}:{PATH}"))
    git(clone.parent, "init", "--quiet", "other")
    git(clone.parent / "other", "remote", "add", "origin", f"file://{clone.parent}/remote.git")
    with pytest.raises(LedgerError, match="git fetch failed") as raised:
        GitStore(LEDGER, clone.parent / "other").read()
    assert raised.value.where == "git+origin#ledger"


def test_a_file_that_the_clone_has_lost_is_named(clone, push):
    commit = push({PATH: ("100644", at(AT))})
    assert GitStore(LEDGER, clone).read()
    remove(clone / ".git", git(clone, "rev-parse", f"{commit}:{PATH}"))
    with pytest.raises(LedgerError, match="can't read") as raised:
        GitStore(LEDGER, clone).read()
    assert raised.value.where.endswith(f":{PATH}")


@pytest.mark.parametrize("entry", [("c1", "100644"), ("c1", "120000"), (f"{PATH}/inner", "100644")])
def test_a_file_where_a_folder_belongs_or_the_reverse_gives_way(clone, push, entry):
    path, mode = entry
    push({path: (mode, "../elsewhere")})
    event = Released(**(EVENT | {"at": AT}))
    with GitStore(LEDGER, clone).writing() as writer:
        writer.append(event)
    assert GitStore(LEDGER, clone).read() == (event,)


def test_a_tag_of_that_name_is_no_branch(clone, push):
    push({PATH: ("100644", at(AT))}, ref="refs/tags/ledger")
    with pytest.raises(LedgerError, match="The ledger's branch does not exist"):
        GitStore(LEDGER, clone).read()


def test_a_branch_that_is_no_commit_is_an_error(clone, push):
    push({PATH: ("100644", at(AT))})
    tree = git(clone.parent / "remote.git", "rev-parse", f"{REF}^{{tree}}")
    (clone.parent / "remote.git" / REF).write_text(f"{tree}\n")
    with pytest.raises((LedgerError, GitError)):
        GitStore(LEDGER, clone).read()


def test_a_branch_whose_name_is_no_text_beside_it_does_not_matter(clone, push):
    commit = push({PATH: ("100644", at(AT))}, ref="refs/heads/other")
    packed = clone.parent / "remote.git" / "packed-refs"
    packed.write_bytes(f"{commit} refs/heads/".encode() + b"\xff/" + f"{REF}\n".encode())
    with pytest.raises(LedgerError, match="does not exist"):
        GitStore(LEDGER, clone).read()


def test_many_files_cost_no_more_than_their_sum(clone, push):
    content = json.dumps({"events": [EVENT | {"at": AT, "why": "x" * 2_000}] * 10})
    push({f"c1/{number}.json": ("100644", content) for number in range(60)})
    assert len(GitStore(LEDGER, clone).read()) == 600
