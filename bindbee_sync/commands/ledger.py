"""`bindbee-sync ledger`: the records of creates, and a person's verdict where no evidence settles one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bindbee_sync.applying.provenance import user_name
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.connection import connect, connector_id, open_store
from bindbee_sync.commands.loading import load, read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.pipeline import fetch_needed
from bindbee_sync.commands.selection import one_named
from bindbee_sync.commands.table import print_table
from bindbee_sync.commands.tokens import has_secrets
from bindbee_sync.config import Settings
from bindbee_sync.errors import LedgerError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.ledger.events import EVENT, Event
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.history import in_words
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.manual_resolution import Statement, records_of, releases, resolutions
from bindbee_sync.ledger.records import Record, replay
from bindbee_sync.planning.holds import may_come_until, vanished
from bindbee_sync.reports.document import Document, new_document
from bindbee_sync.reports.text import TextReport
from bindbee_sync.times import in_utc, rfc3339


@answering
def init(output: Output, config: Path | None, choice: Choice) -> ExitCode:
    """Make the branch of a git ledger, or of each connector's own."""
    found = read_config(config)
    made: dict[str, bool] = {}
    for settings in choose(found, choice):
        if not isinstance(settings.ledger, GitLedger):
            raise LedgerError(
                "The ledger is a file, which needs no preparation",
                where=settings.ledger_shown,
                hint="For a shared one, write `ledger: git+origin#bindbee-sync-ledger` into the config.",
            )
        shown = settings.ledger.shown
        if shown not in made:  # several connectors may share one
            made[shown] = GitStore(settings.ledger, settings.root).init()
    ledgers = [{"ledger": shown, "made": is_new} for shown, is_new in made.items()]
    output.write(lambda: new_document(ledgers=ledgers) if len(ledgers) != 1 else new_document() | ledgers[0])
    if not output.is_json:
        for shown, is_new in made.items():
            output.say(f"{shown} {'was made' if is_new else 'exists already'}.", "bold")
        output.say("Protect it against force pushes and deletion; do not require reviews on it.")
    return ExitCode.OK


@answering
def list_records(output: Output, config: Path | None, choice: Choice) -> ExitCode:
    """List the live records: of this connector, or without tokens, or of several connectors, of every one."""
    chosen = choose(read_config(config), choice)
    if len(chosen) == 1:
        of_connector = connector_id(chosen[0], output.progress.show)
        records = _live(open_store(chosen[0]).read(), of_connector)
    else:
        ledgers = {settings.ledger_shown: settings for settings in chosen}  # several may share one
        records = [each for one in ledgers.values() for each in _live(open_store(one).read(), None)]
    output.write(lambda: new_document(records=[_data(record) for record in records]))
    if output.is_json:
        return ExitCode.OK
    if not records:
        output.out().print("The ledger holds no record.")
    else:
        rows = [
            (
                _label(record),
                record.word,
                in_utc(record.since),
                record.job_id or record.job_remote_id or "id unknown",
                record.name or "",
            )
            for record in records
        ]
        print_table(output.out(), ("Address", "State", "Since", "Job", "Name"), rows)
    return ExitCode.OK


@answering
def show(output: Output, config: Path | None, choice: Choice, address: str) -> ExitCode:
    """Show the records of an address and their history."""
    settings, names = one_named(read_config(config), choice, address)
    events = open_store(settings).read()
    records = records_of(replay(events, connector_id(settings, output.progress.show)).records, *names)
    known = {record.id for record in records}
    history = [event for event in events if event.record in known]
    output.write(
        lambda: new_document(
            records=[_data(record) for record in records],
            events=[EVENT.dump_python(event, mode="json", exclude_none=True) for event in history],
        )
    )
    if output.is_json:
        return ExitCode.OK
    out = TextReport(output.out())
    for record in records:
        label = _label(record) if record.is_live else record.label
        out.line(f"{label}: {record.word.replace('_', ' ')}", "bold")
        for event in history:
            if event.record == record.id:
                first, *more = in_words(event)
                at = f"  {rfc3339(event.at)}  "
                out.line(at + first)
                for line in more:
                    out.line(" " * len(at) + line, "dim")
    return ExitCode.OK


@answering
def resolve(
    output: Output, config: Path | None, choice: Choice, address: str, created: str | None, why: str | None
) -> ExitCode:
    """Record that the create made the job with the id `created`, or with None that it made no job."""
    settings, names = one_named(read_config(config), choice, address)
    connector = connector_id(settings, output.progress.show)
    with open_store(settings).writing() as writer:
        records = records_of(_live(writer.events, connector), *names)
        statement = _statement(why)
        verdicts = {verdict.record: verdict for verdict in resolutions(records, created, statement)}
        writer.append(*verdicts.values())
        events = writer.events
    resolved = [record for record in records if record.id in verdicts]
    word = "not created" if created is None else "created"
    _answer(output, events, resolved, "Resolved: {} was " + word + ".")
    for record in resolved:
        if created is None and (until := may_come_until(record)) > statement.at:
            output.say(
                f"{_label(record)}: its job may still be created until {in_utc(until)}. "
                "Look in the ATS again after that, before you apply.",
                "yellow",
            )
    return ExitCode.OK


@answering
def release(output: Output, config: Path | None, choice: Choice, address: str, why: str | None) -> ExitCode:
    """Record that an address manages no job any more."""
    settings, names = one_named(read_config(config), choice, address)
    connector = connector_id(settings, output.progress.show)
    with open_store(settings).writing() as writer:
        records = records_of(_live(writer.events, connector), *names)
        gone = _vanished(output, settings, writer.events)
        writer.append(*releases(records, gone, _statement(why)))
        events = writer.events
    _answer(output, events, records, "Released: {} may be created again.")
    return ExitCode.OK


def _statement(why: str | None) -> Statement:
    return Statement(by=os.environ.get("GITHUB_ACTOR") or user_name(), at=datetime.now(UTC), why=why)


def _answer(output: Output, events: tuple[Event, ...], changed: Sequence[Record], words: str) -> None:
    """Report what was done to each record, or show the records as they are now."""
    if not output.is_json:
        for record in changed:
            output.say(words.format(_label(record)), "bold")
    wanted = {record.id for record in changed}
    output.write(
        lambda: new_document(
            records=[_data(record) for record in replay(events).records if record.id in wanted]
        )
    )


def _live(events: tuple[Event, ...], connector: str | None) -> list[Record]:
    return list(replay(events, connector).live)


def _vanished(output: Output, settings: Settings, events: tuple[Event, ...]) -> frozenset[str]:
    """Return the records of created jobs that, by the evidence of the list, are gone."""
    if not has_secrets(settings, os.environ, alone=True):
        return frozenset()
    loaded = load(settings)
    with connect(settings, output.progress.show) as api:
        snapshot = fetch_needed(api, loaded)
    output.quiet()
    return vanished(loaded.desired.files, snapshot, replay(events, snapshot.connector.id).live)


def _label(record: Record) -> str:
    return record.label if record.address else f"{record.label} (no file)"


def _data(record: Record) -> Document:
    return {
        "address": record.label,
        "has_file": record.address is not None,
        "state": record.word,
        "since": rfc3339(record.since),
        "id": record.job_id,
        "remote_id": record.job_remote_id,
        "code": record.code,
        "name": record.name,
        "connector_id": record.connector_id,
        "record": record.id,
    }
