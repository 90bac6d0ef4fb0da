"""Removal of the two secrets, and of tokens that Bindbee echoes, from every text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from bindbee_sync.bindbee.wire import on_one_line
from bindbee_sync.text import shorten

if TYPE_CHECKING:
    from collections.abc import Callable

REDACTED = "[redacted]"
_SHOWN = 1000
_SEARCHED = 20_000
_TAIL = 4_000

# The value after `connector_token`, as JSON, a query or a header would show it. Eight characters and more, so
# that "connector_token: Field required" stays readable.
_ECHO = re.compile(
    r"""(connector[_-]token["'\\]*\s*(?:[:=]|%3[ad])\s*["'\\]*)[^\s"'&<>,;}\\]{8,}""", re.IGNORECASE
)


def redactor(*secrets: str) -> Callable[[str], str]:
    """Return a function that puts a text on one line, takes the secrets out, and cuts it short.

    A secret is found in any usual encoding, after invisible characters went and before the text is cut; of a
    text too long to be searched whole, the end, where half a secret might stand, is dropped.
    """
    pattern = re.compile("|".join("".join(map(_encodings, secret)) for secret in secrets), re.IGNORECASE)

    def clean(text: str) -> str:
        shown = _ECHO.sub(rf"\1{REDACTED}", pattern.sub(REDACTED, on_one_line(text[:_SEARCHED])))
        return shorten(shown if len(text) <= _SEARCHED else shown[:-_TAIL], _SHOWN)

    return clean


def _encodings(char: str) -> str:
    """Return a pattern of one character: plain, escaped in JSON or HTML, percent-encoded once or more."""
    code = ord(char)
    plain = rf"\\*{re.escape(char)}|{re.escape(html.escape(char))}"
    return rf"(?:{plain}|%(?:25)*{code:02x}|\\u{code:04x}|&#0*{code};|&#x0*{code:x};)"
