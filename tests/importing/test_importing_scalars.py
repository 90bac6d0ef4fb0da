"""Whatever text the ATS holds, the job file reads back as that text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindbee_sync.desired.load import load_text
from bindbee_sync.desired.scalars import double_quoted, scalar
from bindbee_sync.importing.blocks import block, safe_comment

AWKWARD = st.sampled_from(
    [*"\n \t\r\u2028\u2029\x85\ufeff\x01\u202e🤖\"'\\|>%{}[],@`~é\ufffe\x7f\U0010fffd\ue000"]
)
WORDS = st.sampled_from(
    ["\n\n", "  ", "\r\n", "---", "...", "# x", ": ", "- ", "\x1b[2J", "&a", "*a", "!x", "<p>x</p>"]
)
TEXT = st.one_of(
    st.lists(AWKWARD | WORDS, max_size=12).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)


def read(field, written, after="name: x\n"):
    file = load_text(f"{field}: {written}\n{after}".encode(), address="a")
    assert file.diagnostics == ()
    return file.spec


@settings(max_examples=500, deadline=None)
@given(TEXT)
def test_a_block_reads_back_as_its_text(text):
    spec = read("description", block(text))
    assert spec.description == text
    assert spec.name == "x"


@settings(max_examples=500, deadline=None)
@given(TEXT)
def test_a_block_at_the_end_of_a_file_reads_back_too(text):
    assert read("description", block(text), after="").description == text


@settings(max_examples=500, deadline=None)
@given(TEXT)
def test_a_scalar_reads_back_as_its_text_on_its_own_and_in_a_list(text):
    written = scalar(text)
    assert "\n" not in written
    assert read("status", f"{written}  # why").status == text.strip()
    for item in (written, double_quoted(text)):
        assert read("departments", f"\n  - {item}  # why").departments == (text.strip(),)


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_a_comment_stays_one(text):
    spec = read("status", f"OPEN  # {safe_comment(text)}")
    assert (spec.status, spec.name) == ("OPEN", "x")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Backend Engineer", "Backend Engineer"),
        ("Engineering Manager, Perception", "Engineering Manager, Perception"),
        ("jonas.weber@halden-robotics.example", "jonas.weber@halden-robotics.example"),
        ("https://boards.example/jobs/1?a=b#c", "https://boards.example/jobs/1?a=b#c"),
        ("مدير المبيعات", "مدير المبيعات"),
        ("007", '"007"'),
        ("No", '"No"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("ends: ", '"ends: "'),
        ("", '""'),
        ("a\u202eb", '"a\\u202eb"'),
    ],
)
def test_plain_where_harmless(text, written):
    assert scalar(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("One line", "|-\n  One line"),
        ("One\nTwo\n", "|\n  One\n  Two"),
        ("One\n\nTwo\n\n", "|+\n  One\n\n  Two\n"),
        ("  indented\nOne", "|2-\n    indented\n  One"),
        ("trailing  \n---\n", "|\n  trailing  \n  ---"),
        ("One\r\n  Two\r\n", '"One\\r\\n\\\n  \\  Two\\r\\n"'),
        ("", '""'),
    ],
)
def test_blocks_as_a_person_would_write_them(text, written):
    assert block(text) == written
