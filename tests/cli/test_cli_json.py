"""One JSON document on standard output, whatever happens, with the contract's keys and types."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime

import pytest
from git_runs import git

from bindbee_sync.sandbox import seed

ENTRY = {
    "address": str,
    "outcome": str,
    "path": str,
    "line": int,
    "payload": dict | None,
    "remote_id": str | None,
    "id": str | None,
    "reason": str | None,
    "changes": list,
}
DIAGNOSTIC = {
    "rule": str,
    "severity": str,
    "message": str,
    "hint": str | None,
    "path": str | None,
    "line": int | None,
    "column": int | None,
    "address": str | None,
    "field": str | None,
}
OUTCOMES = ("create", "in_sync", "drifted", "pending", "uncertain", "vanished", "blocked")


def check(document):
    """Check what every document has."""
    assert document["format_version"] == 1
    assert isinstance(document["tool_version"], str)
    assert datetime.fromisoformat(document["created_at"]).tzinfo
    for finding in document["diagnostics"]:
        assert all(isinstance(finding[key], kind) for key, kind in DIAGNOSTIC.items()), finding
        assert finding["severity"] in {"error", "warning"}


def check_plan(document):
    """Check what every plan has besides."""
    check(document)
    assert set(document["connector"]) == {
        "id",
        "name",
        "customer",
        "origin_id",
        "provider",
        "last_sync",
    }
    assert (document["connector"]["id"], document["connector"]["name"]) == (seed.CONNECTOR_ID, "default")
    assert set(document["summary"]) == {*OUTCOMES, "unmanaged", "unmanaged_closed"}
    addresses = [entry["address"] for entry in document["entries"]]
    assert addresses == sorted(set(addresses))
    for entry in document["entries"]:
        assert all(isinstance(entry[key], kind) for key, kind in ENTRY.items()), entry
        assert (entry["payload"] is None) == (entry["outcome"] != "create")
        assert all(set(change) == {"field", "desired", "actual"} for change in entry["changes"])
    for outcome in OUTCOMES:
        found = [entry["address"] for entry in document["entries"] if entry["outcome"] == outcome]
        assert document["summary"][outcome] == len(found), outcome


def everything(repo, sandbox):
    """Write files of every outcome but one; the vanished one would need a day."""
    repo.job("a/pending", "Pending", "A-1")
    repo.job("b/uncertain", "Uncertain", "B-1")
    sandbox.fault("pass")
    sandbox.fault("lose")
    assert repo.apply().code == 3
    repo.job("z/create", "Create", "Z-1")
    repo.write("y/same", "name: Account Executive\ncode: SAL-115\n")
    repo.write("x/drifted", "name: Something Else\ncode: PRD-111\n")
    repo.write("Broken", "name: [")
    repo.write("b/blocked", "nme: Oops\n")
    (repo.path / "jobs/unreadable.yml").write_bytes(b"\xff\xfe")


def test_a_plan_has_one_entry_a_file_of_the_contracts_shape(repo, sandbox):
    everything(repo, sandbox)
    ran = repo.plan("--unmanaged")
    assert ran.code == 1
    check_plan(ran.json)
    assert ran.outcomes == {
        "Broken": "blocked",
        "a/pending": "pending",
        "b/blocked": "blocked",
        "b/uncertain": "uncertain",
        "unreadable": "blocked",
        "x/drifted": "drifted",
        "y/same": "in_sync",
        "z/create": "create",
    }
    paths = {entry["address"]: entry["path"] for entry in ran.json["entries"]}
    assert (paths["Broken"], paths["unreadable"]) == ("jobs/Broken.yaml", "jobs/unreadable.yml")
    assert (
        len(ran.json["unmanaged"])
        == ran.json["summary"]["unmanaged"] + ran.json["summary"]["unmanaged_closed"]
    )
    assert "unmanaged" not in repo.plan().json


def test_the_same_inputs_give_the_same_document(repo, sandbox):
    everything(repo, sandbox)
    one, two = (repo.plan("--unmanaged").json | {"created_at": None} for _ in range(2))
    assert one == two


def test_apply_adds_a_result_to_the_entries_it_dealt_with(repo, sandbox):
    repo.job("a/one", "One", "A-1")
    repo.write("b/same", "name: Account Executive\ncode: SAL-115\n")
    ran = repo.apply()
    check_plan(ran.json)
    made, same = ran.json["entries"]
    assert made["result"] == "created"
    assert made["id"]
    assert made["remote_id"]
    assert "result" not in same


def test_a_refused_apply_still_shows_its_plan_and_says_why(repo, sandbox):
    everything(repo, sandbox)
    ran = repo.apply()
    assert ran.code == 1
    check_plan(ran.json)
    assert re.search(r"fix \d+ errors? first", ran.json["error"]["message"])
    assert not any("result" in entry for entry in ran.json["entries"])


def test_an_apply_that_could_not_ask_says_so(repo, sandbox):
    repo.job("a/one", "One", "A-1")
    ran = repo.run("apply", "--format", "json")
    assert ran.code == 1
    check_plan(ran.json)
    assert "--yes" in ran.json["error"]["message"]
    assert not sandbox.creates()


def test_validate_has_diagnostics_alone(repo):
    repo.write("sales/broken", "name: Lead\nopenings: none\nnme: Lead\n")
    ran = repo.run("validate", "--format", "json")
    assert ran.code == 1
    check(ran.json)
    assert set(ran.json) == {"format_version", "tool_version", "created_at", "diagnostics"}
    assert ("schema/type", 2, 11) in ran.rules
    assert ("schema/unknown-field", 3, 1) in ran.rules


def no_token(repo, sandbox, monkeypatch):
    monkeypatch.delenv("BINDBEE_API_KEY")


def bad_config(repo, sandbox, monkeypatch):
    repo.config("provider: [\n")


def no_such_jobs(repo, sandbox, monkeypatch):
    repo.config("jobs: nowhere\n")


def nothing_listens(repo, sandbox, monkeypatch):
    monkeypatch.setenv("BINDBEE_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("bindbee_sync.bindbee.http.MAX_ATTEMPTS", 1)


def error_page(repo, sandbox, monkeypatch):
    sandbox.fault(on="get", status=403, html="<html><h1>Blocked by the firewall</h1></html>")


def not_json(repo, sandbox, monkeypatch):
    sandbox.fault(on="get", status=200, text="hello")


def wrong_token(repo, sandbox, monkeypatch):
    monkeypatch.setenv("BINDBEE_CONNECTOR_TOKEN", "sandbox-connector-token-of-nobody")


def wrong_provider(repo, sandbox, monkeypatch):
    repo.config("provider: lever\n")


def damaged_ledger(repo, sandbox, monkeypatch):
    repo.apply()
    repo.ledger.write_bytes(repo.ledger.read_bytes().replace(b"intent", b"intend"))


def ledger_folder(repo, sandbox, monkeypatch):
    repo.ledger.mkdir(parents=True)


def unreadable_ledger(repo, sandbox, monkeypatch):
    repo.ledger.parent.mkdir()
    repo.ledger.symlink_to(repo.ledger)


TROUBLES = [
    no_token,
    bad_config,
    no_such_jobs,
    nothing_listens,
    error_page,
    not_json,
    wrong_token,
    wrong_provider,
    damaged_ledger,
    ledger_folder,
    unreadable_ledger,
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
@pytest.mark.parametrize("arguments", [["plan"], ["apply", "--yes"]], ids=" ".join)
def test_a_failure_is_one_document_with_its_error(repo, sandbox, monkeypatch, trouble, arguments):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    trouble(repo, sandbox, monkeypatch)
    before = len(sandbox.creates())
    ran = repo.run(*arguments, "--format", "json")
    assert ran.code == 1
    check(ran.json)
    assert set(ran.json["error"]) == {"message", "hint"}
    assert ran.json["error"]["message"]
    assert ran.json["error"]["hint"]
    assert "Error:" in ran.err
    assert "Traceback" not in ran.err
    assert len(sandbox.creates()) == before


def test_a_locked_ledger_is_an_error_that_names_its_holder(repo, sandbox):
    from bindbee_sync.ledger.file_store import FileStore

    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    with FileStore(repo.ledger).writing():
        ran = repo.apply()
        assert repo.plan().code == 0
    assert ran.code == 1
    assert f"process {os.getpid()}" in ran.json["error"]["message"]
    assert not sandbox.creates()


def test_errors_name_paths_from_the_repository_on(repo, monkeypatch):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.ledger.parent.mkdir()
    repo.ledger.write_text("no ledger\n")
    assert repo.plan().json["error"]["message"].startswith(".bindbee-sync/ledger:1: ")
    monkeypatch.setenv("CI", "true")
    assert repo.apply().json["error"]["message"].startswith(".bindbee-sync/ledger: ")
    (repo.path / "jobs").rename(repo.path / "elsewhere")
    assert repo.plan().json["error"]["message"].startswith("jobs: ")


def test_ledger_commands_answer_in_json(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.apply()
    listed = repo.run("ledger", "list", "--format", "json").json
    assert [record["state"] for record in listed["records"]] == ["pending"]
    shown = repo.run("ledger", "show", "sales/lead", "--format", "json").json
    assert [event["event"] for event in shown["events"]] == ["intent", "outcome"]
    assert repo.run("ledger", "release", "sales/lead", "--format", "json").json["error"]["message"]
    sandbox.sync()
    repo.apply()
    released = repo.run("ledger", "release", "sales/lead", "--format", "json").json
    assert [record["state"] for record in released["records"]] == ["released"]
    failed = repo.run("ledger", "show", "sales/unknown", "--format", "json")
    assert (failed.code, set(failed.json["error"])) == (1, {"message", "hint"})


def test_ledger_init_answers_in_json(repo, tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(repo.path, "init", "--quiet")
    git(repo.path, "remote", "add", "origin", tmp_path / "remote")
    as_file = repo.run("ledger", "init", "--format", "json")
    assert (as_file.code, set(as_file.json["error"])) == (1, {"message", "hint"})
    monkeypatch.setenv("BINDBEE_LEDGER", "git+origin#jobs-ledger")
    for made in (True, False):
        ran = repo.run("ledger", "init", "--format", "json")
        assert (ran.json["ledger"], ran.json["made"]) == ("git+origin#jobs-ledger", made)
        assert ran.code == 0


def test_a_confidential_job_shows_its_id_and_status_only(repo, sandbox):
    secret = {"name": "Chief Replacement Officer", "requisition_id": "TOP-SECRET-7"}
    job = sandbox.add_job(**secret, confidential=True)
    sandbox.sync()
    repo.write("sales/claims", f"name: Some Leader\nsync: {{id: {job['bindbee_id']}}}\n")
    repo.write(
        "sales/closed", f"name: Some Other\ncode: X-1\nsync: {{distinct_from: [{job['bindbee_id']}]}}\n"
    )
    runs = [
        repo.plan("--unmanaged"),
        repo.run("plan", "--unmanaged"),
        repo.run("apply", "--yes", "--target", "sales/claims"),
        repo.apply("--target", "sales/claims"),
    ]
    (repo.path / "jobs/sales/claims.yaml").unlink()
    runs += [repo.plan("--unmanaged"), repo.run("plan", "--unmanaged")]
    repo.write("sales/other", f"name: A Third\nsync: {{remote_id: '{job['id']}'}}\n")
    repo.write("sales/another", f"name: A Fourth\nsync: {{id: {job['bindbee_id']}}}\n")
    runs += [repo.plan(), repo.run("plan")]
    runs += [repo.run("ledger", "list"), repo.run("ledger", "show", "*")]
    for ran in runs:
        assert not any(word in ran.out + ran.err for word in secret.values())
    assert not any(word.encode() in repo.ledger.read_bytes() for word in secret.values())
    shown = [each for each in runs[4].json["unmanaged"] if each["id"] == job["bindbee_id"]]
    assert shown == [{"id": job["bindbee_id"], "status": "OPEN", "confidential": True}]
    assert "(confidential)" in runs[5].out
    assert {rule for rule, _, _ in runs[6].rules} >= {"identity/duplicate-target"}


def test_text_in_json_is_ascii(repo):
    repo.job("sales/\u202elead", "Vertriebs\u200bleiter \x1b[31m\u202e", "L\u00e9-1")
    ran = repo.plan()
    assert ran.out.isascii()
    assert json.loads(ran.out)["entries"][0]["address"] == "sales/\u202elead"
