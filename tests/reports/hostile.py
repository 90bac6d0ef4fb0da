"""Strings that try to be more than text, and what GitHub would make of them."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

CORPUS = (
    # terminals
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31m",
    "\x1b[2J\x1b[H",
    "back\b\b\b\bspace",
    "\x00nul",
    "\x7fdelete",
    "bell\x07",
    # direction, and what is not seen
    "\u202eevil\u202c",
    "\u2066isolate\u2069",
    "\u200fright to left mark",
    "zero\u200bwidth\u200cjoiner\u200d",
    "\ufeffbyte order mark",
    "soft\u00adhyphen",
    "word\u2060joiner",
    "\U000e0041tag",
    "@\u200boctocat",
    "filler\u3164here",
    "variation\ufe0fselector",
    "line\u2028separator\u2029paragraph",
    "\u0085next line",
    "\ue000private \ufdd0 noncharacter",
    # mentions and references
    "@octocat",
    "@org/team please approve",
    "hi @octocat.",
    "(@octocat)",
    "#1",
    "fixes #123",
    "GH-42",
    "gh-42",
    "octocat/hello-world#1",
    "octocat/hello-world@0123456789abcdef0123456789abcdef01234567",
    "0123456789abcdef0123456789abcdef01234567",
    "deadbee",
    "closes https://github.com/o/r/issues/1",
    "ABC-123",
    # links
    "http://evil.example/a?b=c",
    "https://evil.example",
    "www.evil.example",
    "evil.com/path",
    "ftp://evil.example",
    "mailto:a@evil.example",
    "someone@evil.example",
    "xmpp:a@evil.example/x",
    "//evil.com",
    "<https://evil.example>",
    "[text](https://evil.example)",
    "[text][ref]\n\n[ref]: https://evil.example",
    "[a](javascript:alert(1))",
    "![image](https://evil.example/x.png)",
    "[](#)",
    # HTML
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='https://evil.example'>x</a>",
    "</details></summary><b>",
    "</pre><h1>Approved</h1>",
    "</td></tr></table><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "<style>*{display:none}</style>",
    "&lt;b&gt; &amp;#64;octocat &#64;octocat",
    "{{ 7 * 7 }} {% raw %}",
    "${{ github.token }}",
    # comments
    "<!-- bindbee-sync:plan:other -->",
    "--><b>out</b><!--",
    "<!--",
    # Markdown
    "```\ncode\n```",
    "~~~~\nx",
    "`tick` ``two`` ```three```",
    "a | b | c",
    "| --- | --- |",
    "# heading",
    "Title\n===",
    "- item\n- item",
    "1. one",
    "> quote\n> [!WARNING]\n> approved",
    "---",
    "**bold** _em_ ~~gone~~",
    "- [x] done",
    "\\@octocat \\<b\\>",
    "text[^1]\n\n[^1]: note",
    ":rocket: :+1:",
    "$x$ $$y$$ $`z`$",
    "\\(x\\) \\[y\\]",
    "    indented code",
    "two  \nspaces",
    "==SUMMARY==\t\ttabs",
    # commands to the runner
    "##[error]forged",
    "##[add-mask]secret",
    "x ##[group]y",
    "#\ufe0f#[error]x",
    "##\u200b[error]x",
    "###[set-output name=x;]y",
    "::error::forged",
    "::set-output name=exitcode::0",
    "::add-mask::create",
    "  ::stop-commands::token",
    "\n::error file=a,line=1::x",
    "\r::set-env name=PATH::/tmp",
    "a\r\n::add-path::/tmp",
    "%0A::error::x",
    "%0D%0A::set-output name=x::y",
    "x%3A%3A,col=1::y",
    "\u2028::error::x",
    "\x0b::error::x\x0c::error::y",
    "name=value\nexitcode=0",
    "x<<EOF\nexitcode=0\nEOF",
)
assert len(CORPUS) >= 60
assert len(set(CORPUS)) == len(CORPUS)


def runner_commands(output):
    """Return what GitHub's runner takes for commands in what was printed: a port of its two parsers.

    Any name counts here; the runner knows some and lets the others pass.
    """
    found = []
    for line in re.split("\r\n|\r|\n", output):
        start = line.lstrip()
        if start.startswith("::"):
            end = start.find("::", 2)
            if end >= 0:
                name, _, properties = start[2:end].partition(" ")
                pairs = (pair.split("=", 1) for pair in properties.split(",") if "=" in pair)
                decoded = {key.strip(): decode(value, "%3A", ":", "%2C", ",") for key, value in pairs}
                found.append((name, decoded, decode(start[end + 2 :])))
                continue
        at = line.find("##[")
        if at >= 0 and line.find("]", at) >= 0:
            found.append((line[at + 3 : line.find("]", at)], {}, line[line.find("]", at) + 1 :]))
    return found


def decode(text, *more):
    for old, new in zip(("%0D", "%0A", *more[::2]), ("\r", "\n", *more[1::2]), strict=True):
        text = text.replace(old, new)
    return text.replace("%25", "%")


def unseen(text, but=""):
    """Return the characters that would be acted on, or not be seen, on a terminal or in a browser."""
    return {
        char
        for char in text
        if char not in but and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    } | set(re.findall("[\u034f\u115f\u1160\u3164\ufe00-\ufe0f\uffa0]", text))


class Skeleton(HTMLParser):
    """The tags and attributes of a page, and its text outside and inside of code."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags = []
        self.links = []
        self.comments = []
        self.prose = []
        self._within = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *sorted(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self._within.append(tag)

    def handle_endtag(self, tag):
        self.tags.append(("/" + tag,))
        while self._within and self._within.pop() != tag:
            pass

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_data(self, data):
        if not {"code", "pre", "script", "style"} & set(self._within):
            self.prose.append(data)


GITHUB_REFERENCES = (
    re.compile(r"(?:^|[^\w`])@[a-z0-9][a-z0-9-]*", re.IGNORECASE | re.MULTILINE),
    re.compile(r"#\d"),
    re.compile(r"\bgh-\d", re.IGNORECASE),
    re.compile(r"\b[0-9a-f]{7,40}\b", re.IGNORECASE),
    re.compile(r"[a-z][a-z0-9+.-]*://[\w-]", re.IGNORECASE),
    re.compile(r"\bwww\.[\w-]", re.IGNORECASE),
    re.compile(r"\b(mailto|xmpp):\w", re.IGNORECASE),
    re.compile(r"[\w.+-]@[\w-]"),
    re.compile(r":[\w+-]+:"),
)
"""What GitHub makes live in the rendered text, outside of code and links."""
