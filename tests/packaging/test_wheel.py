from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest
from documents import ROOT

pytestmark = pytest.mark.slow

WITHOUT = """\
import sys
for name in {missing!r}:
    sys.modules[name] = None
from bindbee_sync.cli.app import main
main()
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked: the package as it is without its repository."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def tool(installed, tmp_path):
    def run(*arguments, missing=()):
        return subprocess.run(
            [sys.executable, "-P", "-c", WITHOUT.format(missing=missing), *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_it_holds_the_sample_files_of_the_repository(installed):
    packed = installed / "bindbee_sync/samples"
    here = {path.relative_to(ROOT): path.read_bytes() for path in (ROOT / "jobs").rglob("*.yaml")}
    there = {path.relative_to(packed): path.read_bytes() for path in (packed / "jobs").rglob("*.yaml")}
    assert here
    assert there == here
    assert (packed / "bindbee-sync.yaml").read_bytes() == (ROOT / "bindbee-sync.yaml").read_bytes()


def test_init_brings_the_workflows_of_the_repository(tool, tmp_path):
    action = f"acme/bindbee-sync@{'a1' * 20}"
    ran = tool("init", "--provider", "greenhouse", "--workflows", "--action", action)
    assert ran.returncode == 0, ran.stderr
    here = {path.name: path.read_text() for path in (ROOT / "examples/workflows").glob("*.yml")}
    there = {path.name: path.read_text() for path in (tmp_path / ".github/workflows").iterdir()}
    assert here
    assert {name: text.replace(f"uses: {action}", "uses: ./") for name, text in there.items()} == here


def test_it_is_typed_and_brings_its_licence(installed):
    assert (installed / "bindbee_sync/py.typed").exists()
    assert list(installed.glob("bindbee_sync-*.dist-info/licenses/LICENSE"))


def test_the_demo_runs_from_it(tool):
    ran = tool("demo")
    assert ran.returncode == 0, ran.stderr
    assert "5 job files, no differences" in ran.stdout


SANDBOX_AND_CLICK = ("starlette", "uvicorn", "click")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--help"], 0), (["--version"], 0), (["plan", "--help"], 0), (["plam"], 64), (["plan", "--no"], 64)],
)
def test_it_needs_neither_the_sandbox_nor_click(tool, arguments, code):
    assert tool(*arguments, missing=SANDBOX_AND_CLICK).returncode == code


def test_it_validates_without_the_sandbox_and_click(tool, tmp_path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "one.yaml").write_text("name: One\n", encoding="utf-8")
    ran = tool("validate", missing=SANDBOX_AND_CLICK)
    assert (ran.returncode, "1 job file checked" in ran.stdout) == (0, True)


@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_without_the_extra_it_says_what_to_install(tool, command):
    ran = tool(command, missing=SANDBOX_AND_CLICK)
    assert ran.returncode == 1
    assert f"`{sys.executable} -m pip install 'starlette>=0.45' 'uvicorn>=0.34'`." in ran.stderr
    assert "Traceback" not in ran.stderr
