"""Removal of the two secrets, and of tokens that Bindbee echoes, from every text."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING

from bindbee_sync import secret_texts
from bindbee_sync.bindbee.wire import on_one_line
from bindbee_sync.text import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

REDACTED = "[redacted]"
_SHOWN = 1000
_SEARCHED = 8_000
_TAIL = 500
_PIECE = 8
_LEVELS = 4
"""How many times over a secret may be escaped and is still found."""

# The value after `connector_token`, as JSON, a query or a header would show it. Eight characters and more, so
# that "connector_token: Field required" stays readable.
_ECHO = re.compile(
    r"""(connector[_-]token["'\\]*\s*(?:[:=]|%3[ad])\s*["'\\]*)[^\s"'&<>,;}\\]{8,}""", re.IGNORECASE
)
_UNIT = re.compile(
    r"%(?P<hex>[0-9a-f]{2})|\\u(?P<u>[0-9a-f]{4})|\\x(?P<x>[0-9a-f]{2})|\\(?P<plain>.)"
    r"|(?P<entity>&(?:#0{0,9}[0-9]{1,7}|#x0{0,9}[0-9a-f]{1,6}|amp|lt|gt|quot|apos);)|.",
    re.IGNORECASE | re.DOTALL,
)
"""A character, or an escape of one in a URL, in JSON or in HTML."""
_ESCAPES = re.compile(r"[%\\&]")
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""ASCII alone: other letters may become two, and every position would shift."""


def redactor(*secrets: str) -> Callable[[str], str]:
    """Return a function that puts a text on one line, takes the secrets out, and cuts it short.

    Pieces of a secret are found, too, in any usual encoding, after invisible characters went and before the
    text is cut. The cost is linear in the text: what an answer holds must not keep its outcome from being
    recorded. The process's other secrets are found, too: one connector's answer may echo another's token.
    """
    ours = frozenset(secrets)

    def clean(text: str) -> str:
        # First: a secret may begin with "connector-token", and its pieces would hide the words sought here.
        whole = _ECHO.sub(rf"\1{REDACTED}", on_one_line(text[:_SEARCHED]))
        hidden = bytearray(len(whole))
        # Made when there is something to clean: of a thousand connectors, few ever have an error.
        others = frozenset(each for each in secret_texts.known() if len(each) >= _PIECE)
        for chars, starts in _readings(whole.translate(_LOWER)):
            for size, known in (*_by_size(ours).items(), *_by_size(others).items()):
                for at in range(len(chars) - size + 1):
                    if chars[at : at + size] in known:
                        first, end = starts[at], starts[at + size]
                        hidden[first:end] = b"\x01" * (end - first)
        parts = (
            REDACTED if is_hidden else "".join(whole[at] for at in places)
            for is_hidden, places in groupby(range(len(whole)), hidden.__getitem__)
        )
        shown = secret_texts.hide("".join(parts))
        # At the end of a text that was not searched whole, half a piece may be left.
        return shorten(shown if len(text) <= _SEARCHED else shown[:-_TAIL], _SHOWN)

    return clean


@lru_cache(maxsize=8)
def _by_size(secrets: frozenset[str]) -> dict[int, set[str]]:
    """Return the pieces of all the secrets, by their length."""
    found: dict[int, set[str]] = {}
    for secret in secrets:
        for size, piece in _pieces(secret):
            found.setdefault(size, set()).add(piece.translate(_LOWER))
    return found


def _pieces(secret: str) -> Iterator[tuple[int, str]]:
    """Yield each piece of a secret by which it is found, with its length: plain, in base64 and in hex."""
    yield from _cut(secret, _PIECE)
    if len(secret) < _PIECE:  # one letter in base64 would be found everywhere
        return
    data = secret.encode()
    yield from _cut(data.hex(), 2 * _PIECE)
    for shift in range(3):  # the bytes before it decide how a secret lies in base64
        inner = b64encode(bytes(shift) + data).decode().rstrip("=")[2 * (shift > 0) + (shift > 1) : -1]
        yield from _cut(inner, _PIECE)
        yield from _cut(inner.replace("+", "-").replace("/", "_"), _PIECE)


def _cut(form: str, size: int) -> Iterator[tuple[int, str]]:
    """Yield the pieces of `size`; one like a word, of letters of one case, counts only in a longer piece.

    "connector" in a message is no piece of a token that begins with `test-connector-`.
    """
    for wanted, counts in ((size, _is_no_word), (2 * size, bool)):
        length = min(wanted, len(form))
        for at in range(len(form) - length + 1):
            piece = form[at : at + length]
            if piece and counts(piece):
                yield length, piece


def _is_no_word(piece: str) -> bool:
    return not (piece.isalpha() and (piece.islower() or piece.isupper()))


def _readings(text: str) -> Iterable[tuple[str, list[int]]]:
    """Yield `text` as it is, and unescaped again and again, each with the places its characters began at."""
    chars, starts = text, [*range(len(text) + 1)]
    yield chars, starts
    for _ in range(_LEVELS):
        if not _ESCAPES.search(chars):
            return
        read, began = [], []
        for unit in _UNIT.finditer(chars):
            char = _unescaped(unit)
            if char.isprintable():
                read.append(char)
                began.append(starts[unit.start()])
        chars, starts = "".join(read).translate(_LOWER), [*began, starts[-1]]
        yield chars, starts


def _unescaped(unit: re.Match[str]) -> str:
    kind = unit.lastgroup
    if kind is None:
        return unit[0]
    if kind == "plain":
        return unit[kind]
    if kind == "entity":
        return unescape(unit[0])[:1]
    return chr(int(unit[kind], 16))
