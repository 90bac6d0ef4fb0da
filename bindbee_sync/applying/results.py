"""The report of an apply: data only, so that showing it does not load what makes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.planning.model import Entry, Outcome, Plan, Step, StepKind
from bindbee_sync.rules.apply import REJECTED
from bindbee_sync.rules.ledger import REFUSED_BY_ATS


@dataclass(kw_only=True)
class ApplyReport:
    """The report of an apply. `refusal` says why nothing was sent, `error` what stopped it on the way.

    `shown` where the plan was shown before it was asked about; `latest` is the plan after a wait.
    """

    plan: Plan
    latest: Plan | None = None
    shown: bool = False
    results: dict[str, Result] = field(default_factory=dict)
    refusal: str | None = None
    error: ToolError | None = None
    interrupted: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The plan's findings and Bindbee's objections, each at its line."""
        rejections = (
            finding.of_connector(self.plan.prefix)
            for entry in self.plan.creates
            if (result := self.results.get(entry.address)) and result.became is CreateResult.REJECTED
            for finding in _rejections(entry, result)
        )
        return tuple(sorted((*self.plan.diagnostics, *rejections), key=lambda finding: finding.sort_key))

    @property
    def outcome(self) -> Plan:
        """The plan, with the steps that are left by hand now that its creates were dealt with."""
        return replace(self.plan, steps=tuple(self._steps()))

    def _steps(self) -> Iterator[Step]:
        for step in self.plan.steps:
            result = self.results.get(step.address) if step.kind is StepKind.SET else None
            if result is None:
                yield step
            elif result.became in (CreateResult.CREATED, CreateResult.UNCERTAIN):
                url = self.plan.url(result.remote_id)
                yield replace(step, id=result.id, remote_id=result.remote_id, url=url)

    @property
    def sent(self) -> bool:
        """True where any create was sent."""
        return any(result.became is not CreateResult.NOT_TRIED for result in self.results.values())

    @property
    def is_open_before(self) -> bool:
        """True where a create of an earlier run is still uncertain at the end."""
        last = self.latest or self.plan
        outcomes = [entry.outcome for entry in last.entries] + [orphan.outcome for orphan in last.orphaned]
        return Outcome.UNCERTAIN in outcomes or bool(last.uncertain_elsewhere)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run."""
        became = {result.became for result in self.results.values()}
        # An error after the first request may have hidden an answer: the ledger then has an open attempt.
        lost = self.error is not None and self.sent
        return Ending(
            uncertain=CreateResult.UNCERTAIN in became or self.is_open_before or lost,
            sent=self.sent,
            interrupted=self.interrupted,
            refused=self.refusal is not None or self.error is not None,
            failed=bool(became & {CreateResult.REJECTED, CreateResult.NOT_TRIED}),
        ).exit_code


def _rejections(entry: Entry, result: Result) -> Iterator[Diagnostic]:
    """Yield Bindbee's objections, each at the line of the job file that it is about."""
    about = [fault for fault in result.faults if fault.loc] if not result.by_ats else []
    hint = None
    if result.by_ats:
        again = "Unchanged, it is sent again only by `bindbee-sync apply --retry-rejected`."
        hint = f"{REFUSED_BY_ATS.hint} {again}"
    elif result.status is None:
        hint = "Nothing reached Bindbee, so nothing was created. Check the network, then apply again."
    for fault in about:
        named = ".".join(str(part) for part in fault.loc)
        yield REJECTED.on(entry.file, *fault.loc, message=f"Bindbee refused '{named}': {fault.message}")
    if not about:
        yield REJECTED.on(entry.file, message=f"Refused: {result.detail}", hint=hint)
