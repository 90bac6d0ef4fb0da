"""Messages end without a full stop, hints with one: those of the rules, of broken files, and of errors."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bindbee_sync
from bindbee_sync import errors
from bindbee_sync.desired.defaults import load_defaults
from bindbee_sync.desired.load import load_jobs, load_text
from bindbee_sync.job_file import Desired
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.rules.examples import EXAMPLES
from bindbee_sync.rules.registry import RULES
from reference.examples import company, findings

PACKAGE = Path(bindbee_sync.__file__).parent
JOB = "name: Seller\ndepartments: [Sales]\ntemplate_id: T\nremote_user_id: a@b.example\nopenings: 1\n"
BROKEN = [
    b"",
    b"- a\n",
    b"name: [\n",
    b"name: a\n\tcode: b\n",
    b"name: 'a\n",
    b"name: *nobody\n",
    b"name: &a [*a]\n",
    b"name: a\n---\nname: b\n",
    b"name: !secret a\n",
    b"name: \x00a\n",
    b"name: \xff\n",
    b"name: a\nname: b\n",
    b"%YAML 3.0\n---\nname: x\n",
    b"departments: " + b"[" * 60 + b"]" * 60 + b"\n",
    b"departments: [" + b"a," * 10_001 + b"]\n",
    b"name: " + b"x" * (1024 * 1024),
    b"[a]: b\nnmae: c\n<<: d\n",
    b"name: ' '\ncode: ''\nopenings: 0\n",
    b"name: [a]\nconfidential: 'yes'\nopenings: " + b"9" * 20 + b"\n",
    b'name: "a\\0"\nopenings: one\ndepartments: Sales\noffices: [a, ~, {b: c}]\n',
    b"sync: []\njob_posting_urls: [{url_type: A}, {value: a, kind: b}]\n",
    b"sync: {ignore_changes: [descripton], id: [a]}\n",
    b"status: Opened\n",
    b"departments: [1, 2]\nconfidential: true\nstatus: DRAFT\nopenings: 500\nrecruiters: [a@b.example]\n",
]


def check(diagnostics):
    assert diagnostics
    for each in diagnostics:
        assert not each.message.endswith("."), each.message
        assert each.hint, each.message
        assert each.hint.endswith((".", "?")), each.hint


@pytest.mark.parametrize("content", BROKEN, ids=[str(each[:30]) for each in BROKEN])
@pytest.mark.parametrize("provider", ["greenhouse", None])
def test_of_a_broken_file(content, provider):
    files = (load_text(content, address="a"), load_text(content, address="A", path="jobs/A.yml"))
    check(validate_files(Desired(files=files, diagnostics=()), provider, {}))


def test_of_broken_defaults_that_jobs_inherit():
    defaults = load_defaults("name: x\nopenings: many\n", path="jobs/_defaults.yaml")
    files = tuple(load_text(JOB, address=each, defaults=defaults) for each in "ab")
    check(validate_files(Desired(files=files, diagnostics=defaults.faults), "greenhouse", {}))


def test_of_files_that_are_left_out(tmp_path):
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    for name in (".a.yaml", "b.YAML", "_c.yaml"):
        (jobs / name).write_text(JOB)
    (jobs / "d.yaml").symlink_to(tmp_path)
    (jobs / "e.yaml").symlink_to(jobs / "nowhere")
    (jobs / "f.yaml").mkdir()
    found = load_jobs(jobs, tmp_path).diagnostics
    assert len(found) == 5
    check(found)


def test_of_every_example_in_a_plan():
    snapshot = company()
    for rule, example in EXAMPLES.items():
        check(findings(example.breaks, rule, snapshot))


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_of_a_rule(rule):
    assert rule.demands.endswith(".")
    assert rule.hint.endswith((".", "?"))
    assert not rule.source.endswith(".")


def endings(node):
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=[*_, ast.Constant() as end]):
            yield from endings(end)
        case ast.IfExp():
            yield from endings(node.body)
            yield from endings(node.orelse)
        case ast.BinOp():
            yield from endings(node.right)


def errors_with_a_full_stop():
    types = {each for each in vars(errors) if each.endswith("Error")} | {"RevisionError", "ForgeError"}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in types:
                for text in (each for word in node.args[:1] for each in endings(word)):
                    if text.rstrip().endswith("."):
                        yield f"{path.relative_to(PACKAGE)}:{node.lineno}: {text}"


def test_of_an_error():
    assert list(errors_with_a_full_stop()) == []
