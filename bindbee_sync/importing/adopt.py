"""Adopt a listed job into an existing job file: `sync` is added, and nothing else in it changes."""

from __future__ import annotations

from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.defaults import Defaults
from bindbee_sync.desired.load import load_text
from bindbee_sync.desired.scalars import scalar
from bindbee_sync.errors import ToolError
from bindbee_sync.importing.layout import Layout
from bindbee_sync.importing.render import sync_lines
from bindbee_sync.job_file import JobFile, Sync
from bindbee_sync.planning.settling import is_distinct


def adopted(file: JobFile, content: bytes, job: Job, defaults: Defaults) -> bytes:
    """Return the content with which `file` manages `job`: unchanged where it already does.

    Raises ToolError where it names another job, says that it is not this one, or can't be edited.
    """
    sync = file.spec.sync
    named = {key: value for key, value in (("id", sync.id), ("remote_id", sync.remote_id)) if value}
    same = (sync.id is None or sync.id.casefold() == job.id.casefold()) and sync.remote_id in (
        None,
        job.remote_id,
    )
    if not same:
        raise ToolError(
            f"This file names another job ({_inline(named)})",
            where=f"{file.path}:{file.place('sync').line}",
            hint="Remove `sync` from it first if it no longer describes that job.",
        )
    if named:
        return content
    if is_distinct(file, job.id, job.remote_id):
        raise ToolError(
            "This file lists the job under `sync.distinct_from`, so it describes another job",
            where=f"{file.path}:{file.place('sync', 'distinct_from').line}",
            hint="Remove the id from `sync.distinct_from` first.",
        )
    ids = {"id": job.id} | ({"remote_id": job.remote_id} if job.remote_id else {})
    wanted = file.spec.model_copy(update={"sync": Sync.model_validate(sync.model_dump() | ids)})
    try:
        for candidate in _candidates(
            Layout(content), {key: scalar(value) for key, value in ids.items()}, job
        ):
            # Read back: an edit that would change another field, or add a fault, is not made.
            read = load_text(candidate, address=file.address, path=file.path, defaults=defaults)
            if read.spec == wanted and len(read.diagnostics) <= len(file.diagnostics):
                return candidate
    except ValueError:
        pass
    raise ToolError(
        "`sync` can't be added to this file without changing something else",
        where=file.path,
        hint=f"Write it by hand: `sync: {{{_inline(ids)}}}`.",
    )


def _candidates(layout: Layout, ids: dict[str, str], job: Job) -> Iterator[bytes]:
    sync = layout.entry("sync")
    if sync is None:
        yield from layout.with_entry("\n".join(sync_lines(job)), f"sync: {{{_inline(ids)}}}")
    elif sync.is_empty:
        yield layout.edited((sync.colon, sync.colon, f" {{{_inline(ids)}}}"))
    elif not isinstance(sync.value, MappingNode):
        yield layout.edited((sync.start, sync.end, f"{{{_inline(ids)}}}"))
    elif sync.value.flow_style:
        yield layout.edited((sync.start + 1, sync.start + 1, f"{_inline(ids)}, "))
    else:
        indent = layout.indent(sync.start)
        lines = "".join(f"{key}: {value}\n{indent}" for key, value in ids.items())
        yield layout.edited((sync.start, sync.start, lines))


def _inline(ids: dict[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in ids.items())
