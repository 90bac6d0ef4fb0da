"""Every way to swap two customers: it does what was meant, or stops before anything is listed or created."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

ONE, TWO, THREE = (seed.company(number) for number in (1, 2, 3))
WRONG = "connector/wrong-connector"
ELSEWHERE = "00000000-0000-4000-8000-000000000000"


def error_of(ran):
    """Return the rule of a document's error, or its message where it has none."""
    found = ran.json["diagnostics"]
    return found[0]["rule"] if found else ran.json["error"]["message"]


def others_token(c):
    c.pinned(2)
    c.set("BINDBEE_CONNECTOR_TOKEN", THREE.token)


def others_token_by_name(c):
    c.pinned(2)
    c.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    c.token(TWO.name, 3)


def others_token_for_an_origin_id(c):
    c.pinned(2, key="origin_id")
    c.token(TWO.name, 3)


def no_origin_id_at_the_tokens_connector(c):
    c.pinned(2, key="origin_id")
    c.token(TWO.name, 1)


def edited_pin(c):
    c.pinned(2)
    c.token(TWO.name, 2)
    c.config({TWO.name: {"id": THREE.id}})


def id_and_origin_id_that_disagree(c):
    c.pinned(2)
    c.token(TWO.name, 2)
    c.config({TWO.name: {"id": TWO.id, "origin_id": THREE.origin_id}})


def id_of_another_region(c):
    c.pinned(2)
    c.token(TWO.name, 2)
    c.config({TWO.name: {"id": ELSEWHERE}})


def made_again_with_its_new_token(c):
    c.pinned(2)
    c.set("BINDBEE_CONNECTOR_TOKEN", c.sandbox.connector(2).make_again()["connector_token"])


def origin_id_in_capitals(c):
    c.pinned(2)
    c.token(TWO.name, 2)
    c.config({TWO.name: {"origin_id": "CUST-0002"}})


def copied_folder_under_the_others_name(c):
    """A folder and its pin, copied to the name of a customer who has a token."""
    c.job(2, "a", "J-2", folder=THREE.name)
    c.config({THREE.name: {"id": TWO.id}})
    c.token(THREE.name, 3)


def file_ledger_of_others(c):
    c.config({TWO.name: {}})
    c.job(2, "a", "J-2")
    c.token(TWO.name, 2)
    assert c.repo.apply().code == 0
    c.token(TWO.name, 3)


def git_ledger_of_others(c):
    remote = c.repo.path.parent / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    (c.repo.path / ".git").rmdir()
    subprocess.run(["git", "init", "-q", str(c.repo.path)], check=True)
    subprocess.run(["git", "-C", str(c.repo.path), "remote", "add", "origin", str(remote)], check=True)
    c.config({TWO.name: {}}, top="ledger: git+origin#ledger\n")
    c.job(2, "a", "J-2")
    c.token(TWO.name, 2)
    assert c.repo.run("ledger", "init").code == 0
    assert c.repo.apply().code == 0
    c.token(TWO.name, 3)


def plain_token_without_a_pin_where_several_are_named(c):
    c.config({TWO.name: {}, THREE.name: {"id": THREE.id}})
    c.job(2, "a", "J-2")
    c.set("BINDBEE_CONNECTOR_TOKEN", ONE.token)


SWAPS = [
    plain_token_without_a_pin_where_several_are_named,
    others_token,
    others_token_by_name,
    others_token_for_an_origin_id,
    no_origin_id_at_the_tokens_connector,
    edited_pin,
    id_and_origin_id_that_disagree,
    id_of_another_region,
    made_again_with_its_new_token,
    origin_id_in_capitals,
    copied_folder_under_the_others_name,
    file_ledger_of_others,
    git_ledger_of_others,
]
COMMANDS = [
    ("plan",),
    ("apply", "--yes"),
    ("apply", "--yes", "--refresh"),
    ("apply", "--yes", "--settle"),
    ("import",),
    ("lookup", "departments"),
    ("schema", "--live"),
    ("doctor",),
    ("ledger", "list"),
    ("ledger", "show", "a"),
    ("ledger", "resolve", "a", "--not-created"),
    ("ledger", "release", "a"),
]
SHORT = {("plan",), ("apply", "--yes")}


