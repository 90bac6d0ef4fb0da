"""The workflows to copy, run step by step: shell, tool and sandbox are real, GitHub is stood in for."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from git_runs import git
from github_stand_in import BOT, REPOSITORY, TOKEN
from workflow_runner import ROOT, SERVER, WORKFLOWS, load

from bindbee_sync.reports.marks import failed_mark
from bindbee_sync.sandbox import seed

pytestmark = pytest.mark.slow

HEAD = "a" * 40
OTHER = "b" * 40


def body(project, number=7):
    (only,) = project.world.bodies(number)
    return only


@pytest.fixture
def planned(project):
    """A pull request that adds a job, planned."""

    def plan():
        project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
        project.commit()
        project.first = project.plan(7, HEAD)

    project.once("planned", plan)
    return project


def test_a_plan_is_a_comment_a_page_and_a_plan_file(planned):
    ran = planned.first
    assert ran.passed is True
    assert [outcome for _, outcome in ran.ran] == ["success"] * 5
    told = body(planned)
    mark, _, rest = told.partition("\n")
    assert mark.startswith("<!-- bindbee-sync:plan:")
    assert mark.endswith(" -->")
    assert rest.lstrip("\n").startswith("<!-- bindbee-sync:status -->\n\n**Planned** for [`aaaaaaa`]")
    assert "Field Sales Lead" in told
    (run,) = planned.world.runs
    kept = {each["name"]: each["content"] for each in planned.world.artifacts[run["id"]]}
    assert set(kept) == {"bindbee-sync-plan", "job-openings.html"}
    assert kept["job-openings.html"].lstrip().lower().startswith(b"<!doctype html")
    assert f"/actions/runs/{run['id']}/artifacts/" in told
    assert ran.steps["plan"]["outputs"]["create"] == "1"
    assert ran.steps["plan"]["outputs"]["exitcode"] == "0"
    assert "Field Sales Lead" in ran.summary
    assert planned.sandbox.creates() == []


def test_the_action_installs_by_hashes_into_an_environment_of_its_own_once(planned):
    (home,) = planned.first.temp.glob("bindbee-sync-*")
    asked = (home / "pip").read_text().split()
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(asked)
    assert asked[-1].endswith("/requirements/action.txt")
    assert Path((home / "site" / "bindbee_sync.pth").read_text().strip(), "bindbee_sync").is_dir()
    before = (home / "complete").stat().st_mtime_ns
    assert (home / "pip").stat().st_mtime_ns <= before


def test_what_is_checked_out_is_never_imported(planned, cold):
    planned.interpreter = cold
    for name in ("bindbee_sync.py", "httpx.py", "venv.py", "sitecustomize.py"):
        (planned.repo.path / name).write_text("raise SystemExit('imported from the pull request')\n")
    planned.commit()
    ran = planned.plan(7, OTHER)
    assert ran.passed is True
    assert "imported from the pull request" not in ran.log


def test_a_second_plan_updates_the_comment_in_place(planned):
    before = planned.world.comments[7][0]["id"]
    planned.repo.job("sales/rep", "Field Sales Rep", "REP-1")
    planned.commit()
    planned.plan(7, OTHER)
    assert [each["id"] for each in planned.world.comments[7]] == [before]
    assert "Field Sales Rep" in body(planned)
    assert "[`bbbbbbb`]" in body(planned)
    assert "aaaaaaa" not in body(planned)


def test_a_pull_request_that_changes_nothing_gets_a_green_check_and_no_comment(project):
    (project.repo.path / "NOTES.md").write_text("of no interest here\n")
    project.commit()
    before = len(project.sandbox.state["requests"])
    ran = project.plan(7, HEAD)
    assert (ran.passed, project.world.bodies(7)) == (True, [])
    assert "changes nothing that bindbee-sync reads" in ran.log
    assert len(project.sandbox.state["requests"]) == before, "Bindbee is not asked"


def test_a_change_that_was_taken_back_leaves_no_plan_in_the_comment(planned):
    git(planned.repo.path, "revert", "--no-edit", "HEAD")
    git(planned.repo.path, "reset", "--quiet", "--soft", "HEAD~2")
    planned.commit()
    assert planned.plan(7, OTHER).passed is True
    told = body(planned)
    assert "**Nothing to plan** for [`bbbbbbb`]" in told
    assert "Field Sales Lead" not in told
    planned.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    planned.commit()
    planned.plan(7, HEAD)
    assert "**Planned** for [`aaaaaaa`]" in body(planned)


def test_a_merge_of_what_changes_nothing_is_applied_with_nothing_to_do(project):
    (project.repo.path / "NOTES.md").write_text("of no interest here\n")
    sha = project.commit()
    project.plan(7, HEAD)
    project.world.merge(7, HEAD, sha=sha)
    ran = project.apply(sha)
    assert ran.passed is True
    assert project.sandbox.creates() == []


def test_a_merge_queue_gets_the_check_and_no_comment(planned):
    event = {"merge_group": {"base_sha": git(planned.repo.path, "rev-parse", "HEAD^1")}}
    ran = planned.run("plan", "plan", "merge_group", event)
    assert (ran.passed, ran.steps["plan"]["outputs"]["create"]) == (True, "1")
    assert ("Comment", "skipped") in ran.ran
    assert planned.run("plan", "offline", "merge_group", {"merge_group": {}}).passed is None


def test_a_plan_with_an_error_fails_and_still_says_so(project):
    project.repo.write("sales/lead", "name: Field Sales Lead\ncode: LEAD-1\nopenings: 0\n")
    project.commit()
    ran = project.plan(7, HEAD)
    assert ran.passed is False
    assert "::error file=jobs/sales/lead.yaml,line=3" in ran.log
    assert "Nothing can be applied" in body(project)


def test_a_plan_that_can_not_be_made_says_so_and_the_next_one_takes_its_place(project):
    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    project.commit()
    assert project.plan(7, HEAD, secrets=False).passed is False
    assert "**Not planned**" in body(project)
    assert project.plan(7, OTHER).passed is True
    assert "**Planned**" in body(project)


def test_a_failure_of_a_named_connector_is_kept_apart_and_replaced_by_its_plan(project):
    pin = f"{{id: {seed.CONNECTOR_ID}, jobs: jobs}}"
    project.repo.config(f"ledger: git+origin#bindbee-sync-ledger\nconnectors: {{acme: {pin}}}\n")
    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    project.commit()
    project.plan(7, HEAD, secrets=False)
    assert body(project).startswith(failed_mark("", "acme"))
    project.plan(7, OTHER)
    assert "**Planned**" in body(project)


def test_comments_of_others_are_left_alone_and_of_two_own_the_oldest_is_kept(planned):
    world = planned.world
    mine = body(planned)
    world.comments[7].insert(0, world.comment(8, mine, author="mallory"))
    second = world.comment(7, mine)
    planned.plan(7, OTHER)
    assert [each["user"]["login"] for each in world.comments[7]] == ["mallory", BOT]
    assert second not in world.comments[7]
    assert world.bodies(7)[0] == mine
    assert "[`bbbbbbb`]" in world.bodies(7)[1]


def test_the_comment_is_found_on_the_third_page(planned):
    world = planned.world
    world.per_page = 2
    world.comments[7][:0] = [world.comment(8, f"thanks {number}", author="anna") for number in range(5)]
    planned.plan(7, OTHER)
    assert sum("bindbee-sync:plan" in each for each in world.bodies(7)) == 1
    assert "[`bbbbbbb`]" in world.bodies(7)[5]


def test_a_comment_that_is_too_long_is_made_in_its_short_form(planned):
    planned.world.comments.clear()
    planned.world.longest = len("x" * 1_200)
    ran = planned.plan(7, HEAD)
    assert ran.passed is True
    assert "too long for a comment" in body(planned)
    assert "1 job will be created" in body(planned)
    assert "/actions/runs/7001" in body(planned)


@pytest.mark.parametrize("status", [403, 500])
def test_a_comment_that_is_refused_fails_no_plan_and_is_said(planned, status):
    planned.world.comments.clear()
    planned.world.refuse = lambda method, path: (
        status if method == "POST" and path.startswith("/issues") else None
    )
    ran = planned.plan(7, HEAD)
    assert ran.passed is True
    assert f"::warning title=bindbee-sync::No comment: GitHub answered {status}" in ran.log
    assert planned.world.comments == {}


def test_an_unchanged_comment_is_not_touched(planned, monkeypatch):
    from bindbee_sync.forge.comments import Body, Comments
    from bindbee_sync.forge.github import PullRequest
    from bindbee_sync.reports.marks import mark_in
    from bindbee_sync.reports.markup import Md

    client = client_of(planned, monkeypatch)
    planned.world.requests.clear()
    with client as github:
        told = body(planned)
        status = Md(told.partition("status -->")[2].partition("<!--")[0].strip())
        same = Body.updated(told, mark_in(told), status)
        assert Comments.of(PullRequest(github, 7)).put(same, Md("")) == "left as it is"
    assert planned.world.said("PATCH") == planned.world.said("POST") == []


def client_of(project, monkeypatch):
    from pydantic import SecretStr

    from bindbee_sync.forge import api
    from bindbee_sync.forge.github import GitHub

    monkeypatch.setattr(api, "PAUSES", (0.0, 0.0))
    return GitHub(
        api_url=project.github.url,
        graphql_url=f"{project.github.url}/graphql",
        repository=REPOSITORY,
        token=SecretStr(TOKEN),
    )


@pytest.mark.parametrize(("fork", "author"), [(True, "stranger"), (False, "dependabot[bot]")])
def test_a_fork_and_dependabot_get_what_needs_no_secret(project, fork, author):
    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    project.commit()
    about = {"fork": fork, "author": author, "secrets": False}
    assert project.plan(7, HEAD, **about).passed is None
    ran = project.plan(7, HEAD, job="offline", **about)
    assert ran.passed is True
    assert "**This pull request adds, changes, moves or removes 1 job file**" in ran.summary
    assert "Field Sales Lead" in ran.summary
    assert "1 job file checked&#58; 0 errors" in ran.summary
    assert project.world.requests == []
    project.repo.write("sales/lead", "nmae: Field Sales Lead\n")
    project.commit()
    assert project.plan(7, HEAD, job="offline", **about).passed is False


def test_a_merged_pull_request_is_applied_and_told(planned, cold):
    planned.interpreter = cold
    planned.world.merge(7, HEAD, sha="c" * 40)
    ran = planned.apply("c" * 40)
    assert ran.passed is True
    assert [create["name"] for create in planned.sandbox.creates()] == ["Field Sales Lead"]
    told = body(planned)
    assert "**Applied**: 1 job created" in told
    assert re.search(r"- \[\*\*Field Sales Lead\*\*\]\(<https:[^>]+>\) created", told)
    assert "**Planned**" not in told
    assert "1 job will be created" in told


def test_on_a_server_of_ones_own_every_link_and_request_goes_there(project):
    project.github.url += "/api/v3"
    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    project.commit()
    assert project.plan(7, HEAD).passed is True
    project.world.merge(7, HEAD, sha=OTHER)
    assert project.apply(OTHER).passed is True
    assert "**Applied**" in body(project)
    links = re.findall(r"https?://[^/\s)]+/halden/jobs", body(project))
    assert set(links) == {f"{SERVER}/halden/jobs"}
    assert len(project.sandbox.creates()) == 1


def test_no_host_of_github_is_named():
    files = [ROOT / "action.yml", *WORKFLOWS.rglob("*.yml"), *(ROOT / "bindbee_sync").rglob("*.py")]
    assert [str(file) for file in files if "github.com" in file.read_text(encoding="utf-8")] == []


def test_it_says_that_it_applies_while_it_does(planned):
    planned.world.merge(7, HEAD, sha="c" * 40)
    seen = []

    def watch(method, _path):
        if method == "PATCH":
            seen.append(body(planned))

    planned.world.refuse = watch
    planned.apply("c" * 40)
    assert "**Planned**" in seen[0]
    assert "**Applying**" in seen[1]
    assert "**Applied**" in body(planned)


@pytest.mark.parametrize("workflow", ["apply", "settle"])
def test_the_gate_passes_by_itself_and_nothing_goes_round_it(project, workflow):
    assert project.run(workflow, "gate", "push", {}).passed is True
    assert load(WORKFLOWS / f"{workflow}.yml")["jobs"][workflow]["needs"] == "gate"


def test_a_run_of_an_older_commit_creates_nothing_that_was_removed_since(planned):
    path = planned.repo.path
    git(path.parent / "remote.git", "symbolic-ref", "HEAD", "refs/heads/main")
    planned.world.merge(7, HEAD, sha="c" * 40)
    (path / "jobs/sales/lead.yaml").unlink()
    planned.commit("remove the job again")
    git(path, "push", "--quiet", "origin", "main")
    git(path, "checkout", "--quiet", "HEAD^")
    ran = planned.apply("c" * 40)
    assert ran.passed is False
    assert "does not have the default branch's newest commit" in ran.log
    assert planned.sandbox.creates() == []


def test_what_nobody_reviewed_is_not_made_and_the_reason_is_told(planned):
    path = planned.repo.path / "jobs/sales/lead.yaml"
    path.write_text(path.read_text().replace("openings: 1", "openings: 9"))
    planned.commit()
    planned.world.merge(7, HEAD, sha="c" * 40)
    ran = planned.apply("c" * 40)
    assert ran.passed is False
    assert planned.sandbox.creates() == []
    assert "**Not applied**" in body(planned)
    assert "openings was reviewed as 1, is now 9" in body(planned)


def test_a_push_without_a_reviewed_plan_makes_nothing(planned):
    ran = planned.apply("d" * 40)
    assert ran.passed is False
    assert planned.sandbox.creates() == []
    assert "plan/not-reviewed" in ran.log or "stands in none of 0 reviewed plans" in ran.log


def test_a_fork_has_no_reviewed_plan(planned):
    planned.world.merge(7, HEAD, sha="c" * 40, fork=True)
    ran = planned.apply("c" * 40)
    assert ran.passed is False
    assert "from a fork" in ran.log
    assert planned.sandbox.creates() == []


def test_a_damaged_artifact_lets_nothing_through(planned):
    planned.world.artifacts[planned.world.runs[0]["id"]][0]["content"] = b"no archive"
    planned.world.merge(7, HEAD, sha="c" * 40)
    ran = planned.apply("c" * 40)
    assert ran.passed is False
    assert "::warning title=bindbee-sync::#7 was left out" in ran.log
    assert "title=plan/not-reviewed" in ran.log
    assert planned.sandbox.creates() == []


@pytest.mark.parametrize("order", [(7, 8), (8, 7)])
def test_two_merged_pull_requests_in_both_orders(planned, order):
    """The second is planned before the first is merged, and neither apply has run when both are."""
    lead = planned.repo.path / "jobs/sales/lead.yaml"
    lead.rename(planned.repo.path / "aside")
    planned.repo.job("sales/rep", "Field Sales Rep", "REP-1")
    planned.commit()
    planned.plan(8, OTHER)
    (planned.repo.path / "aside").rename(lead)
    planned.commit()
    heads, shas = {7: HEAD, 8: OTHER}, {7: "c" * 40, 8: "d" * 40}
    for number in order:
        planned.world.merge(number, heads[number], sha=shas[number])
    first, second = (planned.apply(shas[number]) for number in order)
    assert (first.passed, second.passed) == (True, True)
    assert {create["name"] for create in planned.sandbox.creates()} == {"Field Sales Lead", "Field Sales Rep"}
    assert len(planned.sandbox.creates()) == 2
    assert "**Applied**" in body(planned, 7)
    assert "**Applied**" in body(planned, 8)


def test_what_an_earlier_run_left_undone_is_made_by_the_next(planned):
    planned.world.merge(7, HEAD, sha="c" * 40)
    planned.sandbox.fault(status=401, body={"detail": "no"})
    assert planned.apply("c" * 40).passed is False
    assert "1 job rejected" in body(planned)
    planned.commit()
    planned.world.merge(9, OTHER, sha="d" * 40)
    assert planned.apply("d" * 40).passed is True
    assert len(planned.sandbox.creates()) == 2
    assert "**Applied**: 1 job created" in body(planned)


def test_a_cancelled_apply_ends_what_it_began_and_says_what_is_left(project, cold):
    """What GitHub interrupts is the step's own process: the shell has made way for the tool."""
    for number in range(3):
        project.repo.job(f"sales/role-{number}", f"Role {number}", f"ROLE-{number}")
    project.commit()
    project.plan(7, HEAD)
    project.interpreter = cold
    project.world.merge(7, HEAD, sha="c" * 40)
    project.sandbox.fault("pass", delay=1)

    def cancel(step):
        while not project.sandbox.requests("POST", "/api/ats/v1/jobs"):
            with pytest.raises(subprocess.TimeoutExpired):  # it still runs
                step.wait(0.05)
        step.send_signal(signal.SIGINT)

    assert project.apply("c" * 40, during=cancel).passed is False
    assert len(project.sandbox.creates()) == 1
    assert "**Applied in part**: 1 job created, 2 not tried" in body(project)
    assert sorted(project.repo.plan().outcomes.values()) == ["create", "create", "pending"]


