"""What `make dist` builds, installed by itself: no sources, no test tools, only what the package declares."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from importlib.metadata import distribution, distributions

import pytest
from built import VERSION, git
from documents import ROOT, examples
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.slow


def closure(package, extras):
    """The distributions that one needs, by name."""
    found = {}
    for line in package.requires or ():
        requirement = Requirement(line)
        if any(requirement.marker is None or requirement.marker.evaluate({"extra": e}) for e in extras):
            needed = distribution(requirement.name)
            found |= {canonicalize_name(requirement.name): needed}
            found |= closure(needed, requirement.extras or {""})
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An environment with the wheel and what it needs with its sandbox, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python"]
    install = [*pip, "install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(install, check=True, capture_output=True, timeout=60)
    (site,) = folder.glob("lib/python*/site-packages")
    (ours,) = distributions(path=[str(site)])
    for each in closure(ours, {"", "sandbox"}).values():
        for top in {file.parts[0] for file in each.files} - {"..", "__pycache__"}:
            (site / top).symlink_to(each.locate_file(top))
    return folder


@pytest.fixture
def tool(environment, tmp_path, sandbox, monkeypatch):
    """Run the installed command in an empty folder, beside a sandbox."""
    folder = tmp_path / "empty"
    folder.mkdir()
    env = {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path), "COLUMNS": "120"}

    def run(*arguments):
        return subprocess.run(
            ["bindbee-sync", *arguments],
            cwd=folder,
            env=env | sandbox.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            executable=environment / "bin/bindbee-sync",
        )

    run.folder = folder
    return run


def test_the_checksums_are_those_of_the_files(dist):
    lines = dict(reversed(line.split("  ")) for line in (dist / "SHA256SUMS").read_text().splitlines())
    files = {file.name: file for file in dist.iterdir() if file.name != "SHA256SUMS"}
    assert {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()} == lines
    assert {"".join(file.suffixes[-2:]) for file in files.values()} >= {".tar.gz", ".cdx.json"}


def test_builds_that_differ_are_noticed(source, tmp_path):
    hook = source / "release/build_hook.py"
    text = hook.read_text()
    hook.write_text(text.replace('"version": 1,', '"version": os.getpid(),'))
    git(source, "commit", "--quiet", "--all", "-m", "Depend on the process")
    try:
        ran = subprocess.run(
            [sys.executable, "release/dist.py", tmp_path / "out"],
            cwd=source,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        git(source, "reset", "--quiet", "--hard", f"v{VERSION}")
    assert ran.returncode == 1
    assert "The two builds differ" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_the_wheel_has_a_bill_of_its_materials(dist, wheel, tmp_path):
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (each for each in packed.namelist() if ".dist-info/sboms/" in each)
        bill = json.loads(packed.read(name))
    assert json.loads((dist / "bindbee-sync.cdx.json").read_text()) == bill
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["purl"] == f"pkg:pypi/bindbee-sync@{VERSION}"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    (ours,) = distributions(path=[str(tmp_path)])
    assert closure(ours, {""}).keys() <= {each["name"] for each in bill["components"]}
    (root,) = bill["dependencies"]
    assert root["dependsOn"] == [each["bom-ref"] for each in bill["components"]]


def test_the_wheel_and_the_sdist_know_the_action_of_their_release(source, wheel, tmp_path):
    expected = f"acme/bindbee-sync@{git(source, 'rev-parse', 'HEAD')} # v{VERSION}\n"
    sdist = tmp_path / "sdist"
    sdist.mkdir()
    subprocess.run(["tar", "xzf", next(wheel.parent.glob("*.tar.gz")), "-C", sdist], check=True)
    (unpacked,) = sdist.iterdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again"],
        cwd=unpacked,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (again,) = (tmp_path / "again").iterdir()
    for each in (wheel, again):
        with zipfile.ZipFile(each) as packed:
            assert packed.read("bindbee_sync/scaffold/action-reference.txt").decode() == expected


def test_no_placeholder_is_left_in_the_repository_or_the_wheel(source, wheel, tmp_path):
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    placeholder = re.compile(rb"\bOWN" + rb"ER\b|0{40}")
    files = [source / name for name in git(source, "ls-files").splitlines()]
    files += [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [str(file) for file in files if placeholder.search(file.read_bytes())] == []


def test_from_the_wheel_alone_to_a_created_job(tool, sandbox, source):
    assert tool("--version").stdout.strip().endswith(VERSION)
    assert "5 job files, no differences" in tool("demo").stdout
    subprocess.run(["git", "init", "--quiet", tool.folder], check=True)
    git(tool.folder, "remote", "add", "origin", tool.folder.as_uri())
    assert "wrote  .github/workflows/plan.yml" in tool("init", "--provider", "greenhouse", "--yes").stdout
    reference = f"uses: acme/bindbee-sync@{git(source, 'rev-parse', 'HEAD')} # v{VERSION}\n"
    assert reference in (tool.folder / ".github/workflows/plan.yml").read_text()
    assert tool("ledger", "init").returncode == 0
    (tool.folder / "jobs/first-job.yaml").unlink()
    for arguments in (["rules", "greenhouse/single-department"], ["schema"], ["import", "--by-department"]):
        ran = tool(*arguments)
        assert ran.returncode == 0, ran.stderr
        assert str(ROOT) not in ran.stdout
    page = (ROOT / "docs/first-steps.md").read_text(encoding="utf-8")
    (tool.folder / "jobs/sales/sales-coach.yaml").write_text(examples(page)["jobs/sales/sales-coach.yaml"])
    assert "1 job will be created in Sales" in tool("plan").stdout
    applied = tool("apply", "--yes")
    assert "1 job created" in applied.stdout, applied.stderr
    assert [body["name"] for body in sandbox.creates()] == ["Sales Coach"]


def test_the_hint_for_a_missing_extra_cures_it(environment, wheel):
    program = "from bindbee_sync.extras import install_hint; print(install_hint('sandbox'))"
    ran = subprocess.run(
        [environment / "bin/python", "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"Install it: `{environment}/bin/python -m pip install '{wheel}[sandbox]'`.\n"
