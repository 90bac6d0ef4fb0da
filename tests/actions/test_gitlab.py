"""The pipelines of examples/gitlab: their shell runs as it is; GitLab's API is stood in for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from git_runs import git
from git_server import GitServer
from gitlab_stand_in import PROJECT, TOKEN, GitLabStandIn
from ruamel.yaml import YAML
from workflow_runner import ROOT

from bindbee_sync.errors import ConfigError
from bindbee_sync.forge.gitlab import PipelineJob
from bindbee_sync.forge.gitlab_reviewed import collect_reviewed
from bindbee_sync.forge.outcome import tell_on_gitlab
from bindbee_sync.reviewing.plan_file import sealed, write_plan_file
from bindbee_sync.sandbox import seed

pytestmark = pytest.mark.slow

HERE = ROOT / "examples" / "gitlab"
COMPANIES = [seed.company(number) for number in (1, 2, 3)]
ONE, FLEET = ".gitlab-ci.yml", "fleet.gitlab-ci.yml"
LEDGER_TOKEN = TOKEN
PYTHON = """\
#!/bin/sh
# Makes an environment of this test's Python, and keeps what pip is asked for.
set -eu
[ "$1 $2" = "-m venv" ] || exec {python} "$@"
mkdir -p "$3/bin"
printf '#!/bin/sh\\nexec {python} "$@"\\n' > "$3/bin/python"
printf '#!/bin/sh\\nexec {python} -m bindbee_sync "$@"\\n' > "$3/bin/bindbee-sync"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" > {folder}/pip\\n' > "$3/bin/pip"
chmod +x "$3"/bin/*
"""


def load(name):
    return YAML(typ="safe", pure=True).load((HERE / name).read_text(encoding="utf-8"))


class Pipeline:
    """Runs jobs of a pipeline in the repository, each with a /tmp of its own."""

    def __init__(self, name, repo, url, gitlab, server, folder):
        self.data, self.repo, self.url, self.gitlab, self.server = load(name), repo, url, gitlab, server
        self.folder = folder
        self.count = 0
        self.secrets = {"BINDBEE_API_KEY": seed.API_KEY, "BINDBEE_CONNECTOR_TOKEN": seed.CONNECTOR_TOKEN}

    def job(self, name, *, base="", index=None, **changed):
        """Run a job, and return its exit code; `log` has what it printed."""
        self.count += 1
        tmp = self.folder / f"job-{self.count}"
        (tmp / "path").mkdir(parents=True)
        python = tmp / "path" / "python"
        python.write_text(PYTHON.format(python=sys.executable, folder=tmp))
        python.chmod(0o755)
        job = self.data[name]
        env = {
            "PATH": f"{tmp / 'path'}:{os.environ['PATH']}",
            "HOME": str(tmp),
            "BINDBEE_BASE_URL": self.url,
            "BINDBEE_SYNC_PACKAGE": "https://packages.example/bindbee_sync.whl#sha256=0",
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.gitlab.url,
            "CI_PROJECT_ID": PROJECT,
            "CI_PROJECT_URL": f"{self.server.url}/jobs",
            "CI_JOB_URL": "https://gitlab.example/team/jobs/-/jobs/1",
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_SHA": git(self.repo.path, "rev-parse", "HEAD"),
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "GITLAB_TOKEN": TOKEN,
            "LEDGER_TOKEN": LEDGER_TOKEN,
            **self.secrets,
        }
        if index:
            env |= {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(job["parallel"])}
        env |= changed
        for variable, value in {**self.data["variables"], **job.get("variables", {})}.items():
            known = re.sub(r"\$(\w+)", lambda found: env[found[1]], value)
            env[variable] = known.replace("/tmp", str(tmp))  # noqa: S108 - the pipeline's folder, put elsewhere
        script = [*self.data["default"]["before_script"], *job["script"]]
        done = self.shell(script, env, tmp)
        if "after_script" in job:
            before = self.log
            assert self.shell(job["after_script"], env, tmp).returncode == 0
            self.log = before + self.log
        assert "https://packages.example" in (tmp / "pip").read_text()
        return done.returncode

    def shell(self, lines, env, tmp):
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(lines).replace("/tmp/", f"{tmp}/")],  # noqa: S108 - as above
            cwd=self.repo.path,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        self.log = done.stdout
        print(done.stdout)  # noqa: T201 - shown where the test fails
        assert not any(secret in done.stdout for secret in (*self.secrets.values(), TOKEN))
        return done


@pytest.fixture
def gitlab():
    with GitLabStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def server(tmp_path, own_git_config):
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "jobs.git")
    git(tmp_path / "jobs.git", "config", "http.receivepack", "true")
    with GitServer(tmp_path, LEDGER_TOKEN) as running:
        yield running


def begin(repo, tmp_path, config):
    (repo.path / ".git").rmdir()
    git(repo.path, "init", "--quiet", "--initial-branch=main")
    git(repo.path, "remote", "add", "origin", str(tmp_path / "jobs.git"))
    repo.config(config)
    assert repo.run("ledger", "init").code == 0
    return commit(repo)


def commit(repo):
    git(repo.path, "add", "bindbee-sync.yaml", *(["jobs"] if any(repo.path.glob("jobs/**/*.yaml")) else []))
    git(repo.path, "commit", "--quiet", "--allow-empty", "-m", "a step")
    return git(repo.path, "rev-parse", "HEAD")


