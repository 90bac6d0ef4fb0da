"""Comments of several connectors on one pull request: each is updated in place, none touches another's."""

from __future__ import annotations

import json

import pytest
from github_stand_in import REPOSITORY, TOKEN, GitHubStandIn
from pydantic import SecretStr

from bindbee_sync.forge.comments import Body, Comments
from bindbee_sync.forge.github import GitHub, PullRequest
from bindbee_sync.forge.outcome import tell
from bindbee_sync.forge.pull_request import comment
from bindbee_sync.github_actions import WorkflowStep
from bindbee_sync.reports.marks import failed_mark, plan_mark
from bindbee_sync.reports.markup import Md
from bindbee_sync.reviewing.plan_file import sealed, write_plan_file

PLANNED, FAILED = Md("**Planned**"), Md("**Not planned**")


@pytest.fixture
def world():
    with GitHubStandIn() as standing_in:
        standing_in.world.put = lambda mark, status, report, **more: put(
            standing_in.url, Body.updated(report, mark, status), **more
        )
        standing_in.world.step = lambda **more: WorkflowStep(
            environment={
                "GITHUB_API_URL": standing_in.url,
                "GITHUB_GRAPHQL_URL": f"{standing_in.url}/graphql",
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_TOKEN": TOKEN,
            }
            | more
        )
        yield standing_in.world


def put(url, body, **more):
    with GitHub(
        api_url=url, graphql_url=f"{url}/graphql", repository=REPOSITORY, token=SecretStr(TOKEN)
    ) as github:
        return Comments.of(PullRequest(github, 7)).put(body, Md("run"), **more)


def test_a_comment_of_a_deleted_account_is_nobodys(world):
    foreign = world.comment(7, f"{plan_mark('one')}\nnot this tool's")
    foreign["user"] = None
    assert world.put(plan_mark("one"), PLANNED, "report") == "created"
    assert world.bodies(7)[0].endswith("not this tool's")


def test_three_connectors_have_a_comment_each_and_update_their_own(world):
    for each in ("acme", "globex", "initech"):
        world.put(plan_mark(each), PLANNED, f"plan of {each}", instead_of=failed_mark(f"{each}.yaml"))
    before = world.bodies(7)
    assert len(before) == 3
    world.put(plan_mark("globex"), PLANNED, "another plan", instead_of=failed_mark("globex.yaml"))
    after = world.bodies(7)
    assert (after[0], after[2]) == (before[0], before[2])
    assert "another plan" in after[1]


def test_a_plan_replaces_the_failure_of_its_own_config_and_no_other(world):
    for each in ("acme", "globex"):
        world.put(failed_mark(f"{each}.yaml"), FAILED, f"{each} failed")
    world.put(plan_mark("b"), PLANNED, "plan of globex", instead_of=failed_mark("globex.yaml"))
    assert [text.splitlines()[-1] for text in world.bodies(7)] == ["acme failed", "plan of globex"]


def test_a_failure_leaves_the_plans_of_others_and_the_last_good_one(world):
    for each in ("a", "b"):
        world.put(plan_mark(each), PLANNED, f"plan of {each}")
    world.put(failed_mark("b.yaml"), FAILED, "failed", instead_of=failed_mark("b.yaml"))
    assert [text.splitlines()[-1] for text in world.bodies(7)] == ["plan of a", "plan of b", "failed"]


def test_a_comment_of_somebody_else_is_left_alone_whatever_mark_it_has(world):
    marks = [plan_mark("a"), failed_mark("a.yaml")]
    for mark in marks:
        world.comment(7, f"{mark}\nmine", author="mallory")
    world.put(plan_mark("a"), PLANNED, "plan", instead_of=failed_mark("a.yaml"))
    assert world.bodies(7)[:2] == [f"{mark}\nmine" for mark in marks]
    assert len(world.bodies(7)) == 3


def test_a_new_status_takes_the_place_of_the_last_one(world):
    world.put(plan_mark("a"), PLANNED, "plan")
    [before] = world.bodies(7)
    world.put(plan_mark("a"), Md("**Applied**"), before)
    [after] = world.bodies(7)
    assert after == before.replace("Planned", "Applied")


def test_a_text_above_githubs_limit_is_cut_to_its_headline(world):
    world.longest = 2_000_000
    world.put(plan_mark("a"), PLANNED, "**1 job will be created**\n\n" + "x" * 70_000)
    [text] = world.bodies(7)
    assert "**1 job will be created**" in text
    assert "too long for a comment" in text
    assert len(text) < 1_000


