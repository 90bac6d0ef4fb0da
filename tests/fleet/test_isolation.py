"""A failure of one connector is named with its remedy, and stops no other."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pkgutil import resolve_name

import pytest

from bindbee_sync.commands import apply, pipeline
from bindbee_sync.commands.connection import connect
from bindbee_sync.commands.loading import read_config
from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

NAMES = [seed.company(number).name for number in range(1, 7)]
SECOND = seed.company(2).end_user
REFUSED, RELINK, BROKEN, STALE, CRASHES, FINE = NAMES


@pytest.fixture(scope="session")
def running_six():
    with Sandbox(connectors=6) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_six):
    running_six.reset()
    return running_six


@pytest.fixture
def troubled(customers, monkeypatch):
    """Six customers: five in trouble, each in its own way, and a sound one."""
    customers.pinned(*range(1, 7))
    customers.sandbox.connector(1).settings(refuses_token=True)
    customers.sandbox.connector(2).settings(connector={"status": "RELINK_NEEDED"})
    customers.repo.write(f"{BROKEN}/a", "name: [\n")
    customers.sandbox.connector(4).settings(connector={"last_sync_start_time": "2026-01-01T00:00:00Z"})
    whole = pipeline.fetch_needed

    def crash(api, loaded, **more):
        if loaded.settings.name == CRASHES:
            raise ZeroDivisionError
        return whole(api, loaded, **more)

    monkeypatch.setattr(pipeline, "fetch_needed", crash)
    monkeypatch.setattr(apply, "fetch_needed", crash)
    return customers


def without_time(document):
    return {key: value for key, value in document.items() if key != "created_at"}


def test_the_others_are_planned(troubled):
    ran = troubled.repo.plan()
    document = ran.json
    assert ran.code == 1
    assert [plan["connector"]["name"] for plan in document["plans"]] == [RELINK, BROKEN, STALE, FINE]
    assert [failed["connector"] for failed in document["failed"]] == [REFUSED, CRASHES]
    refused, crashed = (failed["error"] for failed in document["failed"])
    assert "check BINDBEE_API_KEY" in refused["hint"]
    assert "ZeroDivisionError" in crashed["message"]
    assert crashed["hint"].startswith("Report it")
    rules = {
        plan["connector"]["name"]: [d["rule"] for d in plan["diagnostics"]] for plan in document["plans"]
    }
    assert rules == {
        RELINK: ["connector/not-ready"],
        BROKEN: ["yaml/syntax"],
        STALE: ["connector/stale-list"],
        FINE: [],
    }
    assert document["summary"]["create"] == 3


def test_the_text_names_each_with_its_remedy(troubled):
    ran = troubled.repo.run("plan")
    assert ran.code == 1
    assert all(name in ran.out for name in NAMES)
    for remedy in ("check BINDBEE_API_KEY", "Report it"):
        assert remedy in ran.err
    for remedy in ("relink", "--refresh`", "yaml/syntax"):
        assert remedy in ran.out


@pytest.mark.parametrize("parallel", [1, 6])
def test_the_others_are_applied(troubled, parallel):
    ran = troubled.repo.run("apply", "--all", "--yes", "--format", "json", "--parallel", parallel)
    assert ran.code == 1
    assert {number: troubled.creates(number) for number in range(1, 7)} == {
        1: [],
        2: [],
        3: [],
        4: [],
        5: [],
        6: ["J-6"],
    }
    assert [failed["connector"] for failed in ran.json["failed"]] == [REFUSED, CRASHES]
    errors = {plan["connector"]["name"]: plan.get("error") for plan in ran.json["plans"]}
    assert list(errors) == [RELINK, BROKEN, STALE, FINE]
    assert errors.pop(FINE) is None
    assert all(errors.values())
    assert {used for _, used in troubled.tokens_used} <= {"own", "none"}


def test_a_plan_is_the_same_alone_and_among_others_in_any_number_at_a_time(troubled):
    runs = [troubled.repo.plan("--parallel", n).json for n in (1, 6)]
    among = [[without_time(plan) for plan in run["plans"]] for run in runs]
    assert json.dumps(among[0]) == json.dumps(among[1])
    for plan in among[0]:
        alone = troubled.repo.plan("--connector", plan["connector"]["name"]).json
        assert json.dumps(without_time(alone)) == json.dumps(plan)


def test_a_first_answer_of_connectors_that_fails_is_the_same_for_all(customers):
    customers.pinned(1, 2, 3)
    customers.set("BINDBEE_API_KEY", "of-another-environment")
    ran = customers.repo.plan()
    assert (ran.code, len(ran.json["failed"]), ran.json["plans"]) == (1, 3, [])
    assert len(customers.sandbox.log()) == 1


def crash_for_the_second(customers, place, sign=SECOND):
    """Let a function of ours fail, wherever the second of three customers is in its arguments."""
    customers.pinned(1, 2, 3)
    whole = resolve_name(place)

    def crash(*args, **more):
        if sign in repr(args):
            raise ZeroDivisionError
        return whole(*args, **more)

    customers.patch(place, crash)


def test_the_rate_limit_of_one_is_not_anothers(customers):
    customers.pinned(1, 2)
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(connect(each, lambda _: None)) for each in read_config(None).connectors
        )
        one.connector()
        assert one.room() is not None
        assert two.room() is None


@pytest.mark.slow
class TestFifty:
    """One refuses the token, one needs a relink, one has a broken file, one a stale list; 46 are sound."""

    TROUBLED = (7, 19, 30, 50)

    @pytest.fixture
    def sandbox(self):
        with Sandbox(connectors=50, jobs=1) as sandbox:
            yield sandbox

    @pytest.fixture
    def fifty(self, customers):
        customers.pinned(*range(1, 51))
        refused, relink, broken, stale = self.TROUBLED
        customers.sandbox.connector(refused).settings(refuses_token=True)
        customers.sandbox.connector(relink).settings(connector={"status": "RELINK_NEEDED"})
        customers.repo.write(f"{seed.company(broken).name}/a", "name: [\n")
        old = {"last_sync_start_time": "2026-01-01T00:00:00Z"}
        customers.sandbox.connector(stale).settings(connector=old)
        return customers

    def test_the_sound_are_planned_and_applied_and_the_others_are_named(self, fifty):
        names = [seed.company(number).name for number in self.TROUBLED]
        planned = fifty.repo.plan("--parallel", 8)
        assert planned.code == 1
        assert planned.json["summary"]["create"] == 48  # those of the stale and the unlinked, too
        assert [failed["connector"] for failed in planned.json["failed"]] == names[:1]
        applied = fifty.repo.run("apply", "--all", "--yes", "--parallel", 8)
        assert applied.code == 1
        shown = applied.out + applied.err
        for remedy in ("check BINDBEE_API_KEY", "relink", "yaml/syntax", "--refresh`"):
            assert remedy in shown
        headline = applied.out.partition("\n")[0]
        assert headline.endswith(f"failed: {', '.join(names)}")
        sound = set(range(1, 51)) - set(self.TROUBLED)
        assert {number for number in range(1, 51) if fifty.creates(number) == [f"J-{number}"]} == sound
        assert not any(fifty.creates(number) for number in self.TROUBLED)
        assert {used for _, used in fifty.tokens_used} == {"own", "none"}


class TestAFaultOfOurs:
    """A crash in any step of one connector's way is reported with its name; the others go their way."""

    @pytest.mark.parametrize(
        ("place", "words"),
        [
            ("bindbee_sync.commands.pipeline.make_plan", ["--format", "json"]),
            ("bindbee_sync.commands.plan.plan_document", ["--format", "json"]),
            ("bindbee_sync.commands.plan.plan_view", ["--format", "json"]),
            ("bindbee_sync.commands.plan.sealed", ["--format", "json", "--out", "p.json"]),
            ("bindbee_sync.commands.fleet.fleet_row", []),
            ("bindbee_sync.commands.fleet.TextReport.plan", []),
            ("bindbee_sync.reports.fleet.plan_markdown", ["--format", "markdown"]),
            ("bindbee_sync.reports.html._Part", ["--format", "json", "--html", "p.html"]),
        ],
    )
    def test_in_a_plan(self, customers, place, words):
        crash_for_the_second(customers, place)
        ran = customers.repo.run("plan", *words)
        assert ran.code == 1
        assert ran.err.count("ZeroDivisionError") >= 2
        assert f"{NAMES[1]}:" in ran.err or f'"connector": "{NAMES[1]}"' in ran.out
        for number in (1, 3):
            assert seed.company(number).end_user in ran.out
        if "json" in words:
            assert [plan["connector"]["name"] for plan in ran.json["plans"]] == [NAMES[0], NAMES[2]]
            assert [failed["connector"] for failed in ran.json["failed"]] == [NAMES[1]]
        if "p.json" in words:
            assert customers.repo.run("apply", "p.json", "--all").code == 1
            assert [customers.creates(number) for number in (1, 2, 3)] == [["J-1"], [], ["J-3"]]
        if "p.html" in words:
            page = (customers.repo.path / "p.html").read_text()
            assert all(seed.company(number).end_user in page for number in (1, 3))
            assert "ZeroDivisionError" in page

    @pytest.mark.parametrize(
        ("place", "words"),
        [
            ("bindbee_sync.commands.apply._document", []),
            ("bindbee_sync.commands.apply._document", ["--format", "json"]),
            ("bindbee_sync.commands.apply._report", []),
        ],
    )
    def test_in_the_report_of_an_apply_does_not_hide_what_is_uncertain(self, customers, place, words):
        crash_for_the_second(customers, place)
        customers.sandbox.connector(2).fault(do="lose", when="after")
        ran = customers.repo.run("apply", "--all", "--yes", *words)
        assert [customers.creates(number) for number in (1, 2, 3)] == [["J-1"], ["J-2"], ["J-3"]]
        assert ran.code == 3
        assert "ZeroDivisionError" in ran.err
        assert seed.company(3).end_user in ran.out

    @pytest.mark.parametrize("command", ["validate", "plan"])
    def test_in_reading_the_files(self, customers, command):
        crash_for_the_second(customers, "bindbee_sync.commands.loading.load_jobs", NAMES[1])
        ran = customers.repo.run(command, "--format", "json")
        assert ran.code == 1
        assert [failed["connector"] for failed in ran.json["failed"]] == [NAMES[1]]

    def test_in_the_rules_of_validate(self, customers):
        crash_for_the_second(customers, "bindbee_sync.commands.validate.validate_files", NAMES[1])
        ran = customers.repo.run("validate", "--format", "json")
        assert ran.code == 1
        assert [failed["connector"] for failed in ran.json["failed"]] == [NAMES[1]]

    def test_in_the_summary_of_a_step(self, customers, tmp_path):
        crash_for_the_second(customers, "bindbee_sync.reports.fleet.plan_markdown")
        summary = tmp_path / "summary"
        customers.set("GITHUB_ACTIONS", "true")
        customers.set("GITHUB_STEP_SUMMARY", str(summary))
        ran = customers.repo.plan()
        assert len(ran.json["plans"]) == 3
        shown = summary.read_text()
        assert all(seed.company(number).end_user in shown for number in (1, 3))
        assert "ZeroDivisionError" in shown


