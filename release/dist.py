"""Build sdist and wheel of HEAD twice, compare them byte for byte, and write SBOM and checksums beside them.

Usage: python release/dist.py [FOLDER], which is emptied first; dist by default.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(folder: Path) -> None:
    """Fill `folder`; exits with a message where the two builds differ."""
    epoch = _git("log", "-1", "--format=%ct")
    if _git("status", "--porcelain"):
        print("Changes that are not committed are left out: what is built is HEAD", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        # another place, another mask of permissions, another time zone: nothing of them may get into a file
        first = _build(Path(scratch) / "a", epoch, mask=0o022, zone="UTC")
        second = _build(Path(scratch) / "somewhere else", epoch, mask=0o077, zone="Asia/Tokyo")
        if _contents(first) != _contents(second):
            sys.exit("The two builds differ: something depends on more than the commit")
        shutil.copytree(first, folder)
    _take_out_sbom(folder)
    sums = "".join(
        f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(_contents(folder).items())
    )
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(sums, end="")


def _build(scratch: Path, epoch: str, *, mask: int, zone: str) -> Path:
    before = os.umask(mask)
    try:
        _git("clone", "--quiet", str(ROOT), str(scratch / "source"))
        subprocess.run(  # noqa: S603 - the words are ours
            [sys.executable, "-m", "hatchling", "build", "--directory", str(scratch / "dist")],
            cwd=scratch / "source",
            env=os.environ | {"SOURCE_DATE_EPOCH": epoch, "TZ": zone},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    finally:
        os.umask(before)
    return scratch / "dist"


def _contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def _take_out_sbom(folder: Path) -> None:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        (inside,) = (name for name in packed.namelist() if ".dist-info/sboms/" in name)
        (folder / Path(inside).name).write_bytes(packed.read(inside))


def _git(*arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - the words are ours
        ["git", *arguments],  # noqa: S607 - as found on the PATH
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist").resolve())
