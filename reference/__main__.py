"""Write the generated pages, and remove those of rules that are gone."""

from __future__ import annotations

from reference.pages import ROOT, RULE_PAGES, pages

written = {ROOT / path: text for path, text in pages().items()}
for stale in set((ROOT / RULE_PAGES).glob("*.md")) - set(written):
    stale.unlink()
for path, text in written.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
