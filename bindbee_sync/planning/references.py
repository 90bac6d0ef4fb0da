"""The references of a job file to departments, offices, people and templates, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bindbee_sync.desired import scalars
from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.ids import is_uuid
from bindbee_sync.job_file import JobFile
from bindbee_sync.planning.directory import REFERENCE_FIELDS, Directory, DirectoryItem, DirectoryItems
from bindbee_sync.rules import reference as rules
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.rules.rule import Rule
from bindbee_sync.rules.schema import REPEATED_ITEM
from bindbee_sync.text import counted, either, fold, in_quotes, shorten

_LISTED = 10
"""Things that a message or a hint lists; of more it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference as written in a job file.

    `candidates` are the items that it may mean; `value` is what is sent: an id, or the text as written.
    """

    written: str
    candidates: tuple[DirectoryItem, ...]
    value: str

    @property
    def id(self) -> str | None:
        """The id that it resolves to; None where there is no candidate, or several."""
        return self.value if len(self.candidates) == 1 else None

    @property
    def name(self) -> str | None:
        """The name of what it resolves to, if that has one."""
        return self.candidates[0].label or None if len(self.candidates) == 1 else None


References = Mapping[str, tuple[Reference, ...]]
"""A file's references by field; a field that the file does not set is left out."""


def resolve(file: JobFile, directory: Directory) -> References:
    """Return what each reference of `file` may mean."""
    return {
        field: tuple(resolve_one(field, text, directory) for text in _texts(file, field))
        for field in (*REFERENCE_FIELDS, "template_id")
        if getattr(file.spec, field) is not None
    }


def resolve_one(field: str, text: str, directory: Directory) -> Reference:
    """Return what `text` may mean in `field`, one that refers to something."""
    # Thousands of files name the same few departments, offices and people.
    known = directory.resolved.get((field, text))
    if known is None:
        template = field == "template_id"
        known = _template(text, directory) if template else _reference(text, directory.items(field))
        directory.resolved[field, text] = known
    return known


def check_references(
    file: JobFile, references: References, directory: Directory, *, provider: str, exists: bool
) -> Iterator[Diagnostic]:
    """Yield what is wrong with `file`'s references; where its job `exists`, as warnings.

    An existing job keeps the people and offices that it has, whatever the file says: no update is sent.
    """
    for field in REFERENCE_FIELDS:
        several = isinstance(getattr(file.spec, field), tuple)
        first: dict[str, Reference] = {}
        for index, reference in enumerate(references.get(field, ())):
            loc = (field, index) if several else (field,)
            yield from _faults(file, loc, reference, directory, provider=provider, exists=exists)
            same = first.setdefault(reference.value, reference)
            # Reading reports the entries that are the same as written.
            if same is not reference and fold(same.written) != fold(reference.written):
                yield REPEATED_ITEM.on(
                    file, *loc, message=f"{in_quotes(reference.written)} is {in_quotes(same.written)} again"
                )
    template_rules = pack_of(provider).template_rules
    if "template_id" in references and template_rules and not exists:
        yield from _template_faults(file, references["template_id"][0], directory, *template_rules)


def _texts(file: JobFile, field: str) -> Sequence[str]:
    value = getattr(file.spec, field)
    return value if isinstance(value, tuple) else (value,)


def _reference(text: str, items: DirectoryItems) -> Reference:
    found = tuple(items.find(text))
    return Reference(written=text, candidates=found, value=found[0].id if len(found) == 1 else text)


def _template(text: str, directory: Directory) -> Reference:
    found = tuple(directory.find_template(text))
    # Bindbee takes a template by either id, so an id is sent as the reviewer reads it in the file.
    is_id = is_uuid(text.strip()) or any(item.remote_id == text.strip() for item in found)
    return Reference(
        written=text, candidates=found, value=found[0].id if len(found) == 1 and not is_id else text
    )


