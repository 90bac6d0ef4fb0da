"""Find connectors' tokens with the API key alone, in Bindbee's list of connectors.

The list is read once a run and kept in memory. A token leaves here only as the secret of the client that
sends it: no error and no model has it.
"""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

from bindbee_sync import secret_texts
from bindbee_sync.bindbee.http import HttpClient
from bindbee_sync.bindbee.models import Connector
from bindbee_sync.bindbee.pages import CONNECTORS, pages
from bindbee_sync.connector_pin import Pin
from bindbee_sync.errors import ApiError, ConfigError, ToolError
from bindbee_sync.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CANDIDATES = 5
ATS = "ATS"


class TokenLookup:
    """The connectors that one API key sees. Threads may share it."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: SecretStr,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = partial(
            HttpClient,
            base_url=base_url,
            api_key=api_key,
            connector_token=None,
            timeout=timeout,
            sleep=sleep,
        )
        self._lock = Lock()
        self._listed: list[dict[str, Any]] | ToolError | None = None

    def find(self, pin: Pin) -> SecretStr:
        """Return the token of the connector that `pin` means.

        Raises ConfigError, naming the candidates without their tokens, where there is not exactly one that is
        active, and ApiError where the list can't be read.
        """
        matching = [item for item in self._list() if pin.matches(item.get("id"), item.get("origin_id"))]
        # An HRIS connector of the same customer may share its origin_id; its token opens no ATS.
        found = [item for item in matching if _is_ats(item)] or matching
        usable = [item for item in found if _is_active(item)]
        token = usable[0].get("connector_token") if len(usable) == 1 else None
        if isinstance(token, str) and token:
            return SecretStr(token)
        raise _not_found(pin, found, usable)

    def connectors(self) -> list[Connector]:
        """Return the active ATS connectors, without tokens; raises ApiError where one can't be read."""
        usable = [item for item in self._list() if _is_ats(item) and _is_active(item)]
        try:
            return [without_tokens(Connector.model_validate(item)) for item in usable]
        except ValidationError as error:
            # Not chained: pydantic's error holds the item, and with it the token.
            fault = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        raise ApiError(
            f"Bindbee's list has a connector whose `{fault}` can't be read",
            where=CONNECTORS,
            hint="Set BINDBEE_CONNECTOR_TOKEN to the token of the connector that is meant.",
        )

    def _list(self) -> list[dict[str, Any]]:
        with self._lock:
            if self._listed is None:
                try:
                    self._listed = self._read()
                except ToolError as error:
                    # Kept like an answer: a thousand connectors would each try, and wait, all over again.
                    self._listed = error
            if isinstance(self._listed, ToolError):
                raise self._listed
            return self._listed

    def _read(self) -> list[dict[str, Any]]:
        found = []
        with closing(self._client()) as http:
            for page in pages(http, CONNECTORS, {}):
                for item in page:
                    token = item.get("connector_token")
                    if isinstance(token, str) and token:
                        # Every token that was read, used or not: the error of a later page may echo it.
                        secret_texts.remember(SecretStr(token))
                found += page
        return found


def without_tokens(connector: Connector) -> Connector:
    """Return the connector with no token in the texts that are shown or written: a name may echo one."""
    texts = {"id": connector.id, "end_user": connector.end_user, "origin_id": connector.origin_id}
    hidden = {name: secret_texts.hide(text) for name, text in texts.items() if text is not None}
    return connector.model_copy(update=hidden)


def _is_ats(item: dict[str, Any]) -> bool:
    return item.get("category") in (None, ATS)


def _is_active(item: dict[str, Any]) -> bool:
    return item.get("is_active") is not False


def _not_found(pin: Pin, found: list[dict[str, Any]], usable: list[dict[str, Any]]) -> ConfigError:
    if not found:
        message = f"The API key sees no connector with {pin.shown}"
        hint = (
            "Check the pin in the config, and that BINDBEE_API_KEY is of the right environment and region. "
            "`bindbee-sync connectors` lists those that it sees and the config does not name."
        )
    elif len(usable) > 1:
        message = f"{counted(len(usable), 'connector')} have {pin.shown}: {_candidates(usable)}"
        hint = "Pin the right one by its `id`."
    elif usable:
        message = f"Bindbee lists no token for the connector with {pin.shown}"
        hint = "Set the connector's token in the environment."
    else:
        message = f"The connector with {pin.shown} is not active: {_candidates(found)}"
        hint = "Activate it in Bindbee's dashboard, or pin the connector that replaces it."
    return ConfigError(message, where=pin.where, hint=hint)


def _candidates(items: list[dict[str, Any]]) -> str:
    shown = [
        secret_texts.hide(f"{item.get('end_user') or 'no name'} (id {item.get('id')})") for item in items
    ]
    more = [f"{len(shown) - MOST_CANDIDATES} more"] if len(shown) > MOST_CANDIDATES else []
    return ", ".join([*shown[:MOST_CANDIDATES], *more])
