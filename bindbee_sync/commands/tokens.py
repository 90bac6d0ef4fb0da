"""The token of each connector of a run: from the environment, or looked up with the API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from bindbee_sync.bindbee.token_lookup import TokenLookup
from bindbee_sync.config import Settings, Token, read_api_key, read_token
from bindbee_sync.connector_pin import Pin


@dataclass
class Tokens:
    """The run's way to its tokens. `alone` where the run is about one connector only.

    One lookup serves all connectors: the list that it reads is the same for each of them.
    """

    environment: Mapping[str, str]
    alone: bool = True
    _lookup: TokenLookup | None = None
    _lock: Lock = field(default_factory=Lock)

    def of(self, settings: Settings) -> Token:
        """Return the connector's token; raises ToolError where there is none."""
        given = read_token(settings, self.environment, alone=self.alone)
        if given is not None:
            return given
        assert settings.pin is not None, "without a pin, a token is given"  # noqa: S101 - read_token's word
        return self._looked_up(settings, settings.pin)

    def _looked_up(self, settings: Settings, pin: Pin) -> Token:
        with self._lock:
            if self._lookup is None:
                self._lookup = TokenLookup(
                    base_url=settings.base_url,
                    api_key=read_api_key(self.environment),
                    timeout=settings.timeout,
                )
        return Token(self._lookup.find(pin), pin.where)
