"""A listed job as the text of a job file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bindbee_sync.bindbee.models import NOT_KNOWN, Job, PostedUrl
from bindbee_sync.desired.scalars import scalar
from bindbee_sync.importing.blocks import block, safe_comment
from bindbee_sync.planning.compare import COMPARABLE, NOT_READABLE
from bindbee_sync.planning.directory import REFERENCE_FIELDS, Directory
from bindbee_sync.text import fold

_LAST_FIELD = "description"
_UNSENDABLE = "\0"


def job_text(job: Job, directory: Directory, *, schema: str, inherited: Collection[str]) -> str:
    """Return a job file's whole text. `schema` is the path of the JSON Schema for editors.

    Fields that the ATS does not show, and that are `inherited` from defaults, are set to null.
    """
    lines = [f"# yaml-language-server: $schema={schema}"]
    for field in (*(each for each in COMPARABLE if each != _LAST_FIELD), None, _LAST_FIELD):
        if field is None:
            lines += [*sync_lines(job), f"# Bindbee does not show these of a job: {', '.join(NOT_READABLE)}."]
            continue
        written = field_text(field, job, directory)
        if written is not None:
            lines.append(f"{field}:{written}")
        elif field in inherited:
            lines.append(f"{field}: null  # the ATS has none; this cancels the folder's default")
        if written is None and not _is_blank(_value(job, field)):
            lines.append(f"# {field}: left out, as a job file can't hold the ATS's value")
    return "\n".join(lines) + "\n"


def sync_lines(job: Job) -> list[str]:
    """Return the lines that name the job that a file manages."""
    remote = [f"  remote_id: {scalar(job.remote_id)}"] if job.remote_id else []
    return ["sync:", f"  id: {scalar(job.id)}", *remote]


def field_text(field: str, job: Job, directory: Directory) -> str | None:
    """Return the ATS's value of a field as the text after the colon, for a key at the margin.

    None where the ATS has no value, or a value that a job file can't hold.
    """
    value = _value(job, field)
    if value is None or (field in ("name", "code") and _is_blank(value)):
        return None
    if isinstance(value, tuple):
        items = list_items(field, job, directory)
        return None if items is None else "".join(f"\n  - {text}" for _, text in items) or " []"
    if isinstance(value, bool):
        return f" {str(value).lower()}"
    if not _holds([value]):
        return None
    return f" {block(value) if field == _LAST_FIELD else scalar(value)}"


def list_items(field: str, job: Job, directory: Directory) -> list[tuple[Any, str]] | None:
    """Return the items of a list, each once, with the text after `- ` in a list that is indented by two.

    None where a job file can't hold one of them.
    """
    value = getattr(job, field) or ()
    if not _holds(each.value if isinstance(each, PostedUrl) else each for each in value):
        return None
    by_text = {
        _url(each) if isinstance(each, PostedUrl) else _reference(field, each, directory): each
        for each in reversed(value)
    }
    return [(each, text) for text, each in reversed(by_text.items())]


def _value(job: Job, field: str) -> Any:  # noqa: ANN401 - of the field's own type
    value = getattr(job, field)
    return None if field == "status" and value == NOT_KNOWN else value


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not fold(value))


def _holds(texts: Iterable[str | None]) -> bool:
    """Return whether a job file can hold all of them."""
    return all(text is not None and _UNSENDABLE not in text for text in texts)


def _reference(field: str, identifier: str, directory: Directory) -> str:
    """Return the name for this id where it is unique; else the id, with the name as a comment."""
    items = directory.items(field)
    item = items.by_id(identifier)
    if item is None:
        return f"{scalar(identifier)}  # Bindbee lists no {REFERENCE_FIELDS[field]} with this id"
    written = items.written(item)
    if written == item.id and item.label:
        return f"{scalar(identifier)}  # {safe_comment(item.label)}"
    return scalar(written)


def _url(url: PostedUrl) -> str:
    value = scalar(url.value or "")
    if url.url_type in (None, "JOB_POSTING"):
        return value
    return f"value: {value}\n    url_type: {scalar(url.url_type or '')}"
