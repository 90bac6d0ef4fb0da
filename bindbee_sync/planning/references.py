"""What the names and ids in a job file refer to: departments, offices, people, templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bindbee_sync.bindbee.models import Job
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.ids import is_uuid
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.named import Named, Names, department, office, template, user
from bindbee_sync.rules import greenhouse, reference
from bindbee_sync.text import shorten

REFERENCE_FIELDS = {
    "departments": "department",
    "offices": "office",
    "hiring_managers": "user",
    "recruiters": "user",
    "remote_user_id": "user",
}


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A file's references: by field the ids that they stand for, and what is wrong with them.

    A reference that could not be resolved stands in `ids` as written.
    """

    ids: Mapping[str, tuple[str, ...]]
    diagnostics: tuple[Diagnostic, ...]


class Directory:
    """Everything that a job file may refer to, as Bindbee lists it."""

    def __init__(self, snapshot: Snapshot, templates: Iterable[Job]) -> None:
        self.kinds = {
            "department": Names(map(department, snapshot.departments or ())),
            "office": Names(map(office, snapshot.offices or ())),
            "user": Names(map(user, snapshot.users or ())),
        }
        self.templates = Names(map(template, templates))
        self.jobs = Names(map(template, snapshot.jobs))
        self._by_number: dict[str, list[Named]] = defaultdict(list)
        for named in self.jobs:
            if named.remote_id:
                self._by_number[named.remote_id].append(named)
        self.template_ids = frozenset(named.id for named in self.templates)
        self.template_labels = sorted(named.label for named in self.templates if named.label)

    @property
    def names(self) -> dict[str, str]:
        """The human name of every id, for reports."""
        return {
            named.id: named.label
            for all_of in (*self.kinds.values(), self.templates)
            for named in all_of
            if named.label
        } | {named.remote_id: named.label for named in self.templates if named.remote_id and named.label}

    def find_template(self, text: str) -> list[Named]:
        """Return the jobs that `text` names as a template: by id, else by remote id, else by name.

        Where no template has the name, other jobs of it are returned.
        """
        exact = self.jobs.by_id(text)
        if exact:
            return [exact]
        by_number = self._by_number.get(text.strip())
        return by_number or self.templates.by_name(text) or self.jobs.by_name(text)


LEFT = "Nothing is stopped by it, as the job exists. Who works on it is changed in the ATS."


def resolve(file: JobFile, directory: Directory, *, provider: str, exists: bool) -> Resolved:
    """Return the ids that `file`'s references stand for; on a job that `exists` faults are warnings."""
    ids: dict[str, tuple[str, ...]] = {}
    findings: list[Diagnostic] = []
    for field, kind in REFERENCE_FIELDS.items():
        value = getattr(file.spec, field)
        if value is None:
            continue
        texts = value if isinstance(value, tuple) else (value,)
        places = (
            [file.place(field, index) for index in range(len(texts))]
            if isinstance(value, tuple)
            else [file.place(field)]
        )
        found = []
        for text, place in zip(texts, places, strict=True):
            named = directory.kinds[kind].find(text)
            findings += _faults(file, field, text, place, named, directory, provider=provider, exists=exists)
            found.append(named[0].id if len(named) == 1 else text)
        ids[field] = tuple(found)
    if file.spec.template_id is not None:
        template = directory.find_template(file.spec.template_id)
        if provider == "greenhouse" and not exists:
            findings += _template_faults(file, file.spec.template_id, template, directory)
        ids["template_id"] = (_template_as_sent(file.spec.template_id, template),)
    return Resolved(ids=ids, diagnostics=tuple(findings))


def _faults(
    file: JobFile,
    field: str,
    text: str,
    place: Place,
    found: list[Named],
    directory: Directory,
    *,
    provider: str,
    exists: bool,
) -> Iterator[Diagnostic]:
    kind, shown = REFERENCE_FIELDS[field], shorten(text, 60)
    hint = None
    if len(found) == 1:
        if not found[0].disabled:
            return
        rule, message = reference.USER_DISABLED, f"The account of {found[0].label} is disabled"
        hint = LEFT if exists else None
    elif found:
        several = "; ".join(f"{named.label} ({named.details})" for named in found)
        rule, message = reference.AMBIGUOUS, f"'{shown}' may be any of: {several}"
    elif provider == "greenhouse" and not exists and greenhouse.is_bare_number(text):
        return  # greenhouse/unified-ids says it better
    else:
        rule, message = reference.NOT_FOUND, f"There is no {kind} '{shown}'"
        hint = _not_found_hint(text, directory.kinds[kind])
    grave = Severity.WARNING if exists else Severity.ERROR
    yield rule.at(place, message, hint=hint, address=file.address, field=field, severity=grave, ceiling=grave)


def _not_found_hint(text: str, known: Names) -> str:
    by_number = [named for named in known if named.remote_id == text.strip()]
    if by_number:
        return f"That is the ATS's own number of {by_number[0].label}: write {by_number[0].id}."
    labels = sorted({named.label for named in known if named.label})
    listed = f"Known: {shorten(', '.join(labels), 300)}." if labels else "Bindbee lists none."
    return known.suggestion(text) or listed


def _template_faults(
    file: JobFile, text: str, found: list[Named], directory: Directory
) -> Iterator[Diagnostic]:
    place = file.place("template_id")
    shown = shorten(text, 60)
    labels = directory.template_labels
    templates = f"Templates: {shorten(', '.join(labels), 300)}." if labels else None
    if not found:
        yield greenhouse.TEMPLATE_NOT_FOUND.at(
            place,
            f"No listed job is the template '{shown}'",
            hint=directory.templates.suggestion(text) or templates,
            address=file.address,
            field="template_id",
        )
    elif all(named.id not in directory.template_ids for named in found):
        yield greenhouse.TEMPLATE_FLAG.at(
            place,
            f"The job '{shown}' exists, and is not marked as a template",
            hint=templates and f"{greenhouse.TEMPLATE_FLAG.hint} {templates}",
            address=file.address,
            field="template_id",
        )
    elif len(found) > 1:
        several = "; ".join(f"{named.label} ({named.details})" for named in found)
        yield reference.AMBIGUOUS.at(
            place, f"'{shown}' may be any of: {several}", address=file.address, field="template_id"
        )


def _template_as_sent(text: str, found: list[Named]) -> str:
    written = text.strip()
    if len(found) == 1 and not is_uuid(written) and found[0].remote_id != written:
        return found[0].id
    return text
