"""Small faults put into the code at random, each of which a test beside the code has to notice.

python tests/proof/mutation.py [FILE...]     in a copy of the repository; SAMPLE and SEED from the environment

`mutants.py` leaves out the guards that are known by name; this is for those that no one thought of. A mutant
is one operator, operand, constant, condition or statement changed. It runs against the tests of its package's
folder, then against simulated schedules: a fault that only a long journey shows takes an hour to find.
Survivors that change no behaviour are in EQUIVALENT, with the reason; at most one in ten of the others may
live.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bindbee_sync"
FOLDERS = {
    "planning": ["tests/planning", "tests/cli/test_explain.py"],
    "ledger": ["tests/ledger"],
    "applying": ["tests/applying"],
    "bindbee": ["tests/bindbee"],
}
CLIENT = ("outcomes.py", "pacing.py", "transport.py")
SCHEDULES = 300
PATIENCE = 3
"""A mutant whose tests take so many times as long as without it has died: it waits for ever."""
MOST_ALIVE = 0.1

SWAPPED: dict[type[ast.AST], ast.AST] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.And: ast.Or(),
    ast.Or: ast.And(),
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Add(),
    ast.BitOr: ast.BitAnd(),
    ast.BitAnd: ast.BitOr(),
}

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "bindbee_sync/applying/probing.py",
        "not record.is_uncertain or record.intent is None -> (not record.is_uncertain)",
    ): "an uncertain record began with an intent; the second part is for the type checker",
    (
        "bindbee_sync/applying/probing.py",
        "return False -> return None",
    ): "its one caller reads it as a condition",
    (
        "bindbee_sync/applying/ledger_updates.py",
        "record is None and job is not None -> (record is None)",
    ): "a link has a job, a record or both; the second part is for the type checker",
    (
        "bindbee_sync/applying/apply.py",
        (
            "replace(self._record(writer, snapshot), steps=plan.steps) if found else plan"
            " -> (replace(self._record(writer, snapshot), steps=plan.steps))"
        ),
    ): "without a find the same plan is made again: the condition saves the time",
    (
        "bindbee_sync/applying/executor.py",
        "assert_never(answer) -> pass",
    ): "the type checker alone reads it",
    (
        "bindbee_sync/applying/crew.py",
        "\"T\" -> ''",
    ): "the type checker alone reads it",
    (
        "bindbee_sync/bindbee/outcomes.py",
        "return False -> return None",
    ): "its callers read it as a condition",
    (
        "bindbee_sync/bindbee/transport.py",
        "4 -> 5",
    ): "one request at a time is sent through a pool",
    (
        "bindbee_sync/bindbee/transport.py",
        "\"timeout\" -> ''",
    ): "the pool is closed after each fault, so that no request waits for room: a second line of defence",
    (
        "bindbee_sync/bindbee/transport.py",
        "\"pool\" -> ''",
    ): "the pool is closed after each fault, so that no request waits for room: a second line of defence",
    (
        "bindbee_sync/ledger/file_store.py",
        "os.O_RDONLY | os.O_DIRECTORY -> (os.O_RDONLY & os.O_DIRECTORY)",
    ): "what contains a file is a folder anyhow",
    (
        "bindbee_sync/ledger/file_store.py",
        "1000 -> 1001",
    ): "no host has a name that long: it bounds what is read of a file that is no lock",
    (
        "bindbee_sync/ledger/history.py",
        "assert_never(event) -> pass",
    ): "the type checker alone reads it",
    (
        "bindbee_sync/ledger/records.py",
        "assert_never(event) -> pass",
    ): "the type checker alone reads it",
}
"""By file and by `before -> after`: why no test can notice."""


@dataclass(frozen=True)
class Mutation:
    """A place in a file and its text, before and after."""

    file: str
    line: int
    start: int
    end: int
    before: str
    after: str

    @property
    def shown(self) -> str:
        """The change, on one line."""
        return " ".join(f"{self.before} -> {self.after}".split())


def mutations(path: Path) -> Iterator[Mutation]:
    """Yield the mutations of a file."""
    content = path.read_bytes()
    lines = [0]
    for line in content.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    tree = ast.parse(content)
    for node in _code(tree):
        start = lines[node.lineno - 1] + node.col_offset
        end = lines[node.end_lineno - 1] + node.end_col_offset
        before = content[start:end].decode()
        for after in _changed(node):
            if after == before:
                continue
            yield Mutation(
                file=str(path.relative_to(ROOT)),
                line=node.lineno,
                start=start,
                end=end,
                before=before,
                after=after,
            )


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs: no docstrings, annotations or decorators, and nothing within an f-string."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list"} or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                if hasattr(child, "lineno"):
                    yield child
                yield from _code(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changed(node: ast.AST) -> Iterator[str]:  # noqa: C901 - one case a kind of node
    """Yield the texts to put in the place of a node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPPED:
            yield ast.unparse(ast.Compare(node.left, [SWAPPED[type(op)]], node.comparators))
        case ast.BoolOp():
            yield f"({ast.unparse(ast.BoolOp(SWAPPED[type(node.op)], node.values))})"
            yield f"({ast.unparse(node.values[0])})"
            yield f"({ast.unparse(node.values[-1])})"
        case ast.BinOp() if type(node.op) in SWAPPED:
            yield f"({ast.unparse(ast.BinOp(node.left, SWAPPED[type(node.op)], node.right))})"
        case ast.UnaryOp(op=ast.Not()):
            yield f"({ast.unparse(node.operand)})"
        case ast.IfExp():
            yield f"({ast.unparse(node.body)})"
            yield f"({ast.unparse(node.orelse)})"
        case ast.Constant(value=bool()):
            yield str(not node.value)
        case ast.Constant(value=int() | float()):
            yield str(node.value + 1)
        case ast.Constant(value=str()) if node.value and " " not in node.value:  # the rest is wording
            yield "''"
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign():
            yield "pass"
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"
        case ast.Return(value=ast.expr()):
            yield "return None"


