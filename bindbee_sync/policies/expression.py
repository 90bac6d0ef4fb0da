"""Expressions in CEL, compiled and evaluated by Google's own runtime; the only module that imports it.

An evaluation takes at most 10,000 steps through lists, by the runtime's own bound, and regular expressions
cost time that is linear in the text (RE2). Memory needs a bound of ours: texts and lists that are joined step
by step could double at each. So texts and lists are joined only outside of such steps, and bytes never.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cel_expr_python import cel

from bindbee_sync.policies.policy import EvaluationError, Values
from bindbee_sync.policies.variables import ABSENT, FLAG, NUMBER, TEXT, TEXTS, VARIABLES
from bindbee_sync.text import did_you_mean, shorten

MAX_LENGTH = 4000
MAX_JOINS = 8
MAX_KNOWN = 10_000
"""Answers that are remembered of an expression."""
_WITHOUT_BYTES = """
stdlib:
  exclude_functions:
    - name: bytes
    - name: "_+_"
      overloads: [{id: add_bytes}]
"""
_TYPES = {
    TEXT: cel.Type.STRING,
    TEXTS: cel.Type.List(cel.Type.STRING),
    NUMBER: cel.Type.INT,
    FLAG: cel.Type.BOOL,
}
_IN_WORDS = {
    "STRING": "a text",
    "INT": "a number",
    "DOUBLE": "a number",
    "UINT": "a number",
    "DYN": "of no fixed type",
}
_FAULT = re.compile(r"^(?:[A-Z_]+: )?ERROR: <input>:(\d+):(\d+): (.*)$", re.MULTILINE)
_CODES = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")
_QUOTED_OR_COMMENT = re.compile(
    r"""
    (?:[rR][bB]?|[bB][rR])(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*')
    |[bB]?(?:\"{3}(?:\\[\s\S]|[^\\])*?\"{3}|'{3}(?:\\[\s\S]|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |//[^\n]*
    """,
    re.VERBOSE,
)
_STEPS = re.compile(r"\b(?:all|exists|exists_one|filter|map)\b")
_BUILDS = re.compile(r"\b(?:filter|map)\b")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class CompileFault:
    """What is wrong with an expression, and where in its text; both count from 1."""

    line: int
    column: int
    message: str
    hint: str | None = None


class CompileError(Exception):
    """An expression that can't be used."""

    def __init__(self, *faults: CompileFault) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


_ENVIRONMENT = cel.NewEnv(
    config=cel.NewEnvConfigFromYaml(_WITHOUT_BYTES),
    variables={name: _TYPES[kind] for name, kind in VARIABLES.items()},
)


def variables_in(text: str) -> frozenset[str]:
    """Return the variables that `text` names; one that is only in a quoted text counts, too."""
    return frozenset(_WORD.findall(text)) & VARIABLES.keys()


def compiled(text: str) -> Callable[[Values], bool]:
    """Return the function that evaluates `text`, which raises EvaluationError; raises CompileError."""
    if len(text) > MAX_LENGTH:
        raise CompileError(
            CompileFault(1, 1, f"An expression has at most {MAX_LENGTH} characters, and this has {len(text)}")
        )
    expression = _compile(text)
    kind = expression.return_type()
    if kind != cel.Type.BOOL:
        found = _IN_WORDS.get(kind.name(), "a list" if kind.name().startswith("LIST") else "something else")
        raise CompileError(CompileFault(1, 1, f"An expression must be true or false, and this is {found}"))

    names = sorted(variables_in(text))
    known: dict[tuple[object, ...], bool] = {}

    def evaluate(values: Values) -> bool:
        # Jobs share most of their values, and each evaluation compiles its regular expressions again.
        key = tuple([values[name] for name in names])
        answer = known.get(key)
        if answer is None:
            answer = evaluated(key)
            if len(known) < MAX_KNOWN:
                known[key] = answer
        return answer

    def evaluated(key: tuple[object, ...]) -> bool:
        lists = (list(value) if isinstance(value, tuple) else value for value in key)
        try:
            result = expression.eval(data=dict(zip(names, lists, strict=True)))
        except (RuntimeError, TypeError, ValueError) as error:  # the last two for half a character in a text
            raise EvaluationError(_reason(str(error))) from None
        # An error comes back as a value, whose plain value is a text, and so would count as true.
        if result.type() != cel.Type.BOOL:
            raise EvaluationError(_reason(str(result.plain_value())))
        return bool(result.plain_value())

    _check_patterns(evaluate)
    return evaluate


def _compile(text: str) -> cel.Expression:
    try:
        expression = _ENVIRONMENT.compile(text)
    except RuntimeError as error:
        raise CompileError(*_faults(str(error))) from None
    bare = _QUOTED_OR_COMMENT.sub(lambda found: " " * len(found[0]), text)
    if _joins_too_much(bare, expression.serialize()):
        before = bare[: bare.index("+")].split("\n")
        message = (
            f"Texts and lists are joined at most {MAX_JOINS} times, and not where a list is stepped through"
        )
        hint = "Compare the parts one by one, e.g. with startsWith and endsWith."
        raise CompileError(CompileFault(len(before), len(before[-1]) + 1, message, hint))
    return expression


def _joins_too_much(bare: str, checked: bytes) -> bool:
    """Return whether an expression could make something much larger than the job is.

    `bare` is its text without what is quoted; `checked` names the overload of each call. A step that builds a
    list does so by joining, once in the text.
    """
    joins = bare.count("+")
    if joins and _STEPS.search(bare):
        return b"add_string" in checked or checked.count(b"add_list") > len(_BUILDS.findall(bare))
    return joins > MAX_JOINS


def _faults(error: str) -> list[CompileFault]:
    found = [CompileFault(int(line), int(column), words) for line, column, words in _FAULT.findall(error)]
    found = found or [CompileFault(1, 1, _CODES.sub("", error.partition("\n")[0]))]
    # What follows from a variable that does not exist says nothing more.
    return [_explained(each) for each in found if "'*error*'" not in each.message]


def _explained(fault: CompileFault) -> CompileFault:
    words = _CODES.sub("", fault.message).removesuffix("(in container '')").strip()
    hint = None
    if undeclared := _UNDECLARED.match(words):
        name = undeclared[1]
        words = f"There is no variable or function '{shorten(name, 60)}'"
        hint = did_you_mean(name, VARIABLES) or f"Variables: {', '.join(VARIABLES)}."
    elif overload := _OVERLOAD.match(words):
        name = overload[1].strip("_@")
        words = f"'{name}' can't be applied to ({overload[2]})"
    elif "recursion limit" in words:
        words = "The expression is nested too deeply"
    else:
        words = words.replace("<EOF>", "the end").replace("Syntax error: ", "This is not valid CEL: ")
        words = words.partition(" expecting {")[0]
    return CompileFault(fault.line, fault.column, words[0].upper() + words[1:], hint)


def _check_patterns(evaluate: Callable[[Values], bool]) -> None:
    """Refuse a regular expression that is not one: else the first job would show it."""
    try:
        evaluate({name: ABSENT[kind] for name, kind in VARIABLES.items()})
    except EvaluationError as error:
        if "regular expression" in str(error):
            raise CompileError(CompileFault(1, 1, str(error))) from None


def _reason(error: str) -> str:
    words = _CODES.sub("", _CODES.sub("", error))
    if "teration budget" in words:
        return "it takes more than 10,000 steps through its lists"
    return shorten(words, 200)
