"""The token of each connector of a run: from the environment, or looked up with the API key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from pydantic import SecretStr

from bindbee_sync.bindbee.models import Connector
from bindbee_sync.bindbee.token_lookup import TokenLookup
from bindbee_sync.config import Settings
from bindbee_sync.connector_pin import Pin
from bindbee_sync.errors import ConfigError

API_KEY = "BINDBEE_API_KEY"
TOKEN = "BINDBEE_CONNECTOR_TOKEN"  # noqa: S105 - the variable's name


@dataclass(frozen=True, slots=True)
class Token:
    """A connector's token, and the place it came from as errors name it: a variable, or a pin's line."""

    secret: SecretStr
    source: str


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

    def seen(self, settings: Settings) -> Sequence[Connector]:
        """Return the active ATS connectors that the API key sees; raises ToolError."""
        return self._looking_up(settings).connectors()

    def _looked_up(self, settings: Settings, pin: Pin) -> Token:
        return Token(self._looking_up(settings).find(pin), pin.where)

    def _looking_up(self, settings: Settings) -> TokenLookup:
        with self._lock:
            if self._lookup is None:
                self._lookup = TokenLookup(
                    base_url=settings.base_url,
                    api_key=read_api_key(self.environment),
                    timeout=settings.timeout,
                )
            return self._lookup


def read_api_key(environment: Mapping[str, str]) -> SecretStr:
    """Return the API key; raises ConfigError where it is missing."""
    value = environment.get(API_KEY, "").strip()
    if not value:
        raise ConfigError(
            f"{API_KEY} is not set",
            where=API_KEY,
            hint="Set it in the environment (in CI: as a secret); Bindbee's dashboard has it. "
            "`bindbee-sync validate` needs no tokens.",
        )
    return SecretStr(value)


def token_variable(name: str) -> str:
    """Return the variable that holds the token of the connector called `name`."""
    return f"{TOKEN}_{name.upper().replace('-', '_')}"


def read_token(settings: Settings, environment: Mapping[str, str], *, alone: bool) -> Token | None:
    """Return a connector's token from the environment; None where Bindbee is to be asked for it, by its pin.

    The variable that names no connector counts where the connector is `alone` in this run: with several it
    would be the token of one for all. Raises ConfigError where there is neither a token nor a pin.
    """
    own = token_variable(settings.name)
    for variable in (own, TOKEN) if alone else (own,):
        value = environment.get(variable, "").strip()
        if value:
            _check_shared(settings, variable, value, environment)
            return Token(SecretStr(value), variable)
    if settings.pin is not None:
        return None
    if settings.place is None:
        raise ConfigError(
            f"{TOKEN} is not set",
            where=TOKEN,
            hint="Set it in the environment (in CI: as a secret); Bindbee's dashboard has it. "
            "`bindbee-sync validate` needs no tokens.",
        )
    raise ConfigError(
        f"There is no token for the connector '{settings.name}'",
        where=own,
        hint=f"Set {own}, or give the connector its `id` or `origin_id` in the config: then its token is "
        "looked up with the API key.",
    )


def _check_shared(settings: Settings, variable: str, value: str, environment: Mapping[str, str]) -> None:
    """Refuse one token for two names: without a pin nothing else says whose it is, and one is wrong."""
    if settings.pin is not None or variable == TOKEN:
        return
    for other, given in environment.items():
        if other.startswith(f"{TOKEN}_") and other != variable and given.strip() == value:
            raise ConfigError(
                f"{variable} and {other} hold the same token",
                where=variable,
                hint="Set each to its own connector's token, and unset one that is not needed any more.",
            )


def has_secrets(settings: Settings, environment: Mapping[str, str], *, alone: bool) -> bool:
    """Return whether Bindbee can be asked about this connector."""
    if not environment.get(API_KEY, "").strip():
        return False
    try:
        read_token(settings, environment, alone=alone)
    except ConfigError:
        return False
    return True
