"""No regular expression of the package takes longer than linear on any text."""

from __future__ import annotations

import ast
import importlib
import re
import signal
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindbee_sync.importing.update import _PLAIN_IN_FLOW
from bindbee_sync.text import for_log

PACKAGE = Path(find_spec("bindbee_sync").origin).parent
LONG = 20_000
SECONDS = 0.3
SEARCHES = {"search", "sub", "split", "findall", "finditer"}
UNITS = [
    *(
        "a",
        "A",
        "0",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\\",
        "<",
        ">",
        "&",
        "%",
        "#",
        ":",
        "-",
        "_",
        ".",
        "/",
        "@",
        "`",
    ),
    *("a b", "a-", "a.", "a@", "ab1", "::", "://", " #", "\n\n", "1.", "<p", "<p ", "</p", "{a}", "a:", " a"),
    *(
        "ab, ",
        "\u00e9",
        "\u200b",
        "'",
        '"',
        "[",
        "]",
        "(",
        ")",
        "|",
        "*",
        "=",
        "~",
        "!",
        "e",
        "f0",
        "  ",
        "\n ",
    ),
]


def patterns():
    """Yield every pattern that a module keeps or a call names, and whether it is looked for in a text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        source = path.read_text(encoding="utf-8")
        if not module.endswith("__main__"):
            for name, value in vars(importlib.import_module(module)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    searches = any(f"{name}.{call}" in source for call in SEARCHES)
                    yield pytest.param(value, searches, id=f"{module}.{name}")
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=call),
                    args=[ast.Constant(value=str(text)), *_],
                ) if call in SEARCHES or call.endswith("match"):
                    yield pytest.param(re.compile(text), call in SEARCHES, id=f"{module}:{node.lineno}")


@contextmanager
def cpu_bound(seconds):
    """Fail once the body has used so much CPU time; `re` lets a signal in."""

    def too_long(*_):
        raise AssertionError(f"more than {seconds} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def literals(pattern):
    """Return pieces of the pattern that may begin a match, to repeat."""
    return {piece for piece in re.findall(r"[A-Za-z0-9 <>!:#/.-]{2,}", pattern.pattern) if piece.strip()}


@pytest.mark.parametrize(("pattern", "searches"), list(patterns()))
def test_a_pattern_is_linear_on_awkward_texts(pattern, searches):
    for unit in [*UNITS, *literals(pattern)]:
        repeated = unit * (LONG // len(unit))
        for text in (repeated + "\0", f"a{repeated}\u2603", f"://{repeated}", f"|{repeated}!"):
            with cpu_bound(SECONDS):
                pattern.fullmatch(text)
                pattern.sub("", text) if searches else pattern.match(text)


def test_the_patterns_are_found():
    found = {str(each.id) for each in patterns()}
    assert len(found) > 30
    assert "bindbee_sync.importing.update._PLAIN_IN_FLOW" in found


@settings(max_examples=100, deadline=None)
@given(st.text("aZ09 .@-_", max_size=12))
def test_what_is_plain_in_a_list_is_what_it_was(text):
    slow = re.compile(r"(?!(?:null|true|false|yes|no|on|off|y|n)$)[a-z]+(?:[ .@-]?[a-z0-9]+)*", re.IGNORECASE)
    assert bool(_PLAIN_IN_FLOW.fullmatch(text)) is bool(slow.fullmatch(text))


def test_a_log_of_empty_lines_takes_no_time():
    with cpu_bound(SECONDS):
        assert for_log("\n" * LONG + "  ::error::x").endswith("  | ::error::x")