@pytest.mark.parametrize(
    ("swap", "command"),
    [
        (swap, command)
        for swap in SWAPS
        for command in COMMANDS
        if command in SHORT or swap in (others_token, file_ledger_of_others, git_ledger_of_others)
    ],
    ids=lambda value: value.__name__ if callable(value) else " ".join(value),
)
def test_a_swap_stops_before_anything_is_listed_or_sent(customers, swap, command):
    swap(customers)
    before = len(customers.sandbox.log())
    made = sum(map(len, map(customers.creates, (1, 2, 3))))
    files = customers.files()
    chosen = ("--connector", TWO.name) if swap is plain_token_without_a_pin_where_several_are_named else ()
    ran = customers.repo.run(*command, *chosen, *(() if command[0] == "schema" else ("--format", "json")))
    assert ran.code == 1
    if command[0] in ("plan", "apply"):
        assert error_of(ran) == WRONG
    else:
        assert "is of " in ran.out + ran.err
    asked = [(each["method"], each["path"]) for each in customers.sandbox.log()[before:]]
    assert set(asked) == {("GET", "/api/ats/v1/connectors")}
    assert sum(map(len, map(customers.creates, (1, 2, 3)))) == made
    assert customers.files() == files


def test_the_message_names_both_customers_and_the_remedy_cures(customers):
    others_token(customers)
    (found,) = customers.repo.plan().json["diagnostics"]
    assert THREE.end_user in found["message"]
    assert TWO.id in found["message"]
    assert THREE.id in found["message"]
    assert (found["path"], found["line"]) == ("bindbee-sync.yaml", 3)
    assert "unset it" in found["hint"]
    customers.unset("BINDBEE_CONNECTOR_TOKEN")
    assert customers.repo.plan().outcomes == {"a": "create"}


@pytest.mark.parametrize("remedy", ["pin", "variable"])
def test_where_several_are_named_either_remedy_for_the_plain_token_cures(customers, remedy):
    plain_token_without_a_pin_where_several_are_named(customers)
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    (found,) = customers.repo.plan("--connector", TWO.name).json["diagnostics"]
    keys = f"id: {TWO.id}, jobs: jobs/{TWO.name}"
    assert f"{TWO.name}: {{{keys}}}" in found["hint"]
    assert "BINDBEE_CONNECTOR_TOKEN_BRIGHTWATER_FOODS" in found["hint"]
    if remedy == "pin":
        customers.config({TWO.name: {"id": TWO.id}, THREE.name: {"id": THREE.id}})
    else:
        customers.unset("BINDBEE_CONNECTOR_TOKEN")
        customers.token(TWO.name, 2)
    assert customers.repo.plan("--connector", TWO.name).outcomes == {"a": "create"}


def unknown_id(c):
    c.config({TWO.name: {"id": ELSEWHERE}})
    return "sees no connector"


def unknown_origin_id(c):
    c.config({TWO.name: {"origin_id": "cust"}})
    return "sees no connector"


def pins_that_disagree(c):
    c.config({TWO.name: {"id": TWO.id, "origin_id": THREE.origin_id}})
    return "sees no connector"


def inactive(c):
    c.sandbox.connector(2).settings(connector={"is_active": False})
    return "is not active"


def namesake(c):
    c.config({TWO.name: {"origin_id": TWO.origin_id}})
    c.sandbox.connector(3).settings(connector={"origin_id": TWO.origin_id})
    return "2 connectors have"


def deleted(c):
    c.sandbox.connector(2).delete()
    return "sees no connector"


def made_again_by_id(c):
    c.sandbox.connector(2).make_again()
    return "sees no connector"


def two_names_of_one_id(c):
    c.config({"a": {"id": TWO.id}, "b": {"id": TWO.id.upper()}})
    return "have the same id"


def two_names_of_one_origin_id(c):
    c.config({"a": {"origin_id": TWO.origin_id}, "b": {"origin_id": TWO.origin_id}})
    return "have the same origin_id"


def one_jobs_folder_for_two(c):
    c.config({"a": {"id": TWO.id, "jobs": "jobs"}, "b": {"id": THREE.id, "jobs": "jobs/b"}})
    return "share a jobs folder"


