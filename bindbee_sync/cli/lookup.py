"""`bindbee-sync lookup`: the names and ids that job files may refer to."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.session import ConfigOption, Format, FormatOption, Session

if TYPE_CHECKING:
    from bindbee_sync.bindbee.client import Bindbee
    from bindbee_sync.planning.directory import DirectoryItem, DirectoryItems
    from bindbee_sync.reports.document import Document


class Kind(StrEnum):
    """What a job file refers to by name."""

    DEPARTMENTS = "departments"
    OFFICES = "offices"
    USERS = "users"
    TEMPLATES = "templates"


def lookup(
    kind: Annotated[Kind, typer.Argument(help="What to list.")],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Only those with this in a name, email, place or id.")
    ] = "",
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """List names and ids to paste into job files.

    Example: bindbee-sync lookup users priya
    """
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.text import counted, fold

        with session.bindbee(session.settings()) as api:
            items, verifiable = _items(api, kind)
        session.quiet()
        wanted = fold(text)
        found = [item for item in items if any(wanted in fold(each) for each in _searched(item))]
        found.sort(key=lambda item: (fold(item.label), item.id))
        if session.is_json:
            shown = [_item_data(kind, item, items) for item in found]
            session.write({"format_version": 1, "kind": str(kind), "items": shown})
        elif found:
            _table(session, kind, found, items)
        if not found:
            hint = items.suggestion(text) or ""
            count = counted(len(items.items), str(kind)[:-1])
            session.say(f"None of {count} matches. {hint}", "bold")
        if not verifiable:
            session.say(
                "Bindbee does not say which of the listed jobs are templates. Write the number of it, "
                "from its address in the ATS: `template_id: <number>`."
            )


def _items(api: Bindbee, kind: Kind) -> tuple[DirectoryItems, bool]:
    """Return all of the kind, and False where they are templates that can't be told from jobs."""
    from bindbee_sync.planning.directory import DirectoryItems
    from bindbee_sync.planning.templates import find_templates

    match kind:
        case Kind.DEPARTMENTS:
            return DirectoryItems.of_departments(api.departments()), True
        case Kind.OFFICES:
            return DirectoryItems.of_offices(api.offices()), True
        case Kind.USERS:
            return DirectoryItems.of_users(api.users()), True
        case Kind.TEMPLATES:
            jobs = api.jobs()
            found = find_templates(jobs, ())
            return DirectoryItems.of_templates(found.jobs), found.verifiable or not jobs


def _searched(item: DirectoryItem) -> list[str]:
    known = (*item.names, item.id, item.remote_id, item.location)
    return [each for each in known if each]


def _item_data(kind: Kind, item: DirectoryItem, items: DirectoryItems) -> Document:
    """Return everything about it; `write` is what a job file says to mean it."""
    data: Document = {
        "name": item.label or None,
        "id": item.id,
        "remote_id": None if item.confidential else item.remote_id,
        "write": items.written(item),
        "ambiguous": _is_ambiguous(item, items),
    }
    if kind is Kind.OFFICES:
        data["location"] = item.location
    if kind is Kind.USERS:
        data |= {"email": item.email, "disabled": item.disabled}
    if kind is Kind.TEMPLATES:
        data["confidential"] = item.confidential
    return data


def _is_ambiguous(item: DirectoryItem, items: DirectoryItems) -> bool:
    return len(items.by_name(item.label)) > 1


def _table(session: Session, kind: Kind, found: list[DirectoryItem], items: DirectoryItems) -> None:
    from bindbee_sync.cli.table import print_table

    headings = ["Name", "Id", "Remote id", "Note"]
    if kind in (Kind.OFFICES, Kind.USERS):
        headings.insert(1, "Location" if kind is Kind.OFFICES else "Email")
    rows = []
    for item in found:
        cells = [item.label or "(no name)", item.id, item.remote_id or ""]
        if item.confidential:
            cells = ["(confidential)", item.id, ""]
        if kind in (Kind.OFFICES, Kind.USERS):
            cells.insert(1, (item.location if kind is Kind.OFFICES else item.email) or "")
        rows.append([*cells, note(item, items)])
    print_table(session.out(), headings, rows)


def note(item: DirectoryItem, items: DirectoryItems) -> str:
    """Return what to know before one of the shown names is pasted: it may be refused."""
    notes = ["account disabled: can't be named in a new job"] if item.disabled else []
    if not item.names or not all(items.means(name, item) for name in item.names):
        written = items.written(item)
        what = "id" if written == item.id else "email" if written == item.email else "name"
        shared = ("name", item.label), ("email", item.email or "")
        several = " and ".join(word for word, text in shared if len(items.by_name(text)) > 1)
        notes.append(f"several have this {several}: write the {what}" if several else f"write the {what}")
    return "; ".join(notes)
