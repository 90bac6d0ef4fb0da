"""`doctor` on the repository: its workflows, its history, the rules of the ledger's branch."""

from __future__ import annotations

import re
import subprocess

import pytest

WORKFLOWS = ".github/workflows"
COMMIT = "8f1d2c3b4a5968778695a4b3c2d1e0f112233445"
OTHER = "a1" * 20


@pytest.fixture
def doctor(repo):
    def run(**workflows):
        for name, text in workflows.items():
            (repo.path / WORKFLOWS).mkdir(parents=True, exist_ok=True)
            (repo.path / WORKFLOWS / f"{name}.yml").write_text(text)
        checks = repo.run("doctor", "--format", "json").json["checks"]
        return [each for each in checks if each["name"] in {"workflows", "history", "branch rules"}]

    repo.config("provider: greenhouse\n")
    return run


def workflow(reference):
    return f"env: {{BINDBEE_API_KEY: x}}\njobs:\n  plan:\n    steps:\n      - uses: {reference}\n"


@pytest.mark.parametrize(
    ("reference", "status", "said"),
    [
        (f"acme/bindbee-sync@{'0' * 40} # v0.1.0", "problem", "placeholder"),
        ("acme/bindbee-sync", "problem", "placeholder"),
        ("./", "problem", "no action in ./"),
        ("./.github/actions/none", "problem", "no action in ./.github/actions/none"),
        ("acme/bindbee-sync@v1", "warning", "acme/bindbee-sync@v1 is not pinned"),
        ("'actions/checkout@main'", "warning", "actions/checkout@main is not pinned"),
        (f"acme/bindbee-sync@{OTHER}", "ok", "every action is pinned"),
        ("docker://alpine:3", "ok", "every action is pinned"),
    ],
)
def test_a_reference_that_can_not_work_or_is_not_pinned_is_reported(doctor, reference, status, said):
    (check,) = doctor(plan=workflow(reference))
    assert (check["status"], said in check["message"]) == (status, True)
    assert (status == "ok") == (check["hint"] is None)
    assert (status == "ok") == (f"{WORKFLOWS}/plan.yml:5: " not in check["message"])


def test_an_action_of_the_repository_itself_is_found(doctor, repo):
    (repo.path / "action.yml").write_text("name: ours\n")
    (check,) = doctor(plan=workflow("./"))
    assert check["status"] == "ok"


def test_a_released_package_reports_another_version(doctor, tmp_path, monkeypatch):
    (tmp_path / "reference").write_text(f"acme/bindbee-sync@{COMMIT} # v0.2.0\n")
    monkeypatch.setattr("bindbee_sync.scaffold.action._WRITTEN_AT_RELEASE", tmp_path / "reference")
    (check,) = doctor(plan=workflow(f"acme/bindbee-sync@{OTHER} # v0.1.0"))
    assert check["status"] == "warning"
    (remedy,) = re.findall("`uses: (.*)`", check["hint"])
    (check,) = doctor(plan=workflow(remedy))
    assert check["status"] == "ok"


def test_workflows_that_have_nothing_to_do_with_it_are_left_alone(doctor):
    assert doctor(other="jobs: {a: {steps: [\n- uses: actions/checkout@v1\n]}}\n") == []


def test_a_link_to_a_device_is_not_read(doctor, repo):
    (repo.path / WORKFLOWS).mkdir(parents=True)
    (repo.path / WORKFLOWS / "endless.yml").symlink_to("/dev/zero")
    assert doctor() == []


def test_a_shallow_clone_is_reported_and_the_remedy_cures(doctor, repo, tmp_path):
    def git(folder, *arguments):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)

    (repo.path / ".git").rmdir()
    git(tmp_path, "init", "--quiet", "-b", "main", "full")
    for message in ("one", "two"):
        who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        git(tmp_path / "full", *who, "commit", "--quiet", "--allow-empty", "-m", message)
    git(repo.path, "init", "--quiet")
    git(repo.path, "remote", "add", "origin", f"file://{tmp_path}/full")
    git(repo.path, "fetch", "--quiet", "--depth=1", "origin", "main")
    (check,) = doctor()
    assert (check["name"], check["status"]) == ("history", "warning")
    git(repo.path, *re.findall("`git (fetch .*?)`", check["hint"])[0].split())
    assert doctor() == []


def test_the_rules_of_the_ledgers_branch_are_said_to_be_unknown(doctor, repo):
    repo.config("ledger: git+origin#bindbee-sync-ledger\n")
    (check,) = doctor()
    assert (check["name"], check["status"]) == ("branch rules", "ok")
    assert "git can't tell whether bindbee-sync-ledger is protected" in check["message"]
    assert "block force pushes" in check["hint"]
