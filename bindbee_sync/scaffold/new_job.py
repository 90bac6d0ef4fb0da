"""A job file to fill in: each field with a comment that explains it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from bindbee_sync.desired.scalars import scalar
from bindbee_sync.importing.blocks import block
from bindbee_sync.job_file import CREATE_FIELDS, JobSpec, PostingUrl
from bindbee_sync.rules.registry import RULES, pack_of
from bindbee_sync.rules.rule import IS_SET

WIDTH = 100


def fields_taken(provider: str | None) -> tuple[str, ...]:
    """Return the fields that the create call of the provider's ATS takes; all of them for an unknown one."""
    return tuple(each for each in CREATE_FIELDS if each not in pack_of(provider).not_taken)


def new_job_text(
    values: Mapping[str, object], inherited: Mapping[str, object], provider: str | None, schema: str | None
) -> str:
    """Return the text of a job file with these values by field.

    A field that is `inherited` from the folder's defaults is left out where its value is the same or not
    given; given as None, it cancels the default. One that the ATS demands and no one gives is left empty, and
    every other is there as a comment. `schema` is the path of the JSON Schema for editors.
    """
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    for field in fields_taken(provider):
        value = values.get(field)
        if inherited.get(field) is None or (field in values and value != inherited[field]):
            if lines:
                lines.append("")
            lines += _comment(JobSpec.model_fields[field].description or "")
            lines += _lines(field, value, provider, is_default_cancelled=inherited.get(field) is not None)
    left_out = [field for field in fields_taken(provider) if inherited.get(field) is not None]
    notes = [f"The folder's defaults give: {', '.join(left_out)}."] if left_out else []
    pack = pack_of(provider)
    if pack.not_taken:
        dropped = ", ".join(pack.not_taken)
        notes.append(f"Set in {pack.name}, which does not take them at a create: {dropped}.")
    for note in notes:
        lines += ["", *_comment(note)]
    return "\n".join(lines) + "\n"


def _lines(field: str, value: object, provider: str | None, *, is_default_cancelled: bool) -> Iterator[str]:
    if value is not None:
        yield f"{field}:{_written(field, value)}"
    elif is_default_cancelled:
        yield f"{field}: null"
    elif _is_required(field, provider):
        yield f"{field}:"
    else:
        (example,) = JobSpec.model_fields[field].examples or ("",)
        shown = tuple(example) if isinstance(example, list) else example
        yield from (f"# {line}" for line in f"{field}:{_written(field, shown)}".split("\n"))


def _written(field: str, value: object) -> str:
    """Return a value as the text after the colon, for a key at the margin."""
    if isinstance(value, tuple):
        return "".join(f"\n  - {_item(each)}" for each in value) or " []"
    if isinstance(value, bool):
        return f" {str(value).lower()}"
    if isinstance(value, int):
        return f" {value}"
    return f" {block(str(value)) if field == 'description' else scalar(str(value))}"


def _item(value: object) -> str:
    if not isinstance(value, PostingUrl):
        return scalar(str(value))
    if value.url_type == "JOB_POSTING":
        return scalar(value.value)
    return f"value: {scalar(value.value)}\n    url_type: {scalar(value.url_type)}"


def _is_required(field: str, provider: str | None) -> bool:
    demanded = (rule.schema.get(field) for rule in RULES.values() if rule.provider in (None, provider))
    return field == "name" or any(each is IS_SET for each in demanded)


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH, break_on_hyphens=False)]
