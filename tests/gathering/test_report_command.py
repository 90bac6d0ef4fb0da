"""`report`: documents of many runs as one, which fails where one is missing or can't be used."""

from __future__ import annotations

import json

import pytest
from gathering_repo import NAMES, ONE, THREE, TWO, job

from bindbee_sync.sandbox import seed

EXPECTED = ",".join(NAMES)
FILES = tuple(f"{name}.json" for name in NAMES)


@pytest.fixture
def planned(many):
    """The repository with a plan file of each connector."""
    for name in NAMES:
        many.run("plan", "--connector", name, "--out", f"{name}.json")
    return many


def change(path, do):
    data = json.loads(path.read_text(encoding="utf-8"))
    do(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def findings_of_every_kind(many, fleet):
    """Leave one connector's file broken, give another drift, and the third a default that jobs inherit."""
    many.write(f"{ONE}/_defaults", "departments: [Sales, Finance]\n")
    many.write(f"{ONE}/second", job(1, "Second"))
    many.write(f"{TWO}/driver", "name: [\n")
    fleet.connector(3).add_job(name="Old Name", requisition_id="OLD-1")
    fleet.connector(3).sync()
    many.write(f"{THREE}/other", "name: Something Else\ncode: OLD-1\nstatus: CLOSED\n")


def test_all_of_many_runs_are_one_document(planned):
    ran = planned.run("report", *FILES, "--expect", EXPECTED, "--format", "json")
    assert ran.code == 0, ran.out
    assert [each["connector"]["name"] for each in ran.json["plans"]] == list(NAMES)
    assert (ran.json["summary"]["create"], ran.json["failed"]) == (3, [])


@pytest.mark.parametrize("names", ["", " , "])
def test_a_report_that_expects_no_one_by_name_is_a_wrong_command_line(planned, names):
    ran = planned.run("report", *FILES, "--expect", names)
    assert ran.code == 64
    assert "names no connector" in ran.err


def test_a_report_may_expect_no_one_by_a_file(planned):
    (planned.path / "expected").write_text("")
    assert planned.run("report", *FILES, "--expect", "@expected").code == 0


@pytest.mark.parametrize("base", [(), ("--base", "main")], ids=["alone", "with a base"])
def test_a_gathered_report_is_the_report_of_one_run_over_all(many, fleet, base):
    findings_of_every_kind(many, fleet)
    (many.path / f"jobs/{THREE}/driver.yaml").rename(many.path / f"jobs/{THREE}/moved.yaml")
    whole = many.run("plan", "--out", "all.json", "--html", "all.html", "--format", "markdown", *base)
    args = ("report", "all.json", "--expect", EXPECTED, "--html", "gathered.html")
    gathered = many.run(*args, "--format", "markdown")
    assert (whole.code, gathered.code) == (1, 1)
    assert gathered.out == whole.out
    assert "Something Else" in gathered.out
    assert "Old Name" in gathered.out
    assert "(inherited by " in gathered.out
    assert many.run(*args).out == many.run("plan", *base).out
    page = (many.path / "gathered.html").read_text(encoding="utf-8")
    whole_page = (many.path / "all.html").read_text(encoding="utf-8")
    for text in ("Something Else", 'href="#part-', "greenhouse/single-department"):
        assert text in page
        assert text in whole_page


def test_a_gathered_apply_is_the_report_of_one_run_over_all(many, fleet):
    many.write(f"{TWO}/rider", job(2, "Rider"))
    fleet.connector(2).fault(status=422, body={"detail": [{"loc": ["body", "name"], "msg": "is taken"}]})
    ran = many.run("apply", "--all", "--yes", "--local-ledger", "--format", "json")
    (many.path / "applied.json").write_text(ran.out, encoding="utf-8")
    args = ("report", "applied.json", "--expect", EXPECTED, "--html", "applied.html")
    shown = many.run(*args, "--format", "markdown")
    assert (ran.code, shown.code) == (1, 1)
    for text in (shown.out, many.run(*args).out, (many.path / "applied.html").read_text(encoding="utf-8")):
        assert "is taken" in text
        assert "created" in text
    assert "3 jobs created, 1 rejected; failed: brightwater-foods" in shown.out.replace("&#58;", ":")


@pytest.mark.parametrize("listed", [EXPECTED, "@names"])
@pytest.mark.parametrize("shape", ["text", "markdown", "json"])
def test_one_that_is_missing_fails_and_comes_first(planned, listed, shape):
    (planned.path / "names").write_text("\n".join(NAMES), encoding="utf-8")
    ran = planned.run("report", *FILES[:2], "--expect", listed, "--format", shape, "--html", "page.html")
    assert ran.code == 1
    page = (planned.path / "page.html").read_text(encoding="utf-8")
    assert page.index(THREE) < page.index(ONE)
    assert "Nothing was reported for this connector" in page
    if shape == "json":
        assert [each["connector"] for each in ran.json["failed"]] == [THREE]
    if shape == "markdown":
        lines = [line for line in ran.out.splitlines() if line.startswith("- **")]
        assert THREE.split("-")[0] in lines[0]
        assert len(lines) == 3
        assert ran.out.startswith("<!-- bindbee-sync:plan:many -->")
    if shape == "text":
        rows = [line for line in ran.out.splitlines() if line.split()[:1] and line.split()[0] in NAMES]
        assert rows[0].startswith(THREE)


def test_the_same_connector_twice_fails_and_neither_counts(planned):
    change(planned.path / FILES[0], lambda data: data["connector"].update(name="another-name"))
    planned.run("plan", "--connector", ONE, "--out", "again.json")
    ran = planned.run("report", *FILES, "again.json", "--expect", EXPECTED, "--format", "json")
    assert ran.code == 1
    assert {each["connector"] for each in ran.json["failed"]} == {ONE, "another-name"}
    assert {each["connector"]["name"] for each in ran.json["plans"]} == {TWO, THREE}


ODD = {
    "empty": "",
    "cut off": '{"format_version": 1, "entries": [',
    "a list": "[]",
    "nested deeply": "[" * 200_000,
    "of another version": '{"format_version": 2}',
    "of validate": '{"format_version": 1, "created_at": "2026-03-02T09:30:00Z", "diagnostics": []}',
    "plans that are none": '{"format_version": 1, "plans": [1, null, {}], "failed": [1, {"connector": {}}]}',
    "plans that are no list": '{"format_version": 1, "plans": {}}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_a_file_that_is_no_plan_fails_and_hides_no_other(planned, text):
    (planned.path / "odd.json").write_text(text, encoding="utf-8")
    for shape in ("text", "markdown", "json"):
        ran = planned.run("report", *FILES, "odd.json", "--expect", EXPECTED, "--format", shape)
        assert ran.code == 1
        assert "odd.json" in ran.out.replace("&#8203;", "")
        assert "Traceback" not in ran.err
    assert len(ran.json["plans"]) == 3


def test_a_file_that_is_missing_fails(planned):
    assert planned.run("report", *FILES, "missing.json", "--expect", EXPECTED).code == 1


def nested(data):
    value = "x"
    for _ in range(400):
        value = [value]
    data["entries"][0]["payload"]["offices"] = value


FORGED = {
    "an outcome of nobody's": lambda data: data["entries"][0].update(outcome="done"),
    "a field of nobody's": lambda data: data["entries"][0].update(changes=[{"field": "salary"}]),
    "a link elsewhere": lambda data: data.update(
        steps=[{"kind": "close", "address": "a", "url": "javascript:alert(1)", "reason": ""}]
    ),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_document_is_none(planned, forge):
    change(planned.path / FILES[0], forge)
    ran = planned.run("report", *FILES, "--expect", f"{TWO},{THREE}", "--format", "markdown")
    assert ran.code == 1
    assert "This is no document of a plan or an apply" in ran.out
    assert "Traceback" not in ran.err


HOSTILE = {
    "a payload that nests": nested,
    "a rule of another version": lambda data: data.update(
        diagnostics=[
            {
                "rule": "new/rule",
                "severity": "error",
                "message": f"m{n}",
                "hint": n and "h",
                "path": "_defaults.yaml",
            }
            for n in (0, 1)
        ]
    ),
    "markup in names": lambda data: data["connector"].update(name="<img src=x> @team", customer="**x**\n# y"),
    "half a surrogate pair": lambda data: data["connector"].update(customer="\ud800"),
    "a surrogate in a value": lambda data: data["entries"][0]["payload"].update(description="\ud800"),
}


@pytest.mark.parametrize("forge", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("shape", ["text", "markdown", "json"])
def test_a_hostile_document_is_data(planned, forge, shape):
    change(planned.path / FILES[0], forge)
    args = ("report", *FILES, "--expect", f"{TWO},{THREE}", "--html", "page.html", "--format", shape)
    ran = planned.run(*args)
    assert ran.code in (0, 1)
    assert "Traceback" not in ran.err
    assert "<img" not in (planned.path / "page.html").read_text(encoding="utf-8")
    assert shape == "json" or "\n# y" not in ran.out


def test_a_failed_connector_keeps_its_remedy(many, monkeypatch):
    monkeypatch.setenv(seed.company(2).variable, "not-its-token")
    whole = many.run("plan", "--out", "all.json", "--format", "json")
    ran = many.run("report", "all.json", "--expect", EXPECTED, "--format", "json")
    assert (whole.code, ran.code) == (1, 1)
    assert ran.json["failed"] == whole.json["failed"]
    hint = whole.json["failed"][0]["error"]["hint"]
    assert hint in many.run("report", "all.json", "--expect", EXPECTED).err


def test_a_run_over_one_connector_that_failed_is_known_by_its_name(planned, monkeypatch):
    monkeypatch.setenv(seed.company(2).variable, "not-its-token")
    failed = planned.run("plan", "--connector", TWO, "--format", "json")
    (planned.path / FILES[1]).write_text(failed.out, encoding="utf-8")
    ran = planned.run("report", *FILES, "--expect", EXPECTED, "--format", "json")
    assert ran.code == 1
    assert ran.json["failed"] == [
        {"connector": TWO, "error": failed.json["error"], "diagnostics": failed.json["diagnostics"]}
    ]


def test_a_plan_file_of_one_connector_that_failed_says_why(planned, monkeypatch):
    """So that a shard of one connector is gathered with its remedy; it is no plan to apply."""
    monkeypatch.setenv(seed.company(2).variable, "not-its-token")
    assert planned.run("plan", "--connector", TWO, "--out", FILES[1]).code == 1
    ran = planned.run("report", *FILES, "--expect", EXPECTED, "--format", "json")
    assert (ran.code, [each["connector"] for each in ran.json["failed"]]) == (1, [TWO])
    assert "lists no ATS connector" in ran.json["failed"][0]["error"]["message"]
    assert planned.run("apply", FILES[1], "--connector", TWO, "--local-ledger").code == 1


def test_the_gathered_document_is_a_plan_file_of_all(planned, fleet):
    folder = planned.path / "shards"
    for number, name in enumerate(FILES):
        (folder / str(number)).mkdir(parents=True)
        (planned.path / name).rename(folder / str(number) / "plan.json")
    ran = planned.run("report", "shards", "--expect", EXPECTED, "--json-into", "whole.json")
    assert ran.code == 0, ran.err
    applied = planned.run("apply", "--all", "--yes", "--local-ledger", "--reviewed", "whole.json")
    assert applied.code == 0, applied.out
    assert sum(len(fleet.connector(number).creates()) for number in (1, 2, 3)) == 3


def test_several_configs_without_connectors_are_told_apart_by_id(planned):
    """Each such config calls its connector `default`."""
    for name in FILES:
        change(planned.path / name, lambda data: data["connector"].update(name="default"))
    ids = ",".join(seed.company(number).id for number in (1, 2, 3))
    ran = planned.run("report", *FILES, "--expect", ids, "--format", "markdown")
    assert ran.code == 0
    lines = [line for line in ran.out.splitlines() if line.startswith("- **default")]
    assert len(lines) == 3
    assert all(seed.company(number).id in "".join(lines) for number in (1, 2, 3))
    assert planned.run("report", *FILES[:2], "--expect", ids).code == 1
    assert planned.run("report", FILES[0], "--expect", "default").code == 0


def test_plans_and_applies_are_gathered_together(planned):
    ran = planned.run("apply", "--connector", ONE, "--yes", "--local-ledger", "--format", "json")
    (planned.path / FILES[0]).write_text(ran.out, encoding="utf-8")
    shown = planned.run("report", *FILES, "--expect", EXPECTED, "--format", "markdown")
    assert shown.code == 0
    assert "1 job created" in shown.out


def test_an_uncertain_create_outranks_a_failure(many, fleet):
    fleet.connector(2).fault(status=502, html="Bad gateway")
    ran = many.run("apply", "--all", "--yes", "--local-ledger", "--format", "json")
    (many.path / "applied.json").write_text(ran.out, encoding="utf-8")
    shown = many.run("report", "applied.json", "--expect", f"{EXPECTED},missing")
    assert (ran.code, shown.code) == (3, 3)


def test_outputs_in_actions_are_sums(planned, monkeypatch):
    for name in ("output", "summary"):
        (planned.path / name).write_text("", encoding="utf-8")
        monkeypatch.setenv(
            f"GITHUB_{'OUTPUT' if name == 'output' else 'STEP_SUMMARY'}", str(planned.path / name)
        )
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ran = planned.run("report", *FILES[:2], "--expect", EXPECTED)
    assert ran.code == 1
    outputs = (planned.path / "output").read_text(encoding="utf-8").split()
    assert {"create=2", "exitcode=1", "drifted=0"} <= set(outputs)
    assert "Nothing was reported for this connector" in (planned.path / "summary").read_text(encoding="utf-8")


def test_expected_names_may_come_from_a_file_that_windows_wrote(planned):
    (planned.path / "names.txt").write_bytes("\ufeff{}\r\n\r\n".format("\r\n".join(NAMES)).encode())
    assert planned.run("report", *FILES, "--expect", "@names.txt").code == 0
    assert planned.run("report", *FILES[:2], "--expect", "@names.txt").code == 1
