"""A release of the files that are here, built once for all tests that look at it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from built import URLS, VERSION, git
from documents import ROOT


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """A repository with the files that are here, as a release has it: an address, and a tag."""
    folder = tmp_path_factory.mktemp("release") / "source"
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    project = folder / "pyproject.toml"
    project.write_text(project.read_text().replace("[project.optional", f"{URLS}[project.optional", 1))
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Release")
    git(folder, "tag", f"v{VERSION}")
    return folder


@pytest.fixture(scope="session")
def dist(source):
    """What is built, after two builds that were compared."""
    subprocess.run(
        [sys.executable, "release/dist.py"], cwd=source, check=True, capture_output=True, timeout=120
    )
    return source / "dist"


@pytest.fixture(scope="session")
def wheel(dist):
    (found,) = dist.glob("*.whl")
    return found
