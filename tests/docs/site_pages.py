"""The pages of the documentation, taken apart as GitHub and the site's builder do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
_BLOCK = re.compile(r"^(?:<!-- (run|prints) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A code block; its mark is `run` (it is run), `prints` (it is printed by what was run last) or empty."""

    mark: str
    language: str
    text: str


def read(page):
    return page.read_text(encoding="utf-8")


def name(page):
    return page.relative_to(DOCS).as_posix()


def blocks(text):
    return [Block(*found) for found in _BLOCK.findall(text)]


def links(text):
    """Where links within the repository lead."""
    return re.findall(r"\]\((?!https?:)([^)]+)\)", _CODE.sub("", text))


def anchors(text):
    """The anchors of a page's headings."""
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return [re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings]


def sections(text):
    """The text below each heading, whatever its level."""
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
