"""Additions to the schema from a repository and its connector: inherited fields, and names to complete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bindbee_sync.desired.defaults import load_defaults
from bindbee_sync.desired.discover import discover
from bindbee_sync.planning.directory import REFERENCE_FIELDS, Directory, DirectoryItems
from bindbee_sync.planning.templates import find_templates

if TYPE_CHECKING:
    from bindbee_sync.bindbee.client import Bindbee


def inherited_fields(jobs: Path, root: Path) -> frozenset[str]:
    """Return the fields that some `_defaults.yaml` below `jobs` sets, so that a job's own file may omit them.

    Empty where there is no jobs folder. Raises ToolError where it can't be listed.
    """
    if not jobs.exists():
        return frozenset()
    fields: set[str] = set()
    for folder in discover(jobs, root).folders:
        if folder.defaults is not None:
            try:
                content = Path(folder.defaults.file).read_bytes()
            except OSError:
                continue  # `validate` reports it
            layer = load_defaults(content, path=folder.defaults.path).layer
            fields |= {name for name, value in layer.fields.items() if value is not None}
    return frozenset(fields)


def live_names(api: Bindbee) -> dict[str, list[str]]:
    """Return, by field, the texts that a job file can write for what Bindbee lists and a new job may name.

    Omitted are disabled accounts, confidential templates, and everything without a unique name. Raises
    ApiError.
    """
    directory = Directory(
        departments=DirectoryItems.of(api.departments()),
        offices=DirectoryItems.of(api.offices()),
        users=DirectoryItems.of(api.users()),
        templates=DirectoryItems.of(find_templates(api.jobs(), ()).jobs),
    )
    known = {field: directory.items(field) for field in REFERENCE_FIELDS}
    known["template_id"] = directory.templates
    return {field: _written(items) for field, items in known.items()}


def _written(items: DirectoryItems) -> list[str]:
    usable = (item for item in items if not item.disabled and not item.confidential)
    return sorted({items.written(item) for item in usable} - {item.id for item in items}, key=str.casefold)
