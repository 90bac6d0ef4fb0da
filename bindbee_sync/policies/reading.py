"""One policy file: its keys, its expressions compiled, its examples run; every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from string import Formatter

from bindbee_sync.desired import tree
from bindbee_sync.desired.fields import read_example
from bindbee_sync.desired.values import BrokenRuleError, described, read_boolean
from bindbee_sync.desired.yaml_mistakes import parse_or_explain
from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.job_file import CREATE_FIELDS, JobFile, JobSpec
from bindbee_sync.policies.expression import CompileError, compiled, variables_in
from bindbee_sync.policies.keys import APPLIES_TO, EXAMPLES, ID, KEYS, MAX_TEXT, REQUIRED, SEVERITIES
from bindbee_sync.policies.policy import Case, Policies, Policy, Values, judge
from bindbee_sync.policies.position import place_in
from bindbee_sync.policies.variables import ABSENT, CONTEXT, FLAG, VARIABLES, as_written, values_of
from bindbee_sync.rules.policy import BUDGET, FAILED, INVALID, UNTESTED
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import did_you_mean, either, in_quotes

RESERVED = (INVALID.id, FAILED.id, BUDGET.id, UNTESTED.id)

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""What CEL's runtime takes for the end of a text, or for no text at all: YAML can write it by its number."""


@dataclass(slots=True)
class _Faults:
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, place: Place, message: str, hint: str | None = None) -> None:
        self.found.append(INVALID.at(place, message, hint=hint))


def read_policy(content: bytes, path: str) -> Policies:
    """Return the policy in `content`, shown as `path`: none where its findings have an error."""
    faults = _Faults()
    try:
        parsed = parse_or_explain(content, path, KEYS)
    except tree.YamlError as error:
        faults.add(error.place, error.message, error.hint)
        return Policies(findings=tuple(faults.found))
    for twice in parsed.duplicates:
        faults.add(
            twice.key.place,
            f"{in_quotes(twice.key.text)} occurs twice; the first is in line {twice.first_line}",
        )
    if not isinstance(parsed.root, tree.MappingNode):
        found = "is empty" if parsed.root is None else f"holds {described(parsed.root)}"
        faults.add(Place(path), f"This file {found}, but a rule is described by keys: `key: value`", _known())
        return Policies(findings=tuple(faults.found))
    reader = _Reader(path, content.decode("utf-8-sig"), faults)
    policy = reader.policy(parsed.root)
    if faults.found or policy is None:
        return Policies(findings=tuple(faults.found))
    return Policies(policies=(policy,))