def test_an_uncertain_create_is_told_and_settled_by_hand(planned):
    planned.world.merge(7, HEAD, sha="c" * 40)
    planned.sandbox.fault(status=502, html="Bad gateway")
    assert planned.apply("c" * 40).passed is False
    assert "**Applied in part**: 1 job uncertain" in body(planned)
    planned.sandbox.add_job(name="Field Sales Lead", requisition_id="LEAD-1")
    ran = planned.run("settle", "settle", "workflow_dispatch", {}, inputs={"again": "nothing"})
    assert ran.passed is True
    assert len(planned.sandbox.creates()) == 1
    assert list(planned.repo.plan().outcomes.values()) in (["in_sync"], ["drifted"])


def test_where_all_is_refused_nothing_is_said_to_be_applied(planned):
    planned.world.merge(7, HEAD, sha="c" * 40)
    planned.sandbox.fault(status=403, body={"detail": "no"})
    assert planned.apply("c" * 40).passed is False
    assert "**Not applied**: 1 job rejected" in body(planned)


def test_an_error_that_many_jobs_inherit_is_one_line(project):
    for number in range(12):
        project.repo.job(f"c/{number:02}", f"Role {number}", f"ROLE-{number}")
    project.commit()
    project.plan(7, HEAD)
    project.world.merge(7, HEAD, sha="c" * 40)
    project.repo.write("c/_defaults", "recruiters: [nobody@halden-robotics.example]\n")
    assert project.apply("c" * 40).passed is False
    told = body(project)
    assert "**Not applied**" in told
    assert "(inherited by c/00, c/01, c/02 and 9 more)" in told
    assert told.count("`reference/not-found`") == 1


