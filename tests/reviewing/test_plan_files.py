"""`plan --out FILE` and `apply FILE`: exactly what was reviewed, or nothing."""

from __future__ import annotations

import json
import os
from hashlib import sha256

import pytest
from git_runs import git

from bindbee_sync.errors import ToolError
from bindbee_sync.reviewing.plan_file import read_plan_file, sealed

PLAN = "plan.json"


@pytest.fixture
def reviewed(repo):
    """Two jobs to create, and the plan file that a reviewer has seen."""
    repo.config("provider: greenhouse\n")
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.job("sales/rep", "Field Sales Rep", "REP-1")
    assert repo.plan("--out", PLAN).code == 0
    return repo


def refused(repo, sandbox, *arguments):
    """Run an apply that has to send nothing, and return its findings' rules and messages."""
    ran = repo.run("apply", "--format", "json", *(arguments or (PLAN,)))
    assert ran.code == 1
    assert sandbox.creates() == []
    return [(each["rule"], each["address"], each["message"]) for each in ran.json["diagnostics"]]


def seal(document):
    """Seal a document anew, as who forges one could."""
    held = {key: value for key, value in document["plan_file"].items() if key != "checksum"}
    content = json.dumps(document | {"plan_file": held}, separators=(",", ":"))
    return document | {"plan_file": held | {"checksum": f"sha256:{sha256(content.encode()).hexdigest()}"}}


def rewrite(repo, change, *, sealed=False):
    path = repo.path / PLAN
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(seal(document) if sealed else document, indent=2))


def test_the_file_is_the_plans_json_with_a_seal(reviewed):
    shown = reviewed.plan().json
    held = json.loads((reviewed.path / PLAN).read_text())
    assert set(held.pop("plan_file")) == {"id", "checksum", "scope"}
    assert held | {"created_at": 0} == shown | {"created_at": 0}


def test_it_holds_no_secret_and_its_folder_no_rest(reviewed, sandbox):
    text = (reviewed.path / PLAN).read_text()
    assert sandbox.api_key not in text
    assert sandbox.connector_token not in text
    assert [path.name for path in reviewed.path.glob(f"*{PLAN}*")] == [PLAN]


def test_apply_sends_the_payloads_of_the_file_unasked(reviewed, sandbox):
    held = json.loads((reviewed.path / PLAN).read_text())
    ran = reviewed.run("apply", PLAN)
    assert ran.code == 0
    payloads = [entry["payload"] for entry in held["entries"]]
    assert sandbox.create_texts() == [
        json.dumps(payload, ensure_ascii=False, separators=(",", ":")) for payload in payloads
    ]


def test_what_does_not_change_the_creates_does_not_matter(reviewed, sandbox):
    path = reviewed.path / "jobs/sales/lead.yaml"
    path.write_text(f"# approved by Jonas\n{path.read_text()}")
    reviewed.write("sales/drifting", "name: Something Else\ncode: PRD-111\n")
    sandbox.add_job(name="Made by hand")
    sandbox.sync()
    assert reviewed.run("apply", "--format", "json", PLAN).results == {
        "sales/drifting": None,
        "sales/lead": "created",
        "sales/rep": "created",
    }


def test_white_space_in_the_file_does_not_matter(reviewed, sandbox):
    document = json.loads((reviewed.path / PLAN).read_text())
    (reviewed.path / PLAN).write_text(json.dumps(document, indent=7).replace("\n", "\r\n"))
    assert reviewed.run("apply", PLAN).code == 0
    assert len(sandbox.creates()) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["entries"][0]["payload"].update(openings=5),
        lambda plan: plan["entries"].pop(),
        lambda plan: plan["connector"].update(id="another"),
        lambda plan: plan["plan_file"].update(id="another"),
        lambda plan: plan["plan_file"].update(scope=[]),
        lambda plan: plan["plan_file"].pop("checksum"),
        lambda plan: plan["entries"][0].update(payload=dict(reversed(plan["entries"][0]["payload"].items()))),
        lambda plan: plan["summary"].update(create=0),
    ],
)
def test_an_altered_file_is_refused(reviewed, sandbox, change):
    rewrite(reviewed, change)
    for arguments in ([PLAN], ["--yes", "--reviewed", PLAN]):
        ran = reviewed.run("apply", "--format", "json", *arguments)
        assert ran.code == 1
        assert "altered" in ran.json["error"]["message"]
        assert PLAN in ran.json["error"]["message"]
    assert sandbox.creates() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not a plan file"),
        ("[" * 100_000, "not a plan file"),
        ("[]", "not a plan file"),
        ('{"plan_file": 1}', "not a plan file"),
        ('{"a": 1, "a": 2}', "not a plan file"),
        ('{"a": NaN}', "not a plan file"),
        (b"\xff\xfe\x00", "not a plan file"),
        ('{"format_version": 2, "plan_file": {}}', "another format"),
        ('{"format_version": true, "plan_file": {}}', "another format"),
        ('{"format_version": 1, "plan_file": {}}', "altered"),
    ],
)
def test_what_is_no_plan_file_is_refused(reviewed, sandbox, content, words):
    (reviewed.path / PLAN).write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = reviewed.run("apply", PLAN)
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert sandbox.creates() == []