def files(named: list[str]) -> list[Path]:
    """Return the files to mutate: those named, else all that jobs depend on being created once."""
    if named:
        return [Path(name).resolve() for name in named]
    found = [path for folder in FOLDERS for path in sorted((PACKAGE / folder).glob("*.py"))]
    return [path for path in found if path.parent.name != "bindbee" or path.name in CLIENT]


def main() -> int:
    seed, sample = int(os.environ.get("SEED") or 1), int(os.environ.get("SAMPLE") or 100)
    every = [each for path in files(sys.argv[1:]) for each in mutations(path)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))  # noqa: S311 - no secret
    print(f"seed {seed}: {len(chosen)} of {len(every)} mutants", flush=True)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder)
        for part in ("bindbee_sync", "tests", "pyproject.toml"):
            source = ROOT / part
            shutil.copytree(source, copy / part) if source.is_dir() else shutil.copy(source, copy)
        checks = {
            each: _timed(copy, each) for each in sorted({Path(each.file).parent.name for each in chosen})
        }
        alive = [each for each in chosen if _lives(copy, each, checks[Path(each.file).parent.name])]
    equivalent = [each for each in alive if (each.file, each.shown) in EQUIVALENT]
    for each in equivalent:
        print(f"equivalent: {each.file}:{each.line}: {each.shown}: {EQUIVALENT[each.file, each.shown]}")
    changing, living = len(chosen) - len(equivalent), len(alive) - len(equivalent)
    share = 1 - living / max(changing, 1)
    print(f"seed {seed}: of {changing} mutants that change behaviour {changing - living} died, {share:.1%}")
    return int(living > changing * MOST_ALIVE)


@dataclass(frozen=True)
class Check:
    """A command that passes without a mutant, and the seconds after which it is given up."""

    command: list[str]
    timeout: float | None = None

    def passes(self, copy: Path) -> bool:
        """Run it in the copy."""
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, *self.command]
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _timed(copy: Path, package: str) -> list[Check]:
    """Return the checks of a package, the quick one first; exits where one fails without any mutant."""
    checks = [
        Check(["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *FOLDERS[package]]),
        Check(["tests/proof/simulate.py", "--schedules", str(SCHEDULES)]),
    ]
    timed = []
    for check in checks:
        began = time.monotonic()
        if not check.passes(copy):
            raise SystemExit(f"without any mutant, this fails: {' '.join(check.command)}")
        timed.append(replace(check, timeout=PATIENCE * (time.monotonic() - began)))
    return timed


def _lives(copy: Path, mutation: Mutation, checks: list[Check]) -> bool:
    file = copy / mutation.file
    before = file.read_bytes()
    file.write_bytes(before[: mutation.start] + mutation.after.encode() + before[mutation.end :])
    try:
        lives = all(check.passes(copy) for check in checks)
    finally:
        file.write_bytes(before)
    if lives:
        print(f"alive: {mutation.file}:{mutation.line}: {mutation.shown}", flush=True)
    return lives


if __name__ == "__main__":
    raise SystemExit(main())