def merge(repo):
    git(repo.path, "push", "--quiet", "origin", "HEAD:main")


@pytest.fixture
def one(repo, sandbox, gitlab, server, tmp_path):
    """One customer, with a merge request that adds a job."""
    config = "provider: greenhouse\nledger: git+origin#bindbee-sync-ledger\n"
    made = Pipeline(ONE, repo, sandbox.url, gitlab, server, tmp_path)
    made.base = begin(repo, tmp_path, config)
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    made.head = commit(repo)
    return made


def test_a_merge_request_is_planned_and_created_once_after_the_merge(one, sandbox):
    assert one.job("validate") == 0
    assert one.job("plan", base=one.base) == 0
    (note,) = one.gitlab.world.bodies(7)
    assert "**Planned**" in note
    assert "Field Sales Lead" in note
    assert one.head[:7] in note
    assert one.job("plan", base=one.base) == 0
    assert len(one.gitlab.world.bodies(7)) == 1
    assert sandbox.creates() == []

    plan = (one.repo.path / "bindbee-sync-plan/plan.json").read_bytes()
    merge(one.repo)
    assert one.job("apply") == 1
    assert "plan/not-reviewed" in one.log
    one.gitlab.world.merged(7, one.head, plan)
    assert one.job("apply") == 0
    (note,) = one.gitlab.world.bodies(7)
    assert "**Applied**: 1 job created" in note
    assert "Field Sales Lead" in note
    assert one.job("apply") == 0
    assert len(sandbox.creates()) == 1


@pytest.fixture
def merged(one):
    """One customer, with the merge request planned and merged."""
    assert one.job("plan", base=one.base) == 0
    merge(one.repo)
    one.gitlab.world.merged(7, one.head, (one.repo.path / "bindbee-sync-plan/plan.json").read_bytes())
    return one


def test_an_apply_that_fails_says_so_in_the_note(merged, sandbox):
    sandbox.fault("answer", status=400, body={"message": "No such template"})
    assert merged.job("apply") == 1
    (note,) = merged.gitlab.world.bodies(7)
    assert "**Not applied**: 1 job rejected" in note
    assert "No such template" in note
    assert "Field Sales Lead" in note


def test_an_apply_that_could_not_plan_says_why_in_the_note(merged):
    assert merged.job("apply", BINDBEE_API_KEY="") == 1
    (note,) = merged.gitlab.world.bodies(7)
    assert "**Not applied**" in note
    assert "is not set" in note.partition("**Not applied**")[2].partition("\n")[0]


@pytest.mark.parametrize("field", ["merge_commit_sha", "squash_commit_sha"])
def test_a_merge_that_left_nothing_to_create_says_so_and_an_earlier_one_is_left_alone(merged, field):
    world = merged.gitlab.world
    assert merged.job("apply") == 0
    before = world.bodies(7)
    world.merged(8, "e" * 40, next(iter(world.artifacts.values())))
    world.note(8, before[0].replace("Applied", "Planned"))
    world.merge_requests[0]["sha"] = "d" * 40
    world.pipelines[7][0]["sha"] = "d" * 40
    assert merged.job("apply") == 0
    assert world.bodies(7) == before
    assert "Planned" in world.bodies(8)[0], "it is another push's"
    world.merge_requests[1][field] = merged.head
    assert merged.job("apply") == 0
    assert "nothing was left to create" in world.bodies(8)[0]


