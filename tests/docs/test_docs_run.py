"""What the pages tell to type does what they say: every marked block is run, in order, page by page."""

from __future__ import annotations

import os

import pytest
from git_runs import git
from site_pages import DOCS, PAGES, blocks, read
from tool_runs import run_script

pytestmark = pytest.mark.slow

ADOPTING = DOCS / "adopting.md"
FIRST_STEPS = DOCS / "first-steps.md"
RUNNABLE = [page for page in PAGES if any(block.mark == "run" for block in blocks(read(page)))]


@pytest.fixture
def clone(tmp_path, sandbox, monkeypatch, forked_script):
    """A clone of an empty repository, and an environment that leads to the sandbox."""
    folder = tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", tmp_path / "team.git")
    git(tmp_path, "clone", "--quiet", tmp_path / "team.git", folder)
    for variable in [each for each in os.environ if each.startswith(("BINDBEE_", "GITHUB_")) or each == "CI"]:
        monkeypatch.delenv(variable)
    for variable, value in sandbox.env.items():
        monkeypatch.setenv(variable, value)
    return folder


def walk(page, folder):
    """Write the files that a page shows, run what it tells to run, and compare what is printed."""
    printed = ""
    for block in blocks(read(page)):
        first, _, body = block.text.partition("\n")
        if block.language == "yaml" and first.startswith("# jobs/"):
            file = folder / first.removeprefix("# ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body, encoding="utf-8")
        elif block.mark == "run":
            printed = run_script(block.text, folder)
        elif block.mark == "prints":
            assert set(block.text.splitlines()) <= set(printed.splitlines()), printed


def test_every_page_with_something_to_run_is_walked_through_here():
    assert RUNNABLE == [ADOPTING, FIRST_STEPS]


def test_the_first_steps_lead_to_one_new_job_in_under_ten_commands(clone, sandbox):
    walk(FIRST_STEPS, clone)
    assert [body["name"] for body in sandbox.creates()] == ["Sales Coach"]
    commands = "".join(block.text for block in blocks(read(FIRST_STEPS)) if block.mark == "run")
    assert commands.count("bindbee-sync ") < 10
    sandbox.sync()
    same = "Nothing to create. 35 job files, no differences in what can be compared"
    assert same in run_script("bindbee-sync plan", clone)


def test_adopting_creates_nothing(clone, sandbox):
    walk(ADOPTING, clone)
    assert sandbox.creates() == []


def test_a_page_that_promises_what_does_not_happen_would_be_found(clone, tmp_path):
    page = tmp_path / "page.md"
    for false in (
        "<!-- run -->\n```console\nbindbee-sync plan --no-such-option\n```\n",
        "<!-- run -->\n```console\nbindbee-sync validate\n```\n\n<!-- prints -->\n```text\n7 jobs\n```\n",
    ):
        page.write_text(false, encoding="utf-8")
        (clone / "jobs").mkdir(exist_ok=True)
        with pytest.raises(AssertionError):
            walk(page, clone)
