"""A team's own rules wherever a rule is: validate, plan, apply, reports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bindbee_sync.extras import install_hint
from bindbee_sync.policies import policy
from bindbee_sync.sandbox import seed

PAY = """\
id: policy/pay-range
when: offices.exists(o, o in ["Berlin", "New York"])
require: description.matches("[0-9][0-9.,]* *(-|to) *[0-9]")
message: "A job in {offices} needs a pay range in its description"
hint: "Write e.g. 70,000 - 85,000 EUR."
field: description
"""
READERS = ("bindbee_sync.policies.reading", "bindbee_sync.policies.expression")


@pytest.fixture
def own(repo):
    """Write a policy file."""

    def write(text=PAY, name="pay-range"):
        folder = repo.path / "policies"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    return write


def findings(ran, rule):
    return [each for each in ran.json["diagnostics"] if each["rule"] == rule]


def test_a_new_job_that_breaks_a_rule_is_not_created(repo, own):
    own()
    repo.job("driver", "Driver")
    for ran in (repo.run("validate", "--format", "json"), repo.plan(), repo.apply()):
        assert ran.code == 1
        (found,) = findings(ran, "policy/pay-range")
        assert found["message"] == "A job in Berlin needs a pay range in its description"
        assert found["hint"] == "Write e.g. 70,000 - 85,000 EUR."
        assert (found["path"], found["line"], found["column"]) == ("jobs/driver.yaml", 1, 1)
        assert (found["address"], found["field"], found["severity"]) == ("driver", "description", "error")
    assert repo.plan().outcomes == {"driver": "blocked"}


def test_the_finding_is_at_the_fields_value(repo, own):
    own()
    repo.write("driver", "name: Driver\noffices: [Berlin]\ndescription: Good pay\n")
    (found,) = findings(repo.run("validate", "--format", "json"), "policy/pay-range")
    assert (found["line"], found["column"]) == (3, 14)


def test_a_job_that_keeps_it_is_created(repo, own):
    own()
    file = repo.job("driver", "Driver")
    file.write_text(file.read_text() + "description: 30,000 - 35,000 EUR\n")
    applied = repo.apply()
    assert applied.code == 0
    assert applied.results == {"driver": "created"}


def test_references_are_names_in_a_plan_whatever_the_file_writes(repo, own):
    berlin = seed.office_id("Berlin")
    own()
    file = repo.job("driver", "Driver")
    file.write_text(file.read_text().replace("Berlin", berlin))
    offline = repo.run("validate", "--format", "json")
    assert findings(offline, "policy/pay-range") == []
    assert "policy/pay-range needs what only Bindbee knows of 1 job" in offline.err
    (found,) = findings(repo.plan(), "policy/pay-range")
    assert "in Berlin" in found["message"]


def test_people_are_emails_in_a_plan(repo, own):
    own('id: policy/who\nrequire: remote_user_id.endsWith("halden-robotics.example")\nmessage: No\n')
    file = repo.job("driver", "Driver")
    file.write_text(file.read_text().replace("jonas.weber@halden-robotics.example", "Jonas Weber"))
    assert findings(repo.plan(), "policy/who") == []


def test_what_only_bindbee_knows_is_reported_offline(repo, own):
    own('id: policy/customer\nrequire: customer == "x"\nmessage: "Not {customer}"\n')
    repo.job("driver", "Driver")
    assert "policy/customer needs what only Bindbee knows" in repo.run("validate").err
    assert findings(repo.plan(), "policy/customer")[0]["message"] == "Not Halden Robotics"


def test_severities_come_from_the_file_and_the_config(repo, own):
    own(PAY + "severity: warning\n")
    repo.job("driver", "Driver")
    assert repo.run("validate").code == 0
    repo.config("rules:\n  policy/pay-range: error\n")
    assert repo.run("validate").code == 1
    repo.config('rules:\n  policy/pay-range: "off"\n')
    assert findings(repo.plan(), "policy/pay-range") == []


def test_severities_are_a_connectors_own(repo, own):
    own()
    repo.config(
        "connectors:\n  acme:\n    id: 018b4bfb-5ece-70b1-ad5e-862a9433aa65\n  globex:\n    origin_id: g\n"
        '    rules: {policy/pay-range: "off"}\n'
    )
    for name in ("acme", "globex"):
        repo.write(f"{name}/driver", "name: Driver\noffices: [Berlin]\n")
    found = findings(repo.run("validate", "--format", "json"), "policy/pay-range")
    assert [each["path"] for each in found] == ["jobs/acme/driver.yaml"]


def test_a_severity_for_a_rule_that_does_not_exist_is_an_error_at_its_line(repo, own):
    own()
    repo.config("rules:\n  policy/pay-rang: warning\n")
    (found,) = findings(repo.run("validate", "--format", "json"), "policy/invalid")
    assert (found["path"], found["line"], found["column"]) == ("bindbee-sync.yaml", 3, 3)
    assert found["hint"] == "Did you mean 'policy/pay-range'?"


@pytest.mark.parametrize("rule", ["policy/invalid", "policy/failed", "policy/budget"])
def test_the_rules_about_rules_can_not_be_lowered(repo, own, rule):
    own()
    repo.config(f"rules:\n  {rule}: warning\n")
    assert "can't be lowered" in repo.run("validate").err


@pytest.mark.parametrize("arguments", [(), ("--target", "other")])
def test_a_broken_policy_stops_every_apply(repo, own, arguments):
    own(PAY.replace("offices.exists", "ofices.exists"))
    repo.job("driver", "Driver")
    repo.job("other", "Other")
    for ran in (repo.plan(*arguments), repo.apply(*arguments)):
        assert ran.code == 1
        (found,) = findings(ran, "policy/invalid")
        assert (found["path"], found["line"], found["column"]) == ("policies/pay-range.yaml", 2, 7)
        assert not any(ran.results.values())


def test_a_rule_without_an_answer_is_an_error_on_the_job(repo, own):
    own("id: policy/half\nseverity: warning\nrequire: 1 / (openings - 1) > 0\nmessage: No\nfield: openings\n")
    repo.job("driver", "Driver")
    ran = repo.plan()
    (found,) = findings(ran, "policy/failed")
    assert (found["path"], found["line"], found["column"]) == ("jobs/driver.yaml", 6, 11)
    assert ran.outcomes == {"driver": "blocked"}
    assert "divide by zero" in found["message"]


def test_the_budget_is_an_error_that_names_rule_and_job(repo, own, monkeypatch):
    monkeypatch.setattr(policy, "BUDGET_SECONDS", 0.0)
    own()
    for number in range(200):
        repo.job(f"job-{number}", f"Job {number}")
    ran = repo.plan()
    assert ran.code == 1
    (found,) = findings(ran, "policy/budget")
    assert (found["path"], found["line"]) == ("policies/pay-range.yaml", 3)
    assert "policy/pay-range was at job-" in found["message"]


def test_an_error_in_a_field_is_not_reported_twice(repo, own):
    own("id: policy/few\nrequire: has_openings\nmessage: No\nfield: openings\n")
    repo.write("driver", "name: Driver\nopenings: many\n")
    assert findings(repo.run("validate", "--format", "json"), "policy/few") == []


def test_findings_are_annotations(repo, own, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    own()
    repo.write("driver", "name: Driver\noffices: [Berlin]\ndescription: Good pay\n")
    err = repo.run("validate").err
    assert "::error file=jobs/driver.yaml,line=3,col=14" in err
    assert "policy/pay-range" in err


def test_a_folder_that_the_config_names_has_to_be_there(repo):
    repo.config("policies: own-rules\n")
    repo.job("driver", "Driver")
    ran = repo.run("validate")
    assert ran.code == 1
    assert "can't be read" in ran.err


@pytest.mark.parametrize("folder", ["../elsewhere", "/etc"])
def test_the_folder_stays_in_the_repository(repo, folder):
    repo.config(f"policies: {folder}\n")
    assert "leads out of the repository" in repo.run("validate").err


def test_a_linked_folder_stays_in_the_repository(repo, tmp_path):
    (tmp_path / "out").mkdir()
    (repo.path / "policies").symlink_to(tmp_path / "out")
    repo.job("driver", "Driver")
    assert "leads out of the repository" in repo.run("validate").err


def test_without_the_extra_a_policy_is_an_error_with_the_command_that_helps(repo, own, monkeypatch):
    own()
    repo.job("driver", "Driver")
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    for name in [
        name
        for name in sys.modules
        if name in ("bindbee_sync.policies.reading", "bindbee_sync.policies.expression")
    ]:
        monkeypatch.delitem(sys.modules, name)
    for ran in (repo.run("validate", "--format", "json"), repo.plan(), repo.apply()):
        assert ran.code == 1
        assert "not installed" in ran.json["error"]["message"]
        assert ran.json["error"]["hint"] == install_hint("policies")


def test_without_a_policy_nothing_is_imported(repo):
    repo.job("driver", "Driver")
    program = (
        "import sys; from bindbee_sync.cli.app import run; code = run(['validate']); "
        f"print(sorted(m for m in sys.modules if m in {READERS} or m.startswith('cel_'))); sys.exit(code)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().endswith("[]")
