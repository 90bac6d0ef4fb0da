"""`bindbee-sync ledger`: what was attempted, and how a person settles what nobody knows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.completion import recorded
from bindbee_sync.cli.session import ConfigOption, Format, FormatOption, Session, load, look, open_store

if TYPE_CHECKING:
    from bindbee_sync.config import Settings
    from bindbee_sync.ledger.events import Event
    from bindbee_sync.ledger.manual_resolution import Statement
    from bindbee_sync.ledger.records import Record
    from bindbee_sync.reports.document import Document

app = typer.Typer(
    help="Look at the record of creates, and settle what is uncertain.\n\nExample: bindbee-sync ledger list",
    no_args_is_help=True,
)

AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="A job's address; globs are fine.", autocompletion=recorded)
]
WhyOption = Annotated[str | None, typer.Option("--why", help="On what grounds; kept in the ledger.")]


@app.command("init")
def init(config: ConfigOption = None, output: FormatOption = Format.TEXT) -> None:
    """Make the branch of a git ledger, once.

    Example: BINDBEE_LEDGER=git+origin#bindbee-sync-ledger bindbee-sync ledger init
    """
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.errors import LedgerError
        from bindbee_sync.ledger.git_store import GitStore
        from bindbee_sync.ledger.location import GitLedger

        settings = session.settings()
        if not isinstance(settings.ledger, GitLedger):
            raise LedgerError(
                "The ledger is a file, which needs no preparation",
                where=settings.ledger_shown,
                hint="For a shared one, write `ledger: git+origin#bindbee-sync-ledger` into the config.",
            )
        made = GitStore(settings.ledger, settings.root).init()
        if session.is_json:
            session.write({"format_version": 1, "ledger": settings.ledger.shown, "made": made})
            return
        session.say(f"{settings.ledger.shown} {'was made' if made else 'exists already'}.", "bold")
        session.say("Protect it against force pushes and deletion; do not require reviews on it.")


@app.command("list")
def list_records(config: ConfigOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the records: of this connector, or without tokens of every one.

    Example: bindbee-sync ledger list --format json
    """
    session = Session(output, config)
    with session.answering():
        records = _records(session, session.settings())
        if session.is_json:
            session.write({"format_version": 1, "records": [_data(record) for record in records]})
            return
        from bindbee_sync.cli.table import print_table

        if not records:
            session.out().print("The ledger holds no record.")
            return
        rows = [
            (
                _label(record),
                record.word,
                f"{record.since:%Y-%m-%d %H:%M}",
                record.job_id or record.job_remote_id or "id unknown",
                record.name or "",
            )
            for record in records
        ]
        print_table(session.out(), ("Address", "State", "Since", "Job", "Name"), rows)


