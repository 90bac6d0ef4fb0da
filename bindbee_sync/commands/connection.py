"""The way from a command to its ledger and to Bindbee."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.models import Connector, provider_of
from bindbee_sync.config import Settings, has_secrets, read_secrets
from bindbee_sync.errors import ConfigError
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.store import Store

OnProgress = Callable[[str], None]
"""Receives what is being done, in words for the progress line."""


def open_store(settings: Settings) -> Store:
    """Return the ledger that the settings name."""
    if isinstance(settings.ledger, GitLedger):
        return GitStore(settings.ledger, settings.root)
    return FileStore(settings.ledger, settings.ledger_shown)


@contextmanager
def connect(settings: Settings, on_progress: OnProgress) -> Iterator[Bindbee]:
    """Connect to Bindbee with the secrets of the environment; raises ToolError where one is missing."""
    secrets = read_secrets(os.environ)
    with Bindbee(
        base_url=settings.base_url,
        api_key=secrets.api_key,
        connector_token=secrets.connector_token,
        timeout=settings.timeout,
        on_progress=lambda name, count: on_progress(f"Reading {name}: {count}"),
    ) as api:
        yield api


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


def connector_id(settings: Settings, on_progress: OnProgress) -> str | None:
    """Return the connector's id as Bindbee lists it; None without tokens."""
    if not has_secrets(os.environ):
        return None
    with connect(settings, on_progress) as api:
        return api.connector().id
