"""What holds for every file, whatever is in it."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindbee_sync.desired import discover
from bindbee_sync.desired.defaults import load_defaults
from bindbee_sync.desired.load import load_jobs, load_text
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.text import fold

PIECES = st.sampled_from([
    *(f"{name}: " for name in (*CREATE_FIELDS, "sync", "id", "ignore_changes", "value")),
    "\n", "\n  ", "\n- ", "- ", "[", "]", "{", "}", ", ", "? ", ": ", "&a ", "*a", "!!str ", "!!null ", "!",
    "|\n  ", ">", "'", '"', "\\u", "\\x00", "# ", "\t", "---\n", "...", "%YAML", "~", "1", "-1", "true", "x",
    "😀", "\u2028", "\ufeff", "\x85", "\r", "\0", "<<: ", "0x1F", "\U0010fffd",
])  # fmt: skip
YAMLISH = st.lists(PIECES, max_size=25).map("".join)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def check(findings, content):
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in findings:
        assert isinstance(finding, Diagnostic)
        assert 1 <= finding.place.line <= len(lines)
        assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
        assert finding.message
        assert finding.hint
        assert len(finding.message) < 400


@given(st.one_of(st.binary(), YAMLISH, st.text()))
def test_nothing_crashes_and_every_place_is_in_the_file(content):
    file = load_text(content, address="a")
    check(file.diagnostics, content)
    check(load_defaults(content, path="p").faults, content)
    assert all(d.address == "a" for d in file.diagnostics)
    assert file.readable or not file.spec.model_fields_set
    for loc, place in file.values.items():
        assert loc[0] in (*CREATE_FIELDS, "sync")
        assert place.path == file.path


@given(TEXT)
def test_a_quoted_text_comes_back(text):
    file = load_text(
        "description: " + json.dumps(text, ensure_ascii=True).replace("\\ud", "\\uD"), address="a"
    )
    double = load_text(
        "description: " + json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f"), address="a"
    )
    single = load_text("description: '" + text.replace("'", "''") + "'", address="a")
    if text.isascii():
        assert file.spec.description == text
    if (
        not any(char in text for char in map(chr, range(0x80, 0xA0)))
        and "\ufffe" not in text
        and "\uffff" not in text
    ):
        assert double.spec.description == text
    if text.isprintable():
        assert single.spec.description == text


@given(st.from_regex(r"[A-Za-z0-9.+_/ü😀\u2028-][A-Za-z0-9.+_/ü😀\u2028\ufeff-]*", fullmatch=True))
@pytest.mark.parametrize("field", ["name", "code", "status", "template_id"])
def test_a_plain_text_comes_back_as_its_characters(field, text):
    if text in ("-", "---", "...", "null", "Null", "NULL"):
        return
    if not fold(text):
        return
    file = load_text(f"{field}: {text}", address="a")
    assert {finding.rule for finding in file.diagnostics} <= {"schema/odd-text"}
    assert getattr(file.spec, field) == text.strip()
    assert file.place(field) == Place(file.path, 1, len(field) + 3)


@given(TEXT.filter(str.isprintable))
def test_columns_count_code_points(text):
    quoted = text.replace("'", "''")
    file = load_text(f"{{description: '{quoted}', openings: no}}", address="a")
    (finding,) = file.diagnostics
    assert finding.place.column == len(f"{{description: '{quoted}', openings: ") + 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True), st.randoms())
def test_the_order_of_the_listing_changes_nothing(numbers, random):
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            file = Path(folder, "jobs", f"{number % 3}", f"{number}.yaml")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"openings: {number}")
            (file.parent / "_x.yaml").touch()

        class Shuffled:
            def __init__(self, path):
                with os.scandir(path) as listing:
                    self.entries = list(listing)
                random.shuffle(self.entries)

            def __enter__(self):
                return iter(self.entries)

            def __exit__(self, *_):
                return None

        expected = load_jobs(Path(folder, "jobs"), Path(folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(discover, "os", type("os", (), {"scandir": Shuffled, "path": os.path}))
            assert load_jobs(Path(folder, "jobs"), Path(folder)) == expected
