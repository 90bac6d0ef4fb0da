"""Every secret that this process holds, so that a crash report can leave them out."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pydantic import SecretStr

HIDDEN = "***"
_looked_up: set[str] = set()


def remember(secret: SecretStr) -> None:
    """Count a secret that is not in the environment among those to hide."""
    _looked_up.add(secret.get_secret_value())


def known() -> frozenset[str]:
    """Return the secrets of the environment, and those that were looked up."""
    given = (
        value.strip()
        for name, value in os.environ.items()
        if name == "BINDBEE_API_KEY" or name.startswith("BINDBEE_CONNECTOR_TOKEN")
    )
    return frozenset({*_looked_up, *given} - {""})


def hide(text: str) -> str:
    """Return `text` without the known secrets."""
    # The longest first: one may begin as another does, whose end would stay.
    for secret in sorted(known(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def hide_in(value: object, secrets: Sequence[str]) -> object:
    """Return a JSON value whose texts have none of `secrets`: an ATS may echo one in any field, e.g. a name.

    Raises RecursionError where `value` is nested too deeply.
    """
    # Not by `match`, which takes twice as long: a list of jobs has forty texts for each of them.
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, list):
        return [hide_in(item, secrets) for item in value]
    if isinstance(value, dict):
        return {hide_in(key, secrets): hide_in(item, secrets) for key, item in value.items()}
    return value
