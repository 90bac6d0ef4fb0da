"""Where the plan's word on one job file comes from: each field's place, each name's id, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.desired.load import Desired
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import CREATE_FIELDS, JobFile, Sync
from bindbee_sync.planning.compare import NOT_READABLE
from bindbee_sync.planning.model import Entry, Plan
from bindbee_sync.planning.references import REFERENCE_FIELDS, Directory, resolve
from bindbee_sync.planning.templates import find_templates
from bindbee_sync.rules.greenhouse import NOT_FORWARDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference as written, with the id and the name that it stands for; None where that is not known."""

    written: str
    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A field, its value as written, and where that stands; `note` is what is special about it."""

    field: str
    value: object
    place: Place
    inherited: bool
    references: tuple[Reference, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the plan says of one file, and on what grounds."""

    entry: Entry
    origins: tuple[Origin, ...]
    diagnostics: tuple[Diagnostic, ...]


def explain(
    address: str, plan: Plan, desired: Desired, snapshot: Snapshot, ignored: tuple[str, ...]
) -> Explanation:
    """Return the grounds for the entry at `address`, which the plan has.

    `ignored` are the fields that the config leaves out of drift.
    """
    entry = next(entry for entry in plan.entries if entry.address == address)
    directory = Directory(snapshot, find_templates(snapshot.jobs, desired.files).jobs)
    exists = entry.job is not None or entry.record is not None
    ids = resolve(entry.file, directory, provider=plan.provider, exists=exists).ids
    return Explanation(
        entry=entry,
        origins=(*_fields(entry, plan, ids, ignored), *_sync(entry.file)),
        diagnostics=tuple(each for each in plan.diagnostics if each.address == entry.address),
    )


def _fields(
    entry: Entry, plan: Plan, ids: Mapping[str, tuple[str, ...]], ignored: tuple[str, ...]
) -> Iterator[Origin]:
    file = entry.file
    for name in CREATE_FIELDS:
        if (name,) in file.keys:
            place = file.values.get((name,)) or file.key_place(name)
            value = getattr(file.spec, name)
            yield Origin(
                field=name,
                value=value,
                place=place,
                inherited=place.path != file.path,
                references=tuple(_references(name, value, ids, plan.names)),
                note=_note(name, value, entry, plan, ignored),
            )


def _references(
    name: str, value: object, ids: Mapping[str, tuple[str, ...]], names: Mapping[str, str]
) -> Iterator[Reference]:
    if value is None or name not in (*REFERENCE_FIELDS, "template_id"):
        return
    written = value if isinstance(value, tuple) else (value,)
    for text, found in zip(written, ids[name], strict=True):
        known = names.get(found)
        yield Reference(written=text, id=found if known is not None or found != text else None, name=known)


def _note(name: str, value: object, entry: Entry, plan: Plan, ignored: tuple[str, ...]) -> str | None:
    if value is None:
        faulty = entry.file.is_faulty(name)
        return "in error" if faulty else "null: not set, and no default holds"
    if entry.job is None:
        return None
    if name in NOT_READABLE:
        return "not compared: it can't be read back"
    if name in (*ignored, *entry.file.spec.sync.ignore_changes):
        return "not compared: `ignore_changes` names it"
    dropped = plan.provider == "greenhouse" and name in NOT_FORWARDED and getattr(entry.job, name) is None
    return "not compared: the ATS shows no value" if dropped else None


def _sync(file: JobFile) -> Iterator[Origin]:
    for key in Sync.model_fields:
        if ("sync", key) in file.keys:
            place = file.place("sync", key)
            yield Origin(
                field=f"sync.{key}", value=getattr(file.spec.sync, key), place=place, inherited=False
            )
