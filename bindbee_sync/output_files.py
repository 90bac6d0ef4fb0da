"""Files that a command writes where its user says: whole or not at all, through no link, for their owner."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from bindbee_sync.errors import ToolError

PRIVATE = 0o600


def write_output(path: Path, content: str, what: str, *, mode: int = PRIVATE) -> None:
    """Write `content` to `path`, replacing what is there; `what` names it in errors, e.g. `plan file`.

    A relative `path` is below the working directory, links resolved: a pull request may commit a link, and
    what it leads to is the user's. Raises ToolError where the file can't be written.
    """
    try:
        if not path.is_absolute() and ".." not in path.parts and not _stays_below(path.parent):
            raise ToolError(
                f"The {what} can't be written through a link that leads out of this folder",
                where=str(path),
                hint="Remove the link, or name another file.",
            )
        if path.exists() and not path.is_file():
            raise FileExistsError(None, "not a regular file")
        replace(path, content.encode(), mode=mode)
    except OSError as error:
        raise ToolError(
            f"The {what} can't be written: {error.strerror or error}",
            where=str(path),
            hint="Name a file in a folder that exists and can be written to.",
        ) from error


def replace(path: Path, content: bytes, *, mode: int) -> None:
    """Put `content` in the place of `path`, a link included, with the permissions `mode`; raises OSError.

    It is written beside and renamed: an interruption leaves the old file or the new one, never half of one.
    """
    draft = path.with_name(f".{token_hex(8)}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def _stays_below(folder: Path) -> bool:
    return folder.resolve().is_relative_to(Path.cwd().resolve())