@pytest.mark.parametrize("command", sorted(SHORT))
@pytest.mark.parametrize(
    "swap",
    [
        unknown_id,
        unknown_origin_id,
        pins_that_disagree,
        inactive,
        namesake,
        deleted,
        made_again_by_id,
        two_names_of_one_id,
        two_names_of_one_origin_id,
        one_jobs_folder_for_two,
    ],
)
def test_a_pin_that_means_no_one_connector_stops(customers, swap, command):
    customers.pinned(2)
    message = swap(customers)
    many = ["--all"] if command[0] == "apply" else []
    ran = customers.repo.run(*command, *many, "--format", "json")
    assert (ran.code, message in ran.out) == (1, True)
    assert customers.only_asked_who
    assert customers.tokens_used <= {(None, "none")}


def test_another_host_has_other_connectors(customers):
    customers.pinned(2)
    with Sandbox(connectors=3) as host:
        host.connector(2).make_again()
        customers.set("BINDBEE_BASE_URL", host.url)
        assert "sees no connector" in customers.repo.apply().out
        customers.token(TWO.name, 3)
        assert error_of(customers.repo.apply()) == WRONG
        assert {asked["path"] for asked in host.log()} == {"/api/ats/v1/connectors"}


def test_without_a_pin_another_host_is_refused_by_the_ledger(customers):
    customers.config({TWO.name: {}})
    customers.job(2, "a", "J-2")
    customers.token(TWO.name, 2)
    assert customers.repo.apply().code == 0
    with Sandbox(connectors=2) as host:
        again = host.connector(2).make_again()["connector_token"]
        customers.set("BINDBEE_BASE_URL", host.url)
        customers.set(TWO.variable, again)
        assert error_of(customers.repo.apply()) == WRONG
        assert {asked["path"] for asked in host.log()} == {"/api/ats/v1/connectors"}


@pytest.mark.parametrize("pinned", [True, False])
def test_the_ledger_of_another_customer_is_refused_without_a_pin_and_never_written_over(customers, pinned):
    customers.pinned(2)
    customers.set("BINDBEE_LEDGER", str(customers.repo.path / "of-two"))
    assert customers.repo.apply().code == 0
    before = (customers.repo.path / "of-two").read_bytes()
    customers.config({THREE.name: {"id": THREE.id} if pinned else {}})
    customers.token(THREE.name, 3)
    customers.job(3, "b", "J-3")
    ran = customers.repo.apply()
    after = (customers.repo.path / "of-two").read_bytes()
    if pinned:
        assert (ran.results, customers.creates(3)) == ({"b": "created"}, ["J-3"])
        assert after.startswith(before)
    else:
        assert (error_of(ran), customers.creates(3), after) == (WRONG, [], before)


def test_a_copied_folder_of_jobs_that_exist_creates_none_at_the_other_customer(customers):
    customers.config({TWO.name: {"id": TWO.id}, THREE.name: {"id": THREE.id}})
    assert customers.repo.run("import", "--connector", TWO.name).code == 0
    jobs = customers.repo.path / "jobs"
    shutil.rmtree(jobs / THREE.name, ignore_errors=True)
    shutil.copytree(jobs / TWO.name, jobs / THREE.name)
    ran = customers.repo.run("apply", "--yes", "--connector", THREE.name, "--format", "json")
    assert ran.code == 1
    assert set(ran.outcomes.values()) == {"blocked"}
    assert customers.creates(3) == []


def test_case_does_not_matter_in_an_id(customers):
    customers.pinned(2)
    customers.config({TWO.name: {"id": TWO.id.upper()}})
    assert customers.repo.apply().code == 0
    customers.token(TWO.name, 2)
    assert customers.repo.plan().outcomes == {"a": "pending"}
    assert customers.creates(2) == ["J-2"]


def test_a_connector_of_people_with_the_same_origin_id_is_not_taken_for_the_ats(customers):
    customers.pinned(2, key="origin_id")
    namesake = {"settings": {"connector": {"origin_id": TWO.origin_id}}}
    customers.sandbox.follow({"connectors": {"hris": namesake}})
    assert customers.repo.apply().code == 0
    assert customers.creates(2) == ["J-2"]


