"""The ledgers that this checkout has used before: where `ledger` is changed, the new one knows nothing.

What was created and is not listed yet would be created again, so a ledger without a record of a connector is
not believed before these were asked. Nothing is fetched: a branch counts as it was last seen here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from bindbee_sync.errors import LedgerError
from bindbee_sync.git import Git
from bindbee_sync.ledger.events import EVENT, connector_names
from bindbee_sync.ledger.file_store import FIRST_LINE, FileStore
from bindbee_sync.ledger.git_branch import folder_of, ref_seen
from bindbee_sync.ledger.location import ANY, GitLedger
from bindbee_sync.ledger.store import Writer

BRANCHES = "bindbee-sync-ledger"
"""How the branch of a ledger begins, by the documentation; another is found only where it was used here."""
RETIRED = ".old"
"""The end of the name of a file whose records another ledger took over."""
_REMOTE_BRANCH = re.compile(rf"refs/remotes/([^/]+)/({BRANCHES}.*)")


@dataclass(frozen=True, kw_only=True)
class Previous:
    """A ledger of this checkout, as `ledger` in the config names it, and the command that puts it aside."""

    location: str
    put_aside: str
    is_file: bool


def with_records(connector_id: str, own: Path | GitLedger, folder: Path, root: Path) -> Previous | None:
    """Return a ledger other than `own` that has records of the connector; None where none has.

    Where `own` has `{connector}` in it, those of other names are left to `siblings`. Ledgers that are
    files are looked for in `folder`. Raises LedgerError or GitError where one can't be read.
    """
    for path in files(folder, own):
        if any(event.connector_id == connector_id for event in FileStore(path).read()):
            shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
            put_aside = f"mv {quote(str(path))} {quote(f'{path}{RETIRED}')}"
            return Previous(location=shown, put_aside=put_aside, is_file=True)
    git = Git(root)
    for ledger, refs in _branches(git, own).items() if (root / ".git").exists() else ():
        if any(folder_of(connector_id) in _lines(git, "ls-tree", "--name-only", ref) for ref in refs):
            put_aside = " && ".join(f"git update-ref -d {quote(ref)}" for ref in refs)
            return Previous(location=ledger.shown, put_aside=put_aside, is_file=False)
    return None


def files(folder: Path, own: Path | GitLedger) -> Iterator[Path]:
    """Yield the ledgers in a folder but `own`; raises LedgerError where a file can't be read."""
    is_own = _pattern("" if isinstance(own, GitLedger) else str(own))
    try:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix != RETIRED and path.is_file() and not is_own.fullmatch(str(path)):
                with path.open("rb") as stream:
                    if stream.read(len(FIRST_LINE)) == FIRST_LINE:
                        yield path
    except OSError as error:
        raise LedgerError(
            f"A file beside the ledger can't be read: {error.strerror or error}",
            where=str(error.filename or folder),
            hint="Make it readable: it may tell which jobs were created already.",
        ) from error


def _branches(git: Git, own: Path | GitLedger) -> dict[GitLedger, list[str]]:
    """Return the ledgers other than `own` that this checkout has seen, each with its references here."""
    own_remote, own_branch = (own.remote, own.branch) if isinstance(own, GitLedger) else ("", "")
    found: dict[GitLedger, list[str]] = {}
    remotes = {own_remote, *_lines(git, "remote")} - {""}
    for ref in _lines(git, "for-each-ref", "--format=%(refname)", "refs/bindbee-sync", "refs/remotes"):
        if tracked := _REMOTE_BRANCH.fullmatch(ref):
            found.setdefault(GitLedger(remote=tracked[1], branch=tracked[2]), []).append(ref)
        for remote in remotes:
            prefix = ref_seen(remote, "")
            if ref.startswith(prefix):
                branch = ref.removeprefix(prefix)
                found.setdefault(GitLedger(remote=remote, branch=branch), []).append(ref)
    is_own = _pattern(own_branch)
    return {
        ledger: refs
        for ledger, refs in found.items()
        if ledger.remote != own_remote or not is_own.fullmatch(ledger.branch)
    }


def _pattern(location: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in location.split(ANY)))


def _lines(git: Git, *arguments: str) -> list[str]:
    # A repository that git refuses to read had no ledger from here, and a ledger that is a file needs no git.
    return git.run(*arguments).stdout.decode(errors="replace").splitlines()


def take_over(writer: Writer, path: Path, is_meant: Callable[[str, AbstractSet[str]], bool]) -> int:
    """Append what the file at `path` holds of the connectors that are meant; return the number of records.

    `is_meant` is asked with a connector's id and the names under which it was recorded. A file of which all
    was taken is put aside, so that no later run believes in it. Raises LedgerError where a run holds it.
    """
    with FileStore(path).writing() as old:
        meant = {id_ for id_, names in connector_names(old.events).items() if is_meant(id_, names)}
        taken = [event for event in old.events if event.connector_id in meant]
        known = {EVENT.dump_json(event) for event in writer.events}
        writer.append(*(event for event in taken if EVENT.dump_json(event) not in known))
        if taken and len(taken) == len(old.events):
            path.replace(f"{path}{RETIRED}")
    return len({event.record for event in taken})