def test_a_note_that_is_refused_fails_no_apply(merged, sandbox):
    merged.gitlab.world.refuse = lambda method, path: 403 if method == "PUT" and "notes" in path else None
    assert merged.job("apply") == 0
    assert "No comment on !7: GitLab answered 403" in merged.log
    assert len(sandbox.creates()) == 1


def test_without_collected_plans_the_outcome_is_an_error_and_no_crash(tmp_path, gitlab):
    environment = {"CI_API_V4_URL": gitlab.url, "CI_PROJECT_ID": PROJECT, "GITLAB_TOKEN": TOKEN}
    with pytest.raises(ConfigError, match="No reviewed plans"):
        tell_on_gitlab(PipelineJob(environment=environment | {"SYNC_REVIEWED": str(tmp_path)}))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"sha": "f" * 40},
        {"merged_at": "2999-01-02T09:01:00.000Z"},
        {"merged_at": "2020-01-02T09:01:00.000Z"},
        {"merged_at": None},
        {"source_project_id": 43},
        {"source_project_id": None},
        {"target_branch": "other"},
        {"ref": "feature"},
        {"name": "mine"},
        {"status": "failed"},
        {"artifact": "elsewhere.json"},
    ],
    ids=str,
)
def test_only_a_plan_that_gitlab_binds_to_the_merge_counts(gitlab, tmp_path, changed):
    document = {"format_version": 1, "created_at": "2026-03-02T09:30:00Z", "connector": {"id": "a"}}
    write_plan_file(tmp_path / "plan.json", sealed(document | {"entries": []}, None))
    gitlab.world.merged(7, "a" * 40, (tmp_path / "plan.json").read_bytes(), **changed)
    gitlab.world.merge_requests[0]["sha"] = "a" * 40
    folder = tmp_path / "reviewed"
    environment = {
        "CI_API_V4_URL": gitlab.url,
        "CI_PROJECT_ID": PROJECT,
        "CI_DEFAULT_BRANCH": "main",
        "GITLAB_TOKEN": TOKEN,
        "SYNC_REVIEWED": str(folder),
        "SYNC_JOB": "plan",
        "SYNC_ARTIFACT": "bindbee-sync-plan/plan.json",
    }
    collect_reviewed(PipelineJob(environment=environment))
    assert [each.name for each in folder.glob("*.json")] == ([] if changed else ["merge-request-7.json"])
    clear = {"CI_API_V4_URL": "http://gitlab.example/api/v4", "SYNC_REVIEWED": str(tmp_path / "new")}
    with pytest.raises(ConfigError, match="https only"):
        collect_reviewed(PipelineJob(environment=environment | clear))


def test_a_failed_plan_says_so_and_keeps_no_plan_file(one):
    one.repo.write("sales/lead", "nam: x\n")
    commit(one.repo)
    assert one.job("plan", base=one.base) == 1
    (note,) = one.gitlab.world.bodies(7)
    assert "schema/unknown-field" in note


def test_a_plan_without_tokens_is_not_planned(one):
    assert one.job("plan", base=one.base, BINDBEE_API_KEY="") == 1
    (note,) = one.gitlab.world.bodies(7)
    assert "**Not planned**" in note


def test_a_change_that_is_not_read_here_gets_no_note(one):
    git(one.repo.path, "commit", "--quiet", "--allow-empty", "-m", "nothing")
    assert one.job("plan", base=one.head) == 0
    assert one.gitlab.world.notes == {}


def test_a_refused_note_fails_no_plan(one):
    one.gitlab.world.refuse = lambda method, _path: 403 if method == "POST" else None
    assert one.job("plan", base=one.base) == 0
    assert "No comment: GitLab answered 403: 403 Forbidden" in one.log


def test_notes_of_others_are_left_alone_however_many_pages(one):
    world = one.gitlab.world
    world.per_page = 2
    assert one.job("plan", base=one.base) == 0
    (mine,) = world.bodies(7)
    for number in range(5):
        foreign = {"id": number, "username": "mallory"}
        world.notes[7].insert(0, {"id": number, "body": f"{mine}!", "author": foreign})
    one.repo.job("sales/lead", "Another Title", "LEAD-1")
    commit(one.repo)
    assert one.job("plan", base=one.base) == 0
    assert [each for each in world.bodies(7) if "Another Title" in each] == [world.notes[7][-1]["body"]]
    assert len(world.bodies(7)) == 6


