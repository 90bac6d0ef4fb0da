"""The contract's exit codes, each way to each of them."""

from __future__ import annotations

import pytest

TOKENS = ("BINDBEE_API_KEY", "BINDBEE_CONNECTOR_TOKEN")
NETWORKED = (["plan"], ["apply", "--yes"])
CONFIGURED = (["validate"], *NETWORKED, ["ledger", "list"])


def create(repo):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")


def same(repo):
    repo.write("sales/same", "name: Account Executive\ncode: SAL-115\n")


def drifted(repo):
    repo.write("sales/other", "name: Something Else\ncode: PRD-111\n")


def broken(repo):
    repo.write("sales/broken", "name: [")


def uncertain(repo, sandbox):
    sandbox.fault("lose")
    repo.job("old/open", "Unknown Outcome", "OLD-1")
    assert repo.apply().code == 3


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        ([], "validate", 0),
        ([create], "validate", 0),
        ([broken], "validate", 1),
        ([create, broken], "validate jobs/sales/lead.yaml", 0),
        ([create], "validate jobs/nowhere", 1),
        ([], "plan", 0),
        ([create], "plan", 0),
        ([create], "plan --detailed-exitcode", 2),
        ([same], "plan --detailed-exitcode", 0),
        ([same, drifted], "plan --detailed-exitcode", 0),
        ([create, broken], "plan --detailed-exitcode", 1),
        ([create, drifted], "plan --detailed-exitcode --fail-on drifted", 1),
        ([create, drifted], "plan --detailed-exitcode --fail-on vanished,uncertain", 2),
        ([same], "plan --fail-on in_sync", 1),
        ([create, broken], "plan jobs/sales/lead.yaml --detailed-exitcode", 2),
        ([create, broken], "plan --target sales/lead --detailed-exitcode", 2),
        ([create, same], "plan --target sales/s* --detailed-exitcode", 0),
        ([create], "plan --target sales/other", 1),
        ([create], "plan jobs/nowhere", 1),
        ([], "apply", 0),
        ([same], "apply", 0),
        ([drifted], "apply --yes", 0),
        ([create], "apply", 1),
        ([create], "apply --yes", 0),
        ([create, broken], "apply --yes", 1),
        ([create, broken], "apply --yes --target sales/lead", 0),
        ([create], "apply --yes --target nowhere", 1),
        ([create], "apply --yes --max-creates 0", 1),
        ([create], "apply --yes --max-creates 1", 0),
        ([], "ledger list", 0),
        ([], "ledger show sales/lead", 1),
        ([], "ledger resolve sales/lead --not-created", 1),
        ([], "ledger release sales/lead", 1),
        ([], "rules", 0),
        ([], "rules greenhouse/single-department", 0),
        ([], "rules greenhouse/single-departments", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_exit_code_says_what_became_of_it(repo, sandbox, files, arguments, code):
    for write in files:
        write(repo)
    ran = repo.run(*arguments.split())
    assert ran.code == code
    creates = code == 0 and create in files and arguments.startswith("apply")
    assert len(sandbox.creates()) == creates


@pytest.mark.parametrize("variable", TOKENS)
@pytest.mark.parametrize("arguments", NETWORKED, ids=" ".join)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_token_is_one_and_named(repo, sandbox, monkeypatch, variable, arguments, value):
    create(repo)
    if value is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, value)
    ran = repo.run(*arguments)
    assert ran.code == 1
    assert variable in ran.err
    assert not sandbox.state["requests"]


def test_validate_rules_and_a_look_at_the_ledger_need_no_token(repo, monkeypatch):
    create(repo)
    repo.apply()
    for variable in TOKENS:
        monkeypatch.delenv(variable)
    assert repo.run("validate").code == 0
    assert repo.run("rules").code == 0
    assert "sales/lead" in repo.run("ledger", "list").out
    assert "about to be created" in repo.run("ledger", "show", "sales/lead").out


@pytest.mark.parametrize("arguments", CONFIGURED, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 2\n", "version"),
        ("version: 1\nledgr: x\n", "Did you mean 'ledger'?"),
        ("version: 1\njobs: ../elsewhere\n", "leads out of the repository"),
        ("version: 1\nrules: {yaml/syntax: off}\n", "can't be lowered"),
        ("version: 1\nledger: git+https://example.com/x#b\n", "not a URL"),
        ("- a\n", "holds no keys"),
        ("version: [\n", "is not closed"),
    ],
)
def test_a_bad_config_is_one_and_says_why(repo, sandbox, arguments, text, said):
    create(repo)
    (repo.path / "bindbee-sync.yaml").write_text(text)
    ran = repo.run(*arguments)
    assert ran.code == 1
    assert said in ran.err
    assert "bindbee-sync.yaml" in ran.err
    assert not sandbox.state["requests"]