def drift(project):
    return project.run("drift", "drift", "schedule", {})


def test_drift_is_one_issue_which_is_updated_where_it_changes_and_closed_when_clean(project):
    project.repo.write("sales/other", "name: Something Else\ncode: PRD-111\n")
    project.commit()
    assert drift(project).passed is True
    (issue,) = project.world.issues
    assert issue["state"] == "open"
    assert "bindbee-sync:drift:" in issue["body"].splitlines()[0]
    assert "Something Else" in issue["body"]

    before = dict(issue)
    assert drift(project).passed is True
    assert project.world.issues == [before]
    assert project.world.bodies(issue["number"]) == []

    project.repo.write("sales/another", "name: Yet Another\ncode: SAL-115\n")
    project.commit()
    drift(project)
    (issue,) = project.world.issues
    assert "Yet Another" in issue["body"]
    assert len(project.world.bodies(issue["number"])) == 1

    for address in ("sales/other", "sales/another"):
        (project.repo.path / f"jobs/{address}.yaml").unlink()
    project.commit()
    drift(project)
    assert project.world.issues[0]["state"] == "closed"
    drift(project)
    assert len(project.world.issues) == 1


def test_a_merged_job_that_is_not_created_is_reported_until_it_is(project):
    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    project.commit()
    assert drift(project).passed is True
    (issue,) = project.world.issues
    assert "**1 merged job is not created yet.**" in issue["body"]
    assert project.repo.run("apply", "--yes").code == 0
    drift(project)
    assert project.world.issues[0]["state"] == "closed"


