"""The pages of rules, from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from bindbee_sync.rules.examples import Example
from bindbee_sync.rules.rule import Rule
from reference.markup import GENERATED, PROSE, fence, table

GROUPS = PROSE["groups"]
NOTES = PROSE["rules"]


def index(rules: Iterable[Rule]) -> str:
    """Return the page that lists all rules, by group."""
    parts = [
        GENERATED,
        "# Rules\n",
        f"{PROSE['pages']['rules']}\n",
    ]
    for group, found in groupby(sorted(rules, key=_group_order), key=_group):
        rows = [
            [f"[`{rule.id}`]({_file(rule)})", str(rule.severity), rule.provider or "every", rule.demands]
            for rule in found
        ]
        parts += [
            f"## {group}/\n",
            f"{GROUPS[group]}\n",
            table(["rule", "default", "ATS", "what it demands"], rows),
        ]
    return "\n".join(parts)


def page(rule: Rule, example: Example | None, report: str | None) -> str:
    """Return the page of one rule; `report` is a plan's, about the example that breaks it."""
    facts = {
        "Severity": f"{rule.severity} by default",
        "ATS": rule.provider or "every one",
        "In the config": "can be given another severity, or switched off"
        if rule.lowerable
        else "its severity can't be lowered: the rule guards against creating a job twice, or the wrong job",
        "Source": rule.source,
    }
    parts = [
        GENERATED,
        f"# {rule.id}\n",
        f"{rule.demands}\n",
        "".join(f"- {name}: {value}\n" for name, value in facts.items()),
        "## What to do\n",
        f"{rule.hint}\n",
    ]
    if rule.id in NOTES:
        parts += [f"{NOTES[rule.id]}\n"]
    if example is not None and report is not None:
        parts += [
            "## A file that breaks it\n",
            *_files(example.breaks),
            "bindbee-sync reports:\n",
            fence("text", report),
        ]
        parts += ["## A file that keeps it\n", *_files(example.keeps)]
    parts += ["[All rules](index.md)\n"]
    return "\n".join(parts)


def _files(files: dict[str, str]) -> list[str]:
    return [fence("yaml", f"# {path}\n{body}") for path, body in files.items()]


def _file(rule: Rule) -> str:
    return rule.page.rpartition("/")[2]


def _group(rule: Rule) -> str:
    return rule.id.partition("/")[0]


def _group_order(rule: Rule) -> int:
    return list(GROUPS).index(_group(rule))
