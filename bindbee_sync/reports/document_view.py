"""The document of a plan or an apply, read back: the view and the results that the run itself would show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.desired.revision import Base
from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.planning.model import Change, Hold, Outcome, Step, StepKind
from bindbee_sync.reports.applied import REFUSED, Applied
from bindbee_sync.reports.plan_view import difference, facts, step_view, view_of
from bindbee_sync.reports.view import JobView, UnmanagedView, View
from bindbee_sync.reports.vocabulary import FIELDS
from bindbee_sync.rules.apply import REJECTED
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.times import span_text

Url = Annotated[str | None, Field(pattern=r"^https://[!-~]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _known(field: str | None) -> str | None:
    if field is not None and field not in FIELDS:
        raise ValueError("this is no field of a job")
    return field


class ConnectorPart(_Part):
    """The connector that a document is about; one that failed early has a name alone."""

    id: str | None = None
    name: str = "default"
    customer: str | None = None
    provider: str = ""
    last_sync: AwareDatetime | None = None


class ErrorPart(_Part):
    """The error that ended a run."""

    message: str
    hint: str | None = None


class FindingPart(_Part):
    """A finding."""

    rule: str
    severity: Severity
    message: str
    hint: str | None = None
    path: str | None = None
    line: int | None = None
    column: int | None = None
    address: str | None = None
    field: str | None = None

    @property
    def diagnostic(self) -> Diagnostic:
        """The finding as the run reported it."""
        return Diagnostic(
            rule=self.rule,
            severity=self.severity,
            message=self.message,
            hint=self.hint,
            place=None if self.path is None else Place(self.path, self.line or 1, self.column or 1),
            address=self.address,
            field=self.field,
        )


class _Change(_Part):
    field: Annotated[str, AfterValidator(_known)]
    desired: Any = None
    actual: Any = None


class _Hold(_Part):
    since: AwareDatetime
    waits_for: str
    way_out: str


class _Job(_Part):
    name: str | None = None
    code: str | None = None
    departments: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    openings: int | None = None
    responsible: str | None = None


class _Entry(_Part):
    address: str
    outcome: Outcome
    job: _Job = _Job()
    path: str | None = None
    payload: dict[str, Any] | None = None
    changes: tuple[_Change, ...] = ()
    reason: str | None = None
    hold: _Hold | None = None
    changed: bool | None = None
    result: CreateResult | None = None
    detail: str | None = None
    status: int | None = None
    id: str | None = None
    remote_id: str | None = None
    url: Url = None


class _Step(_Part):
    kind: StepKind
    address: str
    name: str | None = None
    code: str | None = None
    id: str | None = None
    remote_id: str | None = None
    url: Url = None
    field: Annotated[str | None, AfterValidator(_known)] = None
    old: Any = Field(default=None, alias="from")
    new: Any = Field(default=None, alias="to")
    values: dict[str, Any] | None = None
    reason: str = ""


class _Unmanaged(_Part):
    id: str
    name: str | None = None
    code: str | None = None
    status: str | None = None
    confidential: bool = False


class _Base(_Part):
    revision: str
    commit: str
    moved: dict[str, str] = {}
    removed: tuple[str, ...] = ()
    policies: dict[str, tuple[str, ...]] = {}
    removed_policies: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


class RunDocument(_Part):
    """A document of one connector: of a plan, of an apply, or of a run that failed."""

    created_at: AwareDatetime
    connector: ConnectorPart = ConnectorPart()
    summary: dict[str, int] = {}
    entries: tuple[_Entry, ...] | None = None
    records: tuple[_Entry, ...] = ()
    steps: tuple[_Step, ...] = ()
    diagnostics: tuple[FindingPart, ...] = ()
    unmanaged: tuple[_Unmanaged, ...] | None = None
    base: _Base | None = None
    trusted: bool = True
    names: dict[str, str] = {}
    notes: tuple[str, ...] | None = None
    error: ErrorPart | None = None

    @property
    def is_plan(self) -> bool:
        """True where it has a plan: of a run that got as far as the connector."""
        return self.entries is not None and self.connector.id is not None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run, as far as its document shows it."""
        results = {each.result for each in self.entries or () if each.result}
        outcomes = {each.outcome for each in (*(self.entries or ()), *self.records)}
        is_uncertain = CreateResult.UNCERTAIN in results or (
            self.notes is not None and Outcome.UNCERTAIN in outcomes
        )
        return Ending(
            uncertain=is_uncertain,
            sent=bool(results - {CreateResult.NOT_TRIED}),
            refused=self.error is not None,
            failed=bool(results & {CreateResult.REJECTED, CreateResult.NOT_TRIED})
            or any(each.severity is Severity.ERROR for each in self.diagnostics),
        ).exit_code

    def view(self) -> View:
        """Return the plan in words."""
        base = self._base()
        return view_of(
            connector_id=self.connector.id or "",
            customer=self.connector.customer,
            provider=self.connector.provider,
            made_at=self.created_at,
            last_sync=self.connector.last_sync,
            trusted=self.trusted,
            summary={each: self.summary.get(each, 0) for each in (*Outcome, "unmanaged", "unmanaged_closed")},
            jobs=[self._job(each, base) for each in self.entries or ()],
            orphaned=[self._job(each, base) for each in self.records],
            diagnostics=[each.diagnostic for each in self.diagnostics if each.rule != REJECTED.id],
            listed=None if self.unmanaged is None else tuple(map(_unmanaged, self.unmanaged)),
            steps=[step_view(_step(each), {}, base) for each in self.steps],
            base=base,
        )

    def applied(self) -> Applied | None:
        """Return what an apply did; None of a plan."""
        if self.notes is None:
            return None
        error = self.error
        is_refusal = error is not None and error.message.startswith(REFUSED)
        return Applied(
            results={
                each.address: Result(
                    became=each.result,
                    detail=each.detail,
                    status=each.status,
                    id=each.id,
                    remote_id=each.remote_id,
                )
                for each in self.entries or ()
                if each.result
            },
            urls={each.address: each.url for each in self.entries or ()},
            rejected=tuple(each.diagnostic for each in self.diagnostics if each.rule == REJECTED.id),
            refusal=error.message.removeprefix(REFUSED) if error and is_refusal else None,
            error=ToolError(error.message, hint=error.hint) if error and not is_refusal else None,
            notes=self.notes,
            uncertain_before=any(
                each.outcome is Outcome.UNCERTAIN for each in (*(self.entries or ()), *self.records)
            ),
        )

    def _base(self) -> Base | None:
        if self.base is None:
            return None
        return Base(
            revision=self.base.revision,
            commit=self.base.commit,
            changed=frozenset(each.address for each in self.entries or () if each.changed),
            removed=self.base.removed,
            moved=self.base.moved,
            policies=self.base.policies,
            removed_policies=self.base.removed_policies,
            others=self.base.others,
        )

    def _job(self, entry: _Entry, base: Base | None) -> JobView:
        values: Mapping[str, Any] = entry.payload or {}
        hold, job, provider = entry.hold, entry.job, self.connector.provider
        of_base = None if base is None else base.removed if entry.path is None else base.changed
        return JobView(
            address=entry.address,
            path=entry.path,
            outcome=entry.outcome,
            name=job.name or "",
            code=job.code,
            departments=job.departments,
            offices=job.offices,
            openings=job.openings,
            responsible=job.responsible or "",
            facts=facts(values, self.names, pack_of(provider).not_taken, provider),
            description=str(values["description"]) if values.get("description") else None,
            differences=tuple(
                difference(Change(field=each.field, desired=each.desired, actual=each.actual), self.names)
                for each in entry.changes
            ),
            reason=entry.reason,
            hold=Hold(since=hold.since, waits_for=hold.waits_for, way_out=hold.way_out) if hold else None,
            age=span_text(self.created_at - hold.since) if hold else "",
            changed=None if of_base is None else entry.address in of_base,
        )


def _step(data: _Step) -> Step:
    return Step(**data.model_dump())


def _unmanaged(job: _Unmanaged) -> UnmanagedView:
    name = "(confidential)" if job.confidential and not job.name else job.name or "(no name)"
    return UnmanagedView(name=name, code=job.code, status=job.status or "no status", id=job.id)
