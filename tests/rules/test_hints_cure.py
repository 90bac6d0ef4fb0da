"""Each rule's hint, followed to the letter: the finding goes away, and no other comes of it.

What a hint shows between backticks is applied exactly as it is shown: a line of a file, a value or a command.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from threading import Thread
from time import sleep
from typing import Any

import pytest
from git_runs import git
from tool_runs import job_text

from bindbee_sync.clock import SystemClock
from bindbee_sync.policies import policy
from bindbee_sync.rules.examples import (
    COACH,
    EXAMPLES,
    NO_CODE,
    OF_NO_ATS,
    PATH,
    RULE,
    SECOND,
    TRAINER,
)
from bindbee_sync.rules.registry import RULES
from bindbee_sync.sandbox import seed

JONAS = "jonas.weber@halden-robotics.example"
REQUIRED = [
    "greenhouse/template-required",
    "greenhouse/remote-user-required",
    "greenhouse/openings-required",
]
"""What a file of a name alone lacks where it describes a new job."""
_TEMPLATE = 'template_id: "Template: People Manager"'
LEAD = re.sub("template_id: .*", _TEMPLATE, job_text("Field Sales Lead", "LEAD-1"))
REP = LEAD.replace("Lead", "Rep").replace("LEAD-1", "REP-1")
LEAD_PATH, REP_PATH = "jobs/sales/lead.yaml", "jobs/sales/rep.yaml"
ONE, TWO, THREE = (seed.company(number) for number in (1, 2, 3))
POLICY = "policies/one-office.yaml"
LINE, COMMAND = r"\s*(?:- )?[\w-]+: .*|\s*- .*", r"bindbee-sync .*"
APPLY = ("apply", "--yes", "--wait-timeout", "0")


@dataclass
class World:
    """A repository at the sandbox, the command that shows a finding, and the hint that is followed."""

    repo: Any
    sandbox: Any
    patch: pytest.MonkeyPatch
    fleet: Any = None
    shows: tuple[str, ...] = ("plan",)
    found: dict[str, Any] = field(default_factory=dict)

    def write(self, files):
        for path, text in files.items():
            file = self.repo.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def run(self, *arguments):
        return self.repo.run(*arguments, "--format", "json").json

    def findings(self):
        return self.run(*self.shows)["diagnostics"]

    @property
    def hint(self):
        return self.found["hint"]

    def quoted(self, kind=r".*"):
        """Return what the hint shows to be copied, of a kind, in its order."""
        return [each for each in re.findall(r"`([^`]+)`", self.hint) if re.fullmatch(kind, each)]

    def to_fleet(self, token=None):
        """Go to the sandbox of three customers."""
        self.sandbox = self.fleet()
        self.patch.setenv("BINDBEE_BASE_URL", self.sandbox.url)
        self.set_token(token)

    def set_token(self, token, name="BINDBEE_CONNECTOR_TOKEN"):
        if token is None:
            self.patch.delenv(name)
        else:
            self.patch.setenv(name, token)

    def git(self, *arguments):
        git(self.repo.path, *arguments)


# What a step does; each begins with the words of the hint that it follows.


def outside(words, do):
    """Follow these words by a step outside of the files: in the ATS, in Bindbee, in the environment."""

    def step(world):
        assert words in world.hint
        do(world)

    return step


def edit(words, before, after, path=None):
    """Follow these words by an edit of the file that the finding is in."""

    def do(world):
        file = world.repo.path / (path or world.found["path"])
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")

    return outside(words, do)


def write(words, files):
    return outside(words, lambda world: world.write(files))


def remove(words, path=None):
    return outside(words, lambda world: (world.repo.path / (path or world.found["path"])).unlink())


def rename(words, before, after):
    return outside(words, lambda world: (world.repo.path / before).rename(world.repo.path / after))


def copying(kind, number, do):
    """Do something with what the hint shows to be copied: the one of that number, of a kind."""

    def step(world):
        do(world, step.copied(world))

    step.copied = lambda world: world.quoted(kind)[number]
    return step


def line(number=0):
    """Put the line that the hint shows in place of the finding's line."""

    def do(world, shown):
        file = world.repo.path / world.found["path"]
        lines = file.read_text(encoding="utf-8").splitlines()
        lines[world.found["line"] - 1] = shown
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return copying(LINE, number, do)


