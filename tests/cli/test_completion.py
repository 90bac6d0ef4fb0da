"""What a shell is told to complete, asked as bash asks: by the variables that it sets."""

from __future__ import annotations

import pytest

from bindbee_sync.planning.model import Outcome


def asked(line):
    return {
        "_BINDBEE_SYNC_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }


def complete(repo, line, **env):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**asked(line), **env}.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            repo.run()
    out, err = repo.capture.readouterr()
    assert (ended.value.code, err) == (0, "")
    return out.split()


def test_a_shell_asks_a_process_of_its_own(jobs):
    ran = jobs.process(env=asked("bindbee-sync plan --target support"))
    assert (ran.code, ran.out.split(), ran.err) == (0, ["support/agent"], "")


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