def test_an_origin_id_still_means_the_customer_whose_connector_was_made_again(customers):
    customers.pinned(2, key="origin_id")
    assert customers.repo.apply().code == 0
    customers.sandbox.connector(2).make_again()
    again = customers.repo.apply()
    # The ledger's records are of the connector before: that job may be listed, or may not yet.
    assert (again.code, customers.creates(2)) == (0, ["J-2"])


def test_a_renamed_connector_creates_nothing_twice(customers):
    customers.pinned(2)
    assert customers.repo.apply().code == 0
    folder = customers.repo.path / "jobs"
    (folder / TWO.name).rename(folder / "renamed")
    customers.config({"renamed": {"id": TWO.id}})
    assert customers.repo.apply().outcomes == {"a": "pending"}
    assert customers.creates(2) == ["J-2"]


@pytest.mark.parametrize("kind", ["file", "git"])
def test_a_renamed_connector_with_a_ledger_of_its_own_creates_nothing_twice(customers, tmp_path, kind):
    location = ".bindbee-sync/{connector}" if kind == "file" else "git+origin#ledgers/{connector}"
    if kind == "git":
        for command in (["init", "-q", "--bare", tmp_path / "hub"], ["init", "-q", customers.repo.path]):
            subprocess.run(["git", *command], check=True)
        origin = ["remote", "add", "origin", tmp_path / "hub"]
        subprocess.run(["git", "-C", customers.repo.path, *origin], check=True)
    customers.pinned(2)
    customers.config({TWO.name: {"id": TWO.id}}, top=f"ledger: '{location}'\n")
    if kind == "git":
        assert customers.repo.run("ledger", "init").code == 0
    assert customers.repo.apply().code == 0
    folder = customers.repo.path / "jobs"
    (folder / TWO.name).rename(folder / "renamed")
    customers.config({"renamed": {"id": TWO.id}}, top=f"ledger: '{location}'\n")
    if kind == "git":
        assert customers.repo.run("ledger", "init").code == 0, "what the hint says at a missing branch"
    for command in ("plan", "apply"):
        ran = customers.repo.run(command, *(["--yes"] if command == "apply" else []), "--format", "json")
        assert (ran.code, [found["rule"] for found in ran.json["diagnostics"]]) == (1, [WRONG])
    cure(customers, {"renamed": {"id": TWO.id}}, f"ledger: '{location}'\n", ran)
    assert customers.repo.apply().outcomes == {"a": "pending"}
    assert customers.creates(2) == ["J-2"]


def cure(customers, connectors, top, ran):
    """Write the line that a hint names into the config, under the connector that it names."""
    key, value, name = re.search(
        r"`(ledger_name): ([a-z0-9-]+)` under `([a-z0-9-]+):`", ran.json["error"]["hint"]
    ).groups()
    connectors[name][key] = value
    customers.config(connectors, top)


@pytest.mark.parametrize("kind", ["file", "git"])
@pytest.mark.parametrize("names", [("b", "a"), ("b", "c"), ("c", "a")])
def test_connectors_that_exchange_their_names_find_their_ledgers_by_the_hints(
    customers, tmp_path, kind, names
):
    """Also where the name that a ledger has is another customer's by now: no hint leads back."""
    top = "ledger: '.bindbee-sync/{connector}'\n"
    if kind == "git":
        top = "ledger: git+origin#ledgers/{connector}\n"
        subprocess.run(["git", "init", "-q", "--bare", tmp_path / "hub"], check=True)
        subprocess.run(["git", "init", "-q", customers.repo.path], check=True)
        origin = ["remote", "add", "origin", tmp_path / "hub"]
        subprocess.run(["git", "-C", customers.repo.path, *origin], check=True)
    first, second = {"id": TWO.id}, {"id": THREE.id}
    customers.config({"a": first, "b": second}, top)
    for number, name in ((2, "a"), (3, "b")):
        customers.job(number, "x", f"J-{number}", folder=name)
    if kind == "git":
        assert customers.repo.run("ledger", "init").code == 0
    assert customers.repo.run("apply", "--all", "--yes").code == 0
    folder = customers.repo.path / "jobs"
    for old in "ab":
        (folder / old).rename(folder / f"{old} before")
    connectors = dict(zip(names, (first, second), strict=True))
    for old, new in zip("ab", names, strict=True):
        (folder / f"{old} before").rename(folder / new)
    customers.config(connectors, top)
    if kind == "git":
        assert customers.repo.run("ledger", "init").code == 0
    for name in names:
        ran = customers.repo.run("apply", "--yes", "--connector", name, "--format", "json")
        if ran.code:
            cure(customers, connectors, top, ran)
    assert customers.repo.run("apply", "--all", "--yes").code == 0
    assert (customers.creates(2), customers.creates(3)) == (["J-2"], ["J-3"])


