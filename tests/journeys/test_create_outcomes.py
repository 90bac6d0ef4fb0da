"""What became of a create: every answer and every silence, and that no job is ever made twice."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pytest

from bindbee_sync.applying import executor
from bindbee_sync.bindbee.client import Bindbee

NAME = "Field Sales Lead"
BODY_FAULT = {"detail": [{"loc": ["body", "openings"], "msg": "must be a number", "type": "int"}]}
MIXED_FAULT = {"detail": [*BODY_FAULT["detail"], {"loc": ["header", "x"], "msg": "no", "type": "x"}]}
HTML = "<html><body><h1>Something went wrong</h1></body></html>"


@dataclass
class Case:
    """A fault, the result it comes to, and what the next plan says."""

    name: str
    step: dict
    result: str
    next: str
    made: bool = False
    posts: int = 1
    settings: dict = field(default_factory=dict)


def answered(status, result, after, **body):
    kind = next(iter(body), "empty")
    return Case(f"{status} {kind}", {"status": status, **body}, result, after)


NO = {"detail": "no"}
CASES = [
    *(answered(status, "rejected", "create", body=NO) for status in (401, 403, 404, 405, 413, 415)),
    answered(422, "rejected", "create", body=BODY_FAULT),
    *(answered(status, "rejected", "blocked", body=NO) for status in (400, 402, 410, 422, 451)),
    Case("422 of the body and more", {"status": 422, "body": MIXED_FAULT}, "rejected", "blocked"),
    Case("401 with a list", {"status": 401, "body": ["no"]}, "rejected", "blocked"),
    *(answered(status, "uncertain", "uncertain", body=NO) for status in (302, 408, 409, 500, 502, 503, 504)),
    *(answered(status, "uncertain", "uncertain", html=HTML) for status in (400, 401, 403, 422, 502)),
    *(answered(status, "uncertain", "uncertain") for status in (307, 400, 404, 422, 500)),
    Case("422 cut", {"do": "half", "status": 422}, "uncertain", "uncertain"),
    Case("lost", {"do": "lose"}, "uncertain", "uncertain"),
    Case("half", {"do": "half"}, "uncertain", "uncertain"),
    *(
        Case(f"made, {case.name}", case.step | {"when": "after"}, "uncertain", "uncertain", made=True)
        for case in (
            answered(500, "", "", body=NO),
            answered(504, "", "", html=HTML),
            answered(409, "", "", body=NO),
            answered(302, "", ""),
            Case("lost", {"do": "lose"}, "", ""),
            Case("half", {"do": "half"}, "", ""),
        )
    ),
    *(
        Case(
            f"made, {status} {text!r}",
            {"when": "after", "status": status, **body},
            "created",
            "pending",
            made=True,
        )
        for status, text, body in (
            (200, "nothing", {}),
            (202, "html", {"html": HTML}),
            (201, "garbage", {"text": '{"id": '}),
            (201, "another type", {"body": [1, {"id": None}]}),
            (204, "nothing", {}),
        )
    ),
    Case(
        "short 429",
        {"status": 429, "headers": {"Retry-After": "0"}},
        "created",
        "pending",
        made=True,
        posts=2,
    ),
    Case(
        "three short 429",
        {"status": 429, "headers": {"Retry-After": "0"}, "times": 3},
        "created",
        "pending",
        made=True,
        posts=4,
    ),
]
CODES = {"created": 0, "rejected": 1, "uncertain": 3}


def groups():
    """Yield the cases by what they come to, few enough for one apply: it stops after three uncertain ones."""
    kinds = defaultdict(list)
    for case in CASES:
        kinds[case.result, case.next, case.posts].append(case)
    for (result, after, _), cases in kinds.items():
        many = 3 if result == "uncertain" else len(cases)
        for at in range(0, len(cases), many):
            yield pytest.param(result, after, cases[at : at + many], id=f"{result}-{after}-{cases[at].name}")


def jobs_made(sandbox, name=NAME):
    return sum(job["name"] == name for job in sandbox.source_jobs())


@pytest.mark.parametrize(("result", "after", "chosen"), [*groups()])
def test_every_answer_has_its_result_its_code_and_its_next_outcome(repo, sandbox, result, after, chosen):
    """A job for each case, all in one apply: the answers come in the order of their files."""
    cases = {f"sales/{number}": case for number, case in enumerate(chosen)}
    for address, case in cases.items():
        repo.job(address, case.name, f"LEAD-{address[-1]}")
        sandbox.fault(**case.step)

    def check_what_was_made(made, posts):
        sent = Counter(create["name"] for create in sandbox.creates())
        for case in cases.values():
            assert jobs_made(sandbox, case.name) == made(case), case.name
            assert sent[case.name] == posts(case), case.name

    ran = repo.apply()
    assert ran.results == dict.fromkeys(cases, result)
    assert ran.code == CODES[result]
    check_what_was_made(lambda case: case.made, lambda case: case.posts)
    assert repo.plan().outcomes == dict.fromkeys(cases, after)

    sandbox.sync()
    then = {address: "in_sync" if case.made else after for address, case in cases.items()}
    assert repo.plan().outcomes == then
    repo.apply()
    sandbox.sync()
    repo.apply()
    again = after == "create"
    check_what_was_made(lambda case: case.made or again, lambda case: case.posts + again)


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_comes_too_late_is_uncertain_and_its_job_is_found_later(repo, sandbox, when):
    repo.config("timeout: 0.2\n")
    repo.job("sales/lead", NAME, "LEAD-1")
    sandbox.fault("pass", when=when, delay=0.5)
    ran = repo.apply()
    assert (ran.code, ran.results) == (3, {"sales/lead": "uncertain"})
    until = time.monotonic() + 10
    while not jobs_made(sandbox) and time.monotonic() < until:
        time.sleep(0.02)
    assert repo.plan().outcomes == {"sales/lead": "uncertain"}
    sandbox.sync()
    found = repo.apply()
    assert (found.code, found.outcomes) == (0, {"sales/lead": "in_sync"})
    assert (len(sandbox.creates()), jobs_made(sandbox)) == (1, 1)


def test_a_refused_connection_reaches_nobody_and_may_be_tried_again(repo, sandbox, monkeypatch):
    real = Bindbee.create_job

    def refused(self, payload):
        http = self._http  # reads go to the sandbox, creates to a port where nobody is
        with monkeypatch.context() as patch:
            patch.setattr(http, "_base_url", "http://127.0.0.1:9")
            return real(self, payload)

    repo.job("sales/lead", NAME, "LEAD-1")
    with monkeypatch.context() as patch:
        patch.setattr(executor, "RESENDS", (0.0, 0.0))
        patch.setattr(Bindbee, "create_job", refused)
        ran = repo.apply()
    assert (ran.code, ran.results) == (1, {"sales/lead": "rejected"})
    assert "Nothing reached Bindbee" in ran.json["diagnostics"][0]["hint"]
    assert not sandbox.creates()
    assert repo.plan().outcomes == {"sales/lead": "create"}
    assert repo.apply().results == {"sales/lead": "created"}


def test_what_the_ats_refused_may_be_kept_in_part_and_no_hint_says_otherwise(repo, sandbox):
    repo.job("sales/lead", NAME, "LEAD-1")
    sandbox.fault(status=400, body={"detail": "the department was made, the job was not"})
    ran = repo.apply()
    assert ran.results == {"sales/lead": "rejected"}
    (hint,) = {found["hint"] for found in ran.json["diagnostics"] if found["rule"] == "apply/rejected"}
    assert "whether a part of the job was kept" in hint
    assert "--retry-rejected" in hint


def test_several_without_an_answer_in_a_row_stop_the_apply(repo, sandbox):
    for number in range(6):
        repo.job(f"sales/{number}", f"Role {number}", f"R-{number}")
    sandbox.fault("pass")
    sandbox.fault("lose", times=5)
    ran = repo.apply()
    assert list(ran.results.values()) == ["created", *["uncertain"] * 3, *["not_tried"] * 2]
    assert ran.code == 3
    assert len(sandbox.creates()) == 4
    assert [*repo.plan().outcomes.values()] == ["pending", *["uncertain"] * 3, *["create"] * 2]
    assert "API seems to be down" in ran.json["entries"][-1]["detail"]


def test_an_answer_in_between_says_that_the_api_is_up(repo, sandbox):
    for number in range(5):
        repo.job(f"sales/{number}", f"Role {number}", f"R-{number}")
    sandbox.follow({"steps": [{"do": "lose", "times": 2}, {"do": "pass"}, {"do": "lose", "times": 2}]})
    assert "not_tried" not in repo.apply().results.values()
    assert len(sandbox.creates()) == 5


@pytest.mark.parametrize(
    ("loc", "line", "column"),
    [
        (["body", "openings"], 6, 11),
        (["body", "offices", 0], 3, 11),
        (["body", "offices"], 3, 10),
        (["body", "offices", 5], 3, 10),
        (["body", "status"], 1, 1),
        (["body"], 1, 1),
    ],
)
def test_an_objection_is_shown_at_the_line_it_is_about(repo, sandbox, loc, line, column):
    repo.job("sales/lead", NAME)
    sandbox.fault(status=422, body={"detail": [{"loc": loc, "msg": "is \u001b[31mbad", "type": "x"}]})
    ran = repo.apply()
    (found,) = ran.json["diagnostics"]
    assert (found["rule"], found["line"], found["column"]) == ("apply/rejected", line, column)
    assert found["address"] == "sales/lead"
    assert "bad" in found["message"]
    assert "\x1b" not in found["message"]


class TestRefusedByTheAts:
    """The ATS may have kept part of what it refused: it is sent again only where something changed."""

    @pytest.fixture(autouse=True)
    def refused(self, repo, sandbox):
        self.file = repo.job("sales/lead", NAME, "LEAD-1")
        sandbox.fault(status=422, body={"detail": "openings: the template wants five"})
        assert repo.apply().results == {"sales/lead": "rejected"}

    def test_unchanged_it_is_blocked(self, repo, sandbox):
        plan = repo.plan()
        assert plan.code == 1
        rules = {(found["rule"], found["severity"]) for found in plan.json["diagnostics"]}
        assert rules == {("ledger/rejected-unchanged", "error"), ("ledger/refused-by-ats", "warning")}
        assert "the template wants five" in plan.out
        assert repo.apply().code == 1
        assert len(sandbox.creates()) == 1

    def test_changed_it_is_created_with_a_warning(self, repo, sandbox):
        self.file.write_text(self.file.read_text().replace("openings: 1", "openings: 5"))
        ran = repo.apply()
        assert ran.results == {"sales/lead": "created"}
        assert {rule for rule, _, _ in ran.rules} == {"ledger/refused-by-ats"}

    def test_a_comment_is_no_change_and_neither_is_another_address(self, repo):
        self.file.write_text(f"# five openings, please\n{self.file.read_text()}")
        assert repo.plan().outcomes == {"sales/lead": "blocked"}
        repo.move("sales/lead", "field/lead")
        assert repo.plan().outcomes == {"field/lead": "blocked"}

    def test_on_request_it_is_sent_again_unchanged(self, repo, sandbox):
        ran = repo.apply("--retry-rejected")
        assert ran.results == {"sales/lead": "created"}
        assert {rule for rule, _, _ in ran.rules} == {"ledger/refused-by-ats"}
        assert sandbox.creates()[0] == sandbox.creates()[1]
        assert repo.plan().outcomes == {"sales/lead": "pending"}
        assert not repo.plan().json["diagnostics"]


def test_a_wait_does_not_call_an_uncertain_create_listed(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.fault(do="lose", on="create", when="before")
    ran = repo.run("apply", "--yes", "--wait", "--wait-timeout", "1", "--format", "json")
    assert (ran.code, ran.results) == (3, {"sales/lead": "uncertain"})
    assert "Every created job is listed." not in ran.json["notes"]
