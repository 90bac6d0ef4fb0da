"""What coding agents are told is true: the example, its finding, and where the overview leads."""

from __future__ import annotations

import json
import re

from site_pages import DOCS, ROOT, blocks, read

PAGE = DOCS / "agents.md"


def example(language):
    (found,) = (block.text for block in blocks(read(PAGE)) if block.language == language)
    return found


def test_the_finding_is_the_one_that_the_change_gives(repo):
    repo.config("provider: greenhouse\n")
    _, _, text = example("yaml").partition("\n")
    repo.write("sales/account-manager-lisbon", text)
    assert repo.run("validate", "--format", "json").json["diagnostics"] == []
    repo.write("sales/account-manager-lisbon", text.replace("[Sales]", "[Sales, Marketing]"))
    assert repo.run("validate", "--format", "json").json["diagnostics"] == [json.loads(example("json"))]


def test_the_overview_leads_to_pages():
    text = (ROOT / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert "docs/agents.md" in links
    assert [link for link in links if not (ROOT / link).is_file()] == []
