"""Redaction finds pieces and encodings of a secret, at a cost that is linear in the text."""

from __future__ import annotations

import json
import time
from base64 import b64encode, urlsafe_b64encode

import pytest

from bindbee_sync.bindbee.outcomes import classify
from bindbee_sync.bindbee.redaction import redactor
from bindbee_sync.create_result import CreateResult, Result

KEY = "bk_live_hV3nT8wKz6Rd1xQ9mPc7sJ2fGk4LuAb5"
TOKEN = "0b6f2c1e-77aa-4d25-9f5e-8c1de41f0a93"  # noqa: S105 (of no connector)
SECONDS = 1.0

AWKWARD = {
    "a prefix, again and again": KEY[:28] * 400,
    "all but the end": KEY[:-1] * 1000,
    "every escape at once": "%25" * 5000 + "\\" * 100_000 + "&amp;" * 5000 + "&#0" * 5000,
    "backslashes": "\\" * (1 << 20),
    "escaped backslashes": "\\\\u005c" * 20_000,
    "percents": "%" * (1 << 20),
    "nested percents": "%25" * 300_000,
    "ampersands": "&#" * 500_000,
    "zeros": "&#" + "0" * (1 << 20),
    "tokens": "connector_token" + "\\\"'" * 300_000,
    "token names": "connector_token:" * 60_000,
    "base64": b64encode(KEY.encode() * 20_000).decode(),
    "nulls": "\0" * (1 << 20) + KEY,
}


def seconds(call):
    began = time.process_time()
    call()
    return time.process_time() - began


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_the_cost_is_bounded_whatever_the_text(text):
    assert seconds(lambda: redactor(KEY, TOKEN)(text)) < SECONDS


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_an_answer_to_a_create_is_understood_at_once(text):
    fault = {"loc": ["body", "name"], "msg": text}
    clean = redactor(KEY, TOKEN)
    one = json.dumps({"detail": [fault]}).encode()
    many = json.dumps({"detail": [{"loc": ["body", "x"], "msg": text[:50]}] * 10_000}).encode()
    for body in (one, many):
        began = time.process_time()
        found = classify(422, {}, body, clean)
        assert time.process_time() - began < SECONDS
        assert isinstance(found, Result)
        assert found.became is CreateResult.REJECTED


@pytest.mark.parametrize("secret", [KEY, TOKEN])
@pytest.mark.parametrize("size", [8, 9, 15, 28])
def test_pieces_of_a_secret_are_taken_out(secret, size):
    clean = redactor(KEY, TOKEN)
    for at in range(0, len(secret) - size + 1, 3):
        assert clean(f"<{secret[at : at + size]}>") == "<[redacted]>"


@pytest.mark.parametrize(
    "encode",
    [
        lambda secret: secret.encode().hex(),
        lambda secret: secret.encode().hex().upper(),
        lambda secret: b64encode(secret.encode()).decode(),
        lambda secret: b64encode(b"user:" + secret.encode()).decode(),
        lambda secret: urlsafe_b64encode(b"Bearer " + secret.encode() + b"\n").decode(),
        lambda secret: "".join(f"%{ord(char):02x}" for char in secret),
        lambda secret: "".join(f"%25{ord(char):02X}" for char in secret),
        lambda secret: "".join(f"\\x{ord(char):02x}" for char in secret),
        lambda secret: "".join(f"\\u{ord(char):04x}\\u200b" for char in secret),
        lambda secret: "".join(f"&#x{ord(char):x};" for char in secret),
        lambda secret: "".join(f"&amp;#{ord(char):03};" for char in secret),
    ],
)
@pytest.mark.parametrize("secret", [KEY, TOKEN])
def test_encodings_are_taken_out(secret, encode):
    shown = redactor(KEY, TOKEN)(f"before {encode(secret)} after")
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert "[redacted]" in shown
    assert len(shown) < 50


def test_words_that_a_token_begins_with_stay():
    clean = redactor("test-connector-key", "sandbox-connector-token-hV3nT8wKz6Rd")
    assert clean("The connector is in no sandbox") == "The connector is in no sandbox"
    assert clean("a test-connector-key b") == "a [redacted] b"


def test_a_short_secret_is_taken_out():
    assert redactor("k", "tok")("a tok b") == "a [redacted] b"