class TestExitCodes:
    def test_the_worst_is_the_runs(self, customers):
        customers.pinned(1, 2)
        assert customers.repo.plan("--detailed-exitcode").code == 2
        (customers.repo.path / "jobs" / NAMES[1] / "a.yaml").write_text("name: [\n")
        assert customers.repo.plan("--detailed-exitcode").code == 1
        (customers.repo.path / "jobs" / NAMES[1] / "a.yaml").unlink()
        (customers.repo.path / "jobs" / NAMES[0] / "a.yaml").unlink()
        assert customers.repo.plan("--detailed-exitcode").code == 0

    def test_uncertain_outranks_a_failure(self, customers):
        customers.pinned(1, 2, 3)
        customers.repo.write(f"{NAMES[0]}/a", "name: [\n")
        customers.sandbox.connector(2).fault(do="lose", when="after")
        ran = customers.repo.run("apply", "--all", "--yes", "--format", "json")
        assert ran.code == 3
        results = {
            plan["connector"]["name"]: [entry.get("result") for entry in plan["entries"]]
            for plan in ran.json["plans"]
        }
        assert results[NAMES[1]] == ["uncertain"]
        assert results[NAMES[2]] == ["created"]
        again = customers.repo.run("apply", "--all", "--yes")
        assert (again.code, customers.creates(2)) == (3, ["J-2"])


def test_a_record_is_named_with_its_connector_before_it_or_by_its_file(customers):
    customers.pinned(1, 2)
    assert customers.repo.run("apply", "--all", "--yes").code == 0
    name = seed.company(2).name
    for wanted in (f"{name}:a", f"jobs/{name}/a.yaml"):
        shown = customers.repo.run("ledger", "show", wanted, "--format", "json").json
        assert [(each["address"], each["code"]) for each in shown["records"]] == [("a", "J-2")]
    assert customers.repo.run("ledger", "show", "a").code == 1


def test_a_job_to_explain_is_named_with_its_connector_before_it_or_by_its_file(customers):
    customers.pinned(1, 2)
    name = seed.company(2).name
    for wanted in (f"{name}:a", f"jobs/{name}/a.yaml"):
        shown = customers.repo.plan("--explain", wanted).json
        assert (shown["connector"]["name"], shown["explain"]["address"]) == (name, "a")
    assert customers.repo.plan("--explain", "a").code == 1