@pytest.mark.parametrize(
    ("applies", "status", "words"),
    [
        ([], None, "No apply has run yet on main."),
        (
            [{"id": 77, "updated_at": "2026-03-02T09:30:00Z", "conclusion": "failure"}],
            None,
            "The last apply ended 2026-03-02 09&#58;&#8203;30 UTC, ",
        ),
        ([{"id": 77, "updated_at": "?", "conclusion": None}], None, "at a time that GitHub does not tell: "),
        ([], 404, "When the last apply ran is not known&#58; there is no workflow apply.&#8203;yml."),
        ([], 403, "When the last apply ran is not known&#58; the job lacks `actions: read`."),
    ],
)
def test_the_issue_says_when_the_last_apply_ran(project, applies, status, words):
    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    project.commit()
    project.world.applies = applies
    project.world.refuse = lambda _, path: status if path.endswith("apply.yml/runs") else None
    assert drift(project).passed is True
    (issue,) = project.world.issues
    assert words in issue["body"]
    assert ("/actions/runs/77>)" in issue["body"]) is bool(applies)


def test_each_connector_of_a_document_of_many_has_an_issue_of_its_own(project, tmp_path, monkeypatch):
    from bindbee_sync.forge import drift as task
    from bindbee_sync.github_actions import WorkflowStep

    project.repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    one = project.repo.run("plan", "--format", "json").json
    names = {"a": "Halden Robotics", "b": "Brightwater Foods", "c": "Castellan Logistics"}
    plans = [one | {"connector": one["connector"] | {"id": key, "customer": names[key]}} for key in names]
    plans[2] |= {"entries": [], "steps": []}
    many = {key: one[key] for key in ("format_version", "tool_version", "created_at", "summary")}
    failed = {"connector": "gone", "error": {"message": "no", "hint": None}}
    path = tmp_path / "many.json"
    path.write_text(json.dumps(many | {"plans": plans, "failed": [failed]}))
    step = WorkflowStep(
        environment={
            "GITHUB_API_URL": project.github.url,
            "GITHUB_GRAPHQL_URL": f"{project.github.url}/graphql",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
            "SYNC_PLAN": str(path),
        }
    )
    task.report(step)
    task.report(step)
    titles = [each["title"] for each in project.world.issues]
    assert titles == [f"Job openings differ from the ATS: {names[each]}" for each in "ab"]
    path.write_text(json.dumps(many | {"plans": [plans[1] | {"entries": [], "steps": []}], "failed": []}))
    task.report(step)
    assert [each["state"] for each in project.world.issues] == ["open", "closed"]


