"""`bindbee-sync rules`: the rules, with what each demands and where it comes from."""

from __future__ import annotations

from collections.abc import Collection
from importlib import metadata
from pathlib import Path
from textwrap import indent

from rich.console import Console
from rich.table import Table

from bindbee_sync.commands.loading import own_rules, read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.config import POLICIES, Config
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import Ending, ExitCode
from bindbee_sync.policies.policy import Policies, Policy
from bindbee_sync.reports.document import Document, diagnostics_data, new_document
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.markdown import findings_markdown
from bindbee_sync.reports.text import TextReport
from bindbee_sync.rules.pack import Documented, Pack
from bindbee_sync.rules.policy import UNTESTED
from bindbee_sync.rules.registry import PACKS, PROVIDERS, RULES
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import counted, did_you_mean, either, visible

DOCUMENTED_BY = {
    Documented.BINDBEE: "Bindbee",
    Documented.ATS: "the ATS alone: warnings",
    Documented.NO_ONE: "no one",
}
TEST = "test"
"""What is written in place of a rule to run the examples: no rule's id is without a slash."""


@answering
def rules(output: Output, config: Path | None, rule: str | None) -> ExitCode:
    """List the rules, explain `rule`, or run the examples of the team's own rules."""
    if rule == TEST:
        return _test(output, read_config(config))
    known = dict(RULES)
    findings: tuple[Diagnostic, ...] = ()
    if rule not in RULES:
        policies = own_rules(read_config(config).connectors)
        findings = policies.findings
        known |= {each.rule.id: each.rule for each in policies.policies}
    if rule is not None and rule not in known:
        raise ToolError(
            f"There is no rule '{rule}'",
            hint=did_you_mean(rule, known) or "`bindbee-sync rules` lists them.",
        )
    chosen = list(known.values()) if rule is None else [known[rule]]
    more: Document = {} if rule else {"providers": [_pack_data(each) for each in PACKS.values()]}
    more |= {"diagnostics": diagnostics_data(findings)} if findings else {}
    output.write(lambda: new_document(rules=[_data(each) for each in chosen]) | more)
    if output.is_json:
        return Ending(failed=bool(findings)).exit_code
    if rule is None:
        _list(output.out(), chosen)
    else:
        _explain(output.out(), chosen[0])
        _examples(output.out(), chosen[0].id)
    TextReport(output.out()).diagnostics(findings)
    return Ending(failed=bool(findings)).exit_code


def _test(output: Output, found: Config) -> ExitCode:
    """Run the examples of the team's own rules."""
    policies = own_rules(found.connectors)
    without = [each for each in policies.policies if not (each.passes and each.fails)]
    findings = (*policies.findings, *map(_untested, without))
    errors = sum(finding.is_error for finding in findings)
    headline = _tested(policies, errors, len(without))
    code = Ending(failed=errors > 0).exit_code
    tested = [
        {"id": each.rule.id, "path": each.rule.source, "passes": each.passes, "fails": each.fails}
        for each in policies.policies
    ]
    output.write(lambda: new_document(rules=tested, diagnostics=diagnostics_data(findings)))
    if not output.is_json:
        report = TextReport(output.out())
        report.line(headline, "bold")
        report.diagnostics(findings)
    publish(
        found.root,
        findings,
        lambda locate: findings_markdown(headline, findings, locate),
        {"errors": errors, "warnings": len(without), "exitcode": code},
    )
    return code


def _tested(policies: Policies, errors: int, warnings: int) -> str:
    faulty = {finding.place.path for finding in policies.findings if finding.place}
    number = len({each.rule.source for each in policies.policies} | faulty)
    if not number:
        return f"No own rules to test: the folder {POLICIES} has none."
    examples = counted(sum(each.passes + each.fails for each in policies.policies), "example")
    # The examples of a faulty rule are not counted, so that with one their number would be wrong.
    what = counted(number, "own rule") + f" with {examples}" * (not faulty)
    return f"{what} tested: {counted(errors, 'error')}, {counted(warnings, 'warning')}."


def _untested(policy: Policy) -> Diagnostic:
    counts = {"passes": policy.passes, "fails": policy.fails}
    lacking = either(f"'{kind}'" for kind, count in counts.items() if not count)
    return UNTESTED.at(policy.id_place, f"{policy.rule.id} has no example under {lacking}")


def _data(rule: Rule) -> Document:
    return {
        "id": rule.id,
        "severity": str(rule.severity),
        "demands": rule.demands,
        "hint": rule.hint,
        "source": rule.source,
        "provider": rule.provider,
        "configurable": rule.lowerable,
        "page": _page(rule),
    }


def _pack_data(pack: Pack) -> Document:
    return {
        "provider": pack.provider,
        "name": pack.name,
        "documented": str(pack.documented),
        "about": pack.about,
        "rules": [rule.id for rule in pack.rules],
    }


def _explain(out: Console, rule: Rule) -> None:
    out.print(f"{rule.id}  ({rule.severity} by default; {rule.provider or 'every ATS'})", style="bold")
    out.print(visible(rule.demands))
    out.print(f"What to do: {visible(rule.hint)}")
    out.print(f"Source: {visible(rule.source)}")
    out.print(
        "Its severity can be set under `rules` in the config."
        if rule.lowerable
        else "Its severity can't be lowered."
    )
    page = _page(rule)
    if rule.id not in RULES or "://" in page:  # not a path in the sources, which an installed copy lacks
        out.print(f"More: {page}", soft_wrap=True)


def _examples(out: Console, rule: str) -> None:
    """Print the files that break the rule and those that keep it, where it has such examples."""
    # Only for this: the examples of all rules are read with it.
    from bindbee_sync.rules.examples import EXAMPLES  # noqa: PLC0415 - see above

    found = EXAMPLES.get(rule)
    for title, files in (("Breaks it:", found.breaks), ("Keeps it:", found.keeps)) if found else ():
        out.print()
        out.print(title, style="bold")
        out.print(
            "\n\n".join(indent(f"# {path}\n{text.rstrip()}", "  ") for path, text in files.items()),
            soft_wrap=True,
        )


def _list(out: Console, rules: Collection[Rule]) -> None:
    built_in = [rule for rule in rules if rule.id in RULES]
    groups = [
        (f"For {provider or 'every ATS'}", [rule for rule in built_in if rule.provider == provider])
        for provider in (None, *PROVIDERS)
    ]
    groups.append(("Your own", [rule for rule in rules if rule.id not in RULES]))
    for title, found in groups:
        if not found:
            continue
        out.print(title, style="bold")
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        for rule in found:
            table.add_row(rule.id, str(rule.severity), visible(rule.demands))
        out.print(table)
        out.print()
    out.print("What an ATS requires of a new job is documented by", style="bold")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    for pack in PACKS.values():
        table.add_row(pack.name, DOCUMENTED_BY[pack.documented], pack.about)
    table.add_row("others", DOCUMENTED_BY[Documented.NO_ONE], "The common rules are checked.")
    out.print(table)
    out.print()
    out.print("How to fix a finding, and where its rule comes from: bindbee-sync rules RULE")


def _page(rule: Rule) -> str:
    """Return the URL of a rule's page, or a path: where the package names no site, or of an own rule."""
    if rule.id not in RULES:
        return visible(rule.source)
    try:
        entries = metadata.metadata("bindbee-sync").get_all("Project-URL") or ()
    except metadata.PackageNotFoundError:  # imported from a folder, as the GitHub action does
        entries = ()
    urls = dict(entry.split(", ", 1) for entry in entries)
    return f"{urls['Repository'].rstrip('/')}/blob/main/{rule.page}" if "Repository" in urls else rule.page
