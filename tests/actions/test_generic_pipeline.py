"""The pipeline of examples/generic for any CI, and its steps on Bitbucket and Azure: all run as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from git_runs import git
from workflow_runner import ROOT, load

from bindbee_sync.sandbox import seed

pytestmark = pytest.mark.slow

HERE = ROOT / "examples" / "generic"
BITBUCKET, AZURE = HERE / "bitbucket-pipelines.yml", HERE / "azure-pipelines.yml"
PLAN = "bindbee-sync-plan/plan.json"
COMPANIES = [seed.company(number) for number in (1, 2)]
PYTHON = """\
#!/bin/sh
# Makes an environment of this test's Python, and keeps what pip is asked for.
set -eu
[ "$1 $2" = "-m venv" ]
mkdir -p "$3/bin"
printf '#!/bin/sh\\nexec {python} -m bindbee_sync "$@"\\n' > "$3/bin/bindbee-sync"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" > {folder}/pip\\n' > "$3/bin/pip"
chmod +x "$3"/bin/*
"""


@dataclass
class Checkouts:
    """A repository on a server, and a fresh clone of it for every step, as a CI makes one."""

    repo: object
    folder: Path
    url: str
    secrets: dict
    clones: list = field(default_factory=list)

    def push(self, branch="main"):
        git(self.repo.path, "add", "--all", ":!.bindbee-sync")
        git(self.repo.path, "commit", "--quiet", "--allow-empty", "-m", "a step")
        git(self.repo.path, "push", "--quiet", "origin", f"HEAD:{branch}")
        return git(self.repo.path, "rev-parse", "HEAD")

    def clone(self, commit="origin/main"):
        """Check out a commit in a clone of its own, beside the artifacts that a step before kept."""
        folder = self.folder / f"step-{len(self.clones)}" / "checkout"
        git(self.folder, "clone", "--quiet", "remote.git", str(folder))
        git(folder, "checkout", "--quiet", "--detach", commit)
        self.clones.append(folder)
        return folder

    def run(self, script, folder, **variables):
        """Run a script, and return its exit code; `log` has what it printed."""
        tmp = folder.parent
        python = tmp / "path" / "python3"
        python.parent.mkdir(exist_ok=True)
        python.write_text(PYTHON.format(python=sys.executable, folder=tmp))
        python.chmod(0o755)
        shutil.copy(python, python.with_name("python"))
        tool = python.with_name("bindbee-sync")  # for a script that is run by itself
        tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m bindbee_sync "$@"\n')
        tool.chmod(0o755)
        env = {
            "PATH": f"{python.parent}:{os.environ['PATH']}",
            "HOME": str(tmp),
            "BINDBEE_BASE_URL": self.url,
            "BINDBEE_SYNC_PACKAGE": "https://packages.example/bindbee_sync.whl#sha256=0",
            **self.secrets,
            **variables,
        }
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script.replace("/tmp/bindbee-sync", str(tmp / "made"))],  # noqa: S108 - put elsewhere
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        self.log = done.stdout
        print(done.stdout)  # noqa: T201 - shown where the test fails
        assert not any(secret in done.stdout for secret in self.secrets.values())
        return done.returncode


@pytest.fixture
def begun(repo, tmp_path, own_git_config):
    """Return a function that begins a repository with the scripts, a config, a remote and a ledger on it."""

    def begin(url, config, **secrets):
        (repo.path / ".git").rmdir()
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
        git(repo.path, "init", "--quiet", "--initial-branch=main")
        git(repo.path, "remote", "add", "origin", str(tmp_path / "remote.git"))
        (repo.path / "ci").mkdir()
        for script in HERE.glob("*.sh"):
            shutil.copy(script, repo.path / "ci")
        (repo.path / "jobs/.gitkeep").touch()
        repo.config(config)
        assert repo.run("ledger", "init").code == 0
        made = Checkouts(repo, tmp_path, url, {"BINDBEE_API_KEY": seed.API_KEY, **secrets})
        made.push()
        return made

    return begin


@pytest.fixture
def one(begun, sandbox):
    config = "provider: greenhouse\nledger: git+origin#bindbee-sync-ledger\n"
    return begun(sandbox.url, config, BINDBEE_CONNECTOR_TOKEN=seed.CONNECTOR_TOKEN)


@pytest.fixture
def planned(one, tmp_path):
    """A job that was planned on its branch, and the plan file that was kept."""
    one.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    one.branch = one.push("lead")
    folder = one.clone(one.branch)
    assert one.run("ci/plan.sh main", folder) == 0
    assert "Field Sales Lead" in one.log
    kept = tmp_path / "kept"
    shutil.copytree(folder / "bindbee-sync-plan", kept)
    one.plan = kept / "plan.json"
    assert (kept / "job-openings.html").stat().st_size > 0
    return one


def test_what_was_planned_on_a_branch_is_created_once_after_the_merge(planned, sandbox):
    assert planned.run(f"ci/apply.sh main {planned.plan}", planned.clone()) == 0
    assert sandbox.creates() == [], "it is not merged yet"
    planned.push()
    assert planned.run(f"ci/apply.sh main {planned.plan}", planned.clone()) == 0
    assert [body["name"] for body in sandbox.creates()] == ["Field Sales Lead"]
    assert planned.run(f"ci/apply.sh main {planned.plan.parent}", planned.clone()) == 0
    assert len(sandbox.creates()) == 1


def test_a_job_that_was_changed_after_the_plan_is_refused(planned, sandbox):
    planned.repo.job("sales/lead", "Another Title", "LEAD-1")
    planned.push()
    assert planned.run(f"ci/apply.sh main {planned.plan}", planned.clone()) == 1
    assert "plan/not-reviewed" in planned.log
    assert sandbox.creates() == []


def test_a_run_of_an_old_commit_does_not_create_what_was_removed_since(planned, sandbox):
    old = planned.push()
    (planned.repo.path / "jobs/sales/lead.yaml").unlink()
    planned.push()
    assert planned.run(f"ci/apply.sh main {planned.plan}", planned.clone(old)) == 0
    assert sandbox.creates() == []


@pytest.mark.parametrize("reviewed", [PLAN, "bindbee-sync-plan"])
def test_a_committed_file_is_no_plan_that_was_kept(planned, sandbox, reviewed):
    shutil.copytree(planned.plan.parent, planned.repo.path / "bindbee-sync-plan")
    planned.push()
    assert planned.run(f"ci/apply.sh main {reviewed}", planned.clone()) == 1
    assert "is committed" in planned.log
    assert sandbox.creates() == []


def test_no_committed_file_is_kept_with_the_plan(planned):
    shutil.copytree(planned.plan.parent, planned.repo.path / "bindbee-sync-plan")
    shutil.copy(planned.plan, planned.repo.path / "bindbee-sync-plan/other.json")
    folder = planned.clone(planned.push("lead"))
    assert planned.run("ci/plan.sh main", folder) == 0
    assert {each.name for each in (folder / "bindbee-sync-plan").iterdir()} == {
        "plan.json",
        "job-openings.html",
    }


def test_a_ledger_that_would_be_lost_with_the_machine_is_refused(one, sandbox):
    one.repo.config("provider: greenhouse\n")
    one.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    one.push()
    folder = one.clone()
    assert one.run("ci/plan.sh", folder) == 0
    assert one.run(f"ci/apply.sh main {PLAN}", folder) == 1
    assert "ledger" in one.log
    assert sandbox.creates() == []


def test_a_plan_with_an_error_fails_its_step(one):
    one.repo.write("sales/lead", "nam: x\n")
    assert one.run("ci/plan.sh main", one.clone(one.push("lead"))) == 1
    assert "schema/unknown-field" in one.log


def keep(step, before, after):
    """Hand what a step of Bitbucket's kept over to the one after it."""
    for pattern in step["artifacts"]:
        shutil.copytree(before / Path(pattern).parent, after / Path(pattern).parent, dirs_exist_ok=True)


def test_bitbuckets_pipelines_plan_and_create_once(one, sandbox):
    pipelines = load(BITBUCKET)["pipelines"]
    (pull,) = (each["step"] for each in pipelines["pull-requests"]["**"])
    plan, apply = (each["step"] for each in pipelines["branches"]["main"])
    one.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    folder = one.clone(one.push("lead"))
    assert one.run("\n".join(pull["script"]), folder, BITBUCKET_PR_DESTINATION_BRANCH="main") == 0
    assert "Field Sales Lead" in one.log
    assert "https://packages.example" in (folder.parent / "pip").read_text()

    commit = one.push()
    assert apply["trigger"] == "manual"
    planned = one.clone(commit)
    assert one.run("\n".join(plan["script"]), planned) == 0
    for _ in range(2):
        applied = one.clone(commit)
        keep(plan, planned, applied)
        assert one.run("\n".join(apply["script"]), applied) == 0
    assert len(sandbox.creates()) == 1
    keep(apply, applied, one.clone())


def test_azures_stages_plan_and_create_once(one, sandbox):
    plan, apply = load(AZURE)["stages"]
    assert apply["condition"] == "and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))"
    (planning,), (deployment,) = plan["jobs"], apply["jobs"]
    (deploying,) = deployment["strategy"].values()
    one.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    target = {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}
    assert azure(one, planning["steps"], one.clone(one.push("lead")), **target)
    assert "Field Sales Lead" in one.log

    one.push()
    workspace = azure(one, planning["steps"], one.clone())
    for _ in range(2):
        azure(one, deploying["deploy"]["steps"], one.clone(), PIPELINE_WORKSPACE=str(workspace))
    assert len(sandbox.creates()) == 1


def azure(checkouts, steps, folder, **variables):
    """Run a job's steps, and return the folder with what it published or was given."""
    workspace = Path(variables.get("PIPELINE_WORKSPACE", folder.parent / "workspace"))
    held = checkouts.secrets
    for step in steps:
        if "bash" in step:
            secrets = {
                name: held[re.fullmatch(r"\$\((.+)\)", value)[1]] for name, value in step["env"].items()
            }
            checkouts.secrets = {}
            assert checkouts.run(step["bash"], folder, **variables, **secrets) == 0
            checkouts.secrets = held
        elif "publish" in step:
            shutil.copytree(folder / step["publish"], workspace / step["artifact"], dirs_exist_ok=True)
        elif "download" in step:
            assert (workspace / step["artifact"]).is_dir()
    return workspace


def test_shards_of_many_customers_are_gathered_and_applied(begun, fleet):
    pins = "".join(f"  {each.name}: {{id: {each.id}}}\n" for each in COMPANIES)
    one = begun(fleet.url, f"ledger: git+origin#bindbee-sync-ledgers/{{connector}}\nconnectors:\n{pins}")
    for each in COMPANIES:
        template = f"template_id: {each.template_id('Template: People Manager')}\n"
        user = f"remote_user_id: jonas.weber@{each.domain}\n"
        one.repo.write(f"{each.name}/driver", f"name: Driver\n{template}{user}openings: 1\n")
    one.push()
    (commands,) = re.findall(
        r"^```sh\n(.*?)^```$", (HERE / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    commands = commands.replace("acme,globex", ",".join(each.name for each in COMPANIES))
    *plans, gather = commands.splitlines()
    folder = one.clone()
    (folder / "shards").mkdir()
    assert one.run(plans[0], folder) == 0
    assert one.run(gather, folder) == 1, "a shard is missing"
    assert one.run(plans[1], folder) == 0
    assert one.run(gather, folder) == 0
    assert one.run("ci/apply.sh main plan.json", folder) == 0
    assert [len(fleet.connector(number).creates()) for number in (1, 2)] == [1, 1]


def test_the_scripts_are_clean_and_can_be_run():
    scripts = sorted(HERE.glob("*.sh"))
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, *scripts], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert all(os.access(script, os.X_OK) for script in scripts)
