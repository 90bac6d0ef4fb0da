"""`bindbee-sync rules`: what is enforced, and where each rule comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.completion import rule_ids
from bindbee_sync.cli.session import Format, FormatOption, Session

if TYPE_CHECKING:
    from bindbee_sync.rules.rule import Rule


def rules(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Explain this one.", autocompletion=rule_ids)
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """List the rules, or explain one with its source.

    Example: bindbee-sync rules greenhouse/single-department
    """
    session = Session(output)
    with session.answering():
        from rich.table import Table

        from bindbee_sync.errors import ToolError
        from bindbee_sync.rules.registry import PROVIDERS, RULES
        from bindbee_sync.text import did_you_mean

        if rule is not None and rule not in RULES:
            raise ToolError(
                f"There is no rule '{rule}'",
                hint=did_you_mean(rule, RULES) or "`bindbee-sync rules` lists them.",
            )
        chosen = [RULES[rule]] if rule is not None else list(RULES.values())
        if session.is_json:
            session.write(
                {
                    "format_version": 1,
                    "rules": [
                        {
                            "id": each.id,
                            "severity": str(each.severity),
                            "demands": each.demands,
                            "hint": each.hint,
                            "source": each.source,
                            "provider": each.provider,
                            "configurable": each.lowerable,
                            "page": _page(each),
                        }
                        for each in chosen
                    ],
                }
            )
            return
        out = session.out()
        if rule is not None:
            one = chosen[0]
            out.print(f"{one.id}  ({one.severity} by default; {one.provider or 'every ATS'})", style="bold")
            out.print(one.demands)
            out.print(f"What to do: {one.hint}")
            out.print(f"Source: {one.source}")
            out.print(
                "Its severity can be set under `rules` in the config."
                if one.lowerable
                else "It can't be made less than it is."
            )
            out.print(f"With examples: {_page(one)}", soft_wrap=True)
            return
        for provider in (None, *PROVIDERS):
            out.print(f"For {provider or 'every ATS'}", style="bold")
            table = Table(box=None, pad_edge=False, show_header=False)
            table.add_column(no_wrap=True)
            for each in chosen:
                if each.provider == provider:
                    table.add_row(each.id, str(each.severity), each.demands)
            out.print(table)
            out.print()
        out.print("What to do about one, and where it comes from: bindbee-sync rules RULE")


def _page(rule: Rule) -> str:
    """Return where a rule's page is: below the address that the package names, else in its repository."""
    from importlib.metadata import metadata

    urls = dict(entry.split(", ", 1) for entry in metadata("bindbee-sync").get_all("Project-URL") or ())
    return f"{urls['Source'].rstrip('/')}/blob/main/{rule.page}" if "Source" in urls else rule.page
