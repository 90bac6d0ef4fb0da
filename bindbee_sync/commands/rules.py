"""`bindbee-sync rules`: the rules, with what each demands and where it comes from."""

from __future__ import annotations

from collections.abc import Collection
from importlib import metadata

from rich.console import Console
from rich.table import Table

from bindbee_sync.commands.output import Output, answering
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.reports.document import Document, new_document
from bindbee_sync.rules.registry import PROVIDERS, RULES
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import did_you_mean


@answering
def rules(output: Output, rule: str | None) -> ExitCode:
    """List the rules, or explain `rule`."""
    if rule is not None and rule not in RULES:
        raise ToolError(
            f"There is no rule '{rule}'",
            hint=did_you_mean(rule, RULES) or "`bindbee-sync rules` lists them.",
        )
    chosen = list(RULES.values()) if rule is None else [RULES[rule]]
    if output.is_json:
        output.write(new_document(rules=[_data(each) for each in chosen]))
    elif rule is None:
        _list(output.out(), chosen)
    else:
        _explain(output.out(), chosen[0])
    return ExitCode.OK


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


def _explain(out: Console, rule: Rule) -> None:
    out.print(f"{rule.id}  ({rule.severity} by default; {rule.provider or 'every ATS'})", style="bold")
    out.print(rule.demands)
    out.print(f"What to do: {rule.hint}")
    out.print(f"Source: {rule.source}")
    out.print(
        "Its severity can be set under `rules` in the config."
        if rule.lowerable
        else "Its severity can't be lowered."
    )
    out.print(f"With examples: {_page(rule)}", soft_wrap=True)


def _list(out: Console, rules: Collection[Rule]) -> None:
    for provider in (None, *PROVIDERS):
        out.print(f"For {provider or 'every ATS'}", style="bold")
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        for rule in rules:
            if rule.provider == provider:
                table.add_row(rule.id, str(rule.severity), rule.demands)
        out.print(table)
        out.print()
    out.print("How to fix a finding, and where its rule comes from: bindbee-sync rules RULE")


def _page(rule: Rule) -> str:
    """Return the URL of a rule's page, or its path where the package names no repository."""
    urls = dict(
        entry.split(", ", 1) for entry in metadata.metadata("bindbee-sync").get_all("Project-URL") or ()
    )
    return f"{urls['Source'].rstrip('/')}/blob/main/{rule.page}" if "Source" in urls else rule.page
