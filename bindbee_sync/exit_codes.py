"""The exit code of every run: one table, in which the first row that applies decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes that scripts rely on."""

    OK = 0
    FAILED = 1
    CHANGES = 2
    UNCERTAIN = 3
    USAGE = 64
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Facts about how a run ended. Each command states those that it can know; the others are false.

    `refused` is an apply that sent nothing, or that an error stopped. `failed` is everything else that went
    wrong: an error finding, `--fail-on`, a problem that `doctor` found, a create that was rejected or not
    tried. `creates` counts for `plan --detailed-exitcode` alone.
    """

    wrong_usage: bool = False
    uncertain: bool = False
    sent: bool = False
    interrupted: bool = False
    refused: bool = False
    failed: bool = False
    creates: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """The code of the first row of TABLE that applies."""
        return next(row.code for row in TABLE if row.applies(self))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a condition in words and as a test, and its exit code."""

    condition: str
    applies: Callable[[Ending], bool]
    code: ExitCode


TABLE = (
    Row("the command line was wrong", lambda end: end.wrong_usage, ExitCode.USAGE),
    # Scripts retry a failure. A job that may exist needs a person, so it outranks every failure once
    # something was sent, and an interrupt always.
    Row(
        "a create is uncertain, and the apply sent something, was interrupted, or was not refused",
        lambda end: end.uncertain and (end.sent or end.interrupted or not end.refused),
        ExitCode.UNCERTAIN,
    ),
    Row("interrupted", lambda end: end.interrupted, ExitCode.INTERRUPTED),
    Row("refused, or failed", lambda end: end.refused or end.failed, ExitCode.FAILED),
    Row("the plan is sound and creates something", lambda end: end.creates, ExitCode.CHANGES),
    Row("anything else", lambda _: True, ExitCode.OK),
)

WORST_FIRST = (ExitCode.UNCERTAIN, ExitCode.INTERRUPTED, ExitCode.FAILED, ExitCode.CHANGES)
"""Of several connectors' exit codes, the first one of these is the run's."""


def worst(codes: Iterable[int]) -> ExitCode:
    """Return the exit code of a run over several connectors; without any, success."""
    found = set(codes)
    return next((code for code in WORST_FIRST if code in found), ExitCode.OK)


FAILED = Ending(failed=True).exit_code
INTERRUPTED = Ending(interrupted=True).exit_code
WRONG_USAGE = Ending(wrong_usage=True).exit_code


def with_output_lost(code: int) -> int:
    """Return the exit code of a run that would have ended with `code`, had its answer been written."""
    return FAILED if code in {ExitCode.OK, ExitCode.CHANGES} else code
