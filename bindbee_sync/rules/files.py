"""Rules about the files themselves and the shape of what they hold; the loader checks them."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule

CONTRACT = "bindbee-sync's own file format"
CREATE_JOB = "Bindbee API, Create Job: body CreateAtsJob"

SYNTAX = Rule(
    id="yaml/syntax",
    severity=Severity.ERROR,
    demands="A job file is one YAML document in UTF-8, at most 1 MiB, without custom tags.",
    hint="Look here and in the line above: a quote, bracket, colon or dash too many, or one that is missing.",
    source="YAML 1.2",
)
DUPLICATE_KEY = Rule(
    id="yaml/duplicate-key",
    severity=Severity.ERROR,
    demands="A key stands once in a mapping.",
    hint="Keep one of the two and remove the other.",
    source="YAML 1.2, 3.2.1.1",
)
UNKNOWN_FIELD = Rule(
    id="schema/unknown-field",
    severity=Severity.ERROR,
    demands="Every key is a field of Create Job, or `sync`.",
    hint="Correct the name, or remove the line.",
    source=CREATE_JOB,
)
TYPE = Rule(
    id="schema/type",
    severity=Severity.ERROR,
    demands="Every value has the type of its field.",
    hint="Write a value of the type that is named.",
    source=CREATE_JOB,
)
EMPTY_NAME = Rule(
    id="schema/empty-name",
    severity=Severity.ERROR,
    demands="A name is not blank.",
    hint="Write the job's name, or remove the line.",
    source=CONTRACT,
)
EMPTY_CODE = Rule(
    id="schema/empty-code",
    severity=Severity.ERROR,
    demands="A code is not blank.",
    hint="Write the job's code, or remove the line.",
    source=CONTRACT,
)
OPENINGS_POSITIVE = Rule(
    id="schema/openings-positive",
    severity=Severity.ERROR,
    demands="There is at least one opening.",
    hint="Write 1 or more.",
    source=CONTRACT,
)
RESERVED_NAME = Rule(
    id="files/reserved-name",
    severity=Severity.ERROR,
    demands="A file whose name begins with `_` is `_defaults.yaml`.",
    hint="Rename it: without the leading `_` for a job, to `_defaults.yaml` for a folder's defaults.",
    source=CONTRACT,
)
IGNORED = Rule(
    id="files/ignored",
    severity=Severity.WARNING,
    demands="Hidden YAML files, and links that lead out of the jobs folder, are not read.",
    hint="Rename or move the file if it describes a job; remove it otherwise.",
    source=CONTRACT,
)

RULES = (
    SYNTAX,
    DUPLICATE_KEY,
    UNKNOWN_FIELD,
    TYPE,
    EMPTY_NAME,
    EMPTY_CODE,
    OPENINGS_POSITIVE,
    RESERVED_NAME,
    IGNORED,
)