def key(number):
    """Write a field that the hint shows into the finding's file, in place of the one that it has."""

    def do(world, shown):
        file = world.repo.path / world.found["path"]
        name = shown.partition(":")[0]
        kept = re.sub(rf"(?m)^{name}:.*\n([ -].*\n)*", "", file.read_text(encoding="utf-8"))
        file.write_text(f"{kept}{shown}\n", encoding="utf-8")

    return copying(LINE, number, do)


def value(before, number=0):
    """Put a value that the hint shows in place of `before`."""
    return copying(".*", number, lambda world, shown: edit("", before, shown)(world))


def command(number, **placeholders):
    """Run a command that the hint shows, and answer yes."""

    def do(world, shown):
        arguments = [placeholders.get(each, each) for each in shlex.split(shown)[1:]]
        ran = world.repo.run(*arguments, *(("--yes",) if arguments[0] == "apply" else ()))
        assert ran.code == 0, ran

    return copying(COMMAND, number, do)


def then_shows(*arguments):
    """Look at the findings of this command from here on."""

    def step(world):
        world.shows = arguments

    return step


@dataclass(frozen=True)
class Way:
    """The steps by which a hint is followed, and the rules that report what is then true."""

    steps: tuple[Any, ...]
    left: frozenset[str] = frozenset()


def way(*steps, left=()):
    return Way(steps, frozenset(left))


# How a finding comes about that files alone do not bring about.


def lead(world):
    world.write({LEAD_PATH: LEAD})


def both(world):
    lead(world)
    world.write({REP_PATH: REP})


def time_passes(world):
    world.patch.setattr(SystemClock, "sleep", lambda _, seconds: world.sandbox.advance(400 * bool(seconds)))


def at(before):
    """Return the state of one job to create, at a connector that `before` has done something to."""

    def state(world):
        lead(world)
        before(world.sandbox)
        time_passes(world)

    return state


def never(sandbox):
    sandbox.reset(synced="never")
    sandbox.settings(sync_duration=100)


def moving(sandbox):
    sandbox.settings(sync_duration=1000, sync_interval=1)
    sandbox.advance(1)
    sandbox.settings(sync_interval=None)


def failed(sandbox):
    sandbox.settings(sync="fails")
    sandbox.sync()
    sandbox.settings(sync="works")


def refused_by_ats(world):
    lead(world)
    world.sandbox.fault(status=422, body={"detail": "openings: the template wants five"})
    world.repo.apply()


def refused_by_bindbee(world):
    lead(world)
    body = {"detail": [{"loc": ["body", "openings"], "msg": "is too few", "type": "x"}]}
    world.sandbox.fault(status=422, body=body)
    world.shows = APPLY


def created(world):
    lead(world)
    assert world.repo.apply().code == 0
    world.sandbox.sync()
    assert world.repo.apply().code == 0


def made(world):
    return max(job["id"] for job in world.sandbox.source_jobs())


def vanished(world):
    created(world)
    world.sandbox.delete_job(made(world))
    world.sandbox.sync()


def repurposed(world):
    created(world)
    world.write({LEAD_PATH: REP})


def later(world):
    world.sandbox.advance(1100)


def close(world):
    world.sandbox.edit_job(made(world), status="closed")
    world.sandbox.sync()


def too_many(world):
    both(world)
    world.repo.config("max_creates: 1\n")
    world.shows = APPLY


def planned(world):
    both(world)
    assert world.repo.plan("--out", "plan.json").code == 0
    world.shows = ("apply", "plan.json")


def changed(world):
    planned(world)
    world.write({LEAD_PATH: LEAD.replace("openings: 1", "openings: 2")})


def applied_before(world):
    planned(world)
    assert world.repo.run("apply", "plan.json").code == 0


def of(company):
    """Return how the two jobs are written for a company."""
    return {
        path: text.replace(ONE.domain, company.domain) for path, text in ((LEAD_PATH, LEAD), (REP_PATH, REP))
    }


