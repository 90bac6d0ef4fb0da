"""`bindbee-sync ledger`: the records of creates, and a person's verdict where no evidence settles one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path

from bindbee_sync.applying.provenance import user_name
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose, prefix_of
from bindbee_sync.commands.connection import connect, connector_id, open_store
from bindbee_sync.commands.loading import load, read_config
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.pipeline import fetch_needed
from bindbee_sync.commands.selection import inside_jobs, one_named
from bindbee_sync.commands.table import print_table
from bindbee_sync.commands.tokens import has_secrets
from bindbee_sync.config import Config, Settings
from bindbee_sync.config_file import LEDGER_FOLDER
from bindbee_sync.errors import LedgerError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.ledger import previous
from bindbee_sync.ledger.events import EVENT, Event, connector_names
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.history import in_words
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.manual_resolution import Statement, records_of, releases, resolutions
from bindbee_sync.ledger.records import Record, replay
from bindbee_sync.planning.holds import may_come_until, vanished
from bindbee_sync.reports.document import Document, new_document
from bindbee_sync.reports.text import TextReport
from bindbee_sync.text import composed, counted, joined
from bindbee_sync.times import in_utc, rfc3339


@answering
def init(output: Output, config: Path | None, choice: Choice) -> ExitCode:
    """Make the branch of a git ledger, or of each connector's own; take over the records that a file has."""
    found = read_config(config)
    made: dict[str, bool] = {}
    taken: Counter[str] = Counter()
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
        taken[shown] += _take_over(output, settings)
    ledgers = [
        {"ledger": shown, "made": is_new, "taken_over": taken[shown]} for shown, is_new in made.items()
    ]
    output.write(lambda: new_document(ledgers=ledgers) if len(ledgers) != 1 else new_document() | ledgers[0])
    if not output.is_json:
        for shown, is_new in made.items():
            output.say(f"{shown} {'was made' if is_new else 'exists already'}.", "bold")
            if taken[shown]:
                output.say(f"It took over {counted(taken[shown], 'record')} of {LEDGER_FOLDER}.")
        output.say("Protect it against force pushes and deletion; do not require reviews on it.")
    return ExitCode.OK


def _take_over(output: Output, settings: Settings) -> int:
    """Give a git ledger the connector's records of ledgers that are files; return how many there were."""
    files = list(previous.files(settings.folder / LEDGER_FOLDER, settings.ledger))
    is_shared = settings.ledger_of_any is None  # then each record's connector keeps them apart
    id_ = connector_id(settings, output.progress.show) if files and not is_shared else None
    id_ = id_ or (settings.pin.id if settings.pin else None)

    def is_meant(recorded: str, names: AbstractSet[str]) -> bool:
        return is_shared or (recorded == id_ if id_ else settings.name in names)

    records = 0
    for path in files:
        with open_store(settings).writing() as writer:
            records += previous.take_over(writer, path, is_meant)
    return records


@answering
def list_records(output: Output, config: Path | None, choice: Choice) -> ExitCode:
    """List the live records: of this connector, or without tokens, or of several connectors, of every one."""
    found = read_config(config)
    chosen = choose(found, choice)
    events, names = _of_all(found, chosen)
    records = list(replay(events).live)
    id_ = connector_id(chosen[0], output.progress.show) if len(chosen) == 1 else None
    if id_ is not None:
        records = [each for each in records if each.connector_id == id_]
    else:
        records = [each for each in records if _may_be(chosen, each, names)]
    output.write(lambda: new_document(records=[_data(each, names) for each in records]))
    if output.is_json:
        return ExitCode.OK
    if not records:
        output.out().print("The ledger holds no record.")
    else:
        rows = [
            (
                _label(record, names if chosen[0].several else {}),
                record.word,
                in_utc(record.since),
                record.job_id or record.job_remote_id or "id unknown",
                record.name or "",
            )
            for record in records
        ]
        print_table(output.out(), ("Address", "State", "Since", "Job", "Name"), rows)
    return ExitCode.OK


def _of_all(config: Config, chosen: Sequence[Settings]) -> tuple[list[Event], Mapping[str, str]]:
    """Return every event of the ledgers of these connectors, and what the config calls each, by its id."""
    events: list[Event] = []
    names: dict[str, str] = {}
    for shown in dict.fromkeys(each.ledger_shown for each in chosen):
        sharing = [each for each in config.connectors if each.ledger_shown == shown]
        read = open_store(sharing[0]).read()
        events += read
        for id_, recorded in connector_names(read).items():
            name = next((each.name for each in sharing if _is_of(each, id_, recorded)), None)
            names |= {} if name is None else {id_: name}
    return events, names


def _is_of(settings: Settings, id_: str, recorded: Collection[str]) -> bool:
    """Return whether records of the connector with this id, under these names, are the configured one's."""
    if settings.pin and settings.pin.id:
        return settings.pin.matches(id_, settings.pin.origin_id)
    return settings.ledger_of_any is not None or settings.name in recorded


