"""The way from a command to its ledger and to Bindbee."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.models import Connector, provider_of
from bindbee_sync.commands.tokens import TOKEN, Tokens, has_secrets, read_api_key, token_variable
from bindbee_sync.config import Settings
from bindbee_sync.config_file import FILE_NAME, LEDGER_FOLDER
from bindbee_sync.errors import ConfigError, FindingError, LedgerError, ToolError
from bindbee_sync.ledger import previous
from bindbee_sync.ledger.events import connector_names
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.siblings import name_with_records
from bindbee_sync.ledger.store import Store
from bindbee_sync.rules.connector import WRONG_CONNECTOR
from bindbee_sync.text import either

Recorded = Mapping[str, AbstractSet[str]]
"""The connectors that a ledger knows, by id, with the names under which each was recorded."""
OnProgress = Callable[[str], None]
"""Receives what is being done, in words for the progress line."""


def open_store(settings: Settings) -> Store:
    """Return the ledger that the settings name."""
    if isinstance(settings.ledger, GitLedger):
        return GitStore(settings.ledger, settings.root)
    return FileStore(settings.ledger, settings.ledger_shown)


@contextmanager
def connect(
    settings: Settings,
    on_progress: OnProgress,
    tokens: Tokens | None = None,
    *,
    recorded: Callable[[], Recorded] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Bindbee]:
    """Connect to the connector that the settings mean; raises ToolError where a secret is missing.

    Nothing is listed or sent until the connector was verified. `recorded` returns the connectors that the
    ledger knows, where it was read already.
    """
    tokens = tokens or Tokens(os.environ)
    api_key, token = read_api_key(tokens.environment), tokens.of(settings)
    with Bindbee(
        base_url=settings.base_url,
        api_key=api_key,
        connector_token=token.secret,
        timeout=settings.timeout,
        max_requests_per_minute=settings.max_requests_per_minute,
        sleep=sleep,
        on_progress=lambda name, count: on_progress(f"Reading {name}: {count}"),
        token_source=token.source,
        verify=partial(
            verify,
            settings=settings,
            token_source=token.source,
            recorded=recorded or partial(_recorded, settings),
            reads_ledger=recorded is not None,
        ),
    ) as api:
        yield api


def _recorded(settings: Settings) -> Recorded:
    """Return the connectors that the ledger knows; none where it can't be read.

    Only for commands that need no ledger: `lookup` works before `ledger init` does.
    """
    try:
        return connector_names(open_store(settings).read())
    except ToolError:
        return {}


def verify(
    connector: Connector,
    *,
    settings: Settings,
    token_source: str,
    recorded: Callable[[], Recorded] = dict,
    reads_ledger: bool = False,
) -> None:
    """Raise FindingError where the connector is not the one that is meant, ConfigError for another ATS.

    A command that does not read the ledger anyway has it read only where no pin says who is meant.
    """
    found = describe(connector)
    if settings.pin is not None and not settings.pin.matches(connector.id, connector.origin_id):
        message = f"The token in {token_source} is of {found}; '{settings.name}' is {settings.pin.shown}"
        hint = (
            f"Set {token_source} to the token of {settings.pin.shown}, or unset it: then the token is "
            f"looked up with the API key. If {found} is meant, correct the pin here."
        )
        raise FindingError(WRONG_CONNECTOR.at(settings.pin.place, message, hint=hint))
    if settings.pin is None and settings.several and token_source == TOKEN:
        # One by one, the token of any customer would be taken for the one that was named.
        message = f"{TOKEN} does not say that its connector, {found}, is '{settings.name}'"
        section, name = pin_lines(connector, settings)
        hint = (
            f"If it is, pin it in {FILE_NAME}: `{section} {{{name.strip()}}}`. Or set "
            f"{token_variable(settings.name)} in place of {TOKEN}."
        )
        raise FindingError(WRONG_CONNECTOR.at(settings.place, message, hint=hint))
    _check_names(connector, settings)
    if settings.several and reads_ledger:
        _check_name_in_ledger(connector, settings, recorded())
    if settings.ledger_of_any is not None and connector.id not in recorded():
        _check_siblings(connector, settings, settings.ledger_of_any)
    if reads_ledger and connector.id not in recorded():
        _check_previous(connector, settings)
    if settings.pin is None:
        others = recorded()
        if others and connector.id not in others:
            message = f"The ledger has records of other connectors only, and the token is of {found}"
            section, name = pin_lines(connector, settings)
            hint = (
                f"Set {token_source} to the token of the ledger's customer. If {found} is meant, pin "
                f"it in {FILE_NAME}: `{section} {{{name.strip()}}}`."
            )
            raise FindingError(WRONG_CONNECTOR.at(settings.place, message, hint=hint))
    detected_provider(connector, settings)


def _check_names(connector: Connector, settings: Settings) -> None:
    """Refuse a customer whom another name means: each job of theirs would be created twice."""
    for name, pin in settings.pins.items():
        if name != settings.name and pin.matches(connector.id, connector.origin_id):
            place = settings.pin.place if settings.pin else settings.place
            message = f"'{settings.name}' is {describe(connector)}, and so is '{name}'"
            hint = (
                "Keep one of the two names, with all of the customer's job files in its folder. If two "
                "customers are meant, correct their pins and tokens."
            )
            raise FindingError(WRONG_CONNECTOR.at(place, message, hint=hint))


def _check_name_in_ledger(connector: Connector, settings: Settings, recorded: Recorded) -> None:
    """Refuse pins that were exchanged: the ledger knows both the connector and the name, never together."""
    own = recorded.get(connector.id, frozenset())
    others = [each for each, names in recorded.items() if settings.name in names and each != connector.id]
    if not own or settings.name in own or not others:
        return
    called = either(f"'{each}'" for each in sorted(own))
    message = (
        f"In the ledger, '{settings.name}' is the connector {others[-1]}, "
        f"and {describe(connector)} is {called}"
    )
    hint = (
        "If two pins were exchanged, correct them. If the connectors were renamed, give this one a name that "
        "the ledger does not know yet."
    )
    place = settings.pin.place if settings.pin else settings.place
    raise FindingError(WRONG_CONNECTOR.at(place, message, hint=hint))


def _check_siblings(connector: Connector, settings: Settings, of_any: Path | GitLedger) -> None:
    """Refuse a ledger without records of a connector that another name's ledger has: it would forget them."""
    name = name_with_records(of_any, connector.id, settings.root)
    if name is None or name == settings.ledger_name:
        return
    message = f"The ledger of '{name}' has the records of {describe(connector)}, and this one has none"
    section, line = pin_lines(connector, settings, ledger_name=name)
    lines = f"`{section} {{{line.strip()}}}`"
    if settings.place is not None:
        lines = f"`ledger_name: {name}` under `{settings.name}:`"
    hint = f"To go on with that ledger, write {lines} in {FILE_NAME}."
    if settings.pin is not None and name in settings.pins:
        hint = f"If two pins were exchanged, correct the one in {settings.pin.where}. If not: {hint}"
    raise FindingError(WRONG_CONNECTOR.at(settings.place, message, hint=hint))


