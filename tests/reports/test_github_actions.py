"""What a step in GitHub Actions hears of validate, plan and apply: over real HTTP, as the runner reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hostile import CORPUS, runner_commands, unseen
from report_plans import finding

from bindbee_sync.errors import ConfigError
from bindbee_sync.github_actions import LARGEST_EVENT, LARGEST_SUMMARY, LONGEST_MESSAGE, WorkflowStep
from bindbee_sync.sandbox import seed

BROKEN = "name: A\nbogus: 1\n"
STEP = WorkflowStep(environment={"GITHUB_ACTIONS": "true"})
HERE = Path()


@pytest.fixture
def step(repo, tmp_path, monkeypatch):
    """The repository as a step of a workflow sees it."""
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(repo.path),
        "GITHUB_SERVER_URL": "https://forge.example",
        "GITHUB_REPOSITORY": "acme/jobs",
        "GITHUB_SHA": "a" * 40,
    }.items():
        monkeypatch.setenv(name, value)
    repo.summary = lambda: (tmp_path / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    repo.outputs = lambda: dict(
        line.split("=", 1) for line in (tmp_path / "GITHUB_OUTPUT").read_text().splitlines()
    )
    return repo


def annotations(ran):
    return [command for command in runner_commands(ran.err) if command[0] in ("error", "warning")]


@pytest.mark.parametrize("command", ["validate", "plan", "apply"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_each_finding_is_annotated_on_its_line(step, command, form):
    step.write("sales/bad", BROKEN)
    ran = step.run(command, "--format", form)
    assert ran.code == 1
    errors = [each for each in annotations(ran) if each[0] == "error"]
    assert ("error", "jobs/sales/bad.yaml", "2", "1", "schema/unknown-field") in [
        (name, at.get("file"), at.get("line"), at.get("col"), at["title"]) for name, at, _ in errors
    ]
    assert runner_commands(ran.out) == []
    assert step.outputs()["exitcode"] == "1"
    assert f"<https://forge.example/acme/jobs/blob/{'a' * 40}/jobs/sales/bad.yaml#L2>" in step.summary()


def test_plan_appends_its_markdown_and_sets_the_summarys_keys(step):
    step.job("sales/new", "New role", "N-1")
    ran = step.run("plan", "--detailed-exitcode", "--format", "json")
    assert ran.code == 2
    assert step.outputs() == {name: str(n) for name, n in ran.json["summary"].items()} | {"exitcode": "2"}
    markdown = step.run("plan", "--format", "markdown").out
    assert markdown.splitlines()[0].startswith("<!-- bindbee-sync:plan:")
    assert step.summary().count(markdown.splitlines()[0]) == 2
    assert markdown.splitlines()[1] in step.summary()
    assert "New role" in step.summary()


def test_apply_says_what_became_of_it(step):
    step.job("sales/new", "New role", "N-1")
    ran = step.run("apply", "--yes", "--local-ledger")
    assert ran.code == 0, ran.err
    assert step.outputs()["exitcode"] == "0"
    assert step.outputs()["create"] == "1"
    assert "1 job created**" in step.summary()
    assert re.search(
        r"- \[\*\*New role\*\*\]\(<https://app\.greenhouse\.io/sdash/\d+>\) created "
        r"\(id `\d+`, Bindbee `[0-9a-f-]+`\)",
        step.summary(),
    )


def test_after_an_apply_the_summary_begins_with_what_became_of_it(step, sandbox):
    for number in range(3):
        step.job(f"sales/{number}", f"Role {number}", f"N-{number}")
    for _ in range(2):
        sandbox.fault("answer", status=403, body={"detail": "no"})
    assert step.run("apply", "--yes", "--local-ledger").code == 1
    mark, first, *_ = step.summary().splitlines()
    assert mark.startswith("<!-- bindbee-sync:plan:")
    assert first == "**Greenhouse of Halden Robotics: 1 job created, 2 rejected**"
    assert "| to create | 3 |" in step.summary()
    before, after = step.summary().split("### As planned")
    assert "**Role 0** rejected" in before
    assert "#### To create" in after
    for words in ("will be created", "would be created", "Verdict"):
        assert words not in step.summary()


def test_after_a_refused_apply_it_begins_with_why(step):
    step.write("sales/bad", BROKEN)
    step.run("apply", "--yes", "--local-ledger")
    first = step.summary().splitlines()[1]
    assert re.fullmatch(
        r"\*\*Greenhouse of Halden Robotics: Not applied.* fix \d errors first; nothing was sent\*\*", first
    )
    assert "Verdict" not in step.summary()


def test_a_run_that_could_not_finish_says_so(step, monkeypatch):
    monkeypatch.delenv("BINDBEE_API_KEY")
    ran = step.run("plan", "--format", "json")
    assert ran.code == 1
    [(name, _, message)] = annotations(ran)
    assert name == "error"
    assert "BINDBEE_API_KEY is not set" in message
    assert step.outputs() == {"exitcode": "1"}
    assert "is not set" in step.summary()


def test_a_fault_of_the_config_is_annotated_at_its_line(step):
    (step.path / "bindbee-sync.yaml").write_text("version: 1\nregoin: us\n")
    [(_, properties, message)] = annotations(step.run("validate"))
    assert {name: properties[name] for name in ("file", "line", "col")} == {
        "file": "bindbee-sync.yaml",
        "line": "2",
        "col": "1",
    }
    assert "regoin" in message


def test_elsewhere_nothing_is_annotated(step, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    step.write("sales/bad", BROKEN)
    ran = step.run("validate")
    assert runner_commands(ran.err + ran.out) == []
    assert not (tmp_path / "GITHUB_OUTPUT").exists()


def test_that_a_file_of_the_step_cannot_be_written_changes_no_exit_code(step, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "no" / "such" / "folder"))
    step.job("sales/new", "New role", "N-1")
    ran = step.run("plan")
    assert ran.code == 0
    assert "could not be written" in ran.err


@pytest.mark.parametrize(("number", "told"), [(0, 0), (1, 1), (10, 10), (11, 10), (200, 10)])
@pytest.mark.parametrize("error", [True, False])
def test_the_tenth_annotation_says_how_many_more_there_are(number, told, error):
    lines = list(STEP.annotations([finding(n, error=error) for n in range(number)], HERE))
    found = runner_commands("\n".join(lines))
    assert [name for name, _, _ in found] == ["error" if error else "warning"] * told
    if number > 10:
        assert f"{number - 9} more" in found[-1][2]
        assert "file" not in found[-1][1]


def test_errors_and_warnings_have_a_limit_each():
    both = [finding(n, error=n % 2 == 0) for n in range(100)]
    names = [name for name, _, _ in runner_commands("\n".join(STEP.annotations(both, HERE)))]
    assert names == ["error"] * 10 + ["warning"] * 10


@pytest.mark.parametrize("message", ["x" * 10_000, "%" * 10_000, "%0A" * 4096, "\n" * 9000])
def test_a_long_message_is_cut_and_no_escape_with_it(message):
    [line] = STEP.annotations([finding(message=message)], HERE)
    data = line.split("::", 2)[2]
    assert len(data) <= LONGEST_MESSAGE
    [(_, _, told)] = runner_commands(line)
    assert told.endswith("…") or len(message) < LONGEST_MESSAGE or not message.strip()


def test_paths_are_relative_to_the_workspace(tmp_path):
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    for root, path in (
        (tmp_path, "jobs/a.yaml"),
        (tmp_path / "sub", "sub/jobs/a.yaml"),
        (tmp_path.parent, "jobs/a.yaml"),
    ):
        [line] = WorkflowStep(environment=environment).annotations([finding(path="jobs/a.yaml")], root)
        assert runner_commands(line)[0][1]["file"] == path


def test_a_pull_requests_links_lead_to_its_head(tmp_path):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"sha": "b" * 40}}}))
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://forge.example",
        "GITHUB_REPOSITORY": "acme/jobs",
        "GITHUB_SHA": "a" * 40,
    }
    of_merge = WorkflowStep(environment=environment).files_url
    of_head = WorkflowStep(environment=environment | {"GITHUB_EVENT_PATH": str(event)}).files_url
    assert of_merge == f"https://forge.example/acme/jobs/blob/{'a' * 40}"
    assert of_head == of_merge.replace("a" * 40, "b" * 40)
    assert STEP.files_url is None


@pytest.mark.parametrize(
    "event", ["", "[]", "{", '{"pull_request": 1}', '{"pull_request": {"head": {"sha": 5}}}']
)
def test_an_odd_event_is_passed_over(tmp_path, event):
    (tmp_path / "event").write_text(event)
    environment = {"GITHUB_EVENT_PATH": str(tmp_path / "event")}
    named = {"GITHUB_SERVER_URL": "https://forge.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "c"}
    step = WorkflowStep(environment=environment | named)
    assert step.files_url == "https://forge.example/a/b/blob/c"


def test_an_event_that_is_too_large_is_an_error_and_not_an_empty_one(tmp_path):
    with (tmp_path / "event").open("wb") as file:
        file.truncate(LARGEST_EVENT + 1)
    step = WorkflowStep(environment={"GITHUB_EVENT_PATH": str(tmp_path / "event")})
    with pytest.raises(ConfigError, match="can't be read"):
        _ = step.event


def test_an_output_is_one_line_whatever_is_in_it(tmp_path):
    step = WorkflowStep(environment={"GITHUB_OUTPUT": str(tmp_path / "output")})
    step.output({"pulls": "1 2\r\nother=x\u2028y", "files": 2})
    assert (tmp_path / "output").read_text() == "pulls=1 2 other=x y\nfiles=2\n"


def test_a_summary_that_would_be_dropped_for_its_size_is_not_written(tmp_path):
    file = tmp_path / "summary"
    file.write_bytes(b"x" * (LARGEST_SUMMARY - 50))
    step = WorkflowStep(environment={"GITHUB_STEP_SUMMARY": str(file)})
    step.summarize("y" * 40)
    assert file.stat().st_size == LARGEST_SUMMARY - 9
    step.summarize("z" * 40)
    assert file.read_bytes().count(b"z") == 0


def test_hostile_files_on_the_command_line_are_no_commands(step):
    for number, text in enumerate(CORPUS):
        quoted = json.dumps(text)
        step.write(
            f"a{number}",
            f"name: {quoted}\ncode: {quoted}\ndescription: {quoted}\n{quoted}: {quoted}\n",
        )
        name = text.replace("/", "-").replace("\x00", "").encode()[:60].decode(errors="ignore")
        if name.strip("."):
            (step.path / "jobs" / f"{name}.yaml").write_text(f"name: {quoted}\ntemplate_id: {quoted}\n")
    for arguments in (
        ("validate",),
        ("validate", "--format", "json"),
        ("plan",),
        ("plan", "--format", "json", "--unmanaged"),
        ("plan", "--format", "markdown"),
        ("apply", "--yes", "--local-ledger"),
        ("validate", "::error::x/##[error]y\n::error::z"),
        ("plan", "--target", "\n::set-output name=x::y"),
    ):
        ran = step.run(*arguments)
        assert ran.code == 1
        found = runner_commands(ran.err)
        assert {name for name, _, _ in found} <= {"error", "warning"}
        assert len(found) <= 20
        assert runner_commands(ran.out) == []
        assert unseen(ran.out + ran.err, but="\n") == set()
    assert set(step.outputs()) <= {
        *("create", "in_sync", "drifted", "pending", "uncertain", "vanished", "blocked", "unmanaged"),
        *("unmanaged_closed", "exitcode", "errors", "warnings"),
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--fail-on", "a##[error]x\n::error::y"),
        ("nope\n::error::z",),
        ("validate", "--x\n::set-output name=x::y"),
        ("plan", "--format", "\r\n  ::add-mask::x"),
    ],
)
def test_a_wrong_command_line_is_no_command_to_the_runner(step, arguments):
    ran = step.run(*arguments)
    assert ran.code == 64
    assert "Error" in ran.err
    assert runner_commands(ran.out + ran.err) == []
    assert unseen(ran.err, but="\n") == set()


@pytest.mark.parametrize(
    ("defaults", "rule"), [("departments: [Nope]\n", "reference/not-found"), ("bogus: 1\n", "schema/")]
)
def test_what_thirty_jobs_inherit_is_told_once_and_names_them(step, defaults, rule):
    step.write("c/_defaults", defaults)
    template = seed.template_id("Template: People Manager")
    for number in range(30):
        text = f'name: Role {number}\ntemplate_id: "{template}"\nopenings: 1\n'
        step.write(f"c/{number:02}", f"{text}remote_user_id: jonas.weber@halden-robotics.example\n")
    ran = step.run("plan", "--html", step.path / "page.html")
    told = [message for name, _, message in annotations(ran) if name == "error" and "inherited by" in message]
    assert len(told) == 1
    page = (step.path / "page.html").read_text(encoding="utf-8")
    for report in (ran.out, step.summary().replace("&#95;", "_"), page, told[0]):
        assert report.count("(inherited by c/00, c/01, c/02 and 27 more)") == 1
    assert ran.out.startswith("Greenhouse of Halden Robotics: Fix 1 error first; 30 blocked\n")
    assert ": Fix 1 error first; 30 blocked**" in step.summary()
    of_json = [each for each in step.plan().json["diagnostics"] if each["rule"].startswith(rule)]
    assert {each["address"] for each in of_json} - {None} == {f"c/{number:02}" for number in range(30)}
    refused = step.run("apply", "--yes", "--local-ledger")
    assert "Not applied: fix 1 error first; nothing was sent" in refused.out


def test_the_summary_leads_to_the_workflow_that_settles(step, sandbox):
    step.job("sales/new", "New role", "N-1")
    sandbox.fault("answer", status=500)
    assert step.run("apply", "--yes", "--local-ledger").code == 3
    step.run("plan")
    assert "settle.yml" not in step.summary()
    workflow = step.path / ".github/workflows/settle.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("on: workflow_dispatch\n")
    step.run("plan")
    assert "https://forge.example/acme/jobs/actions/workflows/settle.yml" in step.summary()