def _may_be(chosen: Sequence[Settings], record: Record, names: Mapping[str, str]) -> bool:
    """Return whether the record may be of one of these: not every ledger says what the config calls it."""
    return names.get(record.connector_id) in {None, *(each.name for each in chosen)}


def _recorded(
    config: Config, choice: Choice, address: str, *, reads: bool = False
) -> tuple[Settings, tuple[str, ...]]:
    """Return the connector whose record is meant, and the addresses that `address` may mean there.

    Raises ToolError where it may be several connectors' one, naming those that have it. Where the ledger is
    only read, the only one that has it is meant: to write, a person has to name the customer.
    """
    chosen = choose(config, choice)
    if len(chosen) == 1 or prefix_of(address) or inside_jobs(chosen, composed(address)):
        return one_named(config, choice, address)
    events, names = _of_all(config, chosen)
    records = [each for each in replay(events).records if _may_be(chosen, each, names)]
    found = {names.get(each.connector_id) for each in records_of(records, composed(address))}
    having = [each for each in chosen if each.name in found]
    if reads and len(having) == len(found) == 1:
        return having[0], (composed(address),)
    whose = joined(
        [*(each.name for each in having), *(["a connector without a name"] if None in found else [])]
    )
    raise LedgerError(
        f"The config names {len(config.connectors)} connectors; the ledger has this address of {whose}",
        where=address,
        hint=f"Write the connector before it, e.g. `{(having or chosen)[0].name}:{address}`.",
    )


@answering
def show(output: Output, config: Path | None, choice: Choice, address: str) -> ExitCode:
    """Show the records of an address and their history."""
    found = read_config(config)
    settings, addresses = _recorded(found, choice, address, reads=True)
    events, names = _of_all(found, [settings])
    every = replay(events, connector_id(settings, output.progress.show)).records
    mine = [each for each in every if _may_be([settings], each, names)]
    records = records_of(mine, *addresses)
    known = {record.id for record in records}
    history = [event for event in events if event.record in known]
    output.write(
        lambda: new_document(
            records=[_data(record, names) for record in records],
            events=[EVENT.dump_python(event, mode="json", exclude_none=True) for event in history],
        )
    )
    if output.is_json:
        return ExitCode.OK
    out = TextReport(output.out())
    for record in records:
        label = _label(record, names if settings.several else {}) if record.is_live else record.label
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
    settings, addresses = _recorded(read_config(config), choice, address)
    connector = connector_id(settings, output.progress.show)
    with open_store(settings).writing() as writer:
        records = records_of(_live(writer.events, connector), *addresses)
        statement = _statement(why)
        verdicts = {verdict.record: verdict for verdict in resolutions(records, created, statement)}
        writer.append(*verdicts.values())
        events = writer.events
    resolved = [record for record in records if record.id in verdicts]
    word = "not created" if created is None else "created"
    _answer(output, settings, events, resolved, "Resolved: {} was " + word + ".")
    for record in resolved:
        if created is None and (until := may_come_until(record)) > statement.at:
            output.say(
                f"{settings.prefix}{_label(record, {})}: its job may still be created until {in_utc(until)}. "
                "Look in the ATS again after that, before you apply.",
                "yellow",
            )
    return ExitCode.OK


@answering
def release(output: Output, config: Path | None, choice: Choice, address: str, why: str | None) -> ExitCode:
    """Record that an address manages no job any more."""
    settings, addresses = _recorded(read_config(config), choice, address)
    connector = connector_id(settings, output.progress.show)
    with open_store(settings).writing() as writer:
        records = records_of(_live(writer.events, connector), *addresses)
        gone = _vanished(output, settings, writer.events)
        writer.append(*releases(records, gone, _statement(why)))
        events = writer.events
    _answer(output, settings, events, records, "Released: {} may be created again.")
    return ExitCode.OK


def _statement(why: str | None) -> Statement:
    return Statement(by=os.environ.get("GITHUB_ACTOR") or user_name(), at=datetime.now(UTC), why=why)


def _answer(
    output: Output, settings: Settings, events: tuple[Event, ...], changed: Sequence[Record], words: str
) -> None:
    """Report what was done to each record, or show the records as they are now."""
    if not output.is_json:
        for record in changed:
            output.say(words.format(f"{settings.prefix}{_label(record, {})}"), "bold")
    wanted = {record.id for record in changed}
    names = {record.connector_id: settings.name for record in changed}
    output.write(
        lambda: new_document(
            records=[_data(record, names) for record in replay(events).records if record.id in wanted]
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


def _label(record: Record, names: Mapping[str, str]) -> str:
    name = names.get(record.connector_id)
    label = f"{name}:{record.label}" if name else record.label
    return label if record.address else f"{label} (no file)"


def _data(record: Record, names: Mapping[str, str]) -> Document:
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
        "connector": names.get(record.connector_id),
        "record": record.id,
    }
