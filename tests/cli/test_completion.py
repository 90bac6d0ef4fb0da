"""What a shell is told to complete, asked as bash asks: in a process of its own, by the variables it sets."""

from __future__ import annotations

import pytest

from bindbee_sync.planning.model import Outcome


def complete(repo, line, **env):
    words = line.split(" ")
    asked = {"_BINDBEE_SYNC_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    ran = repo.process(env={**asked, **env})
    assert ran.err == ""
    return ran.out.split()


@pytest.fixture
def jobs(repo):
    repo.job("sales/lead", "Lead")
    repo.job("sales/manager", "Manager")
    repo.job("support/agent", "Agent")
    repo.write("_defaults", "openings: 1\n")
    return repo


@pytest.mark.parametrize(
    "line", ["plan --target s", "apply --target s", "plan --explain s", "ledger show s", "import --update s"]
)
def test_addresses(jobs, sandbox, line):
    assert complete(jobs, f"bindbee-sync {line}") == ["sales/lead", "sales/manager", "support/agent"]
    assert complete(jobs, f"bindbee-sync {line}ales/l") == ["sales/lead"]
    assert not sandbox.state["requests"]


def test_records_without_a_file_complete_in_the_ledgers_commands(jobs):
    assert jobs.apply().code == 0
    (jobs.path / "jobs/sales/lead.yaml").unlink()
    assert complete(jobs, "bindbee-sync ledger show sales/l") == ["sales/lead"]
    assert complete(jobs, "bindbee-sync plan --target sales/l") == []


def test_rules_and_outcomes(jobs):
    found = complete(jobs, "bindbee-sync rules greenhouse/single")
    assert found == ["greenhouse/single-department"]
    assert set(complete(jobs, "bindbee-sync plan --fail-on ")) == set(Outcome)
    assert complete(jobs, "bindbee-sync plan --fail-on drifted,") == [
        f"drifted,{each}" for each in sorted(set(Outcome) - {"drifted"})
    ]
    assert complete(jobs, "bindbee-sync plan --fail-on drifted,van") == ["drifted,vanished"]


def test_where_something_is_wrong_there_is_nothing_and_no_noise(jobs):
    jobs.config("jobs: ../elsewhere\n")
    assert complete(jobs, "bindbee-sync plan --target s") == []
    jobs.config("ledger: jobs/sales/lead.yaml\n")
    assert complete(jobs, "bindbee-sync ledger show s") == []
    assert complete(jobs, "bindbee-sync plan --target support") == ["support/agent"]


def test_a_name_that_would_do_something_to_the_terminal_is_left_out(jobs):
    jobs.job("sales/\x1b[31mred", "Red")
    assert complete(jobs, "bindbee-sync plan --target sales") == ["sales/lead", "sales/manager"]


def test_it_works_without_tokens(jobs):
    empty = {"BINDBEE_API_KEY": "", "BINDBEE_CONNECTOR_TOKEN": "", "BINDBEE_BASE_URL": "http://127.0.0.1:1"}
    assert complete(jobs, "bindbee-sync plan --explain support", **empty) == ["support/agent"]
