"""Job files of a git revision, read from git's objects: the work tree is never touched."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

from bindbee_sync.desired.defaults import FolderDefaults, Read
from bindbee_sync.desired.discover import SUFFIXES
from bindbee_sync.desired.load import load_text
from bindbee_sync.errors import ToolError
from bindbee_sync.git import Git
from bindbee_sync.job_file import DEFAULTS_NAME, Desired, JobFile
from bindbee_sync.text import fold

FILE_MODES = ("100644", "100755")
FETCH = (
    "Name a branch, tag or commit that was fetched: `git fetch origin REV`, "
    "in GitHub Actions `fetch-depth: 0` at the checkout."
)


class RevisionError(ToolError):
    """The job files of a revision can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Differences from a revision: addresses that are new or whose jobs differ, and those that are gone.

    `moved` has the old address of each file whose job the revision describes elsewhere; such a file counts as
    changed, and not as removed; nor does one that is there and is no longer read. `before` has the revision's
    job files by the address that each has now, `removed_files` those that are gone. `others` are the paths of
    files that are no jobs, and that it adds, edits or makes unread. `policies` has the files of own rules
    that are new or differ, by path, with the ids of the rules in each; `removed_policies` are the paths of
    those that are gone.
    """

    revision: str
    commit: str
    changed: frozenset[str]
    removed: tuple[str, ...]
    moved: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, JobFile] = field(default_factory=dict)
    removed_files: tuple[JobFile, ...] = ()
    others: frozenset[str] = frozenset()
    policies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removed_policies: tuple[str, ...] = ()


def compare_with(revision: str, desired: Desired, jobs_dir: Path, root: Path) -> Base:
    """Return how `desired` differs from the job files that `jobs_dir` had in `revision`.

    A job counts as changed when a field differs, its folder's defaults included; comments, quotes and the
    order of the fields do not matter. Raises RevisionError where the
    revision can't be read, GitError where git can't be run.
    """
    git = Git(root)
    commit = _commit(revision, git)
    folder = os.path.relpath(jobs_dir, root)
    before = _files(_blobs(commit, folder, git))
    changed = {
        file.address
        for file in desired.files
        if file.address not in before or _meaning(file) != _meaning(before[file.address])
    }
    removed = sorted(before.keys() - {file.address for file in desired.files} - desired.unread)
    moved = dict(_moved([file for file in desired.files if file.address not in before], before, removed))
    gone = tuple(address for address in removed if address not in moved.values())
    kept = {file.address: moved.get(file.address, file.address) for file in desired.files}
    return Base(
        revision=revision,
        commit=commit,
        changed=frozenset(changed),
        removed=gone,
        moved=moved,
        before={now: before[then] for now, then in kept.items() if then in before},
        removed_files=tuple(before[address] for address in gone),
        others=_others(commit, desired, before, PurePosixPath(folder), root),
    )


def _others(
    commit: str, desired: Desired, before: Mapping[str, JobFile], folder: PurePosixPath, root: Path
) -> frozenset[str]:
    """Return the paths of files that are no jobs, and that differ from the commit or were jobs in it."""
    paths = {finding.place.path for finding in desired.diagnostics if finding.place}
    if not paths:
        return frozenset()
    touched = touched_since(commit, [root / path for path in paths], root)
    read_then = {
        path
        for path in map(PurePosixPath, paths)
        if path.is_relative_to(folder) and _address(path.relative_to(folder)) in before
    }
    return frozenset(paths & touched | set(map(str, read_then)))


def merge_base(revision: str, root: Path) -> str:
    """Return the commit at which HEAD and `revision` parted; raises RevisionError where it is not here."""
    git = Git(root)
    found = git.run("merge-base", "HEAD", _commit(revision, git))
    if found.returncode:  # a shallow clone has both and not the commit between
        message = "git finds no commit here that both this revision and HEAD come from"
        raise RevisionError(message, where=revision, hint=FETCH)
    return found.stdout.decode().strip()


def content_at(revision: str, path: Path, root: Path) -> bytes | None:
    """Return the content of a file in `revision`, None where it has no such file.

    Raises RevisionError where the revision can't be read.
    """
    git = Git(root)
    listed = git.raw("ls-tree", "-z", _commit(revision, git), "--", os.path.relpath(path, root))
    return git.raw("cat-file", "blob", listed.split()[2].decode()) if listed else None


def contents_at(commit: str, folder: Path, root: Path) -> dict[str, bytes]:
    """Return the YAML files of a commit below `folder`, hidden ones left out, by path relative to `root`."""
    below = os.path.relpath(folder, root)
    return {str(PurePosixPath(below, path)): data for path, data in _blobs(commit, below, Git(root)).items()}


def touched_since(commit: str, folders: Iterable[Path], root: Path) -> set[str]:
    """Return the paths below `folders` that may differ in the work tree from `commit`, untracked ones too.

    Of a renamed file both paths are in it. A file that was only touched may be in it, too.
    """
    git = Git(root)
    below = [f":(literal){os.path.relpath(folder, root)}" for folder in folders]
    # With ignored files: git's ignoring a file keeps no command from reading it.
    found = git.raw("diff-index", "--name-only", "--no-renames", "-z", commit, "--", *below)
    found += git.raw("ls-files", "--others", "-z", "--", *below)
    return {os.fsdecode(path) for path in found.split(b"\0") if path}


def _meaning(file: JobFile) -> object:
    faults = [(finding.rule, finding.message) for finding in file.diagnostics]
    return (file.readable, file.spec, faults)


def _moved(
    new: Iterable[JobFile], before: Mapping[str, JobFile], removed: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield the address of each new file whose job a removed file described, with the removed address."""
    gone = {_known_by(before[address]): address for address in removed}
    for file in new:
        key = _known_by(file)
        if any(key) and key in gone:
            yield file.address, gone.pop(key)


