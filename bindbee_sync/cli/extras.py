"""Commands that need an optional dependency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bindbee_sync.errors import ToolError
from bindbee_sync.extras import install_hint


@contextmanager
def needs_sandbox(who: str) -> Iterator[None]:
    """Raise ToolError where an import of the sandbox finds that its extra is not installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise ToolError(
            f"{who} needs {missing.name}, which is not installed", hint=install_hint("sandbox")
        ) from None
