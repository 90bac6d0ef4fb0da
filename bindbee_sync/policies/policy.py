"""Policies as read and compiled, and the judgement of jobs by them. Nothing here opens a file.

A policy is a stranger's text where a fork opens a pull request. So judging is bounded: it runs in a thread of
its own, and is given up when the time of all rules over all jobs is spent. Memory is bounded when a rule is
compiled: see `expression.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import product
from string import Formatter
from threading import Thread

from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import JobFile
from bindbee_sync.policies.variables import field_of
from bindbee_sync.rules.policy import BUDGET, FAILED
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import shorten

BUDGET_SECONDS = 20.0
"""The time of all rules over all jobs of one connector: ten rules over 10,000 jobs take less than 3 s."""
SHOWN = 100
"""Characters that a message shows of a value."""

Values = Mapping[str, object]


class EvaluationError(Exception):
    """A rule that has no answer for a job; its text says why."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One rule of a team. `id_place` and `place` are those of its id and its `require`.

    Its findings point at `field`. `meaning` differs where two policies differ by more than their form.

    `keeps` returns whether a job keeps the rule, given the values of the variables in `uses`; it raises
    EvaluationError. `passes` and `fails` count its examples.
    """

    rule: Rule
    id_place: Place
    place: Place
    only_new: bool
    message: str
    field: str
    uses: frozenset[str]
    keeps: Callable[[Values], bool]
    passes: int
    fails: int
    meaning: object = None

    def message_for(self, values: Values) -> str:
        """Return the message with the job's values in it."""
        parts = Formatter().parse(self.message)
        return "".join(text + (_shown(values[name]) if name else "") for text, name, _, _ in parts)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """All policies, by id, and what is wrong with their files."""

    policies: tuple[Policy, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def uses(self) -> frozenset[str]:
        """The variables that any of them uses."""
        return frozenset().union(*(each.uses for each in self.policies))


NO_POLICIES = Policies()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A job to judge. A variable that is not known, as Bindbee was not asked, is not in `values`."""

    file: JobFile
    is_new: bool
    values: Values


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The findings of judging jobs; `unknown` counts, by rule, jobs of which a variable was not known."""

    findings: tuple[Diagnostic, ...] = ()
    unknown: Mapping[str, int] = field(default_factory=dict)


def judge(
    policies: Policies,
    cases: Sequence[Case],
    *,
    off: AbstractSet[str] = frozenset(),
    seconds: float | None = None,
) -> Judgement:
    """Return what the policies find on the jobs; those named in `off` are left out.

    Where the time is spent first, the one finding says so: what was found until then depends on the machine.
    """
    chosen = [each for each in policies.policies if each.rule.id not in off]
    if not chosen or not cases:
        return Judgement()
    run = _Run(chosen, cases)
    limit = BUDGET_SECONDS if seconds is None else seconds
    # A regular expression over a large text can't be interrupted, only left behind.
    worker = Thread(target=run.work, daemon=True, name="policies")
    worker.start()
    worker.join(limit)
    if worker.is_alive():
        run.given_up = True
        message = (
            f"The rules in `policies` took more than {limit:g} seconds for all jobs together; "
            f"{run.policy.rule.id} was at {run.case.file.address}"
        )
        return Judgement(findings=(BUDGET.at(run.policy.place, message),))
    if run.fault is not None:
        raise run.fault
    return Judgement(findings=tuple(run.findings), unknown=run.unknown)


class _Run:
    def __init__(self, policies: Sequence[Policy], cases: Sequence[Case]) -> None:
        self.policies = policies
        self.cases = cases
        self.policy = policies[0]
        self.case = cases[0]
        self.findings: list[Diagnostic] = []
        self.unknown: Counter[str] = Counter()
        self.given_up = False
        self.fault: Exception | None = None

    def work(self) -> None:
        try:
            for case, policy in product(self.cases, self.policies):
                if self.given_up:
                    return
                self.case, self.policy = case, policy
                found = _finding(policy, case, self.unknown)
                if found is not None:
                    self.findings.append(found)
        except Exception as fault:  # noqa: BLE001 - a fault of ours is raised where the judgement is awaited
            self.fault = fault


def _finding(policy: Policy, case: Case, unknown: Counter[str]) -> Diagnostic | None:
    file, values = case.file, case.values
    if policy.only_new and not case.is_new:
        return None
    # What a field in error was to be is not known: the error itself stops the job.
    if file.diagnostics and _is_faulty(file, policy):
        return None
    if not policy.uses <= values.keys():
        unknown[policy.rule.id] += 1
        return None
    try:
        if policy.keeps(values):
            return None
    except EvaluationError as error:
        message = f"The rule {policy.rule.id} has no answer for this job: {error}"
        return FAILED.on(file, policy.field, message=message)
    return policy.rule.on(file, policy.field, message=policy.message_for(values))


def _is_faulty(file: JobFile, policy: Policy) -> bool:
    return any(file.is_faulty(name) for variable in policy.uses if (name := field_of(variable)))


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return shorten(", ".join(map(str, value)), SHOWN)
    return shorten(str(value).lower() if isinstance(value, bool) else str(value), SHOWN)