def of_another_connector(world):
    world.to_fleet(TWO.token)
    world.write(of(TWO))
    assert world.repo.plan("--out", "plan.json").code == 0
    world.shows = ("apply", "plan.json")
    world.set_token(THREE.token)


def not_reviewed(world):
    lead(world)
    assert world.repo.plan("--out", "one.json").code == 0
    both(world)
    world.shows = (*APPLY, "--reviewed", "one.json")


def wrong_connector(world):
    world.to_fleet(THREE.token)
    world.write({f"jobs/{TWO.name}/lead.yaml": of(TWO)[LEAD_PATH]})
    world.repo.config(f"connectors: {{{TWO.name}: {{id: {TWO.id}}}}}\n")


def repointed(world):
    wrong_connector(world)
    world.set_token(TWO.token)
    (world.repo.path / ".git").rmdir()
    world.git("init", "--quiet", "--initial-branch", "main")
    commit(world)
    world.repo.config(f"connectors: {{{TWO.name}: {{origin_id: {TWO.origin_id}}}}}\n")
    world.shows = ("plan", "--base", "main")


def commit(world):
    world.git("add", ".")
    world.git("commit", "--quiet", "--message", "x")


def unverifiable(world):
    world.sandbox.settings(template_flag=False)
    world.write({PATH: "name: Backend Engineer\n"})


def undocumented(world):
    both(world)
    world.sandbox.settings(connector={"integration_slug": "workable"})


def untested(world):
    world.write({POLICY: RULE})
    world.shows = ("rules", "test")


def slow(world):
    world.write({POLICY: RULE, PATH: COACH})
    world.patch.setattr(policy, "BUDGET_SECONDS", 0.01)
    world.patch.setattr(policy, "Thread", lambda target, **more: Thread(target=lambda: sleep(0.2), **more))


def simpler(world):
    world.patch.setattr(policy, "BUDGET_SECONDS", 20)
    world.patch.setattr(policy, "Thread", Thread)


STATES = {
    "connector/not-ready": at(lambda sandbox: sandbox.settings(connector={"status": "RELINK_NEEDED"})),
    "connector/never-synced": at(never),
    "connector/list-moved": at(moving),
    "connector/sync-failed": at(failed),
    "connector/stale-list": at(lambda sandbox: sandbox.advance(2 * 24 * 3600)),
    "connector/wrong-connector": wrong_connector,
    "connector/repointed": repointed,
    "ledger/vanished": vanished,
    "ledger/rejected-unchanged": refused_by_ats,
    "ledger/refused-by-ats": refused_by_ats,
    "plan/too-many": too_many,
    "plan/changed": changed,
    "plan/applied-before": applied_before,
    "plan/other-connector": of_another_connector,
    "plan/not-reviewed": not_reviewed,
    "apply/rejected": refused_by_bindbee,
    "identity/repurposed": repurposed,
    "identity/unverifiable-templates": unverifiable,
    "provider/undocumented": undocumented,
    "policy/untested": untested,
    "policy/budget": slow,
}


def trusting(rule):
    """Return the way of who knows that the list is right: the plan still warns of it."""
    return way(command(1), left=[rule])


def instead(words, before, after, path=None, left=()):
    return way(edit(words, before, after, path), left=left)


def added(words, text, left=()):
    """Return the way to follow these words with another line in the finding's file."""
    return instead(words, "openings: 1\n", f"openings: 1\n{text}\n", left=left)


def each_manages(one, two):
    """Return the way to name the job of each of two files by its id."""
    return way(
        *(
            edit("under `sync.id`", "openings: 1\n", f"openings: 1\nsync: {{id: {job}}}\n", path)
            for path, job in ((PATH, one), (SECOND, two))
        ),
        left=["drift/no-update"],
    )


NAME = "name: Sales Coach"
USER = f"remote_user_id: {JONAS}"
TEXT = "description: You teach our sales teams."
TECHNICIAN_ID = "b5377b78-61aa-5874-9feb-22b227be6c06"
DRIFT = ["drift/no-update"]