def test_a_plan_on_standard_output_is_no_plan_file(reviewed, sandbox):
    (reviewed.path / PLAN).write_text(reviewed.plan().out)
    assert "plan --out" in reviewed.run("apply", PLAN).err
    assert "can't be read" in reviewed.run("apply", "missing.json").err
    assert sandbox.creates() == []


def test_a_forged_payload_is_refused_by_what_it_means(reviewed, sandbox):
    rewrite(reviewed, lambda plan: plan["entries"][0]["payload"].update(openings=True), sealed=True)
    assert refused(reviewed, sandbox) == [
        ("plan/changed", "sales/lead", "openings was reviewed as yes, is now 1")
    ]


def test_fields_in_another_order_are_other_bytes_and_refused(reviewed, sandbox):
    rewrite(
        reviewed,
        lambda plan: plan["entries"][0].update(payload=dict(reversed(plan["entries"][0]["payload"].items()))),
        sealed=True,
    )
    found = refused(reviewed, sandbox)
    assert [(rule, address) for rule, address, _ in found] == [("plan/changed", "sales/lead")]
    assert "another order" in found[0][2]


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", float("inf")])
def test_a_forged_value_that_no_request_can_carry_is_refused(reviewed, sandbox, value):
    rewrite(reviewed, lambda plan: plan["entries"][0]["payload"].update(name=value), sealed=True)
    path = reviewed.path / PLAN
    path.write_text(path.read_text().replace("Infinity", "1e999"))
    for arguments in ([PLAN], ["--yes", "--reviewed", PLAN]):
        ran = reviewed.run("apply", "--format", "json", *arguments)
        assert ran.code == 1
        assert ran.json["error"]["message"].startswith(
            (f"{PLAN}: The plan file was altered", f"{PLAN}: This is not")
        )
    assert sandbox.creates() == []


def test_a_changed_job_is_refused_field_by_field(reviewed, sandbox):
    path = reviewed.path / "jobs/sales/lead.yaml"
    path.write_text(
        path.read_text().replace("openings: 1", "openings: 2").replace("Berlin", "London, Berlin")
    )
    found = refused(reviewed, sandbox)
    assert found == [
        (
            "plan/changed",
            "sales/lead",
            "offices was reviewed as [Berlin], is now [London, Berlin]; openings was reviewed as 1, is now 2",
        )
    ]
    ran = reviewed.run("apply", "--format", "json", PLAN)
    assert ran.rules == {("plan/changed", 4, 10)}
    assert ran.outcomes == {"sales/lead": "blocked", "sales/rep": "create"}


def test_jobs_that_came_went_or_exist_meanwhile_are_refused_each(reviewed, sandbox):
    reviewed.job("sales/new", "New Role", "NEW-1")
    (reviewed.path / "jobs/sales/lead.yaml").unlink()
    sandbox.add_job(name="Field Sales Rep", requisition_id="REP-1")
    sandbox.sync()
    found = {
        address: message for rule, address, message in refused(reviewed, sandbox) if rule == "plan/changed"
    }
    assert found["sales/lead"] == "sales/lead was reviewed as a create, and now has no job file"
    assert found["sales/new"] == "It was not reviewed as a create, and would now be created"
    assert found["sales/rep"] in {
        "It was reviewed as a create, and is now drifted",
        "It was reviewed as a create, and is now in sync",
    }


def test_a_rule_set_that_finds_an_error_now_is_refused(reviewed, sandbox):
    path = reviewed.path / "jobs/sales/lead.yaml"
    path.write_text(path.read_text().replace("openings: 1", "openings: 101"))
    assert reviewed.plan("--out", PLAN).code == 0
    reviewed.config("rules: {greenhouse/openings-high: error}\n")
    assert [rule for rule, _, _ in refused(reviewed, sandbox)] == ["plan/changed", "greenhouse/openings-high"]


def test_a_file_of_another_connector_is_refused(reviewed, sandbox):
    rewrite(reviewed, lambda plan: plan["connector"].update(id="another"), sealed=True)
    assert [rule for rule, _, _ in refused(reviewed, sandbox)] == ["plan/other-connector"]
    asked = refused(reviewed, sandbox, "--yes", "--reviewed", PLAN)
    assert [rule for rule, _, _ in asked] == ["plan/other-connector"]


def test_a_plan_of_some_jobs_creates_those(reviewed):
    reviewed.plan("--target", "sales/l*", "--out", PLAN)
    reviewed.job("sales/later", "Later Role", "LATER-1")
    ran = reviewed.run("apply", "--format", "json", PLAN)
    assert ran.results == {"sales/lead": "created"}


