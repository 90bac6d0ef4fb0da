"""Every generated page, by its path in the repository."""

from __future__ import annotations

from pathlib import Path

from bindbee_sync.rules.examples import EXAMPLES
from bindbee_sync.rules.registry import RULES
from reference import commands, rules, settings
from reference.examples import company, findings, report

ROOT = Path(__file__).parents[1]
RULE_PAGES = "docs/rules"
INDEX = f"{RULE_PAGES}/index.md"


def pages() -> dict[str, str]:
    """Return the text of every generated page; what a plan says of the examples is asked of a sandbox."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    snapshot = company()
    reports = {rule: report(findings(each.breaks, rule, snapshot)) for rule, each in EXAMPLES.items()}
    return {
        "docs/commands.md": commands.page(readme),
        "docs/settings.md": settings.page(readme),
        INDEX: rules.index(RULES.values()),
        **{
            rule.page: rules.page(rule, EXAMPLES.get(rule.id), reports.get(rule.id))
            for rule in RULES.values()
        },
    }
