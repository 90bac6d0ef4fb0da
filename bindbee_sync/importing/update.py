"""Copy the ATS's values of drifted fields into a file; comments and all other bytes stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bindbee_sync.bindbee.models import Job, PostedUrl
from bindbee_sync.desired.defaults import Defaults
from bindbee_sync.desired.load import load_text
from bindbee_sync.desired.scalars import double_quoted
from bindbee_sync.errors import ToolError
from bindbee_sync.importing.items import with_items
from bindbee_sync.importing.layout import KeyValue, Layout, is_block_list
from bindbee_sync.importing.render import field_text, list_items
from bindbee_sync.job_file import CREATE_FIELDS, JobFile, PostingUrl
from bindbee_sync.planning.compare import REFERENCE_LISTS, differences
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.references import resolve

_PLAIN_IN_FLOW = re.compile(
    r"(?!(?:null|true|false|yes|no|on|off|y|n)$)[a-z][a-z0-9]*(?:[ .@-][a-z0-9]+)*", re.IGNORECASE
)


class Update:
    """Make the content of `file` agree with `job`; `directory` has the names, `provider` is the ATS."""

    def __init__(
        self, file: JobFile, job: Job, defaults: Defaults, directory: Directory, *, provider: str
    ) -> None:
        self._file = file
        self._job = job
        self._defaults = defaults
        self._directory = directory
        self._provider = provider

    def content(self, content: bytes, fields: Sequence[str]) -> bytes:
        """Return `content` with the job's values of `fields`; raises ToolError where one does not fit in."""
        file = self._file
        for field in fields:
            found = self._with_field(content, file, field)
            if found is None:
                raise ToolError(
                    f"'{field}' can't be updated in this file without changing something else",
                    where=f"{file.path}:{file.key_place(field).line}",
                    hint="Change it by hand; `bindbee-sync plan` shows the ATS's value.",
                )
            content, file = found
        return content

    def _with_field(self, content: bytes, before: JobFile, field: str) -> tuple[bytes, JobFile] | None:
        try:
            layout = Layout(content)
        except ValueError:
            return None
        # Each candidate is read back: one that changes another field, or leaves drift, is not written.
        for candidate in self._candidates(layout, before, field):
            after = load_text(candidate, address=before.address, path=before.path, defaults=self._defaults)
            if len(after.diagnostics) <= len(before.diagnostics) and self._is_only_change(
                before, after, field
            ):
                return candidate, after
        return None

    def _is_only_change(self, before: JobFile, after: JobFile, field: str) -> bool:
        references = resolve(after, self._directory)
        left = differences(after, references, self._job, provider=self._provider, ignored=())
        return field not in {change.field for change in left} and all(
            getattr(before.spec, other) == getattr(after.spec, other)
            for other in (*CREATE_FIELDS, "sync")
            if other != field
        )

    def _candidates(self, layout: Layout, file: JobFile, field: str) -> Iterator[bytes]:
        written = field_text(field, self._job, self._directory)
        if written is None:
            written = " []" if field in REFERENCE_LISTS or field == "job_posting_urls" else " null"
        flow = self._flow(field, written)
        entry = layout.entry(field)
        if entry is None:
            yield from layout.with_entry(f"{field}:{written}", f"{field}:{flow}")
        elif is_block_list(entry):
            yield from self._with_items(layout, entry, file, field)
        elif entry.is_empty:
            yield layout.edited((entry.colon, entry.colon, flow))
        elif not layout.has_comment_inside(entry.value):
            comment, end = layout.comment(entry)
            for value in (flow,) if written.startswith("\n") else (written, flow):
                new = _beside(value.lstrip(" "), comment, layout.indent(entry.key_start))
                yield layout.edited((entry.start, end, new))

    def _flow(self, field: str, written: str) -> str:
        """Return the same value on one line."""
        value = getattr(load_text(f"{field}:{written}\n", address="x").spec, field)
        return f" {_in_flow(value)}"

    def _with_items(self, layout: Layout, entry: KeyValue, file: JobFile, field: str) -> Iterator[bytes]:
        items = list_items(field, self._job, self._directory)
        if items is None:
            return
        if field == "job_posting_urls":
            there = file.spec.job_posting_urls or ()
            # Two types are two URLs: of several of one address, that of the same type stays.
            yield from with_items(layout, entry, there, items, _is_exactly_url, _is_same_url)
        else:
            ids = [reference.value for reference in resolve(file, self._directory)[field]]
            yield from with_items(layout, entry, ids, items, str.__eq__)


def _is_exactly_url(there: PostingUrl, wanted: PostedUrl) -> bool:
    """Return whether two URLs are the same, types too; one not stated is the usual."""
    usual = PostingUrl.model_fields["url_type"].default
    return there.value == wanted.value and there.url_type == (wanted.url_type or usual)


def _is_same_url(there: PostingUrl, wanted: PostedUrl) -> bool:
    """Return whether two URLs are the same; their types count only where both sides state one."""
    stated = "url_type" in there.model_fields_set and wanted.url_type is not None
    return there.value == wanted.value and (not stated or there.url_type == wanted.url_type)


def _beside(value: str, comment: str, indent: str) -> str:
    """Return a value with the comment after its first line, and its further lines indented like its key."""
    first, *more = value.split("\n")
    if not first.startswith("|"):
        return "\n".join([first, *(indent + line for line in more)]) + comment
    return "\n".join([first + comment, *(indent + line if line else "" for line in more)])


def _in_flow(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return value if _PLAIN_IN_FLOW.fullmatch(value) else double_quoted(value)
        case PostingUrl(url_type="JOB_POSTING"):
            return _in_flow(value.value)
        case PostingUrl():
            return f"{{value: {_in_flow(value.value)}, url_type: {_in_flow(value.url_type)}}}"
        case tuple():
            return f"[{', '.join(map(_in_flow, value))}]"
    raise TypeError(value)
