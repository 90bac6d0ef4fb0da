"""The hint for a missing extra is a command that works, whichever way the package was installed."""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from bindbee_sync import extras

ROOT = Path(__file__).parents[1]
PACKAGES = "'starlette>=0.45' 'uvicorn>=0.34'"


class Installed:
    """A distribution's metadata."""

    requires = ("httpx>=0.28", 'starlette>=0.45; extra == "sandbox"', "uvicorn>=0.34; extra == 'sandbox'")

    def __init__(self, installer="pip", origin=None):
        self.files = {"INSTALLER": f"{installer}\n", "direct_url.json": origin and json.dumps(origin)}

    def read_text(self, name):
        return self.files.get(name)


@pytest.fixture
def hint(monkeypatch, tmp_path):
    """The command of the hint; the running interpreter is `python`, in the environment `env`."""

    def command(installed, *marks):
        for mark in marks:
            (tmp_path / "env").mkdir(exist_ok=True)
            (tmp_path / "env" / mark).touch()
        monkeypatch.setattr(extras, "distribution", lambda _: installed)
        before, command, after = extras.install_hint("sandbox").split("`")
        assert (before, after) == ("Install it: ", ".")
        return command

    monkeypatch.setattr(sys, "executable", "/env/bin/python")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    return command


def test_from_an_index_or_in_an_unknown_way_it_names_what_is_missing(hint):
    assert hint(Installed()) == f"/env/bin/python -m pip install {PACKAGES}"
    broken = Installed()
    broken.files["direct_url.json"] = "{not json"
    assert hint(broken) == hint(Installed())


def test_a_source_checkout(hint, tmp_path, monkeypatch):
    folder = tmp_path / "my copy"
    folder.mkdir()
    url = folder.as_uri()
    assert hint(Installed(origin={"url": url, "dir_info": {}})) == (
        f"/env/bin/python -m pip install '{folder}[sandbox]'"
    )
    editable = Installed(origin={"url": url, "dir_info": {"editable": True}})
    assert hint(editable) == f"/env/bin/python -m pip install --editable '{folder}[sandbox]'"
    monkeypatch.chdir(folder)
    assert hint(editable) == "/env/bin/python -m pip install --editable '.[sandbox]'"


def test_a_wheel_file(hint, tmp_path):
    wheel = tmp_path / "bindbee_sync-0.1.0-py3-none-any.whl"
    origin = {"url": wheel.as_uri(), "archive_info": {}}
    assert hint(Installed(origin=origin)) == f"/env/bin/python -m pip install {PACKAGES}", "it is gone"
    wheel.touch()
    assert hint(Installed(origin=origin)) == f"/env/bin/python -m pip install '{wheel}[sandbox]'"


def test_a_remote_repository(hint):
    origin = {"url": "https://git.example/sync.git", "vcs_info": {"vcs": "git", "commit_id": "a1" * 20}}
    assert hint(Installed(origin=origin)) == f"/env/bin/python -m pip install {PACKAGES}"


def test_pipx(hint, tmp_path):
    origin = {"url": tmp_path.as_uri(), "dir_info": {}}
    for installed in (Installed(), Installed(origin=origin)):
        assert hint(installed, "pipx_metadata.json") == f"pipx inject env {PACKAGES}"


def test_uv(hint, tmp_path):
    local = Installed("uv", {"url": tmp_path.as_uri(), "dir_info": {}})
    assert hint(Installed("uv")) == f"uv pip install --python /env/bin/python {PACKAGES}"
    assert hint(local) == f"uv pip install --python /env/bin/python '{tmp_path}[sandbox]'"
    assert hint(local, "uv-receipt.toml") == f"uv tool install --force '{tmp_path}[sandbox]'"
    assert hint(Installed("uv"), "uv-receipt.toml") == hint(Installed("uv"))


def test_sources_that_are_on_the_path_alone(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(extras, "distribution", missing)
    assert (
        extras.install_hint("sandbox") == f"Install it: `{sys.executable} -m pip install '{ROOT}[sandbox]'`."
    )
