"""Three customers of one API key: their tokens, the config's pins, and the tool's own choice among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from ats import World
from pydantic import SecretStr

from bindbee_sync.bindbee.models import Connector
from bindbee_sync.bindbee.token_lookup import TokenLookup
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import choose
from bindbee_sync.commands.connection import Recorded, verify
from bindbee_sync.commands.tokens import API_KEY, TOKEN, Tokens, token_variable
from bindbee_sync.config import Config, Settings, config_with
from bindbee_sync.config_file import ConfigFile, FileConfig

HOME, *OTHERS = NAMES = ("home", "other", "third")
_BEFORE = Config(
    root=Path("/repo"),
    path=Path("/repo/bindbee-sync.yaml"),
    file=ConfigFile(values=FileConfig(version=1)),
    connectors=(),
)


@lru_cache(1024)
def config(ledger: str, connectors: tuple[tuple[str, str], ...]) -> Config:
    """Return the config of connectors with these keys, by name."""
    sections = [f"  {name}: {{{keys}}}" for name, keys in connectors]
    text = "\n".join(["version: 1", f"ledger: {ledger}", "connectors:", *sections, ""])
    return config_with(_BEFORE, text.encode(), {})


@dataclass(frozen=True)
class Target:
    """A connector that a run is about; config and environment are those with which the run began.

    `name` is its own, whatever the config calls it since.
    """

    name: str
    settings: Settings
    tokens: Tokens
    worlds: Mapping[str, World]

    def connect(
        self, recorded: Callable[[], Recorded], known: AbstractSet[str]
    ) -> tuple[World, Callable[[Connector], None], Callable[[], None]]:
        """Return the world that the run reaches, what verifies it, and what has to hold at a create.

        `recorded` is the ledger as the tool reads it, `known` what it holds for certain. Raises ToolError
        where the tool finds no token.
        """
        token, pin = self.tokens.of(self.settings), self.settings.pin
        world = self.worlds[token.secret.get_secret_value().removeprefix("token of ")]

        def allowed() -> None:
            if pin is not None:
                assert world.space == pin.id, f"a job of {self.name}, pinned to {pin.id}: {world.space}"
                return
            assert token.source != TOKEN, f"{TOKEN} is used for {self.name}, one of several, without a pin"
            assert not known or world.space in known, (
                f"a job of {self.name} is made in {world.space}: {known}"
            )

        check = partial(
            verify, settings=self.settings, token_source=token.source, recorded=recorded, reads_ledger=True
        )
        return world, check, allowed


class Customers:
    """What a person changes between runs: the token of each variable, and the customer of each pin."""

    def __init__(self, rng: random.Random, worlds: Mapping[str, World]) -> None:
        self.random = rng
        self.worlds = worlds
        self.shares_ledger = rng.random() < 0.5
        self.suffix = ""
        self.ledger_names = {name: name for name in NAMES}
        self.right()

    def right(self) -> None:
        """Pin each name to its customer, and leave the API key alone in the environment."""
        self.pins: dict[str, str | None] = {name: world.space for name, world in self.worlds.items()}
        self.environment = {API_KEY: "the key"}

    def rename(self) -> None:
        """Give the connectors names that the ledger does not know yet."""
        self.suffix += "-anew"

    def edit(self) -> str:
        """Edit or exchange pins, or swap or take away a token; return what was done."""
        rng = self.random
        what = rng.choice(("pin", "token", "both", "exchange"))
        if what == "exchange":
            one, two = rng.sample(NAMES, 2)
            self.pins[one], self.pins[two] = self.pins[two], self.pins[one]
            return f"the pins of {one} and {two} are exchanged"
        name = rng.choice(NAMES)
        pinned, held = (rng.choice((*NAMES, None)) for _ in range(2))
        variable = rng.choice((TOKEN, token_variable(name), token_variable(name)))
        if what != "token":
            self.pins[name] = pinned and self.worlds[pinned].space
        if what != "pin":
            self.environment.pop(variable, None)
            if held is not None:
                self.environment[variable] = f"token of {held}"
        return f"{name}: {self.pins[name]}, {variable}: {self.environment.get(variable)}"

    def targets(self, choice: Choice) -> list[Target]:
        """Return the connectors that a run is about, which begins now."""
        ledger = ".bindbee-sync/" + ("ledger" if self.shares_ledger else "{connector}")
        connectors = tuple((name + self.suffix, self._keys(name)) for name in self.pins)
        chosen = choose(config(ledger, connectors), choice)
        tokens = Tokens(dict(self.environment), alone=len(chosen) == 1, _lookup=self._lookup())
        return [
            Target(settings.name.removesuffix(self.suffix), settings, tokens, self.worlds)
            for settings in chosen
        ]

    def _keys(self, name: str) -> str:
        keys = [f"id: {self.pins[name]}"] * (self.pins[name] is not None)
        if not self.shares_ledger:
            keys.append(f"ledger_name: {self.ledger_names[name]}")
        return ", ".join(keys)

    def target(self, name: str) -> Target:
        """Return the one connector of a run that begins now."""
        (target,) = self.targets(Choice(names=[name + self.suffix]))
        return target

    def _lookup(self) -> TokenLookup:
        lookup = TokenLookup(base_url="http://127.0.0.1", api_key=SecretStr("the key"), timeout=1)
        lookup._listed = [  # noqa: SLF001 - as if read from the list
            {"id": world.space, "connector_token": f"token of {name}"} for name, world in self.worlds.items()
        ]
        return lookup