@app.command("show")
def show(address: AddressArgument, config: ConfigOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show everything that is recorded about an address, also what has ended.

    Example: bindbee-sync ledger show sales/sales-manager
    """
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.ledger.events import EVENT
        from bindbee_sync.ledger.history import in_words
        from bindbee_sync.ledger.manual_resolution import records_of
        from bindbee_sync.ledger.records import replay
        from bindbee_sync.reports.text import TextReport

        settings = session.settings()
        events = open_store(settings).read()
        connector_id = _connector_id(session, settings)
        records = records_of(replay(events, connector_id).records, address)
        known = {record.id for record in records}
        history = [event for event in events if event.record in known]
        if session.is_json:
            data = [EVENT.dump_python(event, mode="json", exclude_none=True) for event in history]
            session.write(
                {"format_version": 1, "records": [_data(record) for record in records], "events": data}
            )
            return
        out = TextReport(session.out())
        for record in records:
            label = _label(record) if record.is_live else record.label
            out.line(f"{label}: {record.word.replace('_', ' ')}", "bold")
            for event in history:
                if event.record == record.id:
                    first, *more = in_words(event)
                    at = f"  {event.at:%Y-%m-%d %H:%M:%S UTC}  "
                    out.line(at + first)
                    for line in more:
                        out.line(" " * len(at) + line, "dim")


@app.command("resolve")
def resolve(
    address: AddressArgument,
    created: Annotated[
        str | None, typer.Option("--created", metavar="ID", help="The job exists: its Bindbee or ATS id.")
    ] = None,
    not_created: Annotated[bool, typer.Option("--not-created", help="No job was made.")] = False,
    why: WhyOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Settle an uncertain create by hand, or give a pending one its id. Look in the ATS first.

    Example: bindbee-sync ledger resolve sales/sales-manager --created 4050001 --why "seen in Greenhouse"
    """
    if (created is None) == (not not_created) or (created is not None and not created.strip()):
        raise typer.BadParameter("Say either --created ID or --not-created.")
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.ledger.manual_resolution import records_of, resolutions
        from bindbee_sync.planning.holds import may_come_until

        settings = session.settings()
        connector_id = _connector_id(session, settings)
        with open_store(settings).writing() as writer:
            records = records_of(_all_records(writer.events, connector_id), address)
            statement = _statement(why)
            verdicts = {verdict.record: verdict for verdict in resolutions(records, created, statement)}
            writer.append(*verdicts.values())
            events = writer.events
        settled = [record for record in records if record.id in verdicts]
        word = "not created" if created is None else "created"
        _answer(session, events, settled, "Settled: {} was " + word + ".")
        for record in settled:
            if created is None and (until := may_come_until(record)) > statement.at:
                session.say(
                    f"{_label(record)}: a job may still come of it until {until:%Y-%m-%d %H:%M UTC}. "
                    "Look in the ATS again then, before you apply.",
                    "yellow",
                )


@app.command("release")
def release(
    address: AddressArgument,
    why: WhyOption = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Forget which job an address stands for, so that it may be created anew.

    Refused while its create is pending or uncertain: wait for the sync, or `ledger resolve` it.

    Example: bindbee-sync ledger release sales/sales-manager --why "deleted in Greenhouse"
    """
    session = Session(output, config)
    with session.answering():
        from bindbee_sync.ledger.manual_resolution import records_of, releases

        settings = session.settings()
        connector_id = _connector_id(session, settings)
        with open_store(settings).writing() as writer:
            records = records_of(_all_records(writer.events, connector_id), address)
            vanished = _vanished(session, settings, writer.events)
            writer.append(*releases(records, vanished, _statement(why)))
            events = writer.events
        _answer(session, events, records, "Released: {} may be created anew.")


def _statement(why: str | None) -> Statement:
    from datetime import UTC, datetime

    from bindbee_sync.applying.provenance import user_name
    from bindbee_sync.ledger.manual_resolution import Statement

    return Statement(by=os.environ.get("GITHUB_ACTOR") or user_name(), at=datetime.now(UTC), why=why)


def _answer(session: Session, events: tuple[Event, ...], changed: Sequence[Record], words: str) -> None:
    """Say of each record what was done, or show the records as they are now."""
    from bindbee_sync.ledger.records import replay

    if not session.is_json:
        for record in changed:
            session.say(words.format(_label(record)), "bold")
        return
    wanted = {record.id for record in changed}
    now = [record for record in replay(events).records if record.id in wanted]
    session.write({"format_version": 1, "records": [_data(record) for record in now]})


def _records(session: Session, settings: Settings) -> list[Record]:
    return _all_records(open_store(settings).read(), _connector_id(session, settings))


def _all_records(events: tuple[Event, ...], connector_id: str | None) -> list[Record]:
    from bindbee_sync.ledger.records import replay

    return list(replay(events, connector_id).live)


def _connector_id(session: Session, settings: Settings) -> str | None:
    """Return the connector's id; None where there are no tokens to ask with."""
    from bindbee_sync.config import has_secrets

    if not has_secrets(os.environ):
        return None
    with session.bindbee(settings) as api:
        return api.connector().id


def _vanished(session: Session, settings: Settings, events: tuple[Event, ...]) -> frozenset[str]:
    """Return the records of created jobs that, by the evidence of the list, are gone."""
    from bindbee_sync.config import has_secrets
    from bindbee_sync.ledger.records import replay
    from bindbee_sync.planning.holds import vanished

    if not has_secrets(os.environ):
        return frozenset()
    desired = load(settings)
    with session.bindbee(settings) as api:
        snapshot = look(api, desired, settings)
    session.quiet()
    return vanished(desired.files, snapshot, replay(events, snapshot.connector.id).live)


def _label(record: Record) -> str:
    return record.label if record.address else f"{record.label} (no file)"


def _data(record: Record) -> Document:
    return {
        "address": record.label,
        "has_file": record.address is not None,
        "state": record.word,
        "since": record.since.isoformat(),
        "id": record.job_id,
        "remote_id": record.job_remote_id,
        "code": record.code,
        "name": record.name,
        "connector_id": record.connector_id,
        "record": record.id,
    }
