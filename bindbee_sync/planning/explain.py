"""The explanation of one entry: each field's place, each reference's id, and what is not compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.job_file import CREATE_FIELDS, JobFile, Sync
from bindbee_sync.planning.compare import NOT_READABLE
from bindbee_sync.planning.model import Entry, Plan
from bindbee_sync.planning.references import Reference
from bindbee_sync.rules.registry import pack_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A field, its value as written, and the place of that; `note` says what is special about it."""

    field: str
    value: object
    place: Place
    inherited: bool
    references: tuple[Reference, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The plan's entry for one file, with its grounds."""

    entry: Entry
    origins: tuple[Origin, ...]
    diagnostics: tuple[Diagnostic, ...]


def explain(address: str, plan: Plan, ignored: tuple[str, ...]) -> Explanation:
    """Return the grounds for the entry at `address`, which the plan has.

    `ignored` are the fields that the config leaves out of drift.
    """
    entry = next(entry for entry in plan.entries if entry.address == address)
    return Explanation(
        entry=entry,
        origins=(*_fields(entry, plan, ignored), *_sync(entry.file)),
        diagnostics=tuple(each for each in plan.diagnostics if each.address == entry.address),
    )


def _fields(entry: Entry, plan: Plan, ignored: tuple[str, ...]) -> Iterator[Origin]:
    file = entry.file
    for name in CREATE_FIELDS:
        if (name,) in file.keys:
            place = file.place(name)
            value = getattr(file.spec, name)
            yield Origin(
                field=name,
                value=value,
                place=place,
                inherited=place.path != file.path,
                references=entry.references.get(name, ()),
                note=_note(name, value, entry, plan, ignored),
            )


def _note(name: str, value: object, entry: Entry, plan: Plan, ignored: tuple[str, ...]) -> str | None:
    if value is None:
        faulty = entry.file.is_faulty(name)
        return "in error" if faulty else "null: not set, and no default applies"
    if entry.job is None:
        return None
    if name in NOT_READABLE:
        return "not compared: it can't be read back"
    if name in (*ignored, *entry.file.spec.sync.ignore_changes):
        return "not compared: `ignore_changes` names it"
    dropped = name in pack_of(plan.provider).not_taken and getattr(entry.job, name) is None
    return "not compared: the ATS shows no value" if dropped else None


def _sync(file: JobFile) -> Iterator[Origin]:
    for key in Sync.model_fields:
        if ("sync", key) in file.keys:
            place = file.place("sync", key)
            yield Origin(
                field=f"sync.{key}", value=getattr(file.spec.sync, key), place=place, inherited=False
            )