def test_the_results_of_one_connector_are_not_shown_as_anothers(world, tmp_path):
    plans = {each: {"connector": {"id": each}, "entries": [entry()]} for each in ("a", "b")}
    for number, plan in enumerate(plans.values()):
        head = {"format_version": 1, "created_at": "2026-03-02T09:30:00Z"}
        write_plan_file(tmp_path / f"pull-7-run-{number}.json", sealed(head | plan, None))
        world.put(plan_mark(plan["connector"]["id"]), PLANNED, "plan")
    (tmp_path / "pulls.txt").write_text("7 pushed\n")
    result = tmp_path / "result" / "result.json"
    result.parent.mkdir()
    for document in (
        {"connector": {"id": "a"}, "entries": [entry(result="created")]},
        {"plans": [{"connector": {"id": "a"}, "entries": [entry(result="created")]}]},
    ):
        result.write_text(json.dumps(document))
        tell(world.step(SYNC_REVIEWED=str(tmp_path), SYNC_RESULT=str(result)))
        of_a, of_b = world.bodies(7)
        assert "**Applied**: 1 job created" in of_a
        assert "**Planned**" in of_b


@pytest.fixture
def fleet_pull(world, tmp_path):
    """A merged pull request whose reviewed plans are of many connectors, with its one comment."""
    plans = [
        sealed(
            {
                "format_version": 1,
                "created_at": "2026-03-02T09:30:00Z",
                "connector": {"id": each, "name": f"name-{each}"},
                "entries": [entry()],
            },
            None,
        )
        for each in ("a", "b")
    ]
    folder = tmp_path / "reviewed"
    folder.mkdir()
    write_plan_file(folder / "pull-7-run-1.json", {"format_version": 1, "plans": plans, "failed": []})
    (folder / "pulls.txt").write_text("7 pushed\n")
    world.put(plan_mark("many"), PLANNED, "plans")

    def told(document=None, **more):
        result = tmp_path / "result.json"
        result.write_text(json.dumps(document))
        tell(
            world.step(
                SYNC_REVIEWED=str(folder), **more, **({"SYNC_RESULT": str(result)} if document else {})
            )
        )
        return world.bodies(7)

    return told


def test_a_fleet_has_one_comment_from_the_plan_to_its_results(fleet_pull):
    [text] = fleet_pull()
    assert "**Applying**" in text
    [text] = fleet_pull(
        {
            "plans": [{"connector": {"id": "a", "name": "name-a"}, "entries": [entry(result="created")]}],
            "failed": [{"connector": "name-b", "error": {"message": "Bindbee says no", "hint": None}}],
        }
    )
    assert "**Applied in part**: 1 job created" in text
    assert "Failed: name-b" in text.replace("&#58;", ":").replace("&#8203;", "")
    assert "Bindbee says no" in text


def test_a_fleet_of_which_all_failed_does_not_go_on_applying(fleet_pull):
    fleet_pull()
    failed = [{"connector": f"name-{each}", "error": {"message": "no", "hint": None}} for each in ("a", "b")]
    [text] = fleet_pull({"plans": [], "failed": failed})
    assert "**Not applied**" in text
    assert "Applying" not in text


def test_a_connector_that_failed_by_name_alone_is_told_in_its_own_comment(world, tmp_path):
    plan = {"format_version": 1, "created_at": "2026-03-02T09:30:00Z", "entries": [entry()]}
    plan["connector"] = {"id": "a", "name": "acme"}
    write_plan_file(tmp_path / "pull-7-run-1.json", sealed(plan, None))
    (tmp_path / "pulls.txt").write_text("7 pushed\n")
    world.put(plan_mark("a"), PLANNED, "plan")
    result = tmp_path / "result" / "result.json"
    result.parent.mkdir()
    result.write_text(json.dumps({"connector": {"id": None, "name": "acme"}, "error": {"message": "no"}}))
    tell(world.step(SYNC_REVIEWED=str(tmp_path), SYNC_RESULT=str(result)))
    [text] = world.bodies(7)
    assert "**Not applied**" in text


def test_gatherings_of_two_configs_have_a_comment_each(world, tmp_path):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": "a"}, "base": {"sha": "b"}}}))
    markdown = tmp_path / "plan.md"
    for config, text in (("one.yaml", "first"), ("two.yaml", "second"), ("one.yaml", "third")):
        markdown.write_text(f"{plan_mark('many')}\n**{text}**\n")
        comment(world.step(GITHUB_EVENT_PATH=str(event), SYNC_MARKDOWN=str(markdown), SYNC_CONFIG=config))
    of_one, of_two = world.bodies(7)
    assert "**third**" in of_one
    assert "**second**" in of_two
    assert of_one.count("<!-- bindbee-sync:plan") == 1


def entry(**more):
    return {"address": "sales/lead", "outcome": "create", "payload": {"name": "Sales Lead"}} | more