def test_a_ledger_name_does_not_hide_the_ledger_that_the_connector_had(customers):
    top = "ledger: '.bindbee-sync/{connector}'\n"
    customers.pinned(2, top=top)
    assert customers.repo.apply().code == 0
    customers.config({TWO.name: {"id": TWO.id, "ledger_name": "empty"}}, top)
    ran = customers.repo.run("apply", "--yes", "--format", "json")
    assert (ran.code, customers.creates(2)) == (1, ["J-2"])
    assert f"`ledger_name: {TWO.name}` under `{TWO.name}:`" in ran.json["error"]["hint"]


def test_a_connector_that_has_no_name_any_more_is_given_its_ledger_by_the_line_of_the_hint(customers):
    top = "ledger: '.bindbee-sync/{connector}'\n"
    customers.config({"a": {"id": TWO.id}}, top)
    customers.job(2, "x", "J-2", folder="a")
    assert customers.repo.apply().code == 0
    customers.repo.config(f"{top}jobs: jobs/a\n")
    customers.set("BINDBEE_CONNECTOR_TOKEN", TWO.token)
    ran = customers.repo.run("plan", "--format", "json")
    assert [found["rule"] for found in ran.json["diagnostics"]] == [WRONG]
    customers.repo.config(top + re.search(r"`(connectors: .*?})`", ran.json["error"]["hint"])[1])
    assert customers.repo.apply().outcomes == {"x": "pending"}
    assert customers.creates(2) == ["J-2"]


@pytest.mark.parametrize("alone", [[], ["--connector", "a"], ["--connector", "b"]])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"id": TWO.id}, {"origin_id": TWO.origin_id}),
        ({"id": TWO.id}, {}),
        ({}, {"origin_id": TWO.origin_id}),
    ],
    ids=["id and origin_id", "id and none", "none and origin_id"],
)
def test_two_names_do_not_mean_one_customer(customers, a, b, alone):
    customers.config({"a": a, "b": b})
    for name, pin in (("a", a), ("b", b)):
        if not pin:
            customers.token(name, 2)
        customers.job(2, "a", f"J-{name}", folder=name)
    if alone and not {"a": b, "b": a}[alone[1]]:
        pytest.skip("the other name has no pin, so this one may be meant")
    ran = customers.repo.run("apply", "--yes", "--format", "json", *(alone or ["--all"]))
    assert ran.code == 1
    assert WRONG in ran.out
    assert len(customers.creates(2)) <= 1


def test_two_names_do_not_share_a_token(customers):
    customers.config({"a": {}, "b": {}})
    for name in "ab":
        customers.token(name, 2)
        customers.job(2, "a", f"J-{name}", folder=name)
    for choice in (["--all"], ["--connector", "a"]):
        ran = customers.repo.run("apply", "--yes", "--format", "json", *choice)
        assert (ran.code, "hold the same token" in ran.out) == (1, True)
    assert customers.sandbox.log() == []


def test_a_token_for_one_is_not_used_for_many(customers):
    customers.pinned(2, 3)
    customers.set("BINDBEE_CONNECTOR_TOKEN", ONE.token)
    assert customers.repo.run("apply", "--yes", "--all").code == 0
    assert [customers.creates(number) for number in (1, 2, 3)] == [[], ["J-2"], ["J-3"]]
    assert customers.tokens_used == {(None, "none"), ("2", "own"), ("3", "own")}


