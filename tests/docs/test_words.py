"""The words that users read are the field's: none that the glossary has replaced is left."""

from __future__ import annotations

import re

import pytest
from site_pages import DOCS, ROOT, read, sections

RETIRED = {
    "stands? for": "manages, is matched to",
    "stood for": "managed; an orphaned record",
    "standings?": "matched, managed",
    "loose records?": "orphaned record",
    "sightings?": "listed records",
    "(un)?mend(s|ed|ing)?": "fix",
    "goes? on all the same": "continues anyway",
    "in doubt": "can't be trusted",
    "doubts?": "list problems, can't be trusted",
    "(for )?want of": "left out to stay within a limit",
    "(no|any|some|every)body": "no one, anyone, someone, everyone",
    "who(m)?ever": "anyone who",
    "is said": "is reported, is shown",
    "all is well": "no problems found",
    "was so before": "already there before",
    "can't be told(?! apart)": "can't be determined",
    "can not be told(?! apart)": "can't be determined",
    "stands? here": "is here; expected X, found Y",
    "takers?": "claimants",
    "afresh": "again",
    "anew": "again",
}
"""Patterns of words, and what is written instead."""

# a phrase may go on in the next line: of prose, of a comment, or of a string
RETIRED_WORDS = {
    re.compile(rf"\b({words.replace(' ', REST)})\b", re.IGNORECASE): instead
    for REST in [r"[\s\"'#|>*`]+"]
    for words, instead in RETIRED.items()
}
PROSE = [
    *DOCS.rglob("*.md"),
    *ROOT.glob("*.md"),
    *ROOT.glob("*.y*ml"),
    *(ROOT / ".github").rglob("*.*"),
    *(ROOT / "examples").rglob("*.*"),
    *(ROOT / "reference").glob("*.*"),
]
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".json", ".j2", ".js", ".css", ".xml"}
PACKAGE = [path for path in (ROOT / "bindbee_sync").rglob("*.*") if path.suffix in SUFFIXES]


def retired(text):
    return sorted(
        f"{found[0]!r}, write: {instead}"
        for pattern, instead in RETIRED_WORDS.items()
        for found in pattern.finditer(text)
    )


@pytest.mark.parametrize("path", [*PROSE, *PACKAGE], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_retired_word_is_left(path):
    assert retired(read(path)) == []


def test_a_retired_word_would_be_found():
    assert retired("A file stands\n  for its job") == ["'stands\\n  for', write: manages, is matched to"]
    assert retired('"by nobody" "else"') == ["'nobody', write: no one, anyone, someone, everyone"]
    assert retired("Two jobs can't be told apart; amend a commit") == []


def test_the_glossary_defines_at_most_twenty_words_in_order():
    headings = [heading for heading in sections(read(DOCS / "glossary.md")) if heading != "Glossary"]
    assert headings == sorted(headings, key=str.lower)
    assert len(headings) <= 20