class _Reader:
    def __init__(self, path: str, source: str, faults: _Faults) -> None:
        self.path = path
        self.source = source
        self.faults = faults
        self.examples: tree.Node | None = None

    def policy(self, root: tree.MappingNode) -> Policy | None:
        """Return the policy; None where something is missing or wrong."""
        texts = self._texts(root)
        for key in REQUIRED:
            if key not in texts and not self.faults.found:
                self.faults.add(Place(self.path), f"This rule has no '{key}'", f"Write `{key}: ...`.")
        self._check_id(texts.get("id"))
        self._check_choice(texts.get("severity"), "severity", SEVERITIES)
        self._check_choice(texts.get("applies_to"), "applies_to", APPLIES_TO)
        self._check_choice(texts.get("field"), "field", CREATE_FIELDS)
        placeholders = self._placeholders(texts.get("message"))
        when, require = (self._compiled(texts.get(key), key) for key in ("when", "require"))
        examples = [(kind, node, self._case(node)) for kind, node in self._examples()]
        if self.faults.found or require is None:
            return None
        written = {key: node.text.strip() for key, node in texts.items()}
        expressions = f"{written.get('when', '')} {written['require']}"
        policy = Policy(
            rule=Rule(
                id=written["id"],
                severity=Severity(written.get("severity", "error")),
                demands=written["message"],
                hint=written.get("hint") or f"The rule is in {self.path}.",
                source=self.path,
            ),
            id_place=texts["id"].place,
            place=texts["require"].place,
            only_new=written.get("applies_to", "new") == "new",
            message=written["message"],
            field=written.get("field", "name"),
            uses=variables_in(expressions) | placeholders,
            keeps=_both(when, require),
            passes=sum(kind == "passes" for kind, _, _ in examples),
            fails=sum(kind == "fails" for kind, _, _ in examples),
            meaning=tuple(sorted(written.items())),
        )
        for kind, node, case in examples:
            if case is not None:
                self._try(policy, kind, node, case)
        return policy

    def _texts(self, root: tree.MappingNode) -> dict[str, tree.ScalarNode]:
        texts = {}
        for key, value in root.entries:
            name = key.text if isinstance(key, tree.ScalarNode) else ""
            if name not in KEYS:
                message = f"{in_quotes(name)} is not a key of a policy"
                self.faults.add(key.place, message, did_you_mean(name, KEYS) or _known())
            elif name == "examples":
                self.examples = value
            elif not isinstance(value, tree.ScalarNode):
                self.faults.add(
                    value.place, f"'{name}' must be text, not {described(value)}", f"Write `{name}: ...`."
                )
            elif not (value.is_null or not value.text.strip()):
                texts[name] = value
                if bad := _NOT_TEXT.search(value.text):
                    message = f"'{name}' holds the character U+{ord(bad[0]):04X}, which is no text"
                    self.faults.add(value.place, message, "Remove the character.")
                if name in ("message", "hint") and len(value.text) > MAX_TEXT:
                    self.faults.add(
                        value.place, f"'{name}' has more than {MAX_TEXT} characters", "Shorten it."
                    )
            elif name in REQUIRED:
                self.faults.add(key.place, f"'{name}' is empty", f"Write `{name}: ...`.")
        return texts

    def _check_id(self, node: tree.ScalarNode | None) -> None:
        if node is None:
            return
        if not re.fullmatch(ID, node.text.strip()):
            message = f"{in_quotes(node.text)} can't be the id of a policy"
            hint = "Write `policy/` and lower-case letters, digits and hyphens, e.g. `policy/pay-range`."
            self.faults.add(node.place, message, hint)
        elif node.text.strip() in RESERVED:
            self.faults.add(
                node.place, f"{in_quotes(node.text)} is the id of a built-in rule", "Choose another name."
            )

    def _check_choice(self, node: tree.ScalarNode | None, key: str, known: tuple[str, ...]) -> None:
        if node is not None and node.text.strip() not in known:
            hint = did_you_mean(node.text, known) or f"Write one of: {', '.join(known)}."
            what = "a field of a job" if key == "field" else either(known)
            self.faults.add(node.place, f"'{key}' must be {what}, not {described(node)}", hint)

    def _placeholders(self, node: tree.ScalarNode | None) -> frozenset[str]:
        """Return the variables that a message names in braces."""
        if node is None:
            return frozenset()
        hint = "Name a variable in braces, e.g. `{offices}`; write `{{` and `}}` for braces themselves."
        try:
            parts = list(Formatter().parse(node.text))
        except ValueError:
            self.faults.add(node.place, "A brace in 'message' is not closed, or not opened", hint)
            return frozenset()
        names = set()
        for _, name, spec, conversion in parts:
            if name is None:
                continue
            if name in VARIABLES and not spec and conversion is None:
                names.add(name)
                continue
            written = f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
            place = self._place(node, node.text.find("{" + written))
            near = did_you_mean(name, VARIABLES) or hint
            self.faults.add(place, f"{in_quotes('{' + written + '}')} in 'message' is no variable", near)
        return frozenset(names)

    def _compiled(self, node: tree.ScalarNode | None, key: str) -> Callable[[Values], bool] | None:
        if node is None or _NOT_TEXT.search(node.text):
            return None
        try:
            return compiled(node.text)
        except CompileError as error:
            for fault in error.faults:
                place = place_in(self.source, node.place, node.text, fault.line, fault.column)
                self.faults.add(place, f"{fault.message}, in '{key}'", fault.hint)
            return None

    def _place(self, node: tree.ScalarNode, index: int) -> Place:
        before = node.text[: max(index, 0)].split("\n")
        return place_in(self.source, node.place, node.text, len(before), len(before[-1]) + 1)

    def _try(self, policy: Policy, kind: str, node: tree.Node, case: Case) -> None:
        """Report an example that comes out otherwise than it is written."""
        found = judge(Policies(policies=(policy,)), [case]).findings
        wrong = [each.message for each in found if each.rule != policy.rule.id]
        if wrong:
            self.faults.add(node.place, f"This example can't be judged: {wrong[0]}")
        elif (kind == "fails") != bool(found):
            came = "passes" if kind == "fails" else "fails"
            hint = "Correct the rule, or the example."
            self.faults.add(node.place, f"This example is one of '{kind}', and it {came}", hint)

    def _examples(self) -> Iterator[tuple[str, tree.MappingNode]]:
        node = self.examples
        if node is None or (isinstance(node, tree.ScalarNode) and node.is_null):
            return
        hint = "Write `passes: [...]` and `fails: [...]` below it, lists of jobs such as `{name: Driver}`."
        if not isinstance(node, tree.MappingNode):
            self.faults.add(node.place, f"'examples' must be a group of keys, not {described(node)}", hint)
            return
        for key, value in node.entries:
            kind = key.text if isinstance(key, tree.ScalarNode) else ""
            if kind not in EXAMPLES:
                message = f"{in_quotes(kind)} is not a key of 'examples'"
                self.faults.add(key.place, message, did_you_mean(kind, EXAMPLES) or hint)
            elif not isinstance(value, tree.SequenceNode):
                self.faults.add(value.place, f"'{kind}' must be a list of jobs, not {described(value)}", hint)
            else:
                for item in value.items:
                    if isinstance(item, tree.MappingNode):
                        yield kind, item
                    else:
                        self.faults.add(item.place, f"An example must be a job, not {described(item)}", hint)

    def _case(self, node: tree.MappingNode) -> Case | None:
        """Return the example as a job to judge; None where it can't be read."""
        job = tree.MappingNode(node.path, node.mark)
        context: dict[str, object] = {name: ABSENT[kind] for name, kind in CONTEXT.items()} | {"is_new": True}
        before = len(self.faults.found)
        for key, value in node.entries:
            if not (isinstance(key, tree.ScalarNode) and key.text in CONTEXT):
                job.entries.append((key, value))
            elif isinstance(value, tree.ScalarNode):
                context[key.text] = self._flag(value) if CONTEXT[key.text] == FLAG else value.text.strip()
            else:
                self.faults.add(value.place, f"'{key.text}' must be text, not {described(value)}")
        layer, findings = read_example(job)
        for each in findings:
            if each.is_error:
                self.faults.add(each.place or node.place, each.message, each.hint)
        if len(self.faults.found) > before:
            return None
        spec = JobSpec.model_validate(
            {name: value for name, value in layer.fields.items() if value is not None}
        )
        address = str(context["address"]) or "example"
        file = JobFile(address=address, path=self.path, spec=spec, locate=layer.locate)
        values = values_of(
            file,
            VARIABLES,
            context={name: str(context[name]) for name in ("connector", "customer", "provider")},
            names=as_written(file, VARIABLES),
            is_new=bool(context["is_new"]),
        )
        folder = {"folder": context["folder"]} if context["folder"] else {}
        return Case(file=file, is_new=bool(context["is_new"]), values=values | folder)

    def _flag(self, node: tree.ScalarNode) -> bool:
        try:
            return read_boolean(node, ("is_new",))
        except BrokenRuleError as broken:
            self.faults.add(node.place, broken.message, broken.hint)
            return True


def _both(
    when: Callable[[Values], bool] | None, require: Callable[[Values], bool]
) -> Callable[[Values], bool]:
    return require if when is None else lambda values: not when(values) or require(values)


def _known() -> str:
    return f"Its keys: {', '.join(KEYS)}."
