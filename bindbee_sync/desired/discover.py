"""Job files and defaults below the jobs folder; links are resolved before they are opened."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.errors import ToolError
from bindbee_sync.job_file import DEFAULTS_NAME
from bindbee_sync.rules.files import IGNORED, RESERVED_NAME
from bindbee_sync.rules.rule import Rule
from bindbee_sync.rules.yaml import SYNTAX
from bindbee_sync.text import in_quotes

SUFFIXES = (".yaml", ".yml")
_EXPECTED = re.compile(
    r"(README|LICEN[CS]E|CODEOWNERS|OWNERS)([.-].*)?|\.(git(keep|attributes|ignore)|keep|editorconfig|DS_Store)"
    r"|Thumbs\.db|desktop\.ini|\._.*|\..*\.sw[a-p]|.*~",
    re.IGNORECASE,
)
"""Names of files that people, git, editors and systems leave in folders, and that no one takes for a job."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to open, with its path as shown."""

    file: str
    path: str
    address: str


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of the folder at `path` below the jobs folder."""

    path: PurePosixPath
    defaults: SourceFile | None
    jobs: tuple[SourceFile, ...]


@dataclass(slots=True)
class Found:
    """The folders, a finding for each file that is left out, and the addresses that these would have."""

    folders: list[Folder] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)


def discover(jobs_dir: Path, root: Path) -> Found:
    """Return the files below `jobs_dir`, with paths relative to `root`.

    Raises ToolError where `jobs_dir` can't be listed.
    """
    shown = os.path.relpath(jobs_dir, root)
    try:
        if not jobs_dir.is_dir():
            raise ToolError(
                "The jobs folder is not a folder" if jobs_dir.exists() else "There is no jobs folder",
                where=shown,
                hint="Run `bindbee-sync init`, or name the right folder as `jobs` in bindbee-sync.yaml. "
                "Git keeps no empty folder: put an empty file `.gitkeep` into one that has no job file yet.",
            )
        walk = _Walk(jobs_dir.resolve(), shown)
        walk.take("", None)
    except OSError as error:
        raise ToolError(
            f"The jobs folder can't be read: {error.strerror}",
            where=shown,
            hint="Check who may read it.",
        ) from error
    while walk.pending:
        below, unfit = walk.pending.pop()
        try:
            walk.take(below, unfit)
        except OSError as error:
            if not unfit:
                message = f"This folder can't be read, so its jobs are missing: {error.strerror}"
                walk.report(SYNTAX, below, message, hint="Check who may read it.")
    return walk.found


def strays(above: Path, folders: Collection[Path | None], root: Path) -> Found:
    """Return a finding for each job file or defaults that are below `above`, and in none of `folders`.

    What can't be listed and what is hidden is left out: `above` is no jobs folder itself.
    """
    walk = _Walk(above, os.path.relpath(above, root))
    walk.pending.append(("", None))
    while walk.pending:
        below, unfit = walk.pending.pop()
        if unfit is None and above / below not in folders:
            with suppress(OSError):
                walk.take(below, None)
    found = Found()
    for folder in walk.found.folders:
        for source in (*((folder.defaults,) if folder.defaults else ()), *folder.jobs):
            message = f"{in_quotes(source.path)} is not read: it is in no connector's jobs folder"
            hint = (
                "Move it into the jobs folder of the connector that it is for, or remove it; "
                "`bindbee-sync connectors` lists the folders."
            )
            found.diagnostics.append(IGNORED.at(Place(source.path), message, hint=hint))
            found.unread.add(source.address)
    return found


class _Walk:
    def __init__(self, base: Path, shown: str) -> None:
        self.base = base
        shown = PurePosixPath(shown).as_posix()
        self.prefix = "" if shown == "." else shown.removesuffix("/") + "/"
        self.found = Found()
        self.pending: list[tuple[str, str | None]] = []

    def take(self, below: str, unfit: str | None) -> None:
        """Add the files of the folder `below` the jobs folder ("" or "sales/"); its folders become `pending`.

        `unfit` is the reason why none of its files is read. Raises OSError where it can't be listed.
        """
        with os.scandir(self.base / below) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        defaults = None
        jobs = []
        for entry in entries:
            name = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                self.pending.append((name + "/", unfit or _unfit(entry.name)))
            elif reason := self._reason_to_leave_out(entry, unfit):
                self._ignore(name, reason)
            elif not _is_yaml(entry.name):
                if not unfit and not _EXPECTED.fullmatch(entry.name):
                    self._ignore(name, "a job file's name ends in .yaml or .yml")
            elif entry.name == DEFAULTS_NAME:
                defaults = self._source(name, entry)
            elif entry.name.startswith("_"):
                message = (
                    "Only `_defaults.yaml` may have a name that begins with '_', so this file is not a job"
                )
                self.report(RESERVED_NAME, name, message)
            else:
                jobs.append(self._source(name, entry))
        self.found.folders.append(Folder(PurePosixPath(below), defaults, tuple(jobs)))

    def report(self, rule: Rule, name: str, message: str, *, hint: str | None = None) -> None:
        """Add the finding that the file or folder of this name breaks the rule."""
        self.found.diagnostics.append(rule.at(Place(self._path(name)), message, hint=hint))

    def _ignore(self, name: str, why: str) -> None:
        self.report(IGNORED, name, f"{in_quotes(_printable(name))} is not read: {why}")
        self.found.unread.add(_address(name))

    def _reason_to_leave_out(self, entry: os.DirEntry[str], unfit: str | None) -> str | None:
        if unfit:
            return unfit if _is_yaml(entry.name) else None
        if entry.is_symlink():
            try:
                # The system gives up after 40 links; resolving would follow a chain of thousands to its end.
                entry.stat()
                target = Path(entry.path).resolve(strict=True)
            except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
                return "it is a link that leads nowhere"
            # It could lead to any file of this machine, and messages quote what a file holds.
            if not target.is_relative_to(self.base):
                return "it is a link that leads out of the jobs folder"
            # Its files would have two addresses, and each address is a job to create.
            if target.is_dir():
                return "it is a link to a folder, whose files are read where they are"
        if not _is_yaml(entry.name):
            return None
        if not entry.is_file():
            return "it is not a regular file"
        if not entry.name.endswith(SUFFIXES):
            return "its suffix is not in small letters"
        return _unfit(entry.name)

    def _source(self, name: str, entry: os.DirEntry[str]) -> SourceFile:
        file = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
        return SourceFile(file, self._path(name), _address(name))

    def _path(self, name: str) -> str:
        return _printable(self.prefix + name.removesuffix("/"))


def _address(name: str) -> str:
    # macOS stores names decomposed: a file has the same address on every machine.
    return unicodedata.normalize("NFC", os.path.splitext(name)[0])  # noqa: PTH122 - a path takes twice as long


def _is_yaml(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _unfit(name: str) -> str | None:
    """Return why neither a file nor a folder of this name is read."""
    if name.startswith("."):
        return "a name that begins with a dot means hidden"
    if _printable(name) != name:
        return "its name is not in UTF-8"
    return None


def _printable(name: str) -> str:
    """Return the name with bytes that are not UTF-8 escaped."""
    return name.encode("utf-8", "backslashreplace").decode()
