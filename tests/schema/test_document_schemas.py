"""What commands print with `--format json` is what their schema says, over real runs and failures."""

from __future__ import annotations

import copy
import json

import pytest
from git_runs import git
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from bindbee_sync.commands.choices import DocumentKind
from bindbee_sync.sandbox import seed
from bindbee_sync.schema.documents import DOCUMENTS, document_schema

UNKNOWN_JOB = "019a1041-57f8-752d-bd75-6f5136196765"


def fits(kind, document):
    """Assert it, with the deepest difference as the message."""
    found = best_match(Draft202012Validator(document_schema(kind)).iter_errors(document))
    assert found is None, f"{found.json_path}: {found.message}"


@pytest.fixture
def checked(repo):
    """The repository; `checked(command, ...)` runs it for JSON and holds the document against its schema."""

    def run(*arguments, code=None):
        ran = repo.run(*arguments, "--format", "json")
        assert code is None or ran.code == code, ran.err
        fits(str(arguments[0]), ran.json)
        return ran.json

    run.repo = repo
    return run


def test_each_is_a_schema_and_none_is_missing():
    assert {*DocumentKind} - {DocumentKind.POLICY} == {*DOCUMENTS}
    for kind in DOCUMENTS:
        Draft202012Validator.check_schema(document_schema(kind))


def test_the_command_prints_it_without_config_and_tokens(repo, monkeypatch):
    monkeypatch.delenv("BINDBEE_API_KEY")
    repo.config("nonsense: true\n")
    for kind in DOCUMENTS:
        assert repo.run("schema", "--document", kind).json == document_schema(kind)
    assert repo.run("schema", "--document", "plan", "--out", "plan.schema.json").code == 0
    assert json.loads((repo.path / "plan.schema.json").read_text()) == document_schema("plan")
    assert repo.run("schema", "--document", "demo").code == 64
    assert repo.run("schema", "--document", "plan", "--live").code == 64


def test_a_plan_of_every_outcome_and_its_apply(checked, sandbox):
    repo = checked.repo
    repo.job("new", "Field Sales Lead", "LEAD-1")
    repo.write("drifted", "name: Backend Engineer\ncode: ENG-101\noffices: [Berlin]\nopenings: 3\n")
    repo.write("same", "name: Backend Engineer\nsync: {remote_id: '4010110'}\n")
    repo.write("broken", "name: [\n")
    repo.write("blocked", "nonsense: 1\n")
    made = checked("plan", "--unmanaged", code=1)
    assert {"create", "drifted", "blocked"} <= {each["outcome"] for each in made["entries"]}
    checked("plan", "--explain", "drifted")
    checked("plan", "--explain", "new", "--target", "new")
    checked("plan", "nowhere", code=1)
    for address in ("broken", "blocked", "same", "drifted"):
        (repo.path / f"jobs/{address}.yaml").unlink()
    urls = "job_posting_urls: [https://a.example/1, {value: https://a.example/2, url_type: OTHER}]\n"
    more = repo.job("more", "Field Sales Trainer", "LEAD-2")
    more.write_text(f"{more.read_text()}description: x\n{urls}")
    sandbox.add_job(name="Hidden", confidential=True)
    sandbox.sync()
    made = checked("plan", "--unmanaged")
    assert made["unmanaged"]
    applied = checked("apply", "--yes", code=0)
    assert {each["result"] for each in applied["entries"]} == {"created"}
    (repo.path / "jobs/more.yaml").unlink()
    made = checked("plan")
    assert made["records"]
    assert [each["hold"] for each in made["entries"]] != [None]
    sandbox.sync()
    checked("apply", "--yes")
    assert checked("plan")["steps"]


def test_creates_that_fail(checked, sandbox):
    repo = checked.repo
    repo.job("lost", "Lost", "L-1")
    repo.job("refused", "Refused", "L-2")
    sandbox.follow({"steps": [{"do": "lose"}, {"status": 422, "body": {"detail": []}}]})
    applied = checked("apply", "--yes")
    assert any(each.get("result") for each in applied["entries"])
    checked("plan")
    checked("ledger", "list")
    shown = checked("ledger", "show", "*")
    assert shown["events"]
    checked("ledger", "resolve", "*", "--not-created")
    checked("ledger", "release", "nothing", code=1)
    checked("ledger", "init", code=1)
    checked("apply", code=1)