def _check_previous(connector: Connector, settings: Settings) -> None:
    """Refuse a ledger without records of a connector that the ledger before it has: it would forget them."""
    found = previous.with_records(
        connector.id,
        settings.ledger_of_any or settings.ledger,
        settings.folder / LEDGER_FOLDER,
        settings.root.resolve(),
    )
    if found is None:
        return
    instead = f"Or go on with the old one, `ledger: {found.location}`. "
    if found.is_file and isinstance(settings.ledger, GitLedger):
        hint = "`bindbee-sync ledger init` takes the records over. " + instead
    else:
        hint = instead.removeprefix("Or ").capitalize()
    raise LedgerError(
        f"{found.location} has the records of {describe(connector)}, and this ledger has none",
        where=settings.ledger_shown,
        hint=hint + f"If they are of no use any more, `{found.put_aside}` puts them aside.",
    )


def pin_lines(connector: Connector, settings: Settings, **more: str) -> tuple[str, str]:
    """Return the two lines of a config that pin the name to this connector; `more` are further keys."""
    jobs = settings.jobs_key
    plain = re.fullmatch(r"[A-Za-z0-9_./-]+", jobs)
    keys = {"id": connector.id, "jobs": jobs if plain else json.dumps(jobs)} | more
    written = ", ".join(f"{key}: {value}" for key, value in keys.items())
    return "connectors:", f"  {settings.name}: {{{written}}}"


def describe(connector: Connector) -> str:
    """Return whose connector it is, with the ids by which it can be pinned."""
    ids = [f"id {connector.id}"] + [f"origin_id {connector.origin_id}"] * bool(connector.origin_id)
    return f"{connector.end_user or 'an unnamed customer'} ({', '.join(ids)})"


def detected_provider(connector: Connector, settings: Settings) -> str:
    """Return the connector's ATS; raises ConfigError where the config names another."""
    detected = provider_of(connector.integration_slug)
    if settings.provider is not None and provider_of(settings.provider) != detected:
        raise ConfigError(
            f"The config says that the ATS is {settings.provider}, and the connector's is {detected}",
            where="provider",
            hint="Use the token of the right connector, or correct `provider`.",
        )
    return detected


def connector_id(settings: Settings, on_progress: OnProgress, tokens: Tokens | None = None) -> str | None:
    """Return the connector's id as Bindbee lists it; None without tokens."""
    tokens = tokens or Tokens(os.environ)
    if not has_secrets(settings, tokens.environment, alone=tokens.alone):
        return None
    with connect(settings, on_progress, tokens) as api:
        return api.connector().id