def test_a_file_is_applied_once(reviewed, sandbox):
    assert reviewed.run("apply", PLAN).code == 0
    ran = reviewed.run("apply", "--format", "json", PLAN)
    assert ran.code == 1
    (found,) = ran.json["diagnostics"]
    assert found["rule"] == "plan/applied-before"
    assert "2 of its 2 jobs created" in found["message"]
    assert len(sandbox.creates()) == 2


def test_a_file_whose_jobs_were_released_since_is_still_applied(reviewed, sandbox):
    reviewed.run("apply", PLAN)
    sandbox.sync()
    assert reviewed.apply().code == 0
    for job in sandbox.source_jobs():
        if job["requisition_id"] in {"LEAD-1", "REP-1"}:
            sandbox.delete_job(job["id"])
    sandbox.sync()
    assert reviewed.run("ledger", "release", "sales/*").code == 0
    assert list(reviewed.plan().outcomes.values()) == ["create", "create"]
    assert [each["rule"] for each in reviewed.run("apply", "--format", "json", PLAN).json["diagnostics"]] == [
        "plan/applied-before"
    ]


def test_an_apply_that_stopped_half_way_says_what_it_made_and_how_to_go_on(reviewed, sandbox):
    sandbox.fault(status=502, html="Bad gateway")
    assert reviewed.run("apply", PLAN).code == 3
    (found,) = reviewed.run("apply", "--format", "json", PLAN).json["diagnostics"]
    assert found["rule"] == "plan/applied-before"
    assert "1 of its 2 jobs created, 1 uncertain" in found["message"]
    assert "apply --reviewed" in found["hint"]


def test_a_file_under_which_nothing_was_made_or_refused_may_be_applied(reviewed, sandbox):
    sandbox.fault(status=429, headers={"Retry-After": "9"})
    ran = reviewed.run("apply", "--format", "json", "--wait-timeout", "1", PLAN)
    assert ran.results == {"sales/lead": "not_tried", "sales/rep": "not_tried"}
    sandbox.reset()
    assert reviewed.run("apply", PLAN).code == 0
    assert len(sandbox.creates()) == 2


def test_the_git_ledger_knows_too(reviewed, sandbox, tmp_path):
    remote = tmp_path / "ledger.git"
    git(tmp_path, "init", "--quiet", "--bare", remote)
    (reviewed.path / ".git").rmdir()
    git(reviewed.path, "init", "--quiet")
    git(reviewed.path, "remote", "add", "origin", remote)
    reviewed.config("ledger: git+origin#bindbee-sync-ledger\n")
    assert reviewed.run("ledger", "init").code == 0
    assert reviewed.run("apply", PLAN).code == 0
    again = reviewed.run("apply", "--format", "json", PLAN)
    assert [each["rule"] for each in again.json["diagnostics"]] == ["plan/applied-before"]
    assert len(sandbox.creates()) == 2


def test_a_plan_file_stands_alone_on_the_command_line(reviewed):
    assert reviewed.run("apply", PLAN, "--target", "sales/lead").code == 64
    assert reviewed.run("apply", PLAN, "--reviewed", PLAN).code == 64


@pytest.mark.parametrize("where", ["missing/plan.json", ".", "/dev/null"])
def test_a_place_that_takes_no_file_is_named(reviewed, where):
    ran = reviewed.run("plan", "--out", where)
    assert ran.code == 1
    assert f"{where}: The plan file can't be written" in ran.err


def test_a_link_is_replaced_and_never_written_through(reviewed):
    (reviewed.path / "old.json").write_text("old")
    (reviewed.path / "link.json").symlink_to("old.json")
    assert reviewed.plan("--out", "link.json").code == 0
    assert not (reviewed.path / "link.json").is_symlink()
    assert json.loads((reviewed.path / "link.json").read_text())["plan_file"]
    assert (reviewed.path / "old.json").read_text() == "old"


@pytest.mark.parametrize("content", ["[" * 900 + "]" * 900, '{"plan_file": ' + "[" * 900 + "]" * 900 + "}"])
def test_a_plan_file_nested_deeply_is_an_error(tmp_path, content):
    path = tmp_path / "plan.json"
    path.write_text(content)
    with pytest.raises(ToolError):
        read_plan_file(path)


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "0001-01-01T00:00:00", "soon"])
def test_a_plan_file_with_a_time_without_zone_is_an_error(tmp_path, time):
    document = {"format_version": 1, "created_at": time, "connector": {"id": "c"}, "entries": []}
    path = tmp_path / "timeless.json"
    path.write_text(json.dumps(sealed(document, None)))
    with pytest.raises(ToolError, match="altered"):
        read_plan_file(path)


def test_a_pipe_is_no_plan_file(tmp_path):
    os.mkfifo(tmp_path / "plan.json")
    with pytest.raises(ToolError, match="not a plan file"):
        read_plan_file(tmp_path / "plan.json")
