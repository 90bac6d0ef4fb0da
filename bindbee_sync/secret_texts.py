"""Every secret that this process holds, so that a crash report can leave them out."""

from __future__ import annotations

import os

from pydantic import SecretStr

HIDDEN = "***"
_looked_up: set[str] = set()


def remember(secret: SecretStr) -> None:
    """Count a secret that is not in the environment among those to hide."""
    _looked_up.add(secret.get_secret_value())


def hide(text: str) -> str:
    """Return `text` without the tokens of the environment, and those that were looked up."""
    given = (
        value.strip()
        for name, value in os.environ.items()
        if name == "BINDBEE_API_KEY" or name.startswith("BINDBEE_CONNECTOR_TOKEN")
    )
    # The longest first: one may begin as another does, whose end would stay.
    for secret in sorted({*_looked_up, *given} - {""}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