def test_no_text_of_a_job_is_a_command_or_a_reference_on_gitlab(one):
    path = one.repo.write("sales/lead", (one.repo.path / "jobs/sales/lead.yaml").read_text())
    path.write_text(
        path.read_text().replace("Field Sales Lead", '"Lead !1 ~bug &1 %1 @all"')
        + 'description: "<p>Hello</p>\\n/merge\\n /approve"\n'
    )
    commit(one.repo)
    one.job("plan", base=one.base)
    (note,) = one.gitlab.world.bodies(7)
    assert not re.search(r"^\s*/", note, re.MULTILINE)
    assert not re.search(r"(&#(33|126|38);|(?<!\d)%)\w", note.replace("%20", ""))


@pytest.fixture
def fleet_pipeline(repo, fleet, gitlab, server, tmp_path):
    """Three customers, with a merge request that adds a job to each."""
    made = Pipeline(FLEET, repo, fleet.url, gitlab, server, tmp_path)
    del made.secrets["BINDBEE_CONNECTOR_TOKEN"]
    pins = "".join(f"  {each.name}: {{id: {each.id}}}\n" for each in COMPANIES)
    config = f"ledger: git+origin#bindbee-sync-ledgers/{{connector}}\nconnectors:\n{pins}"
    made.base = begin(repo, tmp_path, config)
    for each in COMPANIES:
        ids = f"template_id: {each.template_id('Template: People Manager')}\n"
        user = f"remote_user_id: jonas.weber@{each.domain}\n"
        repo.write(f"{each.name}/driver", f"name: Driver\n{ids}{user}openings: 1\n")
    made.head = commit(repo)
    return made


def test_a_fleet_is_planned_in_shards_gathered_and_applied(fleet_pipeline, fleet):
    made = fleet_pipeline
    count = made.data["plan"]["parallel"]
    kept = {}
    for index in range(1, count + 1):
        assert made.job("plan", base=made.base, index=index) == 0
        kept[f"{index}.json"] = (made.repo.path / f"shards/{index}.json").read_bytes()
    folder = made.repo.path / "shards"
    for name, content in list(kept.items())[1:]:
        (folder / name).write_bytes(content)
    assert made.job("gather", base=made.base) == 1, "a shard is missing"
    assert "**Planned**" in made.gitlab.world.bodies(7)[0]
    (folder / "1.json").write_bytes(kept["1.json"])
    assert made.job("gather", base=made.base) == 0
    (note,) = made.gitlab.world.bodies(7)
    assert all(each.end_user in note for each in COMPANIES)

    plan = (made.repo.path / "bindbee-sync-plan/plan.json").read_bytes()
    assert len(json.loads(plan)["plans"]) == 3
    made.gitlab.world.merged(7, made.head, plan, job="gather")
    merge(made.repo)
    results = {}
    for index in range(1, count + 1):
        assert made.job("apply", index=index) == 0
        results[index] = (made.repo.path / f"results/{index}.json").read_bytes()
    assert [len(fleet.connector(number).creates()) for number in (1, 2, 3)] == [1, 1, 1]
    (made.repo.path / f"results/{count}.json").unlink()
    assert made.job("results") == 1, "customers are missing"
    for index, content in results.items():
        (made.repo.path / f"results/{index}.json").write_bytes(content)
    assert made.job("results") == 0
    (note,) = made.gitlab.world.bodies(7)
    assert "**Applied**: 3 jobs created" in note
    assert note.count("app.greenhouse.io/sdash/") >= 3


@pytest.mark.parametrize("name", [ONE, FLEET])
def test_secrets_are_named_nowhere_and_the_shell_is_clean(name):
    data = load(name)
    text = (HERE / name).read_text(encoding="utf-8")
    assert "CI_SERVER" not in text
    assert "gitlab.com" not in text
    shards = {each["parallel"] for each in data.values() if "parallel" in each}
    assert len(shards) == (name == FLEET)
    for job, each in data.items():
        if isinstance(each, dict) and "script" in each:
            script = "\n".join([*each["script"], *each.get("after_script", [])])
            done = subprocess.run(
                [Path(sys.executable).with_name("shellcheck"), "--shell=bash", "-"],
                input=f"#!/usr/bin/env bash\n{script}\n",
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{job}: {done.stdout}"