@pytest.mark.parametrize("arguments", CONFIGURED, ids=" ".join)
def test_a_named_config_that_is_not_there_is_one(repo, arguments):
    ran = repo.run(*arguments, "--config", "other.yaml")
    assert ran.code == 1
    assert "other.yaml" in ran.err


def test_another_base_url_must_be_https(repo, sandbox, monkeypatch):
    create(repo)
    monkeypatch.setenv("BINDBEE_BASE_URL", "http://api.example.com")
    ran = repo.apply()
    assert ran.code == 1
    assert "https://" in ran.json["error"]["message"]


def test_the_configured_limit_counts_unless_the_command_line_says_more(repo, sandbox):
    repo.config("max_creates: 1\n")
    create(repo)
    repo.job("sales/other", "Another One", "LEAD-2")
    refused = repo.apply()
    assert refused.code == 1
    assert refused.rules == {("plan/too-many", None, None)}
    assert not sandbox.creates()
    assert repo.plan().code == 0
    assert repo.apply("--max-creates", "2").code == 0


@pytest.mark.parametrize("ci", ["true", "1", "false"])
def test_in_ci_a_ledger_in_a_file_is_refused_unless_it_is_said_to_outlive_the_run(
    repo, sandbox, monkeypatch, ci
):
    create(repo)
    monkeypatch.setenv("CI", ci)
    refused = repo.apply()
    assert refused.code == 1
    assert "--local-ledger" in refused.json["error"]["hint"]
    assert not sandbox.state["requests"]
    assert repo.plan().code == 0
    assert repo.apply("--local-ledger").code == 0
    assert len(sandbox.creates()) == 1


def test_an_empty_ci_is_none(repo, monkeypatch):
    create(repo)
    monkeypatch.setenv("CI", "")
    assert repo.apply().code == 0


def test_uncertain_is_three_also_when_it_is_an_earlier_one_and_nothing_else_was_to_do(repo, sandbox):
    uncertain(repo, sandbox)
    again = repo.apply()
    assert again.code == 3
    assert again.outcomes == {"old/open": "uncertain"}
    (repo.path / "jobs/old/open.yaml").unlink()
    assert repo.apply().code == 3
    create(repo)
    assert repo.apply().code == 3
    assert len(sandbox.creates()) == 2


def test_three_outranks_one_once_something_was_sent(repo, sandbox):
    repo.job("a/refused", "Refused", "A-1")
    repo.job("b/lost", "Lost", "B-1")
    sandbox.fault("answer", status=422, body={"detail": [{"loc": ["body", "name"], "msg": "no"}]})
    sandbox.fault("lose")
    ran = repo.apply()
    assert ran.results == {"a/refused": "rejected", "b/lost": "uncertain"}
    assert ran.code == 3


def test_a_refused_apply_is_one_although_an_earlier_create_is_uncertain(repo, sandbox):
    uncertain(repo, sandbox)
    broken(repo)
    assert repo.apply().code == 1


def test_plan_fails_on_an_uncertain_create_where_asked_to(repo, sandbox):
    uncertain(repo, sandbox)
    assert repo.plan().code == 0
    assert repo.plan("--fail-on", "uncertain").code == 1
    (repo.path / "jobs/old/open.yaml").unlink()
    assert repo.plan("--fail-on", "uncertain").code == 1


def test_what_bindbee_refuses_is_one(repo, sandbox):
    create(repo)
    sandbox.fault("answer", status=403, body={"detail": "no"})
    ran = repo.apply()
    assert (ran.code, ran.results) == (1, {"sales/lead": "rejected"})


def test_a_read_that_bindbee_refuses_is_one(repo, sandbox):
    create(repo)
    sandbox.fault(on="get", status=403, body={"detail": "Invalid connector token"})
    ran = repo.run("plan")
    assert ran.code == 1
    assert "Invalid connector token" in ran.err
    assert "BINDBEE_CONNECTOR_TOKEN" in ran.err
