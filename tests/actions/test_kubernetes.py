"""The Indexed Job of examples/kubernetes: its shell runs as it is, against the sandbox's customers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from git_runs import git
from git_server import GitServer
from ruamel.yaml import YAML
from workflow_runner import ROOT

from bindbee_sync.sandbox import seed

pytestmark = pytest.mark.slow

HERE = ROOT / "examples" / "kubernetes"
TOKEN = "token-of-the-ledger"  # noqa: S105 - nobody's
COMPANIES = [seed.company(number) for number in (1, 2, 3)]


def load(name):
    return YAML(typ="safe", pure=True).load((HERE / name).read_text(encoding="utf-8"))


@pytest.fixture
def cluster(repo, fleet, tmp_path, own_git_config):
    """A repository of three customers on a server that asks for a password, and the pods that apply it."""
    (repo.path / ".git").rmdir()
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "jobs.git")
    git(tmp_path / "jobs.git", "config", "http.receivepack", "true")
    git(repo.path, "init", "--quiet", "--initial-branch=main")
    git(repo.path, "remote", "add", "origin", str(tmp_path / "jobs.git"))
    pins = "".join(f"  {each.name}: {{id: {each.id}}}\n" for each in COMPANIES)
    repo.config(f"connectors:\n{pins}ledger: git+origin#bindbee-sync-ledgers/{{connector}}\n")
    for each in COMPANIES:
        ids = f"template_id: {each.template_id('Template: People Manager')}\n"
        user = f"remote_user_id: jonas.weber@{each.domain}\n"
        repo.write(f"{each.name}/driver", f"name: Driver\n{ids}{user}openings: 1\n")
    git(repo.path, "add", "--all")
    git(repo.path, "commit", "--quiet", "-m", "begin")
    git(repo.path, "push", "--quiet", "origin", "main")
    assert repo.run("ledger", "init").code == 0
    with GitServer(tmp_path, TOKEN) as server:
        yield Cluster(tmp_path, server, fleet)


class Cluster:
    def __init__(self, folder, server, fleet):
        self.folder, self.server, self.fleet = folder, server, fleet
        self.job, self.config = load("job.yaml"), load("config.yaml")
        self.config["data"]["repository"] = f"{server.url}/jobs.git"
        self.secrets = {"api-key": fleet.api_key, "git-token": TOKEN}

    def pod(self, index):
        """Run the containers of a pod one after the other, and return the last one's run."""
        work = self.folder / f"pod-{index}"
        work.mkdir()
        askpass = work / "askpass"
        askpass.write_text(self.config["data"]["askpass"])
        askpass.chmod(0o555)
        spec = self.job["spec"]["template"]["spec"]
        for container in (*spec["initContainers"], *spec["containers"]):
            env = {each["name"]: self.value(each) for each in container["env"]}
            done = subprocess.run(
                [*container["command"], *container["args"]],
                cwd=work,
                env={
                    **env,
                    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                    "HOME": "/nonexistent",
                    "GIT_ASKPASS": str(askpass),
                    "JOB_COMPLETION_INDEX": str(index),
                    "BINDBEE_BASE_URL": self.fleet.url,
                },
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert not any(secret in done.stdout + done.stderr for secret in self.secrets.values())
            if done.returncode:
                break
        return done

    def value(self, variable):
        if "value" in variable:
            return variable["value"]
        ((kind, ref),) = variable["valueFrom"].items()
        return (self.config["data"] if kind == "configMapKeyRef" else self.secrets)[ref["key"]]

    def creates(self):
        return [len(self.fleet.connector(number).creates()) for number in (1, 2, 3)]


def test_the_pods_create_every_customers_jobs_once(cluster):
    count = cluster.job["spec"]["completions"]
    for index in range(count):
        done = cluster.pod(index)
        assert done.returncode == 0, done.stdout + done.stderr
        assert cluster.creates() == [int(number <= index) for number in range(3)]
    ledgers = git(cluster.folder / "jobs.git", "for-each-ref", "--format=%(refname:short)").split()
    assert ledgers == [*sorted(f"bindbee-sync-ledgers/{each.name}" for each in COMPANIES), "main"]


def test_a_pod_whose_token_git_does_not_take_creates_nothing(cluster):
    cluster.secrets["git-token"] = "another"
    assert cluster.pod(0).returncode != 0
    assert cluster.creates() == [0, 0, 0]


def test_as_many_shards_as_completions_on_a_locked_pod():
    job = load("job.yaml")["spec"]
    pod = job["template"]["spec"]
    assert job["completionMode"] == "Indexed"
    (apply,) = pod["containers"]
    assert {"name": "SHARDS", "value": str(job["completions"])} in apply["env"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    mounts = {each["mountPath"] for each in apply["volumeMounts"]}
    assert "/tmp" in mounts  # noqa: S108 - else a read-only root has no place to write to
    for container in (apply, *pod["initContainers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert load("config.yaml")["data"].keys() == {"repository", "askpass"}
    for variable in apply["env"]:
        is_secret = any(word in variable["name"] for word in ("TOKEN", "KEY"))
        assert is_secret == ("secretKeyRef" in variable.get("valueFrom", {}))