def _faults(
    file: JobFile,
    loc: tuple[str, *tuple[int, ...]],
    reference: Reference,
    directory: Directory,
    *,
    provider: str,
    exists: bool,
) -> Iterator[Diagnostic]:
    field, text, found = loc[0], reference.written, reference.candidates
    shown = shorten(text, 60)
    hint = None
    if len(found) == 1:
        if not found[0].disabled:
            return
        rule, message = rules.USER_DISABLED, f"The account of {found[0].label} is disabled"
        if exists:
            hint = "This blocks nothing, as the job exists. Change who works on it in the ATS."
    elif found:
        rule, message = rules.AMBIGUOUS, f"'{shown}' may be any of: {_listed(found)}"
        hint = _which(found, field)
    elif not exists and pack_of(provider).is_own_id(text):
        return  # the provider's own rule says it better
    else:
        rule, message = rules.NOT_FOUND, f"There is no {REFERENCE_FIELDS[field]} '{shown}'"
        hint = _not_found_hint(text, directory.items(field), field)
    severity = Severity.WARNING if exists else Severity.ERROR
    yield rule.on(file, *loc, message=message, hint=hint, severity=severity, ceiling=severity)


def _listed(found: Sequence[DirectoryItem]) -> str:
    more = [f"{len(found) - _LISTED} more"] if len(found) > _LISTED else []
    return "; ".join([*(f"{item.label} ({item.details})" for item in found[:_LISTED]), *more])


def _which(found: Sequence[DirectoryItem], field: str) -> str:
    """Return the hint to say by its id which one is meant."""
    if len(found) > _LISTED:
        return f"{rules.AMBIGUOUS.hint} {_lookup(field)}"
    return f"Write the id of the right one: {either(_in_a_file(item.id) for item in found)}."


def _in_a_file(text: str) -> str:
    """Return what a job file's line may hold for this text, to be copied as it is."""
    return f"`{scalars.item(text)}`"


def _lookup(field: str) -> str:
    return f"`bindbee-sync lookup {_kind(field)}s` lists them."


def _kind(field: str) -> str:
    return REFERENCE_FIELDS.get(field, "template")


def _not_found_hint(text: str, known: DirectoryItems, field: str) -> str:
    by_number = known.by_remote_id(text)
    if by_number:
        written = _in_a_file(known.written(by_number[0]))
        return f"That is the ATS's own number of {by_number[0].label}: write {written}."
    return _candidates(text, known, field)


def _candidates(text: str, known: DirectoryItems, field: str) -> str:
    """Return the hint at what may be meant instead of `text`, each as a job file writes it."""
    if near := known.near(text):
        return f"Did you mean {either(_with_name(known, item) for item in near)}?"
    usable = [item for item in known if item.names and not item.disabled]
    if not usable:
        return "Bindbee lists none."
    if len(usable) > _LISTED:
        return f"Bindbee lists {counted(len(usable), _kind(field))}. {_lookup(field)}"
    return f"Write {either(sorted(_with_name(known, item) for item in usable))}."


def _with_name(known: DirectoryItems, item: DirectoryItem) -> str:
    """Return what a job file writes for the item, with its name where that is something else."""
    written = known.written(item)
    return _in_a_file(written) + (f" ({item.label})" if item.label not in ("", written) else "")


def _template_faults(
    file: JobFile, reference: Reference, directory: Directory, not_found: Rule, not_a_template: Rule
) -> Iterator[Diagnostic]:
    found = reference.candidates
    shown = shorten(reference.written, 60)
    candidates = _candidates(reference.written, directory.templates, "template_id")
    if not found:
        yield not_found.on(
            file,
            "template_id",
            message=f"No listed job is the template '{shown}'",
            hint=candidates,
        )
    elif all(item.id not in directory.template_ids for item in found):
        yield not_a_template.on(
            file,
            "template_id",
            message=f"The job '{shown}' exists, and is not marked as a template",
            hint=f"{not_a_template.hint} {candidates}" if tuple(directory.templates) else None,
        )
    elif len(found) > 1:
        message = f"'{shown}' may be any of: {_listed(found)}"
        hint = _which(found, "template_id")
        yield rules.AMBIGUOUS.on(file, "template_id", message=message, hint=hint)
