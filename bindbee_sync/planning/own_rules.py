"""The team's own rules, applied to the jobs of a plan, or to job files by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.ids import is_uuid
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.directory import REFERENCE_FIELDS
from bindbee_sync.planning.judging import Judged
from bindbee_sync.planning.references import Reference
from bindbee_sync.planning.selection import Selection
from bindbee_sync.planning.world import World
from bindbee_sync.policies.policy import Case, Judgement, Policies, judge
from bindbee_sync.policies.variables import as_written, values_of


def own_rules(world: World, judged: Sequence[Judged]) -> tuple[Diagnostic, ...]:
    """Return what the team's own rules find on the jobs that are selected, and on their own files."""
    options = world.options
    policies = options.policies
    if not policies.policies:
        return policies.findings
    connector = world.snapshot.connector
    context = {
        "connector": options.connector_name,
        "customer": connector.end_user or "",
        "provider": world.provider,
    }
    uses = policies.uses
    cases = [
        Case(
            file=each.file,
            is_new=each.is_new,
            values=values_of(
                each.file, uses, context=context, names=_names(each.references), is_new=each.is_new
            ),
        )
        for each in judged
        if each.file.readable and options.selects(each.file.address)
    ]
    return (*policies.findings, *judge(policies, cases, off=_off(options.severities)).findings)


def own_rules_offline(
    files: Iterable[JobFile],
    policies: Policies,
    *,
    connector: str,
    provider: str | None,
    severities: Mapping[str, Severity],
    selects: Selection,
) -> Judgement:
    """Return what the team's own rules find on job files alone, and what they can't know without Bindbee."""
    context = {"connector": connector, "customer": None, "provider": provider}
    uses = policies.uses
    cases = []
    for file in files:
        sync = file.spec.sync
        is_new = sync.id is None and sync.remote_id is None
        if file.readable and selects(file.address):
            names = {name: _known(name, texts) for name, texts in as_written(file, uses).items()}
            values = values_of(file, uses, context=context, names=names, is_new=is_new)
            cases.append(Case(file=file, is_new=is_new, values=values))
    judged = judge(policies, cases, off=_off(severities))
    return Judgement(findings=(*policies.findings, *judged.findings), unknown=judged.unknown)


def _off(severities: Mapping[str, Severity]) -> frozenset[str]:
    return frozenset(rule for rule, severity in severities.items() if severity is Severity.OFF)


def _names(references: Mapping[str, Sequence[Reference]]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(map(_name, found)) for field, found in references.items()}


def _name(reference: Reference) -> str:
    """Return the name, of a person the email; the text as written where it means nothing, or several."""
    if len(reference.candidates) != 1:
        return reference.written
    found = reference.candidates[0]
    return found.email or found.label or reference.written


def _known(field: str, texts: Sequence[str]) -> tuple[str | None, ...]:
    """Return the texts, None for one that only Bindbee can give a name to."""
    return tuple(None if _is_id(field, text) else text for text in texts)


def _is_id(field: str, text: str) -> bool:
    if field == "template_id":
        return is_uuid(text) or text.isdecimal()
    return is_uuid(text) or (REFERENCE_FIELDS[field] == "user" and "@" not in text)