WAYS = {
    "yaml/syntax": [way(line())],
    "yaml/duplicate-key": [
        instead("Keep one of the two", "openings: 1\n", ""),
        instead("remove the other", "openings: 2\n", ""),
    ],
    "yaml/comment-in-value": [way(line(0)), way(line(1))],
    "schema/odd-text": [way(line())],
    "schema/repeated-item": [instead("Remove the second entry", "[London, london]", "[London]")],
    "schema/unknown-field": [way(line())],
    "schema/type": [instead("Write the number in digits", "one", "1")],
    "schema/empty-name": [instead("Write the job's name", '" "', "Sales Coach")],
    "schema/empty-code": [
        instead("Write the job's code", '""', "SAL-301"),
        instead("remove the line", 'code: ""\n', ""),
    ],
    "schema/openings-positive": [instead("Write 1 or more", "openings: 0", "openings: 1")],
    "schema/status-value": [instead("Did you mean 'OPEN'", "Opened", "OPEN")],
    "files/reserved-name": [
        way(rename("without the leading `_`", "jobs/sales/_sales-coach.yaml", PATH)),
        way(
            edit("if it holds a folder's defaults", f"{NAME}\ncode: SAL-301\n", ""),
            rename("to `_defaults.yaml`", "jobs/sales/_sales-coach.yaml", "jobs/sales/_defaults.yaml"),
        ),
    ],
    "files/ignored": [
        way(rename("Rename", "jobs/sales/.sales-coach.yaml", PATH)),
        way(rename("or move the file", "jobs/sales/.sales-coach.yaml", "notes.yaml")),
        way(remove("remove it otherwise")),
    ],
    "identity/duplicate-address": [way(rename("Rename one of the files", PATH, "jobs/sales/coach.yaml"))],
    "identity/duplicate-code": [
        instead("Give a new job its own code", "sal-301", "SAL-302", SECOND),
        each_manages(TECHNICIAN_ID, "14faf1be-0fe2-502c-be9f-cd4c0bae4661"),
    ],
    "identity/duplicate-name": [
        way(
            edit("Give each of them a code", f"{NAME}\n", f"{NAME}\ncode: SAL-301\n", PATH),
            edit("Give each of them a code", f"{NAME}\n", f"{NAME}\ncode: SAL-302\n", SECOND),
        ),
        instead("or another name", NAME, "name: Sales Trainer", SECOND),
    ],
    "identity/duplicate-target": [
        way(remove("Remove one of the files")),
        instead(
            "write under `sync.id` which job",
            'name: Hardware Test Technician\nsync:\n  remote_id: "4010110"\n',
            "name: Frontend Engineer\nsync: {id: 14faf1be-0fe2-502c-be9f-cd4c0bae4661}\n",
        ),
        way(write("has no `sync`, and has its own name and code", {"jobs/tester.yaml": TRAINER})),
    ],
    "identity/ambiguous-remote": [way(key(0)), way(key(1)), way(key(2), left=REQUIRED)],
    "identity/name-collision": [way(key(0), left=DRIFT), way(key(1))],
    "identity/id-not-found": [instead("Correct the id", "4010999", "4010110")],
    "identity/closed-target": [
        way(remove("Remove the file")),
        way(remove("Remove the file"), write("a name and code of its own", {SECOND: COACH})),
    ],
    "identity/closed-namesake": [way(key(0), left=DRIFT), way(key(1))],
    "identity/repurposed": [
        way(write("write a new file", {LEAD_PATH: LEAD, REP_PATH: REP})),
        way(key(0), left=DRIFT),
        way(outside("if the job is over", close), command(0)),
    ],
    "identity/unverifiable-templates": [
        way(outside("Ask Bindbee", lambda world: world.sandbox.settings(template_flag=True))),
        instead(
            "give each job file a `code`",
            "name: Backend Engineer\n",
            "name: Backend Engineer\ncode: ENG-101\n",
            PATH,
            left=["identity/unverifiable-templates"],
        ),
        instead(
            "or `sync.id`",
            "name: Backend Engineer\n",
            "name: Backend Engineer\nsync: {id: 42a6e0fc-42bb-5681-8f5f-fd83929949f3}\n",
            PATH,
            left=["identity/unverifiable-templates"],
        ),
    ],
    "reference/not-found": [way(value("Londn"))],
    "reference/ambiguous": [way(value("Enablement", 0)), way(value("Enablement", 1))],
    "reference/user-disabled": [instead("whose account is active", "tom.becker", "jonas.weber")],
    "drift/no-update": [
        way(
            outside(
                "Change the job in the ATS",
                lambda world: world.sandbox.edit_job(
                    4010101, office_ids=[seed.company(1).greenhouse_id("offices", "Berlin")]
                ),
            ),
            outside("", lambda world: world.sandbox.sync()),
        ),
        way(command(0)),
    ],
    "connector/not-ready": [
        way(
            outside("Complete or relink it", lambda world: world.sandbox.settings(connector={})),
            command(0),
        ),
        trusting("connector/not-ready"),
    ],
    "connector/never-synced": [
        way(outside("Wait for the first sync", lambda world: world.sandbox.sync()), outside("", later)),
        way(command(0)),
        way(remove("continues anyway", LEAD_PATH), command(1), left=["connector/never-synced"]),
    ],
    "connector/list-moved": [
        way(outside("when the sync is over", later)),
        way(command(0)),
        way(command(1)),
    ],
    "connector/sync-failed": [way(command(0)), trusting("connector/sync-failed")],
    "connector/stale-list": [way(command(0)), trusting("connector/stale-list")],
    "connector/wrong-connector": [
        way(outside("Set BINDBEE_CONNECTOR_TOKEN to the token of", lambda world: world.set_token(TWO.token))),
        way(outside("or unset it", lambda world: world.set_token(None))),
        way(
            edit("correct the pin here", TWO.id, THREE.id),
            write("", {f"jobs/{TWO.name}/lead.yaml": of(THREE)[LEAD_PATH]}),
        ),
    ],
    "connector/repointed": [way(outside("Check that this is meant", commit))],
    "ledger/vanished": [way(command(0))],
    "ledger/rejected-unchanged": [
        instead(
            "Change what the ATS objected to", "openings: 1", "openings: 5", left=["ledger/refused-by-ats"]
        ),
        way(command(0)),
    ],
    "ledger/refused-by-ats": [
        way(
            outside("Check in the ATS", lambda world: None),
            edit("ends with the create", "openings: 1", "openings: 5"),
            outside("", lambda world: world.repo.apply()),
        )
    ],
    "plan/too-many": [
        way(remove("Check that you want all of them", REP_PATH)),
        way(command(0)),
    ],
    "plan/changed": [way(command(0, FILE="plan.json"))],
    "plan/applied-before": [
        way(command(0), then_shows("plan")),
        way(command(1, FILE="plan.json"), then_shows(*APPLY, "--reviewed", "plan.json")),
    ],
    "plan/other-connector": [
        way(outside("Set BINDBEE_CONNECTOR_TOKEN", lambda world: world.set_token(TWO.token))),
        way(
            write("for this one", of(THREE)),
            outside("make a new plan", lambda world: world.repo.plan("--out", "plan.json")),
        ),
    ],
    "plan/not-reviewed": [
        way(
            command(0, FILE="two.json"),
            then_shows(*APPLY, "--reviewed", "one.json", "--reviewed", "two.json"),
        )
    ],
    "apply/rejected": [instead("Correct what they object to", "openings: 1", "openings: 5")],
    "provider/undocumented": [
        way(
            outside("Create one job first", lambda world: world.repo.apply("--target", "sales/lead")),
            outside("then create the others", lambda world: world.repo.apply()),
        )
    ],
    "policy/invalid": [instead("Did you mean 'offices'", "ofices", "offices")],
    "policy/failed": [instead("Change the rule", "4 / (openings - 1) > 0", "offices.size() == 1", POLICY)],
    "policy/budget": [way(outside("Make this rule simpler", simpler))],
    "policy/untested": [
        instead(
            "`passes` and `fails` are lists of jobs",
            "field: offices\n",
            "field: offices\nexamples:\n  passes: [{offices: [Berlin]}]\n  fails: [{offices: []}]\n",
        )
    ],
    "provider/ashby-name": [added("Write a name", NAME)],
    "provider/ashby-department": [instead("exactly one department", "[Sales, Marketing]", "[Sales]")],
    "provider/ashby-office": [instead("exactly one office", "[London, Berlin]", "[London]")],
    "provider/ashby-draft": [instead("Leave out `status`", "status: OPEN\n", "")],
    "provider/bamboohr-name": [added("Write a name", NAME)],
    "provider/bamboohr-status": [way(key(0)), way(key(1))],
    "provider/bamboohr-description": [added("Write what the job is about", TEXT)],
    "provider/bamboohr-hiring-manager": [added("Name one person", f"hiring_managers: [{JONAS}]")],
    "provider/bamboohr-office": [added("Name the office", "offices: [London]")],
    "provider/lever-name": [added("Write a name", NAME)],
    "provider/lever-user": [added("by email", USER)],
    "provider/teamtailor-name": [added("Write a name", NAME)],
    "provider/teamtailor-description": [added("Write the text of the posting", TEXT)],
    "provider/teamtailor-user": [added("by email", USER)],
    "greenhouse/template-required": [
        way(
            command(0),
            edit(
                "Name the template", "openings:", 'template_id: "Template: Individual Contributor"\nopenings:'
            ),
        )
    ],
    "greenhouse/remote-user-required": [
        way(command(0), edit("by the email", "openings:", f"{USER}\nopenings:"))
    ],
    "greenhouse/openings-required": [way(key(0))],
    "greenhouse/name-required": [added("Give it a name", NAME)],
    "greenhouse/single-department": [way(line())],
    "greenhouse/unified-ids": [
        instead("Write the name", "4001005", "Sales"),
        instead("the id (a UUID)", "4001005", seed.department_id("Sales")),
    ],
    "greenhouse/template-not-found": [
        way(value('"Template: Team Lead"', 0)),
        way(value('"Template: Team Lead"', 1)),
    ],
    "greenhouse/template-flag": [
        way(
            outside("Mark it as a template", lambda world: world.sandbox.edit_job(4010119, is_template=True)),
            outside("", lambda world: world.sandbox.sync()),
        ),
        *(way(value('"Sales Engineer"', number)) for number in range(3)),
    ],
    "greenhouse/openings-high": [instead("Check the number", "openings: 150", "openings: 15")],
    "greenhouse/field-not-forwarded": [way(remove("Remove the file"))],
}

