"""The ledgers of the other connectors: whose has records of this one, in files and on branches."""

from __future__ import annotations

import pytest
from git_runs import git
from make import CONNECTOR_ID, sent

from bindbee_sync.errors import LedgerError
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.siblings import name_with_records

ANY_BRANCH = GitLedger(remote="origin", branch="ledger/{connector}/v.1")


@pytest.fixture
def any_file(tmp_path):
    return tmp_path / "a[b]*" / "{connector}.ledger"


def append(store):
    with store.writing() as writer:
        writer.append(*sent())


def begin(any_file, name):
    append(FileStore(any_file.with_name(f"{name}.ledger")))


class TestInFiles:
    @pytest.mark.parametrize("name", ["acme", "acme-2", "2nd"])
    def test_the_name_is_found_whose_ledger_has_records_of_the_connector(self, any_file, tmp_path, name):
        begin(any_file, name)
        assert name_with_records(any_file, CONNECTOR_ID, tmp_path) == name
        assert name_with_records(any_file, "another", tmp_path) is None

    def test_of_several_the_first_is_named(self, any_file, tmp_path):
        for name in ("b", "a", "c"):
            begin(any_file, name)
        assert name_with_records(any_file, CONNECTOR_ID, tmp_path) == "a"

    @pytest.mark.parametrize("name", ["Acme", "copy of acme", "-acme", ""])
    def test_a_file_whose_name_is_no_connectors_is_passed_over(self, any_file, tmp_path, name):
        begin(any_file, name)
        assert name_with_records(any_file, CONNECTOR_ID, tmp_path) is None

    def test_a_folder_is_no_ledger(self, any_file, tmp_path):
        any_file.with_name("acme.ledger").mkdir(parents=True)
        assert name_with_records(any_file, CONNECTOR_ID, tmp_path) is None

    def test_a_sibling_that_can_not_be_read_is_an_error(self, any_file, tmp_path):
        begin(any_file, "acme")
        any_file.with_name("zeta.ledger").write_text("something else\n")
        with pytest.raises(LedgerError) as caught:
            name_with_records(any_file, CONNECTOR_ID, tmp_path)
        assert "zeta.ledger" in caught.value.where


@pytest.mark.usefixtures("own_git_config")
class TestOnBranches:
    @pytest.fixture
    def folder(self, tmp_path):
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
        git(tmp_path, "init", "--quiet", "first")
        git(tmp_path / "first", "remote", "add", "origin", f"file://{tmp_path}/remote.git")
        git(tmp_path / "first", "commit", "--quiet", "--allow-empty", "-m", "first")
        git(tmp_path / "first", "push", "--quiet", "origin", "HEAD:main")
        return tmp_path / "first"

    @pytest.fixture
    def acme(self, folder):
        store = GitStore(GitLedger(remote="origin", branch="ledger/acme/v.1"), folder)
        store.init()
        append(store)
        return git(folder, "ls-remote", "origin", "refs/heads/ledger/acme/v.1").split()[0]

    @pytest.fixture
    def clone(self, folder):
        def make(*options):
            remote = f"file://{folder.parent}/remote.git"
            git(folder.parent, "clone", "--quiet", "--single-branch", *options, remote, "other")
            return folder.parent / "other"

        return make

    def test_where_there_is_no_such_branch_there_is_no_name(self, folder):
        assert name_with_records(ANY_BRANCH, CONNECTOR_ID, folder) is None

    def test_the_name_is_found_whose_branch_has_records_and_no_reference_moves(self, acme, clone):
        other = clone()
        before = git(other, "for-each-ref")
        assert name_with_records(ANY_BRANCH, CONNECTOR_ID, other) == "acme"
        assert name_with_records(ANY_BRANCH, "another", other) is None
        assert git(other, "for-each-ref") == before
        assert git(other, "rev-parse", "--is-shallow-repository") == "false"

    def test_a_shallow_clone_is_given_no_more_than_the_tip(self, acme, clone):
        other = clone("--depth=1")
        assert name_with_records(ANY_BRANCH, CONNECTOR_ID, other) == "acme"
        assert git(other, "rev-list", "--count", acme) == "1"

    @pytest.mark.parametrize(
        "branch", ["ledger/Acme/v.1", "ledger/a/b/v.1", "ledger/acme/vx1", "old/ledger/acme/v.1"]
    )
    def test_a_branch_whose_name_is_no_connectors_is_passed_over(self, folder, branch):
        store = GitStore(GitLedger(remote="origin", branch=branch), folder)
        store.init()
        append(store)
        assert name_with_records(ANY_BRANCH, CONNECTOR_ID, folder) is None
