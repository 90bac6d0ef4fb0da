"""The lists of departments, offices, people and templates: who is meant by a name, and by what name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make import ANNA, BERLIN, CARLA, PEOPLE, SALES, TEMPLATE, job, listed, template

from bindbee_sync.bindbee.models import Department, Office, User
from bindbee_sync.planning.directory import Directory, DirectoryItems


def departments(*names):
    return DirectoryItems.of(Department(id=f"d{number}", name=name) for number, name in enumerate(names))


def ids(items):
    return [item.id for item in items]


COMPANY = Directory.of(listed(), [template()])


class TestAName:
    @pytest.mark.parametrize("text", ["Sales", " sALES  "])
    def test_means_the_item_that_has_it_however_it_is_typed(self, text):
        assert ids(COMPANY.departments.find(text)) == [SALES]

    def test_of_two_means_both(self):
        assert ids(departments("Sales", "Ops", "sales").find("Sales")) == ["d0", "d2"]

    def test_that_is_anothers_id_means_that_one(self):
        assert ids(departments("Sales", "d0").find("d0")) == ["d0"]

    @pytest.mark.parametrize("text", [SALES.upper(), f" {SALES} "])
    def test_an_id_is_one_however_it_is_typed(self, text):
        assert ids(COMPANY.departments.find(text)) == [SALES]

    def test_of_a_person_is_the_email_or_the_full_name(self):
        for text in ("anna@corp.example", "anna lund"):
            assert ids(COMPANY.users.find(text)) == [ANNA]
        assert COMPANY.users.find("anna") == []

    def test_of_nothing_means_nothing(self):
        assert departments(None, "").find("") == []


class TestWhatAFileWrites:
    def test_is_the_name(self):
        items = departments("Sales", "Ops")
        assert [items.written(item) for item in items] == ["Sales", "Ops"]

    @pytest.mark.parametrize("name", ["Sales", "4711", " 4711 ", "Sales\u200b", "d1", None])
    def test_is_the_id_where_the_name_means_another_one_too_is_a_number_or_does_not_show(self, name):
        items = departments(name, "sales")
        assert items.written(items.items[0]) == "d0"

    def test_of_a_person_is_the_email_else_the_full_name(self):
        people = DirectoryItems.of(
            [User(id="u1", email="a@x.y", first_name="Anna"), User(id="u2", first_name="Boris")]
        )
        assert [people.written(item) for item in people] == ["a@x.y", "Boris"]


class TestAMisspelling:
    FOUR = ("Sales A", "Sales B", "Sales C", "Sales D")

    def test_hints_at_up_to_three_names_that_are_near(self):
        assert departments("Sales", "Ops").suggestion("Salse") == "Did you mean 'Sales'?"
        assert departments(*self.FOUR).suggestion("Sales").count("'Sales ") == 3
        assert departments("Sales", "Ops").suggestion("Zzyzx") is None

    def test_is_near_all_items_of_up_to_three_names(self):
        assert len(departments(*self.FOUR).near("Sales")) == 3
        assert ids(departments("Sales", "Ops", "sales").near("Salse")) == ["d0", "d2"]

    def test_is_near_no_one_whose_account_is_disabled(self):
        named = {"first_name": "Anna", "last_name": "Lund"}
        people = DirectoryItems.of([User(id="u1", **named, disabled=True), User(id="u2", **named)])
        assert ids(people.near("Anna Lunt")) == ["u2"]
        assert DirectoryItems.of([User(id="u1", **named, disabled=True)]).near("Anna Lunt") == []


def details(item):
    return next(iter(DirectoryItems.of([item]))).details


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (Department(id="d1", name="Sales"), "id d1"),
        (Department(id="d1", name="Sales", remote_id="77"), "id d1, remote id 77"),
        (Office(id="o1", name="Berlin", location="Mitte"), "id o1, Mitte"),
        (User(id="u1", email="a@x.y", disabled=False), "id u1, a@x.y"),
        (User(id="u1", email="a@x.y", disabled=True), "id u1, a@x.y, disabled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_item_is_told_apart_by_all_that_is_known_of_it(item, told):
    assert details(item) == told


class TestLabels:
    def test_are_the_names_of_all_ids_and_of_the_templates_own_numbers(self):
        named = replace(
            listed(), departments=(Department(id="d1"), Department(id="d2", name="Ops", remote_id="9"))
        )
        patterns = [template(remote_id="4001"), template("t2", remote_id="4002", name=None), template("t3")]
        assert Directory.of(named, patterns).names == {
            "d2": "Ops",
            BERLIN: "Berlin",
            ANNA: "Anna Lund",
            "a0000000-0000-4000-8000-000000000002": "Boris Kos",
            CARLA: "carla@corp.example",
            TEMPLATE: "Template",
            "4001": "Template",
            "t3": "Template",
        }

    def test_a_confidential_job_has_none_and_is_found_by_its_id_alone(self):
        hidden = Directory.of(listed(job("j1", name="Secret", confidential=True)), [])
        assert hidden.find_template("Secret") == []
        (found,) = hidden.find_template("J1")
        assert (found.label, found.names, found.confidential) == ("", (), True)


class TestATemplate:
    def test_is_found_by_its_id_before_a_remote_id_before_a_name(self):
        known = [
            job("t1", name="t2"),
            job("t2", name="A", remote_id="t1"),
            job("t3", name="7"),
            job("t4", remote_id="7"),
        ]
        found = Directory.of(listed(*known, templates=()), known).find_template
        assert (ids(found("t1")), ids(found("t2"))) == (["t1"], ["t2"])
        assert ids(found("7")) == ["t4"]

    def test_is_meant_by_its_name_before_a_job_of_the_name(self):
        known, pattern = job("j1", name="Seller"), template("t1", name="seller")
        assert ids(Directory.of(listed(known, pattern), [pattern]).find_template("Seller")) == ["t1"]
        assert ids(Directory.of(listed(known), []).find_template("Seller")) == ["j1"]


def test_lists_that_were_not_read_count_as_empty():
    unread = replace(listed(), departments=None, offices=None, users=None)
    directory = Directory.of(unread, [])
    for field in ("departments", "offices", "hiring_managers", "recruiters", "remote_user_id"):
        assert list(directory.items(field)) == []
    assert list(COMPANY.items("departments")) == list(COMPANY.departments) != []
    assert ids(COMPANY.departments) == [SALES, PEOPLE]
