"""All rules, in one place: looked up by id, run over new jobs, and given the severities of the config."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules import (
    apply,
    connector,
    drift,
    files,
    greenhouse,
    identity,
    ledger,
    plan,
    policy,
    provider,
    reference,
    schema,
    yaml,
)
from bindbee_sync.rules.pack import Documented, Pack
from bindbee_sync.rules.providers import ashby, bamboohr, lever, teamtailor, workable
from bindbee_sync.rules.rule import Rule

GROUPS = (yaml, schema, files, identity, reference, drift, connector, ledger, plan, apply, policy, provider)
"""The modules with the rules that hold for every ATS, or concern what a pack does not have."""
PACKS: Mapping[str, Pack] = {
    each.provider: each
    for each in (greenhouse.PACK, ashby.PACK, bamboohr.PACK, lever.PACK, teamtailor.PACK, workable.PACK)
}
RULES: Mapping[str, Rule] = {
    rule.id: rule
    for group in (*(vars(group).values() for group in GROUPS), *(pack.rules for pack in PACKS.values()))
    for rule in group
    if isinstance(rule, Rule)
}
GRAVITY = (Severity.OFF, Severity.WARNING, Severity.ERROR)
PROVIDERS = tuple(sorted({rule.provider for rule in RULES.values() if rule.provider}))


@lru_cache(maxsize=64)
def pack_of(provider: str | None) -> Pack:
    """Return the pack of a provider; for one that is not known a pack without rules."""
    name = (provider or "")[:1].upper() + (provider or "")[1:]
    unknown = Pack(
        provider=provider or "",
        name=name,
        documented=Documented.NO_ONE,
        about=f"Neither Bindbee nor {name} documents what a create requires there.",
    )
    return PACKS.get(provider or "", unknown)


def check_new_job(file: JobFile, provider: str | None, *, offline: bool) -> Iterator[Diagnostic]:
    """Yield a finding for each rule about creating that `file` breaks: the common rules and `provider`'s.

    `offline`: the job may exist, so a field that is not forwarded is a warning at most.
    """
    for rule in RULES.values():
        if rule.check is None or rule.provider not in (None, provider):
            continue
        for finding in rule.check(rule, file):
            yield _at_most(rule.offline_ceiling, finding) if offline else finding


def _at_most(ceiling: Severity, finding: Diagnostic) -> Diagnostic:
    severity, ceiling = (
        min(each, ceiling, key=GRAVITY.index) for each in (finding.severity, finding.ceiling)
    )
    return replace(finding, severity=severity, ceiling=ceiling)


def with_severities(
    diagnostics: Iterable[Diagnostic], severities: Mapping[str, Severity]
) -> tuple[Diagnostic, ...]:
    """Return the findings with the config's severities, those switched off left out, each once, sorted."""
    kept = dict.fromkeys(
        replace(finding, severity=_severity(finding, severities.get(finding.rule))) for finding in diagnostics
    )
    shown = (finding for finding in kept if finding.severity is not Severity.OFF)
    return tuple(sorted(shown, key=lambda finding: finding.sort_key))


def with_config_severities(
    files: Iterable[JobFile], severities: Mapping[str, Severity]
) -> tuple[JobFile, ...]:
    """Return the files by address, their own findings with the config's severities."""
    return tuple(
        replace(file, diagnostics=with_severities(file.diagnostics, severities)) if file.diagnostics else file
        for file in sorted(files, key=lambda file: (file.address, file.path))
    )


def _severity(finding: Diagnostic, wanted: Severity | None) -> Severity:
    if wanted is None:
        return finding.severity
    # A warning about an existing job stays one: made an error, someone who left would stop all hiring.
    if wanted is Severity.ERROR:
        return min(wanted, finding.ceiling, key=GRAVITY.index)
    rule = RULES.get(finding.rule)
    return wanted if rule is None or rule.lowerable else max(wanted, finding.severity, key=GRAVITY.index)