def _known_by(file: JobFile) -> tuple[str, str]:
    """Return what identifies a file's job wherever the file is: the code, else the name."""
    return (file.spec.code, "") if file.spec.code else ("", fold(file.spec.name or ""))


def _files(blobs: dict[PurePosixPath, bytes]) -> dict[str, JobFile]:
    """Return the job files by address; `blobs` has contents by path below the jobs folder."""

    def own(folder: PurePosixPath) -> tuple[Read, str] | None:
        path = folder / DEFAULTS_NAME
        return (lambda: blobs[path], f"jobs/{path}") if path in blobs else None

    defaults = FolderDefaults(own)
    jobs = {_address(path): path for path in blobs if not path.name.startswith("_")}
    return {
        address: load_text(blobs[path], address=address, defaults=defaults.of(path.parent))
        for address, path in jobs.items()
    }


def _address(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path).rpartition(".")[0])


def _blobs(commit: str, folder: str, git: Git) -> dict[PurePosixPath, bytes]:
    """Return the YAML files of `commit` below `folder`, by their path below it, hidden ones left out."""
    listing = git.raw("ls-tree", "-r", "-z", commit, "--", f"{folder}/")
    ids: dict[PurePosixPath, str] = {}
    for line in listing.decode(errors="backslashreplace").split("\0")[:-1]:
        about, _, name = line.partition("\t")
        mode, _, blob = about.split()
        path = PurePosixPath(os.path.relpath(name, folder))
        hidden = any(part.startswith(".") for part in path.parts)
        if mode in FILE_MODES and name.endswith(SUFFIXES) and not hidden:
            ids[path] = blob
    wanted = "".join(f"{blob}\n" for blob in ids.values())
    stream = BytesIO(git.raw("cat-file", "--batch", stdin=wanted.encode()))
    contents = {}
    for path in ids:
        header = stream.readline().split()
        if header[-1] == b"missing":
            raise RevisionError("A file of the revision is not in this clone", where=str(path), hint=FETCH)
        contents[path] = stream.read(int(header[-1]))
        stream.readline()
    return contents


def _commit(revision: str, git: Git) -> str:
    asked = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if asked.returncode and asked.stderr:  # --quiet: it says nothing of a revision that it does not know
        raise git.failure(asked)
    if asked.returncode:
        raise RevisionError("git knows no such revision here", where=revision, hint=FETCH)
    return asked.stdout.decode().strip()