def test_an_issue_of_somebody_else_is_not_taken_for_it(project):
    project.repo.write("sales/other", "name: Something Else\ncode: PRD-111\n")
    project.commit()
    drift(project)
    project.world.issues[0]["user"] = {"login": "mallory"}
    drift(project)
    assert len(project.world.issues) == 2


def test_a_comparison_that_can_not_be_made_fails(project):
    ran = project.run("drift", "drift", "schedule", {}, secrets=False)
    assert ran.passed is False
    assert project.world.issues == []


def test_the_token_of_github_and_those_of_bindbee_never_meet():
    for path in WORKFLOWS.glob("*.yml"):
        for job in load(path)["jobs"].values():
            for step in job["steps"]:
                names = set(step.get("env", {}))
                assert not {"GITHUB_TOKEN", "BINDBEE_API_KEY"} <= names, path


HOSTILE = "::set-output name=x::y ##[error]z @team #1 <img src=x> <!-- /bindbee-sync:status --> ```"


def test_a_hostile_name_stays_text_from_the_plan_to_the_outcome(project):
    project.repo.job("sales/lead", json.dumps(HOSTILE), "LEAD-1")
    project.commit()
    assert project.plan(7, HEAD).passed is True
    about = {"fork": True, "author": "stranger", "secrets": False}
    assert project.plan(7, HEAD, job="offline", **about).passed is True
    project.world.merge(7, HEAD, sha="c" * 40)
    assert project.apply("c" * 40).passed is True
    assert project.sandbox.creates()[0]["name"] == HOSTILE
    told = body(project)
    assert "**Applied**: 1 job created" in told
    assert told.count("<!-- /bindbee-sync:status -->") == 1
    for runner in project.runners:
        for line in runner.log.splitlines():
            assert "##[" not in line
            assert not line.strip().startswith("::") or line.startswith(("::warning ", "::error "))
        for text in (told, runner.summary):
            assert not {"@team", "<img", "##[error]", "set-output name=x::y"} & set(text.split())
            assert "<img" not in text


def test_outputs_are_small_scalars(planned):
    for value in planned.first.steps["plan"]["outputs"].values():
        assert len(value) < 20
    assert json.dumps(planned.first.steps["plan"]["outputs"])