def test_an_echoed_token_is_not_taken_for_the_connectors_own(customers):
    """A list that ignores the filter, and answers with everyone."""
    customers.pinned(2)
    customers.token(TWO.name, 3)
    item = {"id": TWO.id, "end_user": TWO.end_user, "integration_slug": "greenhouse", "status": "COMPLETE"}
    customers.sandbox.connector(3).fault(
        on="get",
        path="/api/ats/v1/connectors",
        status=200,
        times=5,
        body={"items": [item | {"connector_token": "another-token"}], "cursor": None},
    )
    ran = customers.repo.apply()
    assert (ran.code, "lists no ATS connector" in ran.out) == (1, True)
    assert customers.only_asked_who


class TestExchangedPins:
    """Two pins changed places after an apply: what each folder holds would go to the other customer."""

    def exchanged(self, customers, top=""):
        customers.pinned(2, 3)
        customers.config({TWO.name: {"id": TWO.id}, THREE.name: {"id": THREE.id}}, top=top)
        assert customers.repo.run("apply", "--all", "--yes").code == 0
        before = customers.creates(2), customers.creates(3)
        customers.config({TWO.name: {"id": THREE.id}, THREE.name: {"id": TWO.id}}, top=top)
        customers.job(2, "new", "NEW-1")
        return before

    @pytest.mark.parametrize("top", ["", "ledger: '.bindbee-sync/{connector}'\n"])
    @pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
    def test_nothing_is_created_and_the_pin_is_named(self, customers, top, command):
        before = self.exchanged(customers, top)
        for name in (TWO.name, THREE.name):
            ran = customers.repo.run(*command, "--connector", name, "--format", "json")
            assert (ran.code, error_of(ran)) == (1, WRONG)
            assert "pins were exchanged" in ran.json["error"]["hint"]
        assert (customers.creates(2), customers.creates(3)) == before

    def test_the_pins_put_right_again_the_new_job_goes_where_it_belongs(self, customers):
        self.exchanged(customers)
        customers.config({TWO.name: {"id": TWO.id}, THREE.name: {"id": THREE.id}})
        assert customers.repo.run("apply", "--all", "--yes").code == 0
        assert customers.creates(2) == ["J-2", "NEW-1"]
        assert customers.creates(3) == ["J-3"]

    def test_a_new_name_and_a_connector_that_was_made_anew_are_no_exchange(self, customers):
        self.exchanged(customers)
        folder = customers.repo.path / "jobs"
        (folder / TWO.name).rename(folder / "renamed")
        customers.config({"renamed": {"id": TWO.id}, THREE.name: {"id": THREE.id}})
        assert customers.repo.run("apply", "--all", "--yes").code == 0
        assert customers.creates(2) == ["J-2", "NEW-1"]


class TestPlanFileOfMany:
    def planned(self, customers):
        customers.pinned(2, 3)
        out = customers.repo.path.parent / "many.json"
        assert customers.repo.plan("--out", out).code == 0
        return out

    def test_each_takes_what_is_its_own(self, customers):
        out = self.planned(customers)
        assert customers.repo.run("apply", out, "--connector", THREE.name).code == 0
        assert [customers.creates(number) for number in (2, 3)] == [[], ["J-3"]]
        assert customers.repo.run("apply", out, "--connector", TWO.name).code == 0
        assert [customers.creates(number) for number in (2, 3)] == [["J-2"], ["J-3"]]

    def test_a_foreign_token_stops(self, customers):
        out = self.planned(customers)
        customers.token(TWO.name, 3)
        ran = customers.repo.run("apply", out, "--connector", TWO.name, "--format", "json")
        assert (ran.code, error_of(ran)) == (1, WRONG)
        assert customers.creates(2) == customers.creates(3) == []

    def test_exchanged_pins_create_nothing(self, customers):
        out = self.planned(customers)
        customers.config({TWO.name: {"id": THREE.id}, THREE.name: {"id": TWO.id}})
        assert customers.repo.run("apply", out, "--all").code == 1
        assert customers.creates(2) == customers.creates(3) == []

    def test_a_plan_given_to_another_connector_is_refused(self, customers):
        out = self.planned(customers)
        document = json.loads(out.read_text())
        ours, theirs = document["plans"]
        ours["connector"], theirs["connector"] = theirs["connector"], ours["connector"]
        out.write_text(json.dumps(document))
        assert customers.repo.run("apply", out, "--all").code == 1
        assert customers.creates(2) == customers.creates(3) == []
