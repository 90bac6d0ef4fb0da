"""The jobs folder: its files, its defaults, and writing a file whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from bindbee_sync.desired.defaults import Defaults, FolderDefaults, Read
from bindbee_sync.desired.discover import SUFFIXES
from bindbee_sync.errors import ToolError
from bindbee_sync.job_file import DEFAULTS_NAME, JobFile
from bindbee_sync.output_files import replace
from bindbee_sync.text import fold


class JobsFolder:
    """The jobs folder at `base` (links resolved), which need not exist; shown paths start from `root`."""

    def __init__(self, base: Path, root: Path) -> None:
        self.base = base
        self._shown = PurePosixPath(os.path.relpath(base, root).replace(os.sep, "/"))
        self._defaults = FolderDefaults(self._own_defaults)

    def path(self, address: str) -> str:
        """Return the path of an address's file, as output shows it."""
        return str(self._shown / f"{address}.yaml")

    def taken(self) -> frozenset[str]:
        """Return the folded addresses that are in use, by files that are read and by others."""
        found = set()
        for folder, folders, files in os.walk(self.base):
            below = Path(folder).relative_to(self.base)
            found |= {
                fold((below / name).with_suffix("").as_posix())
                for name in (*folders, *files)
                if name.lower().endswith(SUFFIXES)
            }
        return frozenset(found)

    def subfolder(self, name: str) -> str:
        """Return the top folder of that name, in the spelling that it has already."""
        for entry in sorted(self.base.iterdir()) if name and self.base.is_dir() else ():
            if fold(entry.name) == fold(name):
                return entry.name
        return name

    def defaults(self, folder: PurePosixPath) -> Defaults:
        """Return what jobs in `folder` (below the jobs folder) inherit."""
        return self._defaults.of(folder)

    def _own_defaults(self, folder: PurePosixPath) -> tuple[Read, str] | None:
        file = self.base / folder / DEFAULTS_NAME
        if not file.is_file() or not file.resolve().is_relative_to(self.base):
            return None
        return file.read_bytes, str(self._shown / folder / DEFAULTS_NAME)

    def defaults_of(self, file: JobFile) -> Defaults:
        """Return what an existing file inherits."""
        return self.defaults(PurePosixPath(file.path).relative_to(self._shown).parent)

    def create(self, address: str, text: str) -> None:
        """Write a new file, whole or not at all. Raises ToolError where it exists, or can't be written."""
        file = self.base / f"{address}.yaml"
        shown = self.path(address)
        try:
            # Through a link the file could land outside the jobs folder, where no plan would see it.
            if file.parent.resolve() != file.parent:
                raise ToolError(
                    "This folder is a link, and no job file is written through a link",
                    where=str(PurePosixPath(shown).parent),
                    hint="Write into another folder, or remove the link.",
                )
            file.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(file):
                raise ToolError(
                    "A file of this name exists already",
                    where=shown,
                    hint="Move it, or adopt the job: `bindbee-sync import --into ADDRESS ID`.",
                )
            replace(file, text.encode(), mode=0o666)  # as the umask has it: job files are committed
        except OSError as error:
            raise _unwritable(shown, error) from error

    def rewrite(self, file: Path, shown: str, content: bytes) -> None:
        """Replace the content of an existing file atomically. Raises ToolError where that is impossible."""
        try:
            target = file.resolve(strict=True)
            before = stat.S_IMODE(target.stat().st_mode)
            if not target.is_relative_to(self.base):
                raise ToolError(
                    "This file is a link out of the jobs folder",
                    where=shown,
                    hint="Replace the link with the file.",
                )
            replace(target, content, mode=0o666)
            target.chmod(before)
        except OSError as error:
            raise _unwritable(shown, error) from error


def _unwritable(shown: str, error: OSError) -> ToolError:
    return ToolError(
        f"This file can't be written: {error.strerror or error}",
        where=shown,
        hint="Check the permissions. What was written so far stays, and the next import continues.",
    )
