"""Addresses of imported jobs: the same from run to run and on every machine."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from bindbee_sync.bindbee.models import Job
from bindbee_sync.text import fold, visible

_NO_DECOMPOSITION = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i"}
)
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_LONGEST = 60
_LAST = 3


def slug(text: str | None) -> str:
    """Return `text` in small ASCII letters, digits and hyphens; empty where nothing of it is left."""
    return _no_device(_words(text))


def _words(text: str | None) -> str:
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold().translate(_NO_DECOMPOSITION))
    ascii_only = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = re.sub(r"[^a-z0-9]+", "-", re.sub("['\u2019]", "", ascii_only)).strip("-")
    return words if len(words) <= _LONGEST else words[:_LONGEST].rpartition("-")[0] or words[:_LONGEST]


def _no_device(name: str) -> str:
    # Windows keeps these names for devices: a repository with such a file can't be checked out there.
    return f"job-{name}" if _DEVICES.fullmatch(name) else name


def assign_addresses(
    jobs: Iterable[Job], folder_of: Callable[[Job], str], given: Mapping[str, str]
) -> Mapping[str, str]:
    """Return each job's address by its id: the `given` one, else of its name and code, or its number.

    Jobs that would share an address get their numbers in it; a confidential job always does, so that no other
    address gives it away. Pass all jobs, imported or not, so that no address depends on the selection.
    """
    jobs = list(jobs)
    steps = {job.id: 1 if job.confidential else 0 for job in jobs} | dict.fromkeys(given, _LAST)
    while True:
        found = {job.id: given.get(job.id) or address(job, folder_of(job), steps[job.id]) for job in jobs}
        sharing = defaultdict(list)
        for job_id, name in found.items():
            sharing[fold(name)].append(job_id)
        clashing = [job_id for ids in sharing.values() if len(ids) > 1 for job_id in ids]
        if not any(steps[job_id] < _LAST for job_id in clashing):
            return found
        for job_id in clashing:
            steps[job_id] = min(steps[job_id] + 1, _LAST)


def is_address(text: str) -> bool:
    """Return whether a file at `text` below the jobs folder would be read as a job file."""
    names = text.split("/")
    hidden = any(not name or name.startswith(".") for name in names)
    return not hidden and not names[-1].startswith("_") and visible(text) == text


def free_address(job: Job, folder: str, wanted: str, taken: frozenset[str]) -> str:
    """Return `wanted`, or the next free address where a file has it already (`taken`, folded)."""
    step = 0
    while fold(wanted) in taken:
        step += 1
        wanted = address(job, folder, step)
    return wanted


def address(job: Job, folder: str, step: int) -> str:
    """Return a job's address; each step adds more of what tells the job from others."""
    named = "-".join(part for part in (_words(job.name), _words(job.code)) if part)
    base = _no_device(named) or f"job-{slug(job.remote_id) or slug(job.id)}"
    digest = sha256(job.id.encode()).hexdigest()[:16]
    number = slug(job.remote_id)
    name = (
        base,
        f"{base}-{number}" if number and not base.endswith(number) else base,
        f"{base}-{slug(job.id)}",
        f"{base}-{digest}",
    )[min(step, _LAST)]
    name += f"-{step}" * (step > _LAST)
    return f"{folder}/{name}" if folder else name
