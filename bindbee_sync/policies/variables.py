"""The variables of a policy: what it can know of a job, flat, and each of one type."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from bindbee_sync.job_file import CREATE_FIELDS, JobFile

TEXT, TEXTS, NUMBER, FLAG = "string", "list<string>", "int", "bool"
NOT_TEXT = {
    "job_posting_urls": TEXTS,
    "confidential": FLAG,
    "departments": TEXTS,
    "offices": TEXTS,
    "hiring_managers": TEXTS,
    "recruiters": TEXTS,
    "openings": NUMBER,
}
REFERENCES = (
    "departments",
    "offices",
    "hiring_managers",
    "recruiters",
    "template_id",
    "remote_user_id",
)
CONTEXT = {
    "address": TEXT,
    "folder": TEXT,
    "connector": TEXT,
    "customer": TEXT,
    "provider": TEXT,
    "is_new": FLAG,
}
"""The variables that no job file sets."""
VARIABLES: Mapping[str, str] = {
    **{field: NOT_TEXT.get(field, TEXT) for field in CREATE_FIELDS},
    **{f"has_{field}": FLAG for field in CREATE_FIELDS},
    **CONTEXT,
}
"""The type of each variable, as CEL writes it."""
ABSENT: Mapping[str, object] = {TEXT: "", TEXTS: (), NUMBER: 0, FLAG: False}
"""The value of a field that the job does not set, by its type; a list is a tuple, so that it can be a key."""

Names = Mapping[str, Sequence[str | None]]
"""The names of what a job refers to, by field; None for one that is not known."""


def field_of(variable: str) -> str | None:
    """Return the field that a variable tells of, None where it is no field's."""
    field = variable.removeprefix("has_")
    return field if field in CREATE_FIELDS else None


def as_written(file: JobFile, wanted: Container[str]) -> dict[str, tuple[str, ...]]:
    """Return the texts of those references of `file` that a wanted variable needs, by field."""
    found = {}
    for name in REFERENCES:
        value = getattr(file.spec, name) if name in wanted else None
        if value is not None:
            found[name] = value if isinstance(value, tuple) else (value,)
    return found


def values_of(
    file: JobFile, wanted: Iterable[str], *, context: Mapping[str, str | None], names: Names, is_new: bool
) -> dict[str, object]:
    """Return the values of the `wanted` variables; one that is not known is left out.

    `context` has `connector`, `customer` and `provider`, None where that is not known.
    """
    found: dict[str, object] = {}
    for variable in wanted:
        value = _value(variable, file, context, names, is_new=is_new)
        if value is not None:
            found[variable] = value
    return found


def _value(
    variable: str, file: JobFile, context: Mapping[str, str | None], names: Names, *, is_new: bool
) -> object:
    if variable in CONTEXT:
        folder = file.address.rpartition("/")[0]
        return {**context, "address": file.address, "folder": folder, "is_new": is_new}[variable]
    if variable.startswith("has_"):
        return getattr(file.spec, variable.removeprefix("has_")) is not None
    value = getattr(file.spec, variable)
    if value is None:
        return ABSENT[VARIABLES[variable]]
    if variable in REFERENCES:
        named = names[variable]
        if None in named:
            return None
        return tuple(named) if isinstance(value, tuple) else named[0]
    return tuple(url.value for url in value) if variable == "job_posting_urls" else value
