"""The action that a released package belongs to."""

from __future__ import annotations

from pathlib import Path

_WRITTEN_AT_RELEASE = Path(__file__).with_name("action-reference.txt")


def packaged_action() -> str | None:
    """Return repository, commit and version of the action; None where no release has written them."""
    try:
        return _WRITTEN_AT_RELEASE.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
