"""The keys of a policy file, and the values that they may have."""

from __future__ import annotations

KEYS = ("id", "severity", "applies_to", "when", "require", "message", "hint", "field", "examples")
REQUIRED = ("id", "require", "message")
SEVERITIES = ("error", "warning")
APPLIES_TO = ("new", "all")
EXAMPLES = ("passes", "fails")
ID = "policy/[a-z0-9][a-z0-9-]*"
"""The pattern of an id."""
MAX_TEXT = 500
"""Characters of a message or a hint."""