# Other examples of a rule: what a hint says depends on them, and so does what follows from it.
MORE = {
    "two namesakes with a code": (
        {PATH: COACH.replace("Sales Coach", "Account Executive")},
        "identity/name-collision",
        [way(key(0), left=DRIFT), way(key(1), left=DRIFT), way(key(2))],
    ),
    "two namesakes without a code": (
        {PATH: NO_CODE.replace("Sales Coach", "Account Executive")},
        "identity/ambiguous-remote",
        [way(key(0)), way(key(1), left=DRIFT), way(key(2))],
    ),
    "a code that differs by case": (
        {PATH: COACH.replace("SAL-301", "eng-101")},
        "identity/name-collision",
        [way(key(0), left=DRIFT), way(key(1))],
    ),
    "one department twice": (
        {PATH: COACH.replace("[Sales]", "[Sales, sales]")},
        "schema/repeated-item",
        [instead("Remove the second entry", "[Sales, sales]", "[Sales]")],
    ),
    "one department by name and by id": (
        {PATH: COACH.replace("[Sales]", f"[Sales, {seed.department_id('Sales')}]")},
        "schema/repeated-item",
        [instead("Remove the second entry", f"[Sales, {seed.department_id('Sales')}]", "[Sales]")],
    ),
    "three departments": (
        {PATH: COACH.replace("[Sales]", "[Sales, sales, Marketing]")},
        "greenhouse/single-department",
        [way(line())],
    ),
    "a person by a misspelt name": (
        {PATH: COACH.replace(JONAS, "Jonas Veber")},
        "reference/not-found",
        [way(value("Jonas Veber"))],
    ),
    "an office that nothing is like": (
        {PATH: COACH.replace("London", "Xyz")},
        "reference/not-found",
        [way(value("Xyz", number)) for number in range(3)],
    ),
    "an office that is no list": (
        {PATH: COACH.replace("[London]", "London")},
        "schema/type",
        [way(line())],
    ),
    "two offices that are no list": (
        {PATH: COACH.replace("[London]", "London, Berlin")},
        "schema/type",
        [way(line())],
    ),
    "a quote that is not closed": (
        {PATH: COACH.replace("Sales Coach", "\u201cSales Coach")},
        "schema/odd-text",
        [way(line())],
    ),
    "two spaces": (
        {PATH: COACH.replace("Sales Coach", "Sales  Coach")},
        "schema/odd-text",
        [way(line())],
    ),
    "a character that does not show": (
        {PATH: COACH.replace("Sales Coach", "Sales\u200b Coach")},
        "schema/odd-text",
        [way(line())],
    ),
    "a no-break space in a code": (
        {PATH: COACH.replace("SAL-301", "SAL\u00a0301")},
        "schema/odd-text",
        [way(line())],
    ),
    "an entry that goes on with the next": (
        {PATH: COACH.replace(" [London]", "\n  - London\n    - Berlin")},
        "schema/odd-text",
        [way(line())],
    ),
    "a first line that is indented": (
        {PATH: f"  {COACH}"},
        "yaml/syntax",
        [way(line())],
    ),
    "a comment behind a code": (
        {PATH: COACH.replace("SAL-301", "SAL-301 # was SAL-300")},
        "yaml/comment-in-value",
        [way(line(0)), way(line(1))],
    ),
    "another field that is not sent": (
        {PATH: f"{COACH}{TEXT}\n"},
        "greenhouse/field-not-forwarded",
        [instead("Or remove the line", f"{TEXT}\n", "")],
    ),
}


