"""Rules about the names of files in the jobs folder; listing the folder reports them."""

from __future__ import annotations

from bindbee_sync.diagnostics import Severity
from bindbee_sync.rules.rule import Rule
from bindbee_sync.rules.schema import CONTRACT

RESERVED_NAME = Rule(
    id="files/reserved-name",
    severity=Severity.ERROR,
    demands="Only `_defaults.yaml` has a name that begins with `_`.",
    hint="Rename the file: without the leading `_` if it describes a job, to `_defaults.yaml` if it holds a "
    "folder's defaults.",
    source=CONTRACT,
)
IGNORED = Rule(
    id="files/ignored",
    severity=Severity.WARNING,
    demands="Every file in the jobs folder is read, but for READMEs and files of git and editors. No job "
    "file is beside the jobs folders of several connectors.",
    hint="Rename or move the file if it describes a job; remove it otherwise.",
    source=CONTRACT,
)
