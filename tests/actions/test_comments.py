"""Comments of several connectors on one pull request: each is updated in place, none touches another's."""

from __future__ import annotations

import pytest
from github_stand_in import REPOSITORY, TOKEN, GitHubStandIn
from pydantic import SecretStr

from bindbee_sync.forge.comments import Body, Comments
from bindbee_sync.forge.github import GitHub
from bindbee_sync.reports.marks import failed_mark, plan_mark
from bindbee_sync.reports.markup import Md

PLANNED, FAILED = Md("**Planned**"), Md("**Not planned**")


@pytest.fixture
def world():
    with GitHubStandIn() as standing_in:
        standing_in.world.put = lambda mark, status, report, **more: put(
            standing_in.url, Body.updated(report, mark, status), **more
        )
        yield standing_in.world


def put(url, body, **more):
    with GitHub(
        api_url=url, graphql_url=f"{url}/graphql", repository=REPOSITORY, token=SecretStr(TOKEN)
    ) as github:
        return Comments.of(github, 7).put(body, Md("run"), **more)


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