def prepared(world, rule):
    """Bring about the finding of a rule: by its page's example, or by what happened before."""
    provider = RULES[rule].provider
    if rule in STATES:
        STATES[rule](world)
    else:
        world.write(EXAMPLES[rule].breaks)
        if rule in OF_NO_ATS or provider not in (None, "greenhouse"):
            world.repo.config(f"provider: {provider or 'other'}\n")
            world.shows = ("validate",)


def follow(world, rule, chosen):
    findings = world.findings()
    world.found = next(each for each in reversed(findings) if each["rule"] == rule)
    for step in chosen.steps:
        step(world)
    after = {each["rule"]: each for each in world.findings()}
    assert set(after) == chosen.left, (world.hint, list(after.values()))


CASES = [
    pytest.param(rule, number, id=f"{rule}-{number}")
    for rule, ways in WAYS.items()
    for number in range(len(ways))
]


@pytest.fixture
def world(repo, sandbox, monkeypatch, own_git_config, request):
    del own_git_config
    return World(repo, sandbox, monkeypatch, lambda: request.getfixturevalue("fleet"))


@pytest.mark.parametrize(("rule", "number"), CASES)
def test_the_hint_followed_to_the_letter_cures(world, rule, number):
    prepared(world, rule)
    follow(world, rule, WAYS[rule][number])


@pytest.mark.parametrize(
    ("case", "number"), [(case, number) for case, (_, _, ways) in MORE.items() for number in range(len(ways))]
)
def test_so_does_that_of_another_example(world, case, number):
    files, rule, ways = MORE[case]
    world.write(files)
    follow(world, rule, ways[number])


def test_every_rule_that_has_a_hint_is_followed():
    assert set(WAYS) == {rule.id for rule in RULES.values() if rule.hint}


@pytest.mark.parametrize("rule", WAYS)
def test_every_line_and_command_that_a_hint_shows_is_applied(world, rule):
    prepared(world, rule)
    world.found = next(each for each in reversed(world.findings()) if each["rule"] == rule)
    steps = [step for each in WAYS[rule] for step in each.steps]
    applied = {step.copied(world) for step in steps if hasattr(step, "copied")}
    assert {*world.quoted(LINE), *world.quoted(COMMAND)} <= applied