def test_a_git_ledger(checked, tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(checked.repo.path, "init", "--quiet")
    git(checked.repo.path, "remote", "add", "origin", tmp_path / "remote")
    monkeypatch.setenv("BINDBEE_LEDGER", "git+origin#jobs-ledger")
    assert checked("ledger", "init", code=0)["made"] is True


def test_the_git_ledgers_of_many(checked, tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(checked.repo.path, "init", "--quiet")
    git(checked.repo.path, "remote", "add", "origin", tmp_path / "remote")
    checked.repo.config("connectors: {one: {origin_id: a}, two: {origin_id: b}}\n")
    monkeypatch.setenv("BINDBEE_LEDGER", "git+origin#ledgers/{connector}")
    assert checked("ledger", "init", "--connector", "two", code=0)["made"] is True
    made = checked("ledger", "init", code=0)["ledgers"]
    assert made == [
        {"ledger": "git+origin#ledgers/one", "made": True, "taken_over": 0},
        {"ledger": "git+origin#ledgers/two", "made": False, "taken_over": 0},
    ]
    monkeypatch.setenv("BINDBEE_LEDGER", "git+origin#shared")
    assert checked("ledger", "init", code=0)["made"] is True


def test_validate_new_rules_and_schema_of_errors(checked):
    repo = checked.repo
    checked("new", "sales/lead")
    checked("new", "sales/lead", code=1)
    repo.write("bad", "nme: x\nopenings: 'x'\n")
    assert checked("validate", code=1)["diagnostics"]
    checked("validate", "nowhere", code=1)
    checked("rules")
    checked("rules", "schema/type")
    checked("rules", "test")
    checked("rules", "no/rule", code=1)


def test_lists_and_checks(checked, monkeypatch):
    for kind in ("departments", "offices", "users", "templates"):
        assert checked("lookup", kind)["items"]
    checked("connectors")
    checked("doctor")
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", "wrong")
    for command in (
        ("lookup", "users"),
        ("connectors",),
        ("doctor",),
        ("plan",),
        ("apply", "--yes"),
        ("import",),
    ):
        checked(*command, code=1)


def test_imports(checked):
    repo = checked.repo
    checked("import", "--dry-run", "Backend Engineer")
    assert checked("import")["written"]
    checked("import", "nothing-of-this-name")
    checked("import", "--update", "*")
    repo.write("broken", "name: [\n")
    assert checked("import", "--update", "broken", code=1)["failed"]
    checked("import", "--into", "broken", UNKNOWN_JOB, code=1)


def test_several_connectors_and_their_report(repo, fleet, monkeypatch):
    for name, value in fleet.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BINDBEE_CONNECTOR_TOKEN", raising=False)
    companies = [seed.company(number) for number in (1, 2, 3)]
    repo.config("connectors:\n" + "".join(f"  {each.name}: {{id: {each.id}}}\n" for each in companies))
    for each in companies[:2]:
        template = each.template_id("Template: People Manager")
        user = f"jonas.weber@{each.domain}"
        text = f"name: Driver\ntemplate_id: {template}\nremote_user_id: {user}\nopenings: 1\n"
        repo.write(f"{each.name}/driver", text)
    (repo.path / "jobs" / companies[2].name).write_text("no folder")
    for command in (("validate",), ("plan",), ("apply", "--all", "--yes"), ("connectors",)):
        document = repo.run(*command, "--format", "json").json
        fits(command[0], document)
    repo.run("plan", "--out", "plan.json")
    fits("plan", json.loads((repo.path / "plan.json").read_text()))
    fits(
        "report",
        repo.run("report", "plan.json", "--expect", f"{companies[0].name},missing", "--format", "json").json,
    )
    fits("connectors", repo.run("connectors", "--matrix", "2", "--format", "json").json)


@pytest.mark.parametrize("kind", ["plan", "validate"])
def test_a_key_more_less_or_of_another_type_is_refused(checked, kind):
    checked.repo.write("a", "nme: x\n")
    document = checked(kind)
    validator = Draft202012Validator(document_schema(kind))
    for key in document:
        assert not validator.is_valid({each: document[each] for each in document if each != key}), key
        assert not validator.is_valid(document | {key: 7}), key
    assert not validator.is_valid(document | {"more": 1})
    for change in ({"line": 0}, {"severity": "fatal"}, {"more": 1}):
        spoilt = copy.deepcopy(document)
        spoilt["diagnostics"][0] |= change
        assert not validator.is_valid(spoilt), change
