"""Single values, read by the type of their field, and how a message names them."""

from __future__ import annotations

import re
from collections.abc import Callable

from bindbee_sync.desired.tree import MappingNode, Node, ScalarNode, SequenceNode
from bindbee_sync.job_file import CREATE_FIELDS, Loc
from bindbee_sync.rules.rule import Rule
from bindbee_sync.rules.schema import EMPTY_CODE, EMPTY_NAME, OPENINGS_POSITIVE, TYPE, UNKNOWN_FIELD
from bindbee_sync.text import BLANK, IGNORABLE, did_you_mean, fold, in_quotes

_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_ONE_NUMBER = re.compile(r"\s*0*([1-9][0-9]{0,4})(?:[.,]0{1,2})?\s*")
_MEANT = {"yes": "true", "y": "true", "on": "true", "true": "true"} | dict.fromkeys(
    ("no", "n", "off", "false"), "false"
)
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_BASES = {"0o": 8, "0x": 16}
MAX_DIGITS = 18
# Half a character can't be encoded as UTF-8, and a NUL ends the text in some databases.
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")
AS_WRITTEN = ("description", "job_posting_urls")
"""Fields whose text keeps white space at its ends: it is cut from a name, code, id or email."""
# A joiner or a variation selector between letters or symbols of other scripts changes how they are drawn.
# Compiled by the first text that is not ASCII: it takes longer than reading a hundred files.
_HIDDEN = (
    f"(?![\u200c\u200d\ufe0e\ufe0f](?<=[\u0370-\U0003ffff].)(?=[\u0370-\U0003ffff]))[{IGNORABLE}{BLANK}]"
)
_BROKEN = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CURLY = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a"
_OPENING = "\u201c\u201d\u201e\u00ab\u00bb"
"""Those that no word begins with: a single one may be an apostrophe."""
_NOT_BLANK = {("name",): EMPTY_NAME, ("code",): EMPTY_CODE}


class BrokenRuleError(Exception):
    """A value that breaks a rule."""

    def __init__(self, rule: Rule, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint


def read_text(node: Node, loc: Loc) -> str:
    """Return the characters as written; raise BrokenRuleError where there are none, or unsendable ones."""
    if not isinstance(node, ScalarNode) or node.is_null:
        hint = "Write one text after each `- `." if isinstance(loc[-1], int) else "Write it as `{key}: ...`."
        raise wrong_type(node, loc, "text", hint)
    if bad := _UNSENDABLE.search(node.text):
        message = f"{name_of(loc)} holds the character U+{ord(bad[0]):04X}, which can't be sent"
        raise BrokenRuleError(TYPE, message, "Remove the character.")
    if loc in _NOT_BLANK and not fold(node.text):
        raise BrokenRuleError(_NOT_BLANK[loc], f"{name_of(loc)} is blank")
    if loc[:2] == ("sync", "ignore_changes") and node.text not in CREATE_FIELDS:
        message = f"{in_quotes(node.text)} is not a field of a job, so its changes can't be ignored"
        raise BrokenRuleError(UNKNOWN_FIELD, message, did_you_mean(node.text, CREATE_FIELDS))
    return node.text if loc[0] in AS_WRITTEN else node.text.strip()


def oddity(text: str) -> tuple[str, bool, str] | None:
    """Return what is odd about a name or code, whether it must not be sent, and the text without it.

    None for an ordinary one.
    """
    if not text.isascii() and (hidden := re.search(_HIDDEN, text)):
        about = f"holds U+{ord(hidden[0]):04X} at character {hidden.start() + 1}, which does not show"
        return about, True, " ".join(re.sub(_HIDDEN, "", text).split())
    plain = " ".join(text.split())
    if broken := _BROKEN.search(text):
        # A report shows a tab or an ordinary line break; others look like nothing.
        about = "holds a tab" if broken[0] == "\t" else "holds a line break"
        return about, broken[0] not in "\t\n\r", plain
    if text[0] in _CURLY and text[-1] in _CURLY:
        return "is between typographic quotes, which are part of the text", False, plain[1:-1].strip()
    if text[0] in _OPENING and not any(quote in _CURLY for quote in text[1:]):
        return (
            "begins with a typographic quote that is not closed, and is part of the text",
            False,
            plain[1:].strip(),
        )
    if "\xa0" in text or "\u202f" in text or "\u2007" in text:
        return "holds a no-break space", False, plain
    return ("holds two spaces in a row", False, plain) if "  " in text else None


def read_boolean(node: Node, loc: Loc) -> bool:
    """Return what YAML 1.2 calls a boolean; raise BrokenRuleError where `node` is not one."""
    if isinstance(node, ScalarNode) and node.plain and node.text in _BOOLS:
        return _BOOLS[node.text]
    meant = _MEANT.get(fold(node.text)) if isinstance(node, ScalarNode) else None
    hint = f"`{{key}}: {meant}`" if meant else "`{key}: true` or `{key}: false`"
    raise wrong_type(node, loc, "true or false", f"Write {hint}, without quotes.")


def read_integer(node: Node, loc: Loc) -> int:
    """Return what YAML 1.2 calls an integer; raise BrokenRuleError where it is none, or not positive."""
    if not isinstance(node, ScalarNode) or not node.plain or not _INTEGER.fullmatch(node.text):
        # Only a number that the file has: a made-up one would be created as it is.
        only = _ONE_NUMBER.fullmatch(node.text) if isinstance(node, ScalarNode) else None
        line = f"Write: `{{key}}: {only[1]}`." if only else "Write the number in digits, without quotes."
        raise wrong_type(node, loc, "a whole number", line)
    # int() raises for thousands of digits, and JSON readers round numbers that are longer than this.
    if len(node.text.lstrip("+-")) > MAX_DIGITS:
        raise BrokenRuleError(
            TYPE, f"{name_of(loc)} has more than {MAX_DIGITS} digits", "Write a smaller number."
        )
    number = int(node.text, _BASES.get(node.text[:2], 10))
    if number <= 0:
        raise BrokenRuleError(
            OPENINGS_POSITIVE, f"{name_of(loc)} is {number}, but a job has at least one opening"
        )
    return number


READERS: dict[object, Callable[[Node, Loc], object]] = {str: read_text, bool: read_boolean, int: read_integer}


def wrong_type(node: Node, loc: Loc, wanted: str, hint: str) -> BrokenRuleError:
    """Return the error that `node` is not what is wanted; `{key}` in the hint becomes its key."""
    key = next(part for part in reversed(loc) if isinstance(part, str))
    message = f"{name_of(loc)} must be {wanted}, not {described(node)}"
    return BrokenRuleError(TYPE, message, hint.format(key=key))


def name_of(loc: Loc) -> str:
    """Return the name of the value at `loc` in a message: 'sync.id', or entry 2 of 'departments'."""
    keys = ".".join(part for part in loc if isinstance(part, str))
    entry = next((f"entry {part + 1} of " for part in loc if isinstance(part, int)), "")
    return f"{entry}'{keys}'"


def described(node: Node) -> str:
    """Return what `node` is, in words."""
    match node:
        case SequenceNode():
            return "a list"
        case MappingNode():
            return "a group of keys"
        case ScalarNode(is_null=True):
            return "nothing"
        case ScalarNode():
            return f"{'' if node.plain else 'the text '}{in_quotes(node.text)}"
