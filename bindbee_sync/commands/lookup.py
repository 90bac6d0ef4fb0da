"""`bindbee-sync lookup`: the names and ids that job files may refer to."""

from __future__ import annotations

from pathlib import Path

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.commands.choices import Choice, ListKind
from bindbee_sync.commands.connection import connect
from bindbee_sync.commands.loading import read_one
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.table import print_table
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.planning.directory import DirectoryItem, DirectoryItems
from bindbee_sync.planning.templates import find_templates
from bindbee_sync.reports.document import Document, new_document
from bindbee_sync.text import counted, fold


@answering
def lookup(output: Output, config: Path | None, choice: Choice, kind: ListKind, text: str) -> ExitCode:
    """List what matches `text`, by name."""
    with connect(read_one(config, choice), output.progress.show) as api:
        items, verifiable = _items(api, kind)
    output.quiet()
    wanted = fold(text)
    found = [item for item in items if any(wanted in fold(each) for each in _searched(item))]
    found.sort(key=lambda item: (fold(item.label), item.id))
    output.write(
        lambda: new_document(kind=str(kind), items=[_item_data(kind, item, items) for item in found])
    )
    if found and not output.is_json:
        _table(output, kind, found, items)
    if not found:
        hint = items.suggestion(text) or ""
        count = counted(len(items.items), str(kind)[:-1])
        output.say(f"None of {count} matches. {hint}", "bold")
    if not verifiable:
        output.say(
            "Bindbee does not say which of the listed jobs are templates. Write the template's number, "
            "from its address in the ATS: `template_id: <number>`."
        )
    return ExitCode.OK


def _items(api: Bindbee, kind: ListKind) -> tuple[DirectoryItems, bool]:
    """Return all of the kind, and False for templates that Bindbee does not tell apart from jobs."""
    match kind:
        case ListKind.DEPARTMENTS:
            return DirectoryItems.of(api.departments()), True
        case ListKind.OFFICES:
            return DirectoryItems.of(api.offices()), True
        case ListKind.USERS:
            return DirectoryItems.of(api.users()), True
        case ListKind.TEMPLATES:
            jobs = api.jobs()
            found = find_templates(jobs, ())
            return DirectoryItems.of(found.jobs), found.verifiable or not jobs


def _searched(item: DirectoryItem) -> list[str]:
    known = (*item.names, item.id, item.remote_id, item.location)
    return [each for each in known if each]


def _item_data(kind: ListKind, item: DirectoryItem, items: DirectoryItems) -> Document:
    """Return everything about it; `write` is the text for a job file."""
    data: Document = {
        "name": item.label or None,
        "id": item.id,
        "remote_id": None if item.confidential else item.remote_id,
        "write": items.written(item),
        "ambiguous": _is_ambiguous(item, items),
    }
    if kind is ListKind.OFFICES:
        data["location"] = item.location
    if kind is ListKind.USERS:
        data |= {"email": item.email, "disabled": item.disabled}
    if kind is ListKind.TEMPLATES:
        data["confidential"] = item.confidential
    return data


def _is_ambiguous(item: DirectoryItem, items: DirectoryItems) -> bool:
    return len(items.by_name(item.label)) > 1


def _table(output: Output, kind: ListKind, found: list[DirectoryItem], items: DirectoryItems) -> None:
    headings = ["Name", "Id", "Remote id", "Note"]
    if kind in (ListKind.OFFICES, ListKind.USERS):
        headings.insert(1, "Location" if kind is ListKind.OFFICES else "Email")
    rows = []
    for item in found:
        cells = [item.label or "(no name)", item.id, item.remote_id or ""]
        if item.confidential:
            cells = ["(confidential)", item.id, ""]
        if kind in (ListKind.OFFICES, ListKind.USERS):
            cells.insert(1, (item.location if kind is ListKind.OFFICES else item.email) or "")
        rows.append([*cells, note(item, items)])
    print_table(output.out(), headings, rows)


def note(item: DirectoryItem, items: DirectoryItems) -> str:
    """Return a warning where one of the shown names would be refused in a job file, else nothing."""
    notes = ["account disabled: can't be named in a new job"] if item.disabled else []
    if not item.names or not all(items.means(name, item) for name in item.names):
        written = items.written(item)
        what = "id" if written == item.id else "email" if written == item.email else "name"
        shared = ("name", item.label), ("email", item.email or "")
        several = " and ".join(word for word, text in shared if len(items.by_name(text)) > 1)
        notes.append(f"several have this {several}: write the {what}" if several else f"write the {what}")
    return "; ".join(notes)
