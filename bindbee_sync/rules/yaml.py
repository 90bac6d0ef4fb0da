"""Rules about reading a job file at all; reading reports them."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

SYNTAX = Rule(
    id="yaml/syntax",
    severity=Severity.ERROR,
    demands="A job file is one YAML document in UTF-8, at most 1 MiB, without custom tags.",
    hint="Check this line and the one above it for a missing or extra quote, bracket, colon or dash.",
    source="YAML 1.2",
)
DUPLICATE_KEY = Rule(
    id="yaml/duplicate-key",
    severity=Severity.ERROR,
    demands="A key occurs only once in a mapping.",
    hint="Keep one of the two and remove the other.",
    source="YAML 1.2, 3.2.1.1",
)
COMMENT_IN_VALUE = Rule(
    id="yaml/comment-in-value",
    severity=Severity.WARNING,
    demands="No text without quotes goes on after ` #`, where a comment begins.",
    hint="Put the whole text in quotes. If it is a comment, write `  # ` before it, with these spaces.",
    source="YAML 1.2, 6.6",
)
