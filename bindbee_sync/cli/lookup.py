"""`bindbee-sync lookup`: the names and ids that job files may refer to."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.session import ConfigOption, Format, FormatOption, Session

if TYPE_CHECKING:
    from bindbee_sync.bindbee.client import Bindbee
    from bindbee_sync.planning.named import Named, Names
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
            names, verifiable = _names(api, kind)
        session.quiet()
        wanted = fold(text)
        found = [named for named in names if any(wanted in fold(each) for each in _searched(named))]
        found.sort(key=lambda named: (fold(named.label), named.id))
        if session.is_json:
            items = [_item(kind, named, names) for named in found]
            session.write({"format_version": 1, "kind": str(kind), "items": items})
        elif found:
            _table(session, kind, found, names)
        if not found:
            hint = names.suggestion(text) or ""
            count = counted(len(list(names)), str(kind)[:-1])
            session.say(f"None of {count} matches. {hint}", "bold")
        if not verifiable:
            session.say(
                "Bindbee does not say which of the listed jobs are templates. Write the number of it, "
                "from its address in the ATS: `template_id: <number>`."
            )


def _names(api: Bindbee, kind: Kind) -> tuple[Names, bool]:
    """Return all of the kind, and False where they are templates that can't be told from jobs."""
    from bindbee_sync.planning.named import Names, department, office, template, user
    from bindbee_sync.planning.templates import find_templates

    match kind:
        case Kind.DEPARTMENTS:
            return Names(map(department, api.departments())), True
        case Kind.OFFICES:
            return Names(map(office, api.offices())), True
        case Kind.USERS:
            return Names(map(user, api.users())), True
        case Kind.TEMPLATES:
            jobs = api.jobs()
            found = find_templates(jobs, ())
            return Names(map(template, found.jobs)), found.verifiable or not jobs


def _searched(named: Named) -> list[str]:
    known = (*named.names, named.id, named.remote_id, named.location)
    return [each for each in known if each]


def _item(kind: Kind, named: Named, names: Names) -> Document:
    """Return everything about it; `write` is what a job file says to mean it."""
    item: Document = {
        "name": named.label or None,
        "id": named.id,
        "remote_id": None if named.confidential else named.remote_id,
        "write": names.written(named),
        "ambiguous": _is_ambiguous(named, names),
    }
    if kind is Kind.OFFICES:
        item["location"] = named.location
    if kind is Kind.USERS:
        item |= {"email": named.email, "disabled": named.disabled}
    if kind is Kind.TEMPLATES:
        item["confidential"] = named.confidential
    return item


def _is_ambiguous(named: Named, names: Names) -> bool:
    return len(names.by_name(named.label)) > 1


def _table(session: Session, kind: Kind, found: list[Named], names: Names) -> None:
    from bindbee_sync.cli.table import print_table

    headings = ["Name", "Id", "Remote id", "Note"]
    if kind in (Kind.OFFICES, Kind.USERS):
        headings.insert(1, "Location" if kind is Kind.OFFICES else "Email")
    rows = []
    for named in found:
        cells = [named.label or "(no name)", named.id, named.remote_id or ""]
        if named.confidential:
            cells = ["(confidential)", named.id, ""]
        if kind in (Kind.OFFICES, Kind.USERS):
            cells.insert(1, (named.location if kind is Kind.OFFICES else named.email) or "")
        rows.append([*cells, note(named, names)])
    print_table(session.out(), headings, rows)


def note(named: Named, names: Names) -> str:
    """Return what to know before one of the shown names is pasted: it may be refused."""
    notes = ["account disabled: can't be named in a new job"] if named.disabled else []
    if not named.names or not all(names.means(name, named) for name in named.names):
        written = names.written(named)
        what = "id" if written == named.id else "email" if written == named.email else "name"
        shared = ("name", named.label), ("email", named.email or "")
        several = " and ".join(word for word, text in shared if len(names.by_name(text)) > 1)
        notes.append(f"several have this {several}: write the {what}" if several else f"write the {what}")
    return "; ".join(notes)
