"""Outputs are written whole, through no link that a repository may hold, and for their owner."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bindbee_sync.errors import ToolError
from bindbee_sync.output_files import write_output


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def _open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def write(name, content="new", **options):
    write_output(Path(name), content, "page", **options)


@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_a_file_has_its_mode_whatever_was_there(here, mode):
    for _ in range(2):
        write("out.html", mode=mode)
        assert stat.S_IMODE((here / "out.html").stat().st_mode) == mode
        (here / "out.html").chmod(0o777)
    assert [each.name for each in here.iterdir()] == ["out.html"]


@pytest.mark.parametrize("target", ["../outside.html", "../missing.html", "inside.html"])
def test_a_link_is_replaced(here, target):
    (here.parent / "outside.html").write_text("theirs")
    (here / "inside.html").write_text("theirs")
    (here / "out.html").symlink_to(target)
    write("out.html")
    assert not (here / "out.html").is_symlink()
    assert (here / "out.html").read_text() == "new"
    assert (here.parent / "outside.html").read_text() == "theirs"
    assert (here / "inside.html").read_text() == "theirs"
    assert not (here.parent / "missing.html").exists()


@pytest.mark.parametrize("name", ["out/page.html", "out/below/page.html"])
def test_a_folder_that_is_a_link_out_is_refused(here, name):
    (here.parent / "elsewhere/below").mkdir(parents=True)
    (here / "out").symlink_to("../elsewhere")
    with pytest.raises(ToolError, match="through a link") as caught:
        write(name)
    assert caught.value.hint
    assert not list((here.parent / "elsewhere").rglob("*.html"))


def test_a_folder_that_the_user_names_may_be_anywhere(here):
    write("../page.html")
    write(here.parent / "other.html")
    assert {each.name for each in here.parent.iterdir()} == {"repository", "page.html", "other.html"}


@pytest.mark.parametrize("name", ["missing/page.html", ".", "pipe"])
def test_a_place_that_takes_no_file_is_an_error(here, name):
    os.mkfifo(here / "pipe")
    with pytest.raises(ToolError, match="page can't be written"):
        write(name)
    assert [each.name for each in here.iterdir()] == ["pipe"]
