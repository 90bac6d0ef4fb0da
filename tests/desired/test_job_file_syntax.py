"""Files that are no YAML, or more of it than a job file may hold."""

import time

import pytest

from bindbee_sync.desired.load import load_text


def only(content):
    file = load_text(content, address="a")
    assert len(file.diagnostics) == 1, file.diagnostics
    return file, file.diagnostics[0]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("name: [a", (1, 7)),
        ("name: a\n\tcode: b", (2, 1)),
        ("name: 'a", (1, 7)),
        ("name: a: b", (1, 7)),
        ("name: *nobody", (1, 7)),
        ("name: &a [*a]", (1, 7)),
        ("name: a\n---\nname: b", (2, 1)),
        ("name: a\n---\n", (2, 1)),
        ("name: !foo x", (1, 7)),
        ("sync: !!python/object:os.system {}", (1, 7)),
        ("offices: !!set {a: ~}", (1, 10)),
        ("offices: !!map [a]", (1, 10)),
        ("name: !!binary aGk=", (1, 7)),
        ("name: !!seq x", (1, 7)),
        ("name: a\ncode: \x01", (2, 7)),
        ("name: 😀\x7f", (1, 8)),
        (b"name: \xff", (1, 7)),
        ("😀: ü".encode() + b"\xc3(", (1, 5)),
        (b"\xef\xbb\xbfname: \xff", (1, 7)),
        ("name: x".encode("utf-16"), (1, 1)),
        ("name: \ud800", (1, 7)),
        ("%YAML 3.0\n---\nname: x", (1, 1)),
    ],
)
def test_no_yaml(content, place):
    file, finding = only(content)
    assert finding.rule == "yaml/syntax"
    assert (finding.place.path, finding.place.line, finding.place.column) == ("jobs/a.yaml", *place)
    assert finding.address == "a"
    assert finding.hint
    assert (file.readable, file.spec.model_fields_set) == (False, set())


@pytest.mark.parametrize(
    "content", ["", "\n\n", "# only words\n", "---\n", "~", "- a", "Sales Manager", "[]", "null", "42"]
)
def test_no_mapping(content):
    _, finding = only(content)
    assert (finding.rule, finding.place.line, finding.place.column) == ("schema/type", 1, 1)
    assert "one to a line" in finding.message


def test_a_byte_order_mark_shifts_nothing():
    file = load_text(b"\xef\xbb\xbfname: x\nopenings: y", address="a")
    assert file.spec.name == "x"
    assert file.key_place("name").column == 1


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(line_end):
    file = load_text(f"name: x{line_end}openings: y{line_end}", address="a")
    assert [(d.place.line, d.place.column) for d in file.diagnostics] == [(2, 11)]


def test_one_document_may_be_marked_and_tagged():
    file = load_text("%YAML 1.2\n---\n!!map\nname: !!str x\noffices: !!seq [!!str a]\n...\n", address="a")
    assert (file.diagnostics, file.spec.name, file.spec.offices) == ((), "x", ("a",))


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        "departments: " + "[" * 500_000,
        "departments: " + "{a: " * 200_000,
        "- " * 500_000,
        "? " * 500_000,
        "departments: [" + "a," * 400_000,
        "departments: &a [" + "*a," * 300_000,
        "".join(f"a{n}: b\n" for n in range(100_000)),
        "name: " + "x" * (1024 * 1024),
    ],
    ids=["laughs", "lists", "mappings", "dashes", "keys", "items", "aliases", "fields", "size"],
)
def test_what_no_job_needs_ends_soon(content):
    began = time.process_time()
    findings = load_text(content, address="a").diagnostics
    assert {each.rule for each in findings} == {"yaml/syntax"}
    assert time.process_time() - began < 10


def test_within_the_bounds():
    text = "x" * 1_000_000
    assert load_text(f"description: {text}", address="a").spec.description == text
    assert len(load_text(f"departments: [{'a,' * 9_000}]", address="a").spec.departments) == 9_000
